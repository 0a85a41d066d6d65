"""What the bot was told last by each person, and the calls that it made since, for who looks behind a chat."""

from collections import deque
from collections.abc import Mapping, MutableSequence
from typing import Any

from msgspec import Struct, field

from bot.playground.errors import ApiError
from bot.playground.updates import Update

# Of one answer. A broadcast that goes on for days must not grow without end.
_REMEMBERED = 50


class Call(Struct, frozen=True):
    """A call of the bot; ``error`` is None when it was answered with ``result``."""

    method: str
    params: Mapping[str, object]
    result: Any = None
    error: ApiError | None = None


class Exchange(Struct, frozen=True):
    """An update, None at first, and the calls for the same person that came after it."""

    update: Update | None = None
    calls: MutableSequence[Call] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


class Journal:
    """The last exchange with each person. It is kept in memory only: a new start begins with none."""

    def __init__(self) -> None:
        self._last: dict[int, Exchange] = {}

    def begin(self, person_id: int, update: Update) -> None:
        """Begin a new exchange with what a person did."""
        self._last[person_id] = Exchange(update)

    def add(self, person_id: int, call: Call) -> None:
        """Add a call for a person to the exchange that is open."""
        self._last.setdefault(person_id, Exchange()).calls.append(call)

    def last(self, person_id: int) -> Exchange:
        """Return the last exchange with a person."""
        return self._last.get(person_id, Exchange())
