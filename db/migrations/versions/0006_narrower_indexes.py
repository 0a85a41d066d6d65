"""Indexes that hold only what is looked for: unsent replies, messages with a name, lessons that their course has."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_outbox_unsent", table_name="outbox")
    op.drop_index("ix_outbox_remembered", table_name="outbox")
    is_named = sa.text("remember IS NOT NULL")
    op.create_index(
        "ix_outbox_remembered",
        "outbox",
        ["chat_id", "remember", "id"],
        unique=False,
        sqlite_where=is_named,
        postgresql_where=is_named,
    )
    op.drop_index("ix_lessons_course", table_name="lessons")
    is_there = sa.text("removed_at IS NULL")
    op.create_index(
        "ix_lessons_course",
        "lessons",
        ["course_id", "position", "id"],
        unique=False,
        sqlite_where=is_there,
        postgresql_where=is_there,
    )
