"""How the database would run the statements of a piece of work, and which of them would read a whole table."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import Base
from tests.statements import Executed

# Tables that stay small, and why.
SMALL = {
    "data_key": "it has one row",
    "tallies": "it has eighty rows a week",
    "senders": "it has a row for each process that sends",
    "teachers": "it is no table: its rows are values of the statement",
    "some_stalled": "it is no table: it has as many rows as are counted",
}
# Indexes that hold no more than what is still to be done: reading one from end to end is what they are for.
WAITING = {"ix_outbox_unsent_chat", "ix_outbox_unsent_broadcast"}
# Statements that may read a whole table all the same, and why.
ALLOWED = {
    "SELECT count(*) AS count_1 \nFROM shelf": "only admins ask for it, and as long as all goes well it is 0",
    "SELECT count(*) AS count_1 \nFROM broadcasts": "only admins ask for it, and somebody wrote each of them by hand",
}
# Calls that may do so, whatever their statements, and why.
COUNTS = {
    "broadcasts.count_audience": "once for each broadcast, somebody asks how many people it is for",
    "exports.sent_to_many": "who asks for all their data does so rarely, and somebody wrote each broadcast by hand",
}

# https://sqlite.org/eqp.html
_SQLITE_SCAN = re.compile(
    r"SCAN (?:TABLE )?(?P<table>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\w+))?(?P<virtual> VIRTUAL TABLE)?"
)
_SQLITE_OPEN_RANGE = re.compile(r"\(rowid[<>]\?\)$")
_POSTGRESQL_OPEN_RANGE = re.compile(r"\(id [<>] \S+\)")
# What hands rows on one by one, so that a limit above it ends the scan below.
_HANDS_ON = {"Limit", "LockRows", "Nested Loop", "Result"}


class Index(NamedTuple):
    """An index, as far as it matters here: whose it is, and what it is ordered by first."""

    table: str
    column: str


def _indexes() -> Iterator[tuple[str, Index]]:
    for table in Base.metadata.tables.values():
        keys = (each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint))
        for index in (*table.indexes, *keys):
            yield str(index.name), Index(table.name, next(iter(index.columns)).name)


INDEXES = dict(_indexes()) | {"ix_courses_search": Index("courses", "search")}


async def full_scans(connection: AsyncConnection, statement: Executed, *, strictly: bool = False) -> list[str]:
    """Returns the steps of a statement's plan that read the whole of a table which grows, or of one of its indexes.

    Strictly, that is also what may do so: PostgreSQL walks along a key when it expects to find enough on the way.
    """
    # Of a statement for each of many rows, the first.
    values = statement.values[0] if isinstance(statement.values, list) else statement.values
    if connection.dialect.name == "sqlite":
        steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", values)
        return list(_sqlite_scans(statement.sql, [str(step.detail) for step in steps]))
    # With that, PostgreSQL reads a table from end to end only when there is no other way.
    await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.sql}", values)
    return list(_postgresql_scans(plan.scalar_one()[0]["Plan"], strictly=strictly))


def _sqlite_scans(sql: str, steps: Sequence[str]) -> Iterator[str]:
    if sql.startswith("INSERT"):
        # What an INSERT would scan are the rows that refer to the new one, and only when some refer to nothing
        # (OP_FkIfZero in https://sqlite.org/src/file/src/fkey.c).
        return
    # With a condition, the limit may be reached late or never; with a sort, every row is read first.
    is_bounded = "LIMIT" in sql and "WHERE" not in sql and not any("TEMP B-TREE" in step for step in steps)
    for step in steps:
        scan = _SQLITE_SCAN.match(step)
        is_small = scan is not None and (scan["table"] in SMALL or "CONSTANT ROW" in step or scan["virtual"])
        if scan and not is_small and not is_bounded and scan["index"] not in WAITING:
            yield step
        # All rows may be on that side of the key; the limit ends that only when there is no other condition.
        if _SQLITE_OPEN_RANGE.search(step) and (" AND " in sql or "LIMIT" not in sql):
            yield step
        if "AUTOMATIC" in step:  # an index that is made of all rows, for this statement alone
            yield step


def _postgresql_scans(node: dict[str, Any], *, strictly: bool, is_limited: bool = False) -> Iterator[str]:
    kind, name = str(node["Node Type"]), node.get("Index Name")
    index = INDEXES.get(name) if name else None
    table = node.get("Relation Name") or (index.table if index else None)
    is_exempt = table in SMALL or name in WAITING or (is_limited and "Filter" not in node)
    condition = node.get("Index Cond", "")
    is_open = strictly and "Filter" in node and _POSTGRESQL_OPEN_RANGE.fullmatch(condition)
    if not is_exempt and (kind == "Seq Scan" or (name and (is_open or not _is_search(index, condition)))):
        yield f"{kind} of {table}, index {name}, condition {condition}, filter {node.get('Filter')}"
    is_limited = kind == "Limit" or (is_limited and kind in _HANDS_ON)
    for child in node.get("Plans", []):
        is_first = is_limited and child["Parent Relationship"] == "Outer"
        yield from _postgresql_scans(child, strictly=strictly, is_limited=is_first)


def _is_search(index: Index | None, condition: str) -> bool:
    """Whether a condition leads to a part of the index: one on its second column alone is looked for in all of it."""
    return index is not None and re.search(rf"\b{index.column}\b", condition) is not None
