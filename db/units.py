"""Units of work on SQLite, which has one writer: those that wait together are committed together.

A commit waits for the disk. Twenty units that share one wait hardly longer than one does alone; nobody is told that
their work stands before it is on the disk. Behind a savepoint of its own, a unit that fails takes nobody along.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import DatabaseAwayError
from db.repositories import Repositories
from db.statement import Prepared, Statement
from db.work import InlineWork

# So many that the commit's share is small, and so few that the first need not wait long for the last.
MAX_GROUP = 64


class Unit:
    """One piece of work: entered when it is its turn on the connection, left when what it did is on the disk."""

    def __init__(self, line: "Units") -> None:
        """Is to get its turn in this line."""
        self._line = line
        loop = asyncio.get_running_loop()
        self.turn: asyncio.Future[InlineWork] = loop.create_future()
        self.stands: asyncio.Future[None] = loop.create_future()

    async def __aenter__(self) -> Repositories:
        """Returns the repositories when it is this unit's turn."""
        self._line.join(self)
        try:
            self._work = await self.turn
            self._work.set_savepoint()
        except BaseException:
            self.stands.cancel()
            if self.turn.done() and not self.turn.cancelled() and self.turn.exception() is None:
                self._line.go_on()
            raise
        self._repos = Repositories(self._work)
        return self._repos

    async def __aexit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Keeps what was done and waits for the disk; after an error, takes it back."""
        try:
            await (self._keep() if error is None else self._take_back())
        finally:
            self._line.go_on()
        if error is None:
            await self.stands

    async def _keep(self) -> None:
        try:
            await self._repos.finish()
            await self._work.close()
            self._work.release()
        except BaseException:
            await self._take_back()
            raise

    async def _take_back(self) -> None:
        self.stands.cancel()
        await self._work.close()
        self._work.take_back()


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
        self._waiting: deque[Unit] = deque()
        # Those that are committed together, and what is done when none of them has the turn.
        self._group: list[Unit] = []
        self._pause: asyncio.Future[None] | None = None
        self._runner: asyncio.Task[None] | None = None
        self._connected: tuple[AsyncConnection, sqlite3.Connection] | None = None

    def enter(self) -> Unit:
        """Returns a unit, which is to be entered.

        Entering it, or leaving it, raises:
            sqlalchemy.exc.DBAPIError: when the transaction of all could not begin or not be committed.
            db.engine.DatabaseAwayError: when the database took it back.
            db.keyring.WrongKeyError: when the database has got another key.
        """
        return Unit(self)

    def join(self, unit: Unit) -> None:
        """Lets a unit wait for its turn."""
        self._waiting.append(unit)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())

    def go_on(self) -> None:
        """Gives the turn to the next one of the group; when there is none, there is a pause."""
        while self._may_go_on and self._connected is not None:
            unit = self._waiting.popleft()
            if not unit.turn.done():  # cancelled while it waited
                self._group.append(unit)
                unit.turn.set_result(InlineWork(*self._connected, self._prepared))
                return
        if self._pause is not None and not self._pause.done():
            self._pause.set_result(None)

    @property
    def _may_go_on(self) -> bool:
        is_open = self._connected is not None and self._connected[1].in_transaction
        return is_open and bool(self._waiting) and len(self._group) < MAX_GROUP

    async def _run(self) -> None:
        while self._waiting:
            self._group = []
            try:
                connection, driver = await self._connect()
                async with connection.begin():
                    self._check(driver)
                    while self._may_go_on:
                        self._pause = asyncio.get_running_loop().create_future()
                        self.go_on()
                        await self._pause
                    _check_alive(driver)
            except Exception as error:  # noqa: BLE001 -- whatever it is, those who wait for it must hear of it
                self._refuse(error)
                await self._disconnect()
            else:
                for unit in self._group:
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

    def _refuse(self, error: Exception) -> None:
        """Tells those whose work was to be committed; when it could not even begin, all who wait, in one go."""
        if not self._group:
            self._group, self._waiting = list(self._waiting), deque()
        for unit in self._group:
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
