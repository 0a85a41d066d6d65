"""Readers: connections that see what is committed, and change nothing."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.repositories import Repositories
from db.statement import Prepared, Statement
from db.units import driver_of
from db.work import InlineWork, Work

Connected: TypeAlias = tuple[AsyncConnection, sqlite3.Connection]


class Readers:
    """Transactions of PostgreSQL that it lets write nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Connects when somebody reads."""
        self._engine = engine.execution_options(postgresql_readonly=True)

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Repositories]:
        """Yields the repositories of a transaction, and rolls it back.

        Raises:
            sqlalchemy.exc.DBAPIError: what the database refused, a write above all.
        """
        async with self._engine.connect() as connection:
            work = Work(connection)
            try:
                yield Repositories(work)
            finally:
                await work.close()

    async def close(self) -> None:
        """Has nothing of its own to close."""


class _InlineReading:
    """A transaction on one of SQLite's connections for readers."""

    def __init__(self, readers: "InlineReaders", prepared: dict[Statement, Prepared]) -> None:
        self._readers = readers
        self._prepared = prepared

    async def __aenter__(self) -> Repositories:
        self._connected = connection, driver = await self._readers.take()
        self._work = InlineWork(connection, driver, self._prepared)
        try:
            driver.execute("BEGIN")
        except BaseException:
            await self.__aexit__()
            raise
        return Repositories(self._work)

    async def __aexit__(self, *_error: object) -> None:
        connection, driver = self._connected
        await self._work.close()
        if connection.in_transaction():
            await connection.rollback()
        driver.rollback()
        self._readers.give_back(self._connected)


class InlineReaders:
    """SQLite's connections for readers, who never wait for the writer (https://sqlite.org/wal.html)."""

    def __init__(self, engine: AsyncEngine, prepared: dict[Statement, Prepared]) -> None:
        """Connects when somebody reads; as many connections as there ever were readers at once are kept."""
        self._engine = engine
        self._prepared = prepared
        self._free: list[Connected] = []

    def enter(self) -> "_InlineReading":
        """Returns a transaction, which is to be entered, and is rolled back when it is left.

        Using it raises:
            sqlalchemy.exc.DBAPIError: what the database refused, a write above all.
        """
        return _InlineReading(self, self._prepared)

    async def take(self) -> Connected:
        """Returns a connection that nobody else reads from."""
        if self._free:
            return self._free.pop()
        connection = await self._engine.connect()
        return connection, await driver_of(connection)

    def give_back(self, connected: Connected) -> None:
        """Keeps a connection for the next one."""
        self._free.append(connected)

    async def close(self) -> None:
        """Closes every connection."""
        while self._free:
            await self._free.pop()[0].close()
        await self._engine.dispose()
