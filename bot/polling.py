"""Long polling that confirms an update only when its effects are committed.

Telegram's queue is the durable one: asking from an offset confirms all updates below it, for good.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.api import Api

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 50
# Asking for the same offset again within half a second gets one update only (telegram-bot-api, Client.cpp).
SETTLE = 0.6
# Seconds that open updates get at the end; with those of the replies less than the ten that supervisors wait.
GRACE = 4.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

Process = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Polling:
    """The loop over getUpdates."""

    def __init__(self, api: Api, process: Process) -> None:
        """Hands each update to `process` once, whose return means that it may be confirmed."""
        self._api = api
        self._process = process
        # In Telegram's order; the ids need not grow, for they begin anew at random after a quiet week.
        self._open: dict[int, asyncio.Task[None]] = {}
        self._offset = 0
        self._pause = FIRST_PAUSE

    async def run(self) -> None:
        """Polls until cancelled; then waits a while for the updates that are being handled."""
        try:
            while True:
                await self._round()
        finally:
            await self._finish()

    async def _round(self) -> None:
        try:
            updates = await self._get_updates()
        except InvalidToken:
            raise
        except TelegramError as error:
            await self._back_off(error)
            return
        self._pause = FIRST_PAUSE
        for update in updates:
            if update["update_id"] not in self._open:
                self._open[update["update_id"]] = asyncio.create_task(self._process(update))
        if self._open:
            # A slow update holds nobody up: after a moment the next ones are fetched, those below stay unconfirmed.
            await asyncio.wait(self._open.values(), timeout=SETTLE)
        self._confirm()

    async def _get_updates(self) -> list[dict[str, Any]]:
        # While some are open, Telegram gives them again at once: there is nothing to wait for.
        timeout = 0 if self._open else LONG_POLL
        params = {"offset": self._offset, "timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        updates: list[dict[str, Any]] = await self._api.call("getUpdates", params)
        return updates

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
            log.error("another process polls with this token: stop it, or give this one a token of its own")
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
                await self._api.call("getUpdates", params)
            except TelegramError as error:
                log.info("the last updates stay unconfirmed, and will be known as answered: %s", error.message)
