"""Fewer indexes to write with each reply: one for what is unsent, one for messages that have a name."""

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
