"""Connections that keep what they are told, and files that are nobody else's."""

import asyncio
import stat
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, text
from sqlalchemy.exc import DBAPIError

from db.engine import create_engine
from db.migrate import upgrade
from db.models import Throttle
from db.transaction import Database, is_away
from tests.chat import FakeClock
from tests.haste import SAFE

NOW = FakeClock()()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/private/bot.sqlite3"


async def test_nobody_else_reads_the_database(sqlite_url: str) -> None:
    """The file, its log and its index are the owner's only, in a directory of the owner's only."""
    await upgrade(sqlite_url)
    database = Database(sqlite_url)
    path = Path(make_url(sqlite_url).database or "")
    async with database.transaction() as repos:
        await repos.throttles.count("x", 1, NOW)
    names = {file.name: mode(file) for file in path.parent.iterdir()}
    assert names == {f"bot.sqlite3{suffix}": 0o600 for suffix in ("", "-wal", "-shm")}
    assert mode(path.parent) == 0o700
    await database.close()


def test_a_copied_database_is_protected_too(sqlite_url: str) -> None:
    """A backup that was put back under the usual umask does not stay readable."""
    path = Path(make_url(sqlite_url).database or "")
    path.parent.mkdir()
    path.touch(0o644)
    path.chmod(0o644)
    create_engine(sqlite_url)
    assert mode(path) == 0o600


async def test_the_pragmas_are_on(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection logs ahead, syncs fully, knows its foreign keys, and waits for a lock."""
    monkeypatch.setattr("db.engine.PRAGMAS", SAFE)
    engine = create_engine(sqlite_url)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    for _ in range(2):
        async with engine.connect() as connection:
            found = [await connection.scalar(text(f"PRAGMA {name}")) for name in pragmas]
        assert found == ["wal", 2, 1, 5000]
        await engine.dispose()


async def test_a_transaction_begins_as_a_writer(sqlite_url: str) -> None:
    """Whoever reads first and writes later holds the lock from the start: no second writer comes between."""
    first, second = create_engine(sqlite_url), create_engine(sqlite_url)
    async with second.connect() as warm:
        await warm.execute(text("PRAGMA busy_timeout = 0"))
    async with first.begin() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(DBAPIError) as refused:
            async with second.begin():
                pass
        assert is_away(refused.value)
    async with second.begin() as connection:
        await connection.execute(text("SELECT 1"))
    for engine in (first, second):
        await engine.dispose()


async def test_foreign_keys_are_kept(database: Database) -> None:
    """A row that refers to nobody is refused, on both databases."""
    with pytest.raises(DBAPIError):
        async with database.transaction() as repos:
            await repos.progress.enroll(4711, 4712, NOW)


async def test_eight_writers_lose_nothing(database: Database, database_url: str) -> None:
    """Who reads, thinks and writes does it alone: eight at once, from two processes' engines, count right."""
    other = Database(database_url)
    async with database.transaction() as repos:
        await repos.sessions.open(7, 1, NOW)

    async def write(number: int) -> None:
        for step in range(5):
            async with (other if number % 2 else database).transaction() as repos:
                visit = await repos.sessions.open(7, 1000 + 10 * number + step, NOW)
                seen = int(visit.session.first_name or 0)
                await asyncio.sleep(0)
                visit.session.first_name = str(seen + 1)

    await asyncio.gather(*map(write, range(8)))
    async with database.transaction() as repos:
        visit = await repos.sessions.open(7, 1, NOW)
        assert visit.session.first_name == "40"
    await other.close()


async def test_raising_rolls_back(database: Database) -> None:
    """Returning commits; whatever is raised leaves nothing behind, cancellation included."""

    async def fail(error: BaseException) -> None:
        async with database.transaction() as repos:
            await repos.throttles.count("x", 1, NOW)
            raise error

    for error in (ZeroDivisionError(), asyncio.CancelledError()):
        with pytest.raises(type(error)):
            await fail(error)
    async with database.transaction() as repos:
        assert await repos._work.session.get(Throttle, "x") is None


async def test_an_error_does_not_quote_secrets(database: Database) -> None:
    """What a statement carried stands in no error message, and so in no log."""
    async with database.transaction() as repos:
        statement = insert(Throttle).values(key="my secret", failures=1, last_at=NOW, update_id=1)
        await repos._work.session.execute(statement)
        with pytest.raises(DBAPIError) as refused:
            await repos._work.session.execute(statement)
        await repos._work.session.rollback()
    assert "my secret" not in str(refused.value)


async def test_a_cancelled_transaction_lets_go(database: Database, database_url: str) -> None:
    """Wherever a task is cancelled, the lock goes with it, and the next transaction need not wait for anything."""
    other = Database(database_url)

    async def work(through: Database) -> None:
        async with through.transaction() as repos:
            await repos.sessions.open(7, 1, NOW)
            await repos.throttles.count("x", 1, NOW)

    for steps in range(60):
        task = asyncio.create_task(work(database))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        try:
            async with asyncio.timeout(4):  # less than SQLite would wait for a lock that nobody gives back
                await work(other)
        except TimeoutError:
            pytest.fail(f"who was cancelled after {steps} steps still holds the lock")
    await other.close()
