"""The number of a course's students, stored: so far it was counted at every look."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("courses", sa.Column("students", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE courses SET students = "
        "(SELECT count(*) FROM progress WHERE progress.course_id = courses.id AND progress.left_at IS NULL)"
    )
    # Its only reader was that count.
    op.drop_index("ix_progress_course", table_name="progress")
    op.create_index(
        "ix_progress_students",
        "progress",
        ["course_id", "id"],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
