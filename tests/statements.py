"""What the database is asked: the statements of a block, whichever way they take."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, event

from db.work import InlineWork

# What is locked `FOR UPDATE` or `FOR NO KEY UPDATE` is only read; what an insertion is to `DO` instead is no more.
_WRITES = re.compile(r"(?:\bINSERT (?:OR \w+ )?INTO|\bDELETE FROM|(?<!\bFOR )(?<!\bKEY )(?<!\bDO )\bUPDATE) (\w+)")


class Executed(NamedTuple):
    """A statement that was run, and the values that went with it, as the driver got them; a list for each of many."""

    sql: str
    values: Any

    @property
    def verb(self) -> str:
        """Its first word."""
        return self.sql.lstrip().split()[0].upper()

    @property
    def written(self) -> set[str]:
        """The tables that it writes."""
        return set(_WRITES.findall(self.sql))


VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}


def written(seen: Sequence[Executed]) -> set[str]:
    """Returns the tables that any of the statements writes."""
    return set().union(*(each.written for each in seen))


@contextmanager
def statements() -> Iterator[list[Executed]]:
    """Yields the statements that are run meanwhile; what begins and ends transactions is none."""
    seen: list[Executed] = []

    def note(sql: str, values: Any) -> None:
        one = Executed(sql, values)
        if one.verb in VERBS:
            seen.append(one)

    def note_sqlalchemys(_connection: object, _cursor: object, sql: str, values: Any, *_more: object) -> None:
        note(sql, values)

    execute = InlineWork._execute

    def note_prepared(self: InlineWork, sql: str, values: Sequence[Any]) -> Any:
        note(sql, tuple(values))
        return execute(self, sql, values)

    event.listen(Engine, "before_cursor_execute", note_sqlalchemys)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InlineWork, "_execute", note_prepared)
            yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note_sqlalchemys)
