"""Lanes: one person's updates one at a time, in order; different people's side by side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lanes:
    """As many locks as there are people waiting, and no more than that in memory."""

    def __init__(self, width: int) -> None:
        """Lets at most `width` updates be worked on at once."""
        self._locks: dict[int, asyncio.Lock] = {}
        self._users: dict[int, int] = {}
        self._width = asyncio.Semaphore(width)

    @asynccontextmanager
    async def enter(self, key: int) -> AsyncIterator[None]:
        """Yields when it is this update's turn in the lane, first come first served."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        try:
            # The lane before the width: a flood from one person takes one place, not all.
            async with lock, self._width:
                yield
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._locks[key]
