"""The clock of the machine, and one that can be moved on."""

import datetime as dt
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Returns this moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


class MovableClock:
    """A clock that is the machine's until somebody sets it ahead: the playground's, where a week takes a second.

    What ticks is told each time, for it may be late all of a sudden.
    """

    def __init__(self) -> None:
        self._ahead = dt.timedelta()
        self._tellers: list[Callable[[], None]] = []

    def __call__(self) -> dt.datetime:
        """Returns this moment, aware, in UTC, as far ahead as it was set."""
        return utc_now() + self._ahead

    def set_ahead(self, ahead: dt.timedelta) -> None:
        """Goes so far ahead of the machine's clock from now on."""
        self._ahead = ahead
        for tell in self._tellers:
            tell()

    def when_moved(self, tell: Callable[[], None]) -> None:
        """Calls `tell` whenever the clock was set."""
        self._tellers.append(tell)
