"""The broadcasts of a course are found by it, and a course knows when its students were last asked how they get on."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("courses", sa.Column("nudged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_broadcasts_course", "broadcasts", ["course_id", "id"], unique=False)
