"""Broadcasts, and which rows of the outbox are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moments = "created_at", "started_at", "ended_at", "told_at"
    counters = "total", "written", "sent", "unreachable", "failed", "withdrawn"
    op.create_table(
        "broadcasts",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("course_id", big, nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=name != "created_at") for name in moments),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("is_written", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counters),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_broadcasts_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_broadcasts_state", "broadcasts", ["state", "id"], unique=False)
    op.add_column("outbox", sa.Column("broadcast_id", big, nullable=True))
    is_waiting = sa.text("sent_at IS NULL AND broadcast_id IS NOT NULL")
    op.create_index(
        "ix_outbox_unsent_broadcast",
        "outbox",
        ["broadcast_id"],
        unique=False,
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
