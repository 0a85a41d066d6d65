"""What the shelf needs to be worked on, attempts counted across restarts, and order across replicas."""

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
    # What failed before this is one trouble, and nobody asked for another try.
    op.add_column("shelf", sa.Column("fingerprint", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("shelf", sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_shelf_fingerprint", "shelf", ["fingerprint", "shelved_at"], unique=False)
    op.create_index("ix_shelf_retried", "shelf", ["retried_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent_chat",
        "outbox",
        ["chat_id", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
