"""SQLite on the event loop's own thread: no hop to another one for each statement.

A statement takes microseconds, and the hop of the usual asynchronous driver a hundred of them. What can take long goes
to a thread all the same: BEGIN IMMEDIATE, which may wait for another process, and COMMIT, which waits for the disk.
As no statement is ever interrupted, a cancelled task leaves no connection in the middle of one.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import AsyncAdaptedQueuePool, PoolProxiedConnection
from sqlalchemy.util import await_

DRIVER = "sqlite+inline"


class _Cursor(sqlite3.Cursor):
    """A cursor that can be closed the asynchronous way."""

    async def _async_soft_close(self) -> None:
        """Closes nothing: SQLAlchemy asks an asynchronous driver to let go of rows that nobody will fetch."""


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class InlineSqlite(SQLiteDialect_pysqlite):
    """SQLAlchemy's dialect for the standard library's sqlite3, fit for an asynchronous engine."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Returns the pool whose waiting does not stop the loop."""
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        """Returns what the driver is called with. Only one thread at a time uses a connection."""
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "check_same_thread": False, "isolation_level": None, "factory": _Connection}

    def do_execute(self, cursor: DBAPICursor, *args: Any) -> None:
        """Executes a statement, here and now."""
        await_(_now())
        super().do_execute(cursor, *args)  # type: ignore[no-untyped-call]

    def do_executemany(self, cursor: DBAPICursor, *args: Any) -> None:
        """Executes a statement for each of many rows."""
        await_(_now())
        super().do_executemany(cursor, *args)  # type: ignore[no-untyped-call]

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begins as a writer: a deferred transaction that turns into one fails at once, whatever the busy timeout.

        A reader's transaction has begun already.
        """
        if dbapi_connection.in_transaction or _begin_at_once(dbapi_connection):
            return
        await_(_on_thread(lambda: dbapi_connection.execute("BEGIN IMMEDIATE")))

    def do_commit(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Commits, when there is something to commit."""
        await_(_on_thread(dbapi_connection.commit))


def _begin_at_once(connection: PoolProxiedConnection) -> bool:
    """Begins when nobody else is writing; returns whether it could be done without waiting."""
    [patience] = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
    return True


async def _now() -> None:
    """Waits for nothing: SQLAlchemy takes a driver that never waits for one that is not asynchronous."""


async def _on_thread(work: Callable[[], object]) -> None:
    """Does a connection's work on a thread, and does not leave it alone there: cancelled, it waits for the end."""
    future = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        future.exception()  # nobody else will ask for it
        raise


registry.register("sqlite.inline", __name__, InlineSqlite.__name__)
