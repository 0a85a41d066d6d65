"""Blocked people, the reasons that admins write down, and tallies of what there is by week."""

import sqlalchemy as sa
from alembic import op

from db.migrations.tallying import COUNTED, SHARDS, Counted, create_triggers, week_of

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("blocked_reason", sa.Text(), nullable=True))
    op.add_column("audit_log", sa.Column("detail", sa.Text(), nullable=True))
    op.create_table(
        "tallies",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "week", "shard", name=op.f("pk_tallies")),
    )
    for counted in COUNTED:
        _count_what_is_there(counted)
    create_triggers()


def _count_what_is_there(counted: Counted) -> None:
    kind, table, moment, spread, condition = counted
    op.execute(
        f"INSERT INTO tallies SELECT '{kind}', {week_of(moment)}, {spread} % {SHARDS}, count(*) "  # noqa: S608 (ours)
        f"FROM {table} WHERE {condition.format(row=table)} GROUP BY 1, 2, 3"
    )
