"""Rekeying: all that is written about people is read under one key and written under another, in one transaction."""

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Column, Row, Table, bindparam, delete, event, insert, null, or_, select, text, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.cipher import Cipher, cipher_for
from db.engine import create_engine
from db.keyring import check_fingerprint, get_fingerprint
from db.models import Base, DataKey, SenderLease, Throttle, User
from db.models.base import PersonalJson, PersonalText
from db.repositories.users import fold_email

# So many rows are in memory at once.
BATCH = 500
# What works on this database as this user; a role may end its own (PostgreSQL, 'Server Signaling Functions').
_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)


class BotAliveError(Exception):
    """A bot works on the database, or did some seconds ago."""


class UncleanError(Exception):
    """Everything is written under the new key, but what it replaced may still be read in the database's files."""


class Changeover:
    """A cipher that reads under the old key and writes under the new one: what is read and written back has changed."""

    def __init__(self, old: Cipher, new: Cipher) -> None:
        """Stands between the two."""
        self.fingerprint = new.fingerprint
        self.open, self.open_data = old.open, old.open_data
        self.seal, self.seal_data, self.digest = new.seal, new.seal_data, new.digest


async def rekey(database_url: str, old_key: str, new_key: str, now: dt.datetime) -> int:
    """Returns how many rows were written anew; either key may be empty, for none.

    A database that stands under the new key already is only cleaned: the last time may have been interrupted there.

    Raises:
        BotAliveError, db.keyring.WrongKeyError, db.cipher.UnreadableError: nothing is changed then.
        sqlalchemy.exc.DBAPIError: likewise.
        UncleanError: everything is changed; to be tried again.
    """
    old, new = cipher_for(old_key), cipher_for(new_key)
    engine = create_engine(database_url, Changeover(old, new))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _overwrite_what_is_deleted)
    try:
        async with engine.begin() as connection:
            await _be_alone(connection, now)
            count = await _change_over(connection, old, new)
        if engine.dialect.name == "sqlite":
            await _clean(engine)
    finally:
        await engine.dispose()
    return count


def personal_columns(table: Table) -> list[Column[Any]]:
    """Returns the columns of a table that are encrypted."""
    return [column for column in table.columns if isinstance(column.type, PersonalText | PersonalJson)]


async def _be_alone(connection: AsyncConnection, now: dt.datetime) -> None:
    # Before the lock, for which a living bot would make it wait until it gives up.
    await _look_for_bots(connection, now)
    if connection.dialect.name == "postgresql":
        # One that was suspended for longer than its lease may hold locks, and would go on with the old key.
        await connection.execute(_END_OTHERS)
        # A bot that starts now waits for the end of this; SQLite has locked the whole file already.
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        await connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
        await _look_for_bots(connection, now)
        # Who connected in between found the old key.
        await connection.execute(_END_OTHERS)


async def _look_for_bots(connection: AsyncConnection, now: dt.datetime) -> None:
    living = select(SenderLease.owner).where(SenderLease.alive_until > now)
    if (await connection.execute(living.limit(1))).first() is not None:
        raise BotAliveError


async def _change_over(connection: AsyncConnection, old: Cipher, new: Cipher) -> int:
    found = await get_fingerprint(connection) or ""
    if found == new.fingerprint:
        return 0
    check_fingerprint(found, old)
    count = 0
    for table in Base.metadata.sorted_tables:
        async for rows in _batches(connection, table):
            await _write(connection, table, rows)
            count += len(rows)
    # Counts of wrong passwords are under hashes that cannot be taken back; none lasts for more than an hour.
    await connection.execute(delete(Throttle))
    await connection.execute(delete(DataKey))
    await connection.execute(insert(DataKey).values(fingerprint=new.fingerprint))
    return count


async def _batches(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    """Yields the rows that hold something personal: their key, then what is personal."""
    if not (columns := personal_columns(table)):
        return
    [key] = table.primary_key
    statement = select(key, *columns).where(or_(*(column.is_not(null()) for column in columns)))
    statement = statement.order_by(key).limit(BATCH)
    rows = (await connection.execute(statement)).all()
    while rows:
        yield rows
        rows = (await connection.execute(statement.where(key > rows[-1][0]))).all()


async def _write(connection: AsyncConnection, table: Table, rows: Sequence[Row[Any]]) -> None:
    [key], columns = table.primary_key, [column.name for column in personal_columns(table)]
    values = [{"its_key": row[0]} | {f"new_{name}": getattr(row, name) for name in columns} for row in rows]
    if table is User.__table__:
        columns.append("email_key")
        for each in values:
            each["new_email_key"] = fold_email(each["new_email"])
    statement = update(table).where(key == bindparam("its_key"))
    await connection.execute(statement.values({name: bindparam(f"new_{name}") for name in columns}), values)


def _overwrite_what_is_deleted(connection: DBAPIConnection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


async def _clean(engine: AsyncEngine) -> None:
    """Makes SQLite's file anew and empties its log, for both keep what was replaced until something else needs room."""
    async with engine.connect() as connection:
        # Beneath SQLAlchemy, which would begin a transaction first.
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 -- for mypy: it is open
        try:
            driver.execute("VACUUM")
            [[is_busy, *_]] = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise UncleanError(str(error)) from None
    if is_busy:
        raise UncleanError("another program reads it")
