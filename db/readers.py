"""Readers: connections that see what is committed, and change nothing."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.statement import Prepared, Statement
from db.units import driver_of
from db.work import InlineWork, Work


class Readers:
    """Transactions of PostgreSQL that it lets write nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Connects when somebody reads."""
        self._engine = engine.execution_options(postgresql_readonly=True)

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Work]:
        """Yields the work of a transaction, and rolls it back.

        Raises:
            sqlalchemy.exc.DBAPIError: what the database refused, a write above all.
        """
        async with self._engine.connect() as connection:
            work = Work(connection)
            try:
                yield work
            finally:
                await work.close()

    async def close(self) -> None:
        """Has nothing of its own to close."""


class InlineReaders:
    """SQLite's connections for readers, who never wait for the writer (https://sqlite.org/wal.html)."""

    def __init__(self, engine: AsyncEngine, prepared: dict[Statement, Prepared]) -> None:
        """Connects when somebody reads; as many connections as there ever were readers at once are kept."""
        self._engine = engine
        self._prepared = prepared
        self._free: list[tuple[AsyncConnection, sqlite3.Connection]] = []

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Work]:
        """Yields the work of a transaction, and rolls it back.

        Raises:
            sqlalchemy.exc.DBAPIError: what the database refused, a write above all.
        """
        connection, driver = self._free.pop() if self._free else await self._connect()
        work = InlineWork(connection, driver, self._prepared)
        try:
            driver.execute("BEGIN")
            yield work
        finally:
            await work.close()
            if connection.in_transaction():
                await connection.rollback()
            driver.rollback()
            self._free.append((connection, driver))

    async def _connect(self) -> tuple[AsyncConnection, sqlite3.Connection]:
        connection = await self._engine.connect()
        return connection, await driver_of(connection)

    async def close(self) -> None:
        """Closes every connection."""
        while self._free:
            await self._free.pop()[0].close()
        await self._engine.dispose()
