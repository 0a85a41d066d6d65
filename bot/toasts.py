"""Toasts: the short words over the chat that answer presses."""

import asyncio
import logging

from telegram.error import TelegramError

from bot.api import Api

log = logging.getLogger(__name__)


class Toasts:
    """Answers presses: best effort, at once. Telegram keeps a query for minutes only, so it is no outbox row."""

    def __init__(self, api: Api) -> None:
        """Has nothing to answer yet."""
        self._api = api
        self._tasks: set[asyncio.Task[None]] = set()

    def answer(self, query_id: str, toast: str | None) -> None:
        """Begins to answer a press, also without a word: its button waits for that."""
        task = asyncio.create_task(self._answer(query_id, toast))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Returns when every press is answered."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _answer(self, query_id: str, toast: str | None) -> None:
        try:
            await self._api.call("answerCallbackQuery", {"callback_query_id": query_id, "text": toast})
        except TelegramError as error:
            log.debug("press %s stays unanswered: %s", query_id, error.message)
