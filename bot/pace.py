"""How fast messages may leave: token buckets, people before broadcasts."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

# Bot FAQ, 'My bot is hitting limits': about one message a second in a chat, short bursts allowed.
CHAT_BURST = 20


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
    def is_full(self) -> bool:
        """Whether it remembers nothing that a new one would not."""
        self._refill()
        return self._tokens >= self._burst

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now


class Gate:
    """The way out for all chats together: a rate, and whoever answers a person goes first."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        """Opens `rate` times a second, after a burst of one second's worth; 0 is always."""
        self._bucket = Bucket(rate, max(rate, 1.0), clock)
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._opener: asyncio.Task[None] | None = None
        self._clock = clock
        self._closed_until = clock()

    def close(self, seconds: float) -> None:
        """Lets nobody out for so long."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    async def enter(self, priority: int) -> None:
        """Returns when it is this message's turn."""
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
