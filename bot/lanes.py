"""Lanes: one person's updates one at a time, in order; different people's side by side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

# How often a person's lane looks whether there is room for more replies.
ROOM_PAUSE = 0.2


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
    async def enter(
        self, key: int, patience: float | None = None, has_room: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[None]:
        """Yields when it is this update's turn in the lane, first come first served, and its replies have room.

        Without an end to its patience it does not wait for room: then updates come from one queue for everybody, which
        the first of them that waits holds up.

        Raises:
            LaneBusyError: when either takes longer than `patience`, in seconds.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        try:
            if self._users[key] == 1:  # nobody to wait for, and no timer
                await lock.acquire()
            else:
                await _take(lock, patience)
            try:
                if patience is not None:
                    await _wait_for_room(has_room, patience)
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
    try:
        async with asyncio.timeout(patience):
            await lock.acquire()
    except TimeoutError:
        raise LaneBusyError from None


async def _wait_for_room(has_room: Callable[[], bool], patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            while not has_room():  # noqa: ASYNC110 -- a chat's mailbox comes and goes, and so would its event
                await asyncio.sleep(ROOM_PAUSE)
    except TimeoutError:
        raise LaneBusyError from None
