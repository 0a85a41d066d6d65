"""Blocked people, the reasons that admins write down, and tallies of what there is by week."""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Those who commit at the same time wait for each other on one row; on sixteen they hardly do.
SHARDS = 16


class Counted(NamedTuple):
    """What is counted: a table, when a row of it came, what spreads its rows over shards, and which of them count."""

    kind: str
    table: str
    moment: str
    spread: str
    condition: str = "true"


INSTRUCTORS = Counted("instructors", "users", "created_at", "id", "{row}.role = 'instructor'")
COUNTED = (
    Counted("people", "users", "created_at", "id"),
    INSTRUCTORS,
    Counted("courses", "courses", "created_at", "id"),
    Counted("enrollments", "progress", "enrolled_at", "user_id"),
    Counted("completions", "completions", "completed_at", "user_id"),
)


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


def create_triggers() -> None:
    """Has the database count by itself. On SQLite, a migration that makes one of the tables anew calls this again."""
    for counted in COUNTED:
        _count(counted, "insert", "new")
        _count(counted, "delete", "old")
    # Who becomes an instructor, or is one no longer.
    _count(INSTRUCTORS, "update OF role", "old")
    _count(INSTRUCTORS, "update OF role", "new")


def _count_what_is_there(counted: Counted) -> None:
    kind, table, moment, spread, condition = counted
    op.execute(
        f"INSERT INTO tallies SELECT '{kind}', {_week(moment)}, {spread} % {SHARDS}, count(*) "  # noqa: S608 (ours)
        f"FROM {table} WHERE {condition.format(row=table)} GROUP BY 1, 2, 3"
    )


def _count(counted: Counted, event: str, row: str) -> None:
    """Has a table's new rows counted, and its old ones no longer."""
    name = f"tally_{counted.kind}_{event.partition(' ')[0]}_{row}"
    shard, week = f"{row}.{counted.spread} % {SHARDS}", _week(f"{row}.{counted.moment}")
    when = f"WHEN ({counted.condition.format(row=row)})"
    if row == "new":
        change = (
            f"INSERT INTO tallies (kind, week, shard, n) VALUES ('{counted.kind}', {week}, {shard}, 1) "  # noqa: S608
            "ON CONFLICT (kind, week, shard) DO UPDATE SET n = tallies.n + 1;"
        )
    else:
        # What was counted nowhere is taken off nowhere.
        here = f"kind = '{counted.kind}' AND week = {week} AND shard = {shard}"
        change = f"UPDATE tallies SET n = n - 1 WHERE {here};"  # noqa: S608 (ours)
    if not _is_postgresql():
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {counted.table} {when} BEGIN {change} END")
        return
    body = f"BEGIN {change} RETURN NULL; END"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {counted.table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()")


def _week(moment: str) -> str:
    """Returns SQL for the Monday on or before a moment, in UTC."""
    if _is_postgresql():
        return f"date_trunc('week', {moment} AT TIME ZONE 'UTC')::date"
    return f"date({moment}, 'weekday 0', '-6 days')"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
