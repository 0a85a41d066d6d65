"""Presses of buttons that wait for answerCallbackQuery."""

from collections.abc import Callable
from typing import Any

from bot.playground.errors import ApiError, bad_request
from bot.playground.store import Memory

# Telegram does not publish how long a query can be answered. An update with one waits 150
# seconds (``Client.cpp`` of tdlib/telegram-bot-api), so no bot can count on more.
LIFETIME = 150
_FIRST_ID = 4_000_000_000_000_000_001


class Queries:
    """Callback queries, each answered once and not too late."""

    def __init__(self, memory: Memory, now: Callable[[], float]) -> None:
        self._rows = memory.table("queries")
        self._counters = memory.table("counters")
        self._now = now

    def open(self, person_id: int) -> str:
        """Return the id of a new query."""
        query_id = str(self._counters.next_number("query", _FIRST_ID))
        self._forget_old()
        self._rows.put(query_id, {"person_id": person_id, "asked": self._now()})
        return query_id

    def asker(self, query_id: str) -> int | None:
        """Return whose query waits for an answer; None when none with this id does."""
        row: dict[str, Any] | None = self._rows.get(query_id)
        return int(row["person_id"]) if row else None

    def answer(self, query_id: str) -> int:
        """Close the query; return whose it was.

        Raises:
            ApiError: 400 when it is unknown, was answered or is too old.
        """
        row: dict[str, Any] | None = self._rows.get(query_id)
        self._rows.remove(query_id)
        if row is None or self._now() - row["asked"] > LIFETIME:
            raise _too_old()
        return int(row["person_id"])

    def _forget_old(self) -> None:
        for query_id, row in self._rows.items():
            if self._now() - row["asked"] > LIFETIME:
                self._rows.remove(query_id)


def _too_old() -> ApiError:
    return bad_request("query is too old and response timeout expired or query ID is invalid")
