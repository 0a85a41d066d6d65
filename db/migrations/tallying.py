"""The triggers that write the tallies (`db.models.tally`).

SQLite forgets the triggers of a table that is made anew, as `batch_alter_table` does: a migration that does so with one
of these tables calls `create_triggers` at its end.
"""

from typing import NamedTuple

from alembic import op

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


def create_triggers() -> None:
    """Has the database count by itself; where it does so already, nothing is changed."""
    for counted in COUNTED:
        _have_counted(counted, "insert", "new")
        _have_counted(counted, "delete", "old")
    # Who becomes an instructor, or is one no longer.
    _have_counted(INSTRUCTORS, "update OF role", "old")
    _have_counted(INSTRUCTORS, "update OF role", "new")


def _have_counted(counted: Counted, event: str, row: str) -> None:
    """Has a table's new rows counted, and its old ones no longer."""
    name = f"tally_{counted.kind}_{event.partition(' ')[0]}_{row}"
    shard, week = f"{row}.{counted.spread} % {SHARDS}", week_of(f"{row}.{counted.moment}")
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
        op.execute(f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {counted.table} {when} BEGIN {change} END")
        return
    body = f"BEGIN {change} RETURN NULL; END"
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    moment = f"AFTER {event} ON {counted.table} FOR EACH ROW {when}"
    op.execute(f"CREATE OR REPLACE TRIGGER {name} {moment} EXECUTE FUNCTION {name}()")


def week_of(moment: str) -> str:
    """Returns SQL for the Monday on or before a moment, in UTC."""
    if _is_postgresql():
        return f"date_trunc('week', {moment} AT TIME ZONE 'UTC')::date"
    return f"date({moment}, 'weekday 0', '-6 days')"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
