"""Lanes: one person's updates one at a time, in order; different people's side by side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LaneBusyError(Exception):
    """A person's earlier updates took too long; nothing of this one was begun."""


class Lanes:
    """As many locks as there are people waiting, and no more than that in memory."""

    def __init__(self, width: int) -> None:
        """Has `width` places at which updates are worked on."""
        self._locks: dict[int, asyncio.Lock] = {}
        self._users: dict[int, int] = {}
        self._places = asyncio.Semaphore(width)

    @asynccontextmanager
    async def enter(self, key: int, patience: float | None = None) -> AsyncIterator[None]:
        """Yields when it is this update's turn in the lane, first come first served.

        Raises:
            LaneBusyError: when that takes longer than `patience`, in seconds.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        try:
            await _take(lock, patience)
            try:
                yield
            finally:
                lock.release()
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._locks[key]

    def place(self) -> asyncio.Semaphore:
        """Returns what to hold while working, and only then: a flood from one person takes one place, not all.

        Who waits for a thread or for a database that is away holds none.
        """
        return self._places


async def _take(lock: asyncio.Lock, patience: float | None) -> None:
    if not lock.locked():  # nobody waits, either: no need of a timer
        await lock.acquire()
        return
    try:
        async with asyncio.timeout(patience):
            await lock.acquire()
    except TimeoutError:
        raise LaneBusyError from None
