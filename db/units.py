"""Units of work on SQLite, which has one writer: those that wait together are committed together.

A commit waits for the disk. Twenty units that share one wait hardly longer than one does alone; nobody is told that
their work stands before it is on the disk. Behind a savepoint of its own, a unit that fails takes nobody along.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

# So many that the commit's share is small, and so few that the first need not wait long for the last.
MAX_GROUP = 64


class _Unit:
    """One piece of work: its turn on the connection, its end, and whether it stands."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.turn: asyncio.Future[AsyncConnection] = loop.create_future()
        self.over = asyncio.Event()
        self.stands: asyncio.Future[None] = loop.create_future()


class Units:
    """Gives units their turns on the engine's only connection, in the order in which they came."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Connects when the first unit comes."""
        self._engine = engine
        self._waiting: deque[_Unit] = deque()
        self._runner: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[AsyncSession]:
        """Yields a session when it is this unit's turn; returns when what it committed is on the disk.

        Raises:
            sqlalchemy.exc.DBAPIError: when the transaction of all could not begin or not be committed.
        """
        unit = _Unit()
        self._waiting.append(unit)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        try:
            connection = await unit.turn
            async with AsyncSession(
                connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session:
                yield session
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
                async with self._engine.begin() as connection:
                    while self._waiting and len(group) < MAX_GROUP:
                        group.append(self._waiting.popleft())
                        await _take_turn(group[-1], connection)
            except Exception as error:  # noqa: BLE001 -- whatever it is, those who wait for it must hear of it
                self._refuse(group, error)
            else:
                for unit in group:
                    if not unit.stands.done():
                        unit.stands.set_result(None)

    def _refuse(self, group: list[_Unit], error: Exception) -> None:
        """Tells those whose work was to be committed; when it could not even begin, all who wait, in one go."""
        if not group:
            group, self._waiting = list(self._waiting), deque()
        for unit in group:
            waits_for = unit.stands if unit.turn.done() else unit.turn
            if not waits_for.done():
                waits_for.set_exception(error)


async def _take_turn(unit: _Unit, connection: AsyncConnection) -> None:
    if not unit.turn.done():  # cancelled while it waited
        unit.turn.set_result(connection)
        await unit.over.wait()
