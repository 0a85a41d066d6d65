"""Wariness: an update that ends the process again and again is found, and not begun any more.

Such an update leaves no exception behind: what is known of it must be written down before it is begun. That would cost
every update a commit, so it is done only by a process that found updates waiting when it started, for five minutes.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.clock import Clock
from db.repositories import Repositories
from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

T = TypeVar("T")

# Begun so often, and never finished.
MAX_ATTEMPTS = 5
# Telegram repeats a webhook's update after two minutes at most (tdlib/telegram-bot-api, WebhookActor.cpp).
WARY_FOR = 300.0
PAUSE = 0.5


class Wariness:
    """What a process knows of the updates that earlier ones were busy with when they ended."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Is not wary before it is told to be."""
        self._database = database
        self._clock = clock
        self._until = time.monotonic()
        self._alone = asyncio.Lock()

    def begin(self) -> None:
        """Is wary from now on, for five minutes: some updates were waiting at the start."""
        self._until = time.monotonic() + WARY_FOR

    @asynccontextmanager
    async def watch(self, update_id: int) -> AsyncIterator[bool]:
        """Yields whether this update has ended too many processes; if not, it is written down that it is begun.

        One that was begun before is begun alone among its like: the innocent that ran beside a killer get away from it.
        """
        if time.monotonic() >= self._until:
            yield False
            return
        count = await self._patiently(lambda repos: repos.attempts.count(update_id))
        if not count:
            await self._patiently(lambda repos: repos.attempts.begin(update_id, self._clock()))
            yield False
            return
        async with self._alone:
            if count < MAX_ATTEMPTS:
                await self._patiently(lambda repos: repos.attempts.begin(update_id, self._clock()))
            yield count >= MAX_ATTEMPTS

    async def _patiently(self, work: Callable[[Repositories], Awaitable[T]]) -> T:
        while True:
            try:
                async with self._database.transaction() as repos:
                    return await work(repos)
            except Exception as error:
                if not is_temporary(error):
                    raise
                log.warning("an update waits: the database is away")
                await asyncio.sleep(PAUSE)
