"""What the shelf needs to be worked on, attempts counted across restarts, and order across replicas."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_attempts")),
    )
    # Made anew on SQLite, so that a number that was dropped is never given again: an old button would show another
    # entry under it. What failed before this is one trouble, and nobody asked for another try.
    anew: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("shelf", recreate=anew, table_kwargs={"sqlite_autoincrement": True}) as shelf:
        shelf.add_column(sa.Column("fingerprint", sa.String(length=64), nullable=False, server_default=""))
        shelf.add_column(sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True))
        shelf.add_column(sa.Column("retried_by", sa.BigInteger(), nullable=True))
        shelf.create_index("ix_shelf_fingerprint", ["fingerprint", "shelved_at"], unique=False)
        shelf.create_index("ix_shelf_retried", ["retried_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent_chat",
        "outbox",
        ["chat_id", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
