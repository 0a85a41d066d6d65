"""The queue of updates that wait for the bot, and getUpdates.

Sources: https://core.telegram.org/bots/api#getupdates and ``Client.cpp`` of
tdlib/telegram-bot-api: how long an update waits, and what ends a long poll.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.playground.errors import ApiError
from bot.playground.store import Memory

Update = dict[str, Any]

# Seconds; a bot that was away longer never sees the press of a button.
_LIFETIME = {"callback_query": 150}
_DEFAULT_LIFETIME = 24 * 3600
_MAX_BATCH = 100
_MAX_TIMEOUT = 50
_MOMENT = 5
_REPEATED = 0.5
_FIRST_ID = 700_000_001


class Updates:
    """Updates in order, until the bot confirms them with a higher offset."""

    def __init__(self, memory: Memory, now: Callable[[], float]) -> None:
        self._rows = memory.table("updates")
        self._counters = memory.table("counters")
        self._now = now
        self._waiting: asyncio.Future[None] | None = None
        self._asked = float("-inf")
        self._last = (-1, float("-inf"))
        # Set whenever there may be something to deliver to a webhook, or a webhook to deliver to.
        self.news = asyncio.Event()

    def add(self, kind: str, value: dict[str, Any]) -> Update:
        """Queue an update of *kind* and wake the long poll that waits for it.

        A kind that the bot did not allow is returned, but not queued.
        """
        update = {"update_id": self._counters.next_number("update_id", _FIRST_ID), kind: value}
        allowed = self._counters.get("allowed_updates") or [kind]
        if kind not in allowed:
            return update
        expires = self._now() + _LIFETIME.get(kind, _DEFAULT_LIFETIME)
        self._rows.put(str(update["update_id"]), {"update": update, "expires": expires})
        self.news.set()
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)
        return update

    def take(self) -> list[Update]:
        """Return all waiting updates and confirm them."""
        taken = self.waiting()
        for update in taken:
            self._rows.remove(str(update["update_id"]))
        return taken

    def waiting(self) -> list[Update]:
        """Return all waiting updates."""
        return self._batch(len(self._rows.values()))

    def expires(self, update_id: int) -> float | None:
        """Return the time until which an update waits; None when it does not."""
        row = self._rows.get(str(update_id))
        return row["expires"] if row else None

    def remove(self, update_id: int) -> None:
        """Forget an update that was delivered."""
        self._rows.remove(str(update_id))

    def allow(self, params: dict[str, Any]) -> None:
        """Queue only the kinds of a call's ``allowed_updates`` from now on, if it has them; an empty list is all."""
        if "allowed_updates" in params:
            self._counters.put("allowed_updates", params["allowed_updates"])

    @property
    def allowed(self) -> list[str]:
        """The kinds that are queued; empty for all."""
        return list(self._counters.get("allowed_updates") or [])

    def count(self) -> int:
        """Return how many updates wait."""
        return len(self._rows.values())

    @property
    def listening(self) -> bool:
        """Whether a bot waits for updates, or asked for some a moment ago."""
        return self._waiting is not None or self._now() - self._asked < _MOMENT

    def begin_poll(self, params: dict[str, Any]) -> None:
        """Do what a getUpdates does at once: end the one that waits, confirm what is below its offset."""
        self._asked = self._now()
        self.end_poll(ApiError(409, _CONFLICT))
        self.allow(params)
        self._confirm(params.get("offset", 0))

    async def poll(self, params: dict[str, Any]) -> list[Update]:
        """Return the waiting updates, at the latest after the poll's timeout.

        Raises:
            ApiError: 409 when another getUpdates comes while this one waits.
        """
        limit = params.get("limit", _MAX_BATCH)
        limit = limit if 0 < limit <= _MAX_BATCH else _MAX_BATCH
        # telegram-bot-api, Client.cpp: who repeats the question at once is shown one update, to calm a busy loop.
        limit = 1 if self._is_repeated(params.get("offset", 0)) else limit
        batch = self._batch(limit)
        timeout = min(params.get("timeout", 0), _MAX_TIMEOUT)
        if batch or timeout <= 0:
            return batch
        await self._wait(timeout)
        return self._batch(limit)

    def _is_repeated(self, offset: int) -> bool:
        """Whether this offset was asked for a moment ago as well."""
        now, (last, at) = self._now(), self._last
        self._last = offset, now
        return offset == last and now - at < _REPEATED

    def end_poll(self, error: ApiError | None = None) -> None:
        """End the long poll that waits, if one does: with *error*, else with what there is."""
        if self._waiting and not self._waiting.done():
            if error:
                self._waiting.set_exception(error)
            else:
                self._waiting.set_result(None)

    async def _wait(self, seconds: float) -> None:
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            pass
        finally:
            if self._waiting is waiting:
                self._waiting = None

    def _confirm(self, offset: int) -> None:
        """Forget what is below *offset*; a negative one counts from the end of the queue."""
        if offset < 0:
            ids = [row["update"]["update_id"] for row in self._rows.values()]
            offset = ids[max(offset, -len(ids))] if ids else 0
        for row in self._rows.values():
            if row["update"]["update_id"] < offset:
                self._rows.remove(str(row["update"]["update_id"]))

    def _batch(self, limit: int) -> list[Update]:
        now = self._now()
        for key, row in self._rows.items():
            if row["expires"] < now:
                self._rows.remove(key)
        return [row["update"] for row in self._rows.values()[:limit]]


_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
