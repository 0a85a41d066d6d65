"""Floods: who sends faster than they may be answered."""

from collections.abc import Callable

from msgspec import Struct

from bot.pace import CHAT_BURST, Bucket


class _Flow(Struct):
    """What one person sends, as far as it is not forgotten yet."""

    bucket: Bucket
    is_told: bool = False


class Floods:
    """The people who sent something a moment ago; nobody is remembered for longer than it takes to answer them."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        """Takes a burst from a person, and then `per_second`, as Telegram takes answers; 0 is no limit."""
        self._per_second = per_second
        self._clock = clock
        self._flows: dict[int, _Flow] = {}
        self._tidied_at = clock()

    def __len__(self) -> int:
        return len(self._flows)

    def begins(self, person_id: int) -> bool:
        """Counts a person's update; returns whether it is the first that is too much, once a flood."""
        if not self._per_second:
            return False
        self._tidy()
        flow = self._flows.setdefault(person_id, _Flow(Bucket(self._per_second, CHAT_BURST, self._clock)))
        if flow.bucket.take() and not flow.is_told:
            flow.is_told = True
            return True
        return False

    def _tidy(self) -> None:
        """Forgets whom a new start would serve as well; seldom, for everybody is looked at."""
        now = self._clock()
        if now - self._tidied_at >= CHAT_BURST / self._per_second:
            self._flows = {who: flow for who, flow in self._flows.items() if not flow.bucket.is_rested}
            self._tidied_at = now
