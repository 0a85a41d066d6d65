"""Units of work that wait together are committed together, and each stands or falls alone. On SQLite only."""

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from db import inline, units
from db.inline import InlineSqlite
from db.models import Throttle
from db.transaction import Database
from tests.chat import FakeClock

NOW = FakeClock()()


@pytest.fixture
async def sqlite(database: Database, is_postgresql: bool) -> Database:  # noqa: FBT001
    """Returns a database with one writer, connected."""
    if is_postgresql:
        pytest.skip("PostgreSQL has a transaction for each")
    await write(database, "first")
    return database


class Commits:
    """The commits that were tried, and the errors that the next ones end with."""

    def __init__(self) -> None:
        self.count = 0
        self.planned: list[DBAPIError] = []


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Commits:
    """Returns what is known of the commits."""
    seen, commit = Commits(), InlineSqlite.do_commit

    def count(self: InlineSqlite, connection: PoolProxiedConnection) -> None:
        seen.count += 1
        if seen.planned:
            raise seen.planned.pop()
        commit(self, connection)

    monkeypatch.setattr(InlineSqlite, "do_commit", count)
    return seen


async def write(database: Database, key: str, error: Exception | None = None) -> None:
    async with database.transaction() as repos:
        await repos.throttles.count(key, 1, NOW)
        if error:
            raise error


async def keys(database: Database) -> set[str]:
    async with database.transaction() as repos:
        return {key for key in "abcde" if await repos._work.session.get(Throttle, key)}


async def test_who_waits_together_shares_a_commit(sqlite: Database, commits: Commits) -> None:
    """Five at once cost one wait for the disk; one after the other cost one each."""
    await asyncio.gather(*(write(sqlite, key) for key in "abcde"))
    assert commits.count == 1
    for key in "abcde":
        await write(sqlite, key)
    assert commits.count == 6


async def test_a_group_has_an_end(sqlite: Database, commits: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many wait, the first of them are told after a while that their work stands."""
    monkeypatch.setattr(units, "MAX_GROUP", 2)
    await asyncio.gather(*(write(sqlite, key) for key in "abcde"))
    assert commits.count == 3


async def test_who_fails_takes_nobody_along(sqlite: Database) -> None:
    """Its own writes are undone, those before and after it in the same group stand."""
    error = ZeroDivisionError()
    results = await asyncio.gather(
        write(sqlite, "a"), write(sqlite, "b", error), write(sqlite, "c"), return_exceptions=True
    )
    assert list(results) == [None, error, None]
    assert await keys(sqlite) == {"a", "c"}


async def test_a_database_error_takes_nobody_along(sqlite: Database) -> None:
    """Not even one that ends the unit's own transaction."""

    async def clash() -> None:
        async with sqlite.transaction() as repos:
            repos._work.session.add(Throttle(key="first", failures=1, last_at=NOW, update_id=1))
            await repos._work.session.flush()

    results = await asyncio.gather(write(sqlite, "a"), clash(), write(sqlite, "c"), return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["NoneType", "IntegrityError", "NoneType"]
    assert await keys(sqlite) == {"a", "c"}


async def test_a_commit_that_fails_is_everybodys(sqlite: Database, commits: Commits) -> None:
    """Nobody of the group is told that their work stands, and the next group begins anew."""
    full = OperationalError("COMMIT", {}, Exception("disk full"))
    commits.planned.append(full)
    results = await asyncio.gather(*(write(sqlite, key) for key in "ab"), return_exceptions=True)
    assert list(results) == [full, full]
    assert await keys(sqlite) == set()
    await write(sqlite, "c")
    assert await keys(sqlite) == {"c"}


async def test_a_transaction_that_cannot_begin_is_everybodys(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """All who wait are told at once, for each would wait as long as the first did."""
    begin, tries = InlineSqlite.do_begin, 0

    def refuse_once(self: InlineSqlite, connection: PoolProxiedConnection) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OperationalError("BEGIN", {}, Exception("database is locked"))
        begin(self, connection)

    monkeypatch.setattr(InlineSqlite, "do_begin", refuse_once)
    results = await asyncio.gather(*(write(sqlite, key) for key in "abc"), return_exceptions=True)
    assert [type(result) for result in results] == [OperationalError] * 3
    assert tries == 1
    await write(sqlite, "d")
    assert await keys(sqlite) == {"d"}


@pytest.mark.parametrize("steps", range(24))
async def test_who_is_cancelled_holds_up_nobody(sqlite: Database, steps: int) -> None:
    """Waiting for the turn, at work or waiting for the disk: the others go on, and their work stands."""
    first, second, third = (asyncio.create_task(write(sqlite, key)) for key in "abc")
    for _ in range(steps):
        await asyncio.sleep(0)
    second.cancel()
    async with asyncio.timeout(10):
        await asyncio.gather(first, third)
        await asyncio.wait([second])
    assert await keys(sqlite) >= {"a", "c"}


async def test_closing_waits_for_the_disk(sqlite: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that has begun is not left alone on its thread, though nobody waits for its end any more."""
    commit, begun, disk = sqlite3.Connection.commit, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def commit_slowly(self: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        disk.wait(10)
        commit(self)

    monkeypatch.setattr(inline._Connection, "commit", commit_slowly)
    writing = asyncio.create_task(write(sqlite, "a"))
    await begun.wait()
    writing.cancel()
    await asyncio.wait([writing])
    closing = asyncio.create_task(sqlite.close())
    for _ in range(100):
        await asyncio.sleep(0)
    assert not closing.done()
    disk.set()
    await closing
    again = Database(database_url)
    assert await keys(again) == {"a"}
    await again.close()
