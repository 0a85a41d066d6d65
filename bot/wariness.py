"""Wariness: an update that ends the process again and again is found, and not begun any more.

Such an update leaves no exception behind: what is known of it must be written down before it is begun. That would cost
every update a commit, so it is done only by a process that found updates waiting when it started, for five minutes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from typing import NamedTuple

from bot.clock import Clock
from bot.patience import outlast
from db.transaction import Database

# Begun so often, and never finished.
MAX_ATTEMPTS = 5
# Telegram repeats a webhook's update after two minutes at most (tdlib/telegram-bot-api, WebhookActor.cpp).
WARY_FOR = 300.0
# Seconds that the sender gets, at most, for what it took over at the start.
REST = 2.0


class Watched(NamedTuple):
    """What is known of an update: whether anything is written down of its beginning, and whether it kills."""

    is_noted: bool
    is_killer: bool


class _Beside:
    """The work on an update that nobody suspects: much of it at a time, and none beside a suspect's."""

    def __init__(self, wariness: "Wariness") -> None:
        self._wariness = wariness

    async def __aenter__(self) -> Watched:
        await self._wariness.come()
        return Watched(is_noted=False, is_killer=False)

    async def __aexit__(self, *_error: object) -> None:
        self._wariness.go()


class Wariness:
    """What a process knows of the updates that earlier ones were busy with when they ended."""

    def __init__(self, database: Database, clock: Clock, drain: Callable[[], Awaitable[None]]) -> None:
        """Is not wary before it is told to be; `drain` returns when all that was to be sent is sent."""
        self._database = database
        self._clock = clock
        self._drain = drain
        self._is_drained = False
        self._until = time.monotonic()
        # Held by a suspect, and only passed by others: first come, first served.
        self._line = asyncio.Lock()
        self._at_work = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def begin(self) -> None:
        """Is wary from now on, for five minutes: some updates were waiting at the start."""
        self._until = time.monotonic() + WARY_FOR

    def watch(self, update_id: int) -> AbstractAsyncContextManager[Watched]:
        """Returns what yields whether this update has ended too many processes; if not, it is noted that it is begun.

        Then it is to leave a row in the outbox, which says that it was done: without one it would seem to kill.

        One that was begun before is a suspect, and begun alone: the innocent that ran beside a killer get away from it,
        and whatever else ends the process meanwhile is not held against it.
        """
        return self._suspect(update_id) if time.monotonic() < self._until else _Beside(self)

    @asynccontextmanager
    async def _suspect(self, update_id: int) -> AsyncIterator[Watched]:
        # None also for one that was answered by a process which was killed before it could confirm that.
        count = await outlast(partial(self._count, update_id))
        async with self._alone() if count else _Beside(self):
            if count is not None and count < MAX_ATTEMPTS:
                await outlast(partial(self._begin, update_id))
            yield Watched(is_noted=True, is_killer=count is not None and count >= MAX_ATTEMPTS)

    async def come(self) -> None:
        """Works from now on, when no suspect does."""
        async with self._line:
            self._at_work += 1
            self._is_idle.clear()

    def go(self) -> None:
        """Works no more."""
        self._at_work -= 1
        if not self._at_work:
            self._is_idle.set()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._line:
            await self._is_idle.wait()
            if not self._is_drained:
                self._is_drained = True
                # What goes wrong there is for the sender to mend.
                with suppress(Exception):
                    async with asyncio.timeout(REST):
                        await self._drain()
            yield

    async def _count(self, update_id: int) -> int | None:
        async with self._database.transaction() as repos:
            return await repos.attempts.count(update_id)

    async def _begin(self, update_id: int) -> None:
        async with self._database.transaction() as repos:
            await repos.attempts.begin(update_id, self._clock())
