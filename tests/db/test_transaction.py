"""What a failed transaction means: wait, try again, or give up."""

import asyncio
import sqlite3
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from db import engine
from db.engine import DatabaseAwayError
from db.transaction import Database, is_away, is_conflict, is_temporary
from tests.chat import FakeClock

NOW = FakeClock()()
SSL_REQUEST = struct.pack("!I", 80877103)


class StateError(Exception):
    """What a driver raises, with the server's SQLSTATE."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state


def refusal(state: str) -> DBAPIError:
    return DBAPIError("SELECT", {}, StateError(state))


@pytest.mark.parametrize(
    "state",
    [
        "08000",
        "08001",
        "08003",
        "08006",
        "25006",
        "53000",
        "53100",
        "53300",
        "55P03",
        "57P01",
        "57P02",
        "57P03",
        "57P05",
    ],
)
def test_a_server_that_cannot_serve_now_is_away(state: str) -> None:
    """No connection, no room, a lock held for too long, or a server that starts or stops: worth waiting for."""
    assert is_away(refusal(state))
    assert not is_conflict(refusal(state))


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_somebody_in_the_way_is_a_conflict(state: str) -> None:
    """The same work may succeed at once when it is done again."""
    assert is_conflict(refusal(state))
    assert not is_away(refusal(state))
    assert is_temporary(refusal(state))


def test_a_statement_that_was_ended_is_its_owners_failure() -> None:
    """What took too long would take a view as long again; the machine's own statements are short, and tried again."""
    assert not is_away(refusal("57014"))
    assert not is_conflict(refusal("57014"))
    assert is_temporary(refusal("57014"))


@pytest.mark.parametrize("state", ["57P04", "42P01", "22021", "22003", "55000", ""])
def test_what_would_fail_again_is_neither(state: str) -> None:
    """A database that was dropped, a table that is not there, a value that does not fit: no time heals these."""
    assert not is_temporary(refusal(state))


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (DatabaseAwayError(), True),
        (ConnectionResetError(), True),
        (OperationalError("", {}, Exception()), True),
        (ProgrammingError("", {}, Exception(), connection_invalidated=True), True),
        (ProgrammingError("", {}, Exception()), False),
        (IntegrityError("", {}, Exception()), False),
        (OSError(), False),
        (TimeoutError(), True),
        (ZeroDivisionError(), False),
    ],
)
def test_errors_without_a_state(error: Exception, away: bool) -> None:  # noqa: FBT001
    """A broken connection is an absence, and so is a driver's patience that has ended; a view's own failure is none."""
    assert is_away(error) is away


@pytest.mark.parametrize(
    ("code", "away"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True),
        (sqlite3.SQLITE_IOERR_WRITE, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_READONLY_DBMOVED, True),
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_CORRUPT, False),
    ],
)
def test_sqlites_codes(code: int, away: bool) -> None:  # noqa: FBT001
    """A file that is busy or full is waited for; a missing table is not."""
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code
    assert is_away(OperationalError("", {}, error)) is away


@asynccontextmanager
async def postgresql_that_says(state: str) -> AsyncIterator[str]:
    """Yields the URL of a server that lets nobody in, for this reason."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await _packet(reader) == SSL_REQUEST:
            writer.write(b"N")
            await _packet(reader)
        fields = f"SFATAL\0VFATAL\0C{state}\0Mnot now\0\0".encode()
        writer.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        yield f"postgresql+asyncpg://x@127.0.0.1:{server.sockets[0].getsockname()[1]}/x"


async def _packet(reader: asyncio.StreamReader) -> bytes:
    [size] = struct.unpack("!I", await reader.readexactly(4))
    return await reader.readexactly(size - 4)


async def failure(url: str, *, reads: bool = False) -> Exception:
    """Returns what a transaction raises, or a look."""
    database = Database(url)
    try:
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- which one it is, is the question
            async with database.reading() if reads else database.transaction():
                pass
    finally:
        await database.close()
    return caught.value


@pytest.mark.parametrize(("state", "away"), [("57P03", True), ("53300", True), ("28P01", False), ("3D000", False)])
async def test_a_postgresql_that_lets_nobody_in(state: str, away: bool) -> None:  # noqa: FBT001
    """While it starts, or is full, it is away, also at the first connection; a wrong password is wrong for good."""
    pytest.importorskip("asyncpg")
    async with postgresql_that_says(state) as url:
        assert is_away(await failure(url)) is away


@pytest.mark.parametrize("reads", [False, True])
async def test_a_port_where_nobody_listens_is_away(reads: bool) -> None:  # noqa: FBT001
    """A server that is not there may come, for who writes and for who only reads."""
    pytest.importorskip("asyncpg")
    async with postgresql_that_says("57P03") as url:
        pass
    assert isinstance(await failure(url, reads=reads), DatabaseAwayError)


async def test_a_lock_that_is_held_for_long_is_waited_for_in_turns(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait for a lock ends after a while, and counts as an absence, so that stopping the bot need not wait for it."""
    if not database.has_replicas:
        pytest.skip("SQLite's is a pragma, see test_engine.py")
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 3)
    other = Database(database_url)
    async with database.transaction() as repos:
        await repos.sessions.open(7, 1, NOW)
    async with database.transaction() as repos, asyncio.timeout(10):
        await repos.sessions.open(7, 2, NOW)
        with pytest.raises(DBAPIError) as caught:
            async with other.transaction() as others:
                await others.sessions.open(7, 3, NOW)
    assert is_away(caught.value)
    await other.close()


async def test_a_connection_that_an_administrator_ends_is_away(database: Database, database_url: str) -> None:
    """A restart in the middle of a transaction is an absence."""
    if not database.has_replicas:
        pytest.skip("SQLite has no server")
    other = Database(database_url)
    with pytest.raises(Exception) as caught:  # noqa: PT011, PT012 -- which one it is, is the question
        async with other.transaction() as repos:
            pid = await repos._work.session.scalar(text("SELECT pg_backend_pid()"))
            async with database.transaction() as others:
                await others._work.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await repos._work.session.execute(text("SELECT 1"))
    assert is_away(caught.value)
    await other.close()


async def test_a_frozen_process_keeps_no_lock(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stops in the middle of a transaction is cut off by the server, and finds the database away when it wakes."""
    if not database.has_replicas:
        pytest.skip("SQLite has one process")
    monkeypatch.setattr(engine, "IDLE_TIMEOUT_MS", 50)
    frozen, answered = Database(database_url), []
    with pytest.raises(Exception) as caught:  # noqa: PT011, PT012 -- which one it is, is the question
        async with frozen.transaction() as repos:
            await repos.sessions.open(7, 1, NOW)
            async with database.transaction() as others:
                answered.append(await others.sessions.open(7, 2, NOW))
    assert answered
    assert is_away(caught.value)
    await frozen.close()


async def test_a_statement_ends_before_the_drivers_patience(database_url: str, database: Database) -> None:
    """The server itself ends it, and says so: silence is left to mean that the server hangs. Migrations have time."""
    if not database.has_replicas:
        pytest.skip("SQLite's statements are short")
    assert engine.STATEMENT_TIMEOUT_MS < 1000 * engine.COMMAND_TIMEOUT
    names = ("statement_timeout", "idle_in_transaction_session_timeout")
    async with database.transaction() as repos:
        assert [await repos._work.session.scalar(text(f"SHOW {name}")) for name in names] == ["7s", "15s"]
    patient = engine.create_engine(database_url)
    async with patient.connect() as connection:
        assert [await connection.scalar(text(f"SHOW {name}")) for name in names] == ["0", "0"]
    await patient.dispose()
