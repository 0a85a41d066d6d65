"""Wariness: an update that ends the process again and again is found, and not begun any more.

Such an update leaves no exception behind: what is known of it must be written down before it is begun. That would cost
every update a commit, so it is done only by a process that found updates waiting when it started, for five minutes.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bot.clock import Clock
from bot.patience import outlast
from db.transaction import Database

# Begun so often, and never finished.
MAX_ATTEMPTS = 5
# Telegram repeats a webhook's update after two minutes at most (tdlib/telegram-bot-api, WebhookActor.cpp).
WARY_FOR = 300.0


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
        count = await outlast(partial(self._count, update_id))
        if count is None:  # answered by one that was killed before it could confirm that
            yield False
        elif count == 0:
            await outlast(partial(self._begin, update_id))
            yield False
        else:
            async with self._alone:
                if count < MAX_ATTEMPTS:
                    await outlast(partial(self._begin, update_id))
                yield count >= MAX_ATTEMPTS

    async def _count(self, update_id: int) -> int | None:
        async with self._database.transaction() as repos:
            return await repos.attempts.count(update_id)

    async def _begin(self, update_id: int) -> None:
        async with self._database.transaction() as repos:
            await repos.attempts.begin(update_id, self._clock())
