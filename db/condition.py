"""The condition that a database is in, asked without changing anything: neither its file's mode nor its journal."""

import asyncio
import datetime as dt
import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import Connection, create_engine, func, inspect, make_url, select, text
from sqlalchemy.pool import NullPool

from db import keyring
from db.engine import create_engine as create_async_engine
from db.models import DataKey
from db.revision import list_revisions


class Condition(Struct, frozen=True):
    """What a database says of itself."""

    # None before the first start.
    revision: str | None
    # Of the key that it stands under; empty for none, None as long as it is open.
    fingerprint: str | None
    # Told only by one of the newest revision.
    holds_people: bool
    is_writable: bool
    # By its server's clock; a file has none.
    now: dt.datetime | None = None


async def examine(database_url: str) -> Condition | None:
    """Returns the condition of a database; None when its file is not there yet.

    Raises:
        OSError: when it cannot be reached.
        sqlalchemy.exc.DBAPIError: when it cannot be read.
    """
    path = file_of(database_url)
    if path is not None:
        return await asyncio.to_thread(_examine_file, path) if path.exists() else None
    engine = create_async_engine(database_url, is_hurried=True)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_examine_server)
    finally:
        await engine.dispose()


def file_of(database_url: str) -> Path | None:
    """Returns the file of an SQLite database; None for another one."""
    url = make_url(database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def wal_of(file: Path) -> Path:
    """Returns the journal of an SQLite file, which is there while somebody works on it."""
    return file.with_name(f"{file.name}-wal")


def may_write(path: Path) -> bool:
    """Whether this process may change a file, or make files in a folder."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _examine_file(path: Path) -> Condition:
    # Where nobody works, there is no journal. SQLite would begin one in order to read, and leave it there; beside an
    # empty file it would delete one.
    manner = "mode=ro" if wal_of(path).exists() and path.stat().st_size else "immutable=1"
    address = f"file:{quote(str(path.absolute()))}?{manner}"
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool, hide_parameters=True
    )
    with engine.connect() as connection:
        return _ask(connection, is_writable=may_write(path) and may_write(path.absolute().parent))


def _examine_server(connection: Connection) -> Condition:
    is_writable = connection.scalar(text("SHOW transaction_read_only")) == "off"
    return _ask(connection, is_writable=is_writable, now=connection.scalar(select(func.clock_timestamp())))


def _ask(connection: Connection, *, is_writable: bool, now: dt.datetime | None = None) -> Condition:
    tables = set(inspect(connection).get_table_names())
    revision = fingerprint = None
    if "alembic_version" in tables:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if "data_key" in tables:
        fingerprint = connection.scalar(select(DataKey.fingerprint))
    holds_people = revision == list_revisions()[-1] and bool(connection.scalar(keyring.has_traces()))
    return Condition(revision, fingerprint, holds_people, is_writable, now)
