"""Long polling that confirms an update only when its effects are committed.

Telegram's queue is the durable one: asking from an offset confirms all updates below it, for good.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.api import Api

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 50
# While an update is open, new ones are asked for again and again: soon at first, for most take milliseconds.
SETTLE, LONGEST_SETTLE = 0.02, 0.5
# Later the more there are: each answer brings them all again, and reading them takes the time that they wait for.
SETTLE_EACH = 0.001
# Of the time that an update has been open, so long is the next pause.
SETTLE_SHARE = 0.05
# Seconds that open updates get at the end; with those of the replies less than the ten that supervisors wait.
GRACE = 4.0
# And for Telegram to hear what is done.
LAST_WORD = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# Seconds beyond the long poll's own after which a question is taken for lost, whatever the HTTP client believes.
HANG = 30.0
# Seconds without an answer after which that is an error to look at, and said again as often: two long polls.
SILENCE = 120.0

_MAX_ID = 2**63

Process = Callable[[dict[str, Any]], Coroutine[Any, Any, object]]


class Polling:
    """The loop over getUpdates."""

    def __init__(self, api: Api, process: Process) -> None:
        """Hands each update to `process` once, whose return means that it may be confirmed."""
        self._api = api
        self._process = process
        # In Telegram's order; the ids need not grow, for they begin anew at random after a quiet week.
        self._open: dict[int, asyncio.Task[object]] = {}
        self._offset = 0
        self._first = self._turn = 0
        self._begun_at = time.monotonic()
        self._pause = FIRST_PAUSE
        self._answered_at = time.monotonic()

    @property
    def handling(self) -> int:
        """How many updates are fetched and not confirmed."""
        return len(self._open)

    @property
    def silence(self) -> float:
        """The seconds since Telegram answered last."""
        return time.monotonic() - self._answered_at

    async def run(self) -> None:
        """Polls until cancelled; then waits a while for the updates that are being handled."""
        watchdog = asyncio.create_task(self._watch())
        try:
            while True:
                await self._round()
        finally:
            watchdog.cancel()
            await self._finish()

    async def _watch(self) -> None:
        """Reports when no getUpdates has succeeded for a while, also when it is this loop that hangs."""
        while True:
            await asyncio.sleep(SILENCE)
            if self.silence >= SILENCE:
                log.error("Telegram has not answered getUpdates for %d seconds; still trying", self.silence)

    async def _round(self) -> None:
        try:
            updates = await self._get_updates()
        except InvalidToken:
            raise
        except TelegramError as error:
            await self._back_off(error)
            return
        self._pause, self._answered_at = FIRST_PAUSE, time.monotonic()
        for update in updates:
            if update["update_id"] not in self._open:
                self._begun_at = self._begun_at if self._open else time.monotonic()
                self._open[update["update_id"]] = asyncio.create_task(self._process(update))
        if self._open:
            # A slow update holds nobody up: after a moment the next ones are fetched, those below stay unconfirmed.
            await asyncio.wait(self._open.values(), timeout=self._settle())
        self._confirm()

    async def _get_updates(self) -> list[dict[str, Any]]:
        # While some are open, Telegram gives them again at once: there is nothing to wait for.
        timeout = 0 if self._open else LONG_POLL
        params = {"offset": self._next_offset(), "timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        try:
            async with asyncio.timeout(timeout + HANG):
                updates = await self._api.call("getUpdates", params)
        except TimeoutError:
            raise TimedOut("the question hangs") from None
        return _checked(updates)

    def _settle(self) -> float:
        soon = SETTLE + SETTLE_EACH * len(self._open)
        return min(max(soon, SETTLE_SHARE * (time.monotonic() - self._begun_at)), LONGEST_SETTLE)

    def _next_offset(self) -> int:
        """Returns the offset to ask from.

        The same one again within half a second gets one update, not the new ones (tdlib/telegram-bot-api, Client.cpp).
        While updates are open two take turns that mean the same: the first open id, which confirms all below it, and
        then, as nothing is left there, the one below.
        """
        if not self._open:
            return self._offset
        first = next(iter(self._open))
        self._turn = 1 - self._turn if first == self._first else 0
        self._first = first
        return max(first - self._turn, 0)  # a negative one would make Telegram forget

    def _confirm(self) -> None:
        """Moves the offset over the updates that are done, up to the first that is not."""
        for update_id, task in list(self._open.items()):
            if not task.done() or task.cancelled():
                break
            task.result()
            del self._open[update_id]
            self._offset = update_id + 1

    async def _back_off(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            who = "serves" if "webhook" in error.message.lower() else "polls"
            remedy = "stop it, or give this one a token of its own"
            log.error("another process %s with this token: %s (%s)", who, remedy, error.message)
        else:
            log.warning("getUpdates failed: %s", error.message)
        if isinstance(error, RetryAfter):
            after = error.retry_after
            self._pause = float(after if isinstance(after, int | float) else after.total_seconds())
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _finish(self) -> None:
        """Waits for what is being handled, then confirms it, so that the next start does not see it again."""
        if self._open:
            _done, late = await asyncio.wait(self._open.values(), timeout=GRACE)
            # A database that is away would keep them for ever; unconfirmed, they come again.
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            self._confirm()
        if self._offset:
            params = {"offset": self._offset, "timeout": 0, "limit": 1, "allowed_updates": ALLOWED_UPDATES}
            try:
                async with asyncio.timeout(LAST_WORD):
                    await self._api.call("getUpdates", params)
            except (TelegramError, TimeoutError) as error:
                log.info("the last updates stay unconfirmed, and will be known as answered: %s", error)


def _checked(updates: Any) -> list[dict[str, Any]]:
    """Returns a list of updates as it is.

    Raises:
        NetworkError: when it is none: whatever answered was not the Bot API.
    """
    if not isinstance(updates, list) or not all(
        isinstance(update, dict) and _is_id(update.get("update_id")) for update in updates
    ):
        raise NetworkError("no list of updates")
    return updates


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value < _MAX_ID
