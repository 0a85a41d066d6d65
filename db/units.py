"""Units of work on SQLite, which has one writer: those that wait together are committed together.

A commit waits for the disk. Twenty units that share one wait hardly longer than one does alone; nobody is told that
their work stands before it is on the disk. Behind a savepoint of its own, a unit that fails takes nobody along.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import DatabaseAwayError
from db.statement import Prepared, Statement
from db.work import InlineWork

# So many that the commit's share is small, and so few that the first need not wait long for the last.
MAX_GROUP = 64


class _Unit:
    """One piece of work: its turn on the connection, its end, and whether it stands."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.turn: asyncio.Future[InlineWork] = loop.create_future()
        self.over = asyncio.Event()
        self.stands: asyncio.Future[None] = loop.create_future()


class Units:
    """Gives units their turns on the engine's only connection, in the order in which they came."""

    def __init__(
        self,
        engine: AsyncEngine,
        prepared: dict[Statement, Prepared],
        check: Callable[[sqlite3.Connection], None],
    ) -> None:
        """Connects when the first unit comes; `check` raises when a transaction that has begun must not go on."""
        self._engine = engine
        self._prepared = prepared
        self._check = check
        self._waiting: deque[_Unit] = deque()
        self._runner: asyncio.Task[None] | None = None
        self._connected: tuple[AsyncConnection, sqlite3.Connection] | None = None

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[InlineWork]:
        """Yields the work when it is this unit's turn; returns when what it did is on the disk.

        Raises:
            sqlalchemy.exc.DBAPIError: when the transaction of all could not begin or not be committed.
            db.engine.DatabaseAwayError: when the database took it back.
            db.keyring.WrongKeyError: when the database has got another key.
        """
        unit = _Unit()
        self._waiting.append(unit)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        try:
            work = await unit.turn
            async with work.behind_savepoint():
                yield work
        except BaseException:
            unit.stands.cancel()
            raise
        finally:
            unit.over.set()
        await unit.stands

    async def _run(self) -> None:
        while self._waiting:
            group: list[_Unit] = []
            try:
                connection, driver = await self._connect()
                async with connection.begin():
                    self._check(driver)
                    while self._waiting and len(group) < MAX_GROUP and driver.in_transaction:
                        group.append(self._waiting.popleft())
                        await _take_turn(group[-1], InlineWork(connection, driver, self._prepared))
                    _check_alive(driver)
            except Exception as error:  # noqa: BLE001 -- whatever it is, those who wait for it must hear of it
                self._refuse(group, error)
                await self._disconnect()
            else:
                for unit in group:
                    if not unit.stands.done():
                        unit.stands.set_result(None)

    async def _connect(self) -> tuple[AsyncConnection, sqlite3.Connection]:
        """Returns the connection, which is kept from one group to the next."""
        if self._connected is None:
            connection = await self._engine.connect()
            self._connected = connection, await driver_of(connection)
        return self._connected

    async def close(self) -> None:
        """Gives the connection back when what has begun is over; the next unit takes it again."""
        if self._runner is not None:
            await asyncio.wait([self._runner])
        await self._disconnect()

    async def _disconnect(self) -> None:
        if self._connected is not None:
            (connection, _driver), self._connected = self._connected, None
            await connection.close()

    def _refuse(self, group: list[_Unit], error: Exception) -> None:
        """Tells those whose work was to be committed; when it could not even begin, all who wait, in one go."""
        if not group:
            group, self._waiting = list(self._waiting), deque()
        for unit in group:
            waits_for = unit.stands if unit.turn.done() else unit.turn
            if not waits_for.done():
                waits_for.set_exception(error)


async def driver_of(connection: AsyncConnection) -> sqlite3.Connection:
    """Returns the driver's own connection beneath one of SQLAlchemy's."""
    return cast("sqlite3.Connection", (await connection.get_raw_connection()).driver_connection)


def _check_alive(driver: sqlite3.Connection) -> None:
    """Raises when there is nothing to commit: a full disk, say, takes back all that was done by everybody."""
    # https://sqlite.org/lang_transaction.html, 3.
    if not driver.in_transaction:
        raise DatabaseAwayError


async def _take_turn(unit: _Unit, work: InlineWork) -> None:
    if not unit.turn.done():  # cancelled while it waited
        unit.turn.set_result(work)
        await unit.over.wait()
