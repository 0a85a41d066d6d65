"""Lanes: one person's updates one at a time, in order; different people's side by side."""

import asyncio
from collections.abc import Callable

# How often a person's lane looks whether there is room for more replies.
ROOM_PAUSE = 0.2


class LaneBusyError(Exception):
    """A person's earlier updates took too long; nothing of this one was begun."""


class _Turn:
    """The turn of one update in its lane."""

    def __init__(self, lanes: "Lanes", key: int, patience: float | None, has_room: Callable[[], bool]) -> None:
        self._lanes, self._key = lanes, key
        self._patience, self._has_room = patience, has_room

    async def __aenter__(self) -> None:
        self._lock, is_alone = self._lanes.join(self._key)
        try:
            # Who is alone needs no timer.
            await (self._lock.acquire() if is_alone else _take(self._lock, self._patience))
        except BaseException:
            self._lanes.leave(self._key)
            raise
        if self._patience is not None:
            try:
                await _wait_for_room(self._has_room, self._patience)
            except BaseException:
                await self.__aexit__()
                raise

    async def __aexit__(self, *_error: object) -> None:
        self._lock.release()
        self._lanes.leave(self._key)


class Lanes:
    """As many locks as there are people waiting, and no more than that in memory."""

    def __init__(self, width: int) -> None:
        """Has `width` places at which updates are worked on."""
        self._locks: dict[int, asyncio.Lock] = {}
        self._users: dict[int, int] = {}
        self._places = asyncio.Semaphore(width)

    def enter(self, key: int, patience: float | None = None, has_room: Callable[[], bool] = lambda: True) -> "_Turn":
        """Returns an update's turn in the lane, first come first served, to be entered when its replies have room.

        Without an end to its patience it does not wait for room: then updates come from one queue for everybody, which
        the first of them that waits holds up.

        Entering it raises:
            LaneBusyError: when either takes longer than `patience`, in seconds.
        """
        return _Turn(self, key, patience, has_room)

    def join(self, key: int) -> tuple[asyncio.Lock, bool]:
        """Returns the lock of a lane, and whether there is nobody to wait for."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        return lock, self._users[key] == 1

    def leave(self, key: int) -> None:
        """Forgets the lane when nobody else wants it."""
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
