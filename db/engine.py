"""Engines: the one writer of SQLite, or PostgreSQL's pool."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db import inline
from db.cipher import Cipher, attach

BUSY_TIMEOUT_MS = 5_000
# Seconds; the second is less than the ten that an update has.
CONNECT_TIMEOUT, COMMAND_TIMEOUT = 5, 8
# A little sooner the server ends a statement by itself: who hears nothing at all knows that it hangs.
STATEMENT_TIMEOUT_MS = 7_000
# A process that is frozen, or whose machine is gone, keeps its locks no longer. No view takes so long.
IDLE_TIMEOUT_MS = 15_000
PRAGMAS = (
    # First: the others already have to wait for another process.
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    # FULL: what was answered is on the disk, also after a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
READER_PRAGMAS = (*PRAGMAS, "PRAGMA query_only = ON")


class DatabaseAwayError(Exception):
    """No connection could be had: refused, unknown host, or all of them busy for too long. Or it did not last."""


def create_engine(
    database_url: str, cipher: Cipher | None = None, *, is_hurried: bool = False, only_reads: bool = False
) -> AsyncEngine:
    """Returns an engine whose transactions never lose an update to another one; personal data goes through `cipher`.

    On SQLite there is a single connection and every transaction is `BEGIN IMMEDIATE`: a deferred one that turns into
    a writer fails with 'database is locked' at once, whatever the busy timeout
    (https://docs.sqlalchemy.org/en/21/dialects/sqlite.html, 'Serializable isolation / Savepoints / Transactional DDL').
    SQLAlchemy's errors do not quote the values of a statement, which may be secrets; a driver's own may, and the log
    hides those. A hurried engine does not wait for a server that hangs. One that only reads has as many
    connections as are asked for, and on SQLite none of them can write.
    """
    url = make_url(database_url)
    engine = (
        _sqlite(url, only_reads=only_reads)
        if url.get_backend_name() == "sqlite"
        else _postgresql(url, is_hurried=is_hurried)
    )
    if cipher is not None:
        attach(cipher, engine.dialect)
    return engine


def _postgresql(url: URL, *, is_hurried: bool) -> AsyncEngine:
    # As SQLite's busy_timeout: a lock that is held for longer is waited for by trying again. A server that hangs is
    # given up before the update that waits for it has used up its time. Migrations may take as long as they like.
    limits = {"lock_timeout": BUSY_TIMEOUT_MS}
    if is_hurried:
        limits |= {
            "statement_timeout": STATEMENT_TIMEOUT_MS,
            "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
        }
    patience = {
        "server_settings": {name: str(limit) for name, limit in limits.items()},
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": COMMAND_TIMEOUT if is_hurried else None,
    }
    return create_async_engine(
        url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True, connect_args=patience
    )


def _sqlite(url: URL, *, only_reads: bool) -> AsyncEngine:
    _protect(url)
    one_writer = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 60}
    pool: dict[str, Any] = {"poolclass": NullPool} if only_reads else one_writer
    engine = create_async_engine(url.set(drivername=inline.DRIVER), hide_parameters=True, **pool)
    event.listen(engine.sync_engine, "connect", partial(_on_sqlite_connect, READER_PRAGMAS if only_reads else PRAGMAS))
    return engine


def _protect(url: URL) -> None:
    """Makes the database file readable by its owner only, also one that was copied here; its WAL gets the same mode."""
    if not url.database or url.database == ":memory:":
        return
    path = Path(url.database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(0o600)
    # Not ours to change, perhaps: then it is not ours to read either, and SQLite says so.
    with suppress(PermissionError):
        path.chmod(0o600)


def _on_sqlite_connect(pragmas: Sequence[str], connection: DBAPIConnection, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(pragma)
    cursor.close()
