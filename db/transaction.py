"""Transactions: where each unit of work begins and ends, and what its failure means."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db import keyring
from db.cipher import cipher_for
from db.engine import DatabaseAwayError, create_engine
from db.readers import InlineReaders, Readers
from db.repositories import Repositories
from db.statement import Prepared, Statement
from db.units import Units
from db.work import Work

C = TypeVar("C")

# Another transaction was in the way and is gone by the next try: serialization_failure, deadlock_detected.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_RETRYABLE_STATES = {"40001", "40P01"}
# No connection, no room, a lock held too long (classes 08, 53; lock_not_available), or the server starts or stops.
# Not all of class 57: a view's statement that was ended for taking too long would be tried for ever.
# Read-only is what a standby is until it takes over, and a disk that is full for some.
_AWAY_STATES = re.compile("08...|25006|53...|55P03|57P0[1235]")
_ENDED = "57014"
_SQLITE_WAITS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}


class Database:
    """A database and the way to work with it."""

    def __init__(self, url: str, data_key: str = "") -> None:
        """Opens nothing yet; the first transaction connects.

        With a `data_key`, personal data is encrypted under it.

        Raises:
            ValueError: when the key is none.
        """
        cipher = cipher_for(data_key)
        self._engine = create_engine(url, cipher, is_hurried=True)
        keyring.watch(self._engine, cipher)
        self._units: Units | None = None
        self._readers: Readers | InlineReaders = Readers(self._engine)
        if not self.has_replicas:
            reading = create_engine(url, cipher, is_hurried=True, only_reads=True)
            keyring.watch(reading, cipher)
            prepared: dict[Statement, Prepared] = {}
            # A file's connection lasts, also while its process is suspended and somebody changes the key.
            check = partial(keyring.check_connection, cipher=cipher)
            self._units = Units(self._engine, prepared, check)
            self._readers = InlineReaders(reading, prepared)

    @property
    def has_replicas(self) -> bool:
        """Whether other processes may work on this database: true for all but SQLite's single file."""
        return self._engine.dialect.name != "sqlite"

    def transaction(self) -> AbstractAsyncContextManager[Repositories]:
        """Returns what yields the repositories of one transaction: returning commits, raising rolls back.

        On SQLite those that wait together share one, behind a savepoint each; see `db.units`.

        Entering it, or leaving it, raises:
            DatabaseAwayError: when no connection can be had.
            db.keyring.WrongKeyError: when the database stands under another key.
            sqlalchemy.exc.DBAPIError: what the database refused; see `is_conflict` and `is_away`.
        """
        return self._units.enter() if self._units else self._begin()

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[Repositories]:
        async with _connecting(self._engine.begin()) as connection:
            work = Work(connection)
            try:
                repos = Repositories(work)
                yield repos
                await repos.finish()
            finally:
                await work.close()

    def reading(self) -> AbstractAsyncContextManager[Repositories]:
        """Returns what yields the repositories of a transaction that only reads; its end changes nothing.

        Entering it, or using it, raises:
            DatabaseAwayError: when no connection can be had.
            sqlalchemy.exc.DBAPIError: what the database refused, a write above all.
        """
        return _connecting(self._readers.enter()) if self.has_replicas else self._readers.enter()

    async def close(self) -> None:
        """Closes every connection."""
        await self._readers.close()
        if self._units is not None:
            await self._units.close()
        await self._engine.dispose()


@asynccontextmanager
async def _connecting(connecting: AbstractAsyncContextManager[C]) -> AsyncIterator[C]:
    """Yields what stands behind a connection; an OSError of the block's own is not the database's."""
    async with AsyncExitStack() as stack:
        try:
            connected = await stack.enter_async_context(connecting)
        except (OSError, PoolTimeoutError) as error:
            raise DatabaseAwayError from error
        yield connected


def is_conflict(error: BaseException) -> bool:
    """Whether the same work may succeed when it is simply done again."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRYABLE_STATES


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached or was busy: nobody's fault, and worth waiting for."""
    if not isinstance(error, DBAPIError):
        # A driver lets a broken connection through as it is, and its own patience coming to an end.
        return isinstance(error, DatabaseAwayError | ConnectionError | TimeoutError)
    if isinstance(error.orig, sqlite3.OperationalError):
        # The low byte is the primary code (https://sqlite.org/rescode.html); 'no such table' must not look like a wait.
        return error.orig.sqlite_errorcode & 0xFF in _SQLITE_WAITS
    if _AWAY_STATES.fullmatch(getattr(error.orig, "sqlstate", None) or ""):
        return True
    return error.connection_invalidated or (
        isinstance(error, OperationalError | InterfaceError) and not is_conflict(error)
    )


def is_temporary(error: BaseException) -> bool:
    """Whether what failed may be tried again later: the database was away, or somebody was in the way.

    That is for work of the machine's own, whose statements are short: one that took too long has met a slow server.
    """
    ended = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _ENDED
    return ended or is_away(error) or is_conflict(error)
