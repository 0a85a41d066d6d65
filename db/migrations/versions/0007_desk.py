"""What an instructor says about a course, its language and its cover, and about themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("courses", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("courses", sa.Column("cover", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("instructors") as instructors:
        instructors.alter_column("bio", existing_type=sa.Text(), nullable=True)
    # Nobody could write one so far, and from now on they are encrypted, which an empty text is not.
    op.execute("UPDATE instructors SET bio = NULL WHERE bio = ''")
