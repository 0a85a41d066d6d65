"""How fast messages may leave: token buckets, people before broadcasts."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Protocol

# Bot FAQ, 'My bot is hitting limits': about one message a second in a chat, short bursts allowed …
CHAT_BURST = 20
# … and twenty in any minute in a group.
GROUP_MESSAGES, GROUP_SECONDS = 20, 60.0
# What of the rate broadcasts may take: the rest is for people, who wait for an answer.
BROADCAST_SHARE = 0.8
# Seconds' worth that they may have at once: a burst on top of their share would be too much for that second.
BROADCAST_BURST = 0.1


class Pace(Protocol):
    """How fast one chat may be written to."""

    def take(self) -> float:
        """Takes leave to send one message; returns the seconds to wait before."""

    @property
    def is_free(self) -> bool:
        """Whether a message may leave at once."""

    @property
    def is_rested(self) -> bool:
        """Whether it remembers nothing that a new one would not."""


def pace_of(chat_id: int, per_second: float, clock: Callable[[], float]) -> Pace:
    """Returns the pace of a chat: groups, whose ids are negative, take fewer messages. A rate of 0 is no limit."""
    if chat_id < 0 and per_second:
        return Window(GROUP_MESSAGES, GROUP_SECONDS, clock)
    return Bucket(per_second, CHAT_BURST, clock)


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second. A rate of 0 is no limit."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        """Begins full; `clock` counts seconds."""
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._at = clock()

    def take(self) -> float:
        """Takes a token, on credit if need be; returns the seconds to wait until it is there."""
        if not self._rate:
            return 0.0
        self._refill()
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    @property
    def is_free(self) -> bool:
        """Whether there is a token."""
        self._refill()
        return not self._rate or self._tokens >= 1

    @property
    def is_rested(self) -> bool:
        """Whether it remembers nothing that a new one would not."""
        self._refill()
        return self._tokens >= self._burst

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now


class Window:
    """A sliding window: at most `limit` in any stretch of `seconds`."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        """Begins with an empty past; `clock` counts seconds."""
        self._seconds = seconds
        self._clock = clock
        self._past: deque[float] = deque(maxlen=limit)

    def take(self) -> float:
        """Takes a place; returns the seconds to wait until it is free."""
        now = self._clock()
        is_full = len(self._past) == self._past.maxlen
        at = max(now, self._past[0] + self._seconds) if is_full else now
        self._past.append(at)
        return at - now

    @property
    def is_free(self) -> bool:
        """Whether there is a place."""
        is_full = len(self._past) == self._past.maxlen
        return not is_full or self._past[0] + self._seconds <= self._clock()

    @property
    def is_rested(self) -> bool:
        """Whether the stretch is over for all that left."""
        return not self._past or self._past[-1] + self._seconds <= self._clock()


class Gate:
    """The way out for all chats together: a rate, and whoever answers a person goes first.

    Broadcasts have a smaller rate of their own, so that a person finds the way free at any moment of theirs.
    """

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        """Opens `rate` times a second, after a burst of one second's worth; 0 is always."""
        self._bucket = Bucket(rate, max(rate, 1.0), clock)
        share = rate * BROADCAST_SHARE
        self._broadcasts = Bucket(share, max(share * BROADCAST_BURST, 1.0), clock)
        self._turn = asyncio.Lock()
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._opener: asyncio.Task[None] | None = None
        self._clock = clock
        self._closed_until = clock()

    def close(self, seconds: float) -> None:
        """Lets nobody out for so long."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    def slip_through(self) -> bool:
        """Takes a turn if one is free at this moment and nobody waits for it; returns whether that is so."""
        if self._queue or self._closed_until > self._clock() or not self._bucket.is_free:
            return False
        self._bucket.take()
        return True

    async def enter(self, priority: int) -> None:
        """Returns when it is this message's turn; 0 is for people, more is for broadcasts."""
        if priority:
            # One after the other: after a stall, all that are late would leave together.
            async with self._turn:
                await asyncio.sleep(self._broadcasts.take())
        if self.slip_through():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (priority, next(self._order), turn))
        if self._opener is None or self._opener.done():
            self._opener = asyncio.create_task(self._open())
        await turn

    async def _open(self) -> None:
        while self._queue:
            await asyncio.sleep(self._bucket.take())
            await asyncio.sleep(max(0.0, self._closed_until - self._clock()))
            _priority, _order, turn = heapq.heappop(self._queue)
            if not turn.done():
                turn.set_result(None)
