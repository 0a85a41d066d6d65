"""The Bot API in miniature: one bot, its people, no network.

It enforces what Telegram enforces, in Telegram's words, for the methods that the bot uses, and
refuses all others. It belongs to one event loop; nothing in it is safe to share among threads.
"""

import copy
import hmac
import logging
from collections.abc import Callable, Mapping, MutableSequence
from datetime import UTC, datetime
from typing import Any

from bot.playground import schema
from bot.playground.acts import Acts
from bot.playground.calls import CALLS
from bot.playground.errors import ApiError
from bot.playground.files import Upload
from bot.playground.history import ChatMessage
from bot.playground.journal import Call
from bot.playground.store import MemoryStore, Store
from bot.playground.updates import Update
from bot.playground.world import Toast, World

_LOGGER = logging.getLogger(__name__)


Fault = Callable[[str, Mapping[str, object]], ApiError | None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Miniature(Acts):
    """One bot's Bot API server and its people's Telegram clients.

    ``faults`` may be set to a function of method and parameters: the error it returns is the
    call's answer, and nothing happens. ``calls`` is the log of all calls but getUpdates.
    """

    def __init__(
        self,
        *,
        token: str,
        username: str = "syllabot_bot",
        clock: Callable[[], datetime] = _utc_now,
        store: Store | None = None,
    ) -> None:
        super().__init__(World(token=token, username=username, clock=clock, store=store or MemoryStore()))
        self.calls: MutableSequence[Call] = []
        self.faults: Fault | None = None

    @property
    def world(self) -> World:
        """The state, for the server and its page."""
        return self._world

    async def call(
        self,
        token: str,
        method: str,
        params: Mapping[str, object],
        files: Mapping[str, Upload] | None = None,
    ) -> Any:
        """Return the ``result`` of a Bot API call, a JSON value of the caller's own.

        Raises:
            ApiError: the Bot API's refusal. A 400 that the schema finds is logged, too.
        """
        person_id = self._addressee(params)
        try:
            result = await self._answer(token, method, params, files or {})
        except ApiError as error:
            self._note(Call(method, params, error=error), person_id)
            raise
        self._note(Call(method, params, result), person_id)
        return copy.deepcopy(result)

    def _note(self, call: Call, person_id: int) -> None:
        if call.method == "getUpdates":
            return
        self.calls.append(call)
        self._world.journal.add(person_id, call)

    def _addressee(self, params: Mapping[str, object]) -> int:
        """Return whom a call is for; 0 for nobody in particular."""
        chat_id = str(params.get("chat_id", ""))
        if chat_id.isdecimal() and len(chat_id) <= _LONGEST_ID:
            return int(chat_id)
        return self._world.queries.asker(str(params.get("callback_query_id", ""))) or 0

    async def _answer(
        self,
        token: str,
        method: str,
        params: Mapping[str, object],
        files: Mapping[str, Upload],
    ) -> Any:
        self.check_token(token)
        fault = self.faults(method, params) if self.faults else None
        if fault:
            raise fault
        attached = {name: f"attach://{name}" for name in files if name in _UPLOADED}
        try:
            read = schema.load().read(method, {**params, **attached})
        except ApiError as error:
            _LOGGER.warning("%s is not a valid call: %s", method, error)
            raise
        try:
            if method == "getUpdates":
                self._begin_poll(read)
                return await self._world.updates.poll(read)
            return CALLS[method](self._world, read, files)
        finally:
            self._world.memory.save()

    def _begin_poll(self, params: dict[str, Any]) -> None:
        self._world.webhook.refuse_polling()
        was_listening = self._world.updates.listening
        self._world.updates.begin_poll(params)
        self._world.memory.save()
        if not was_listening:  # the page says whether a bot is there
            self._world.tell("people")

    def change_token(self, token: str) -> None:
        """Take only this token from now on. With other digits in front it is another bot, in the same chats."""
        self._world.change_token(token)

    def check_token(self, token: str) -> None:
        """Refuse any token but the bot's; ApiError 401."""
        if not hmac.compare_digest(token.encode(), self._world.token.encode()):
            raise ApiError(401, "Unauthorized")

    def download(self, token: str, path: str) -> bytes:
        """Return the bytes of a file by its ``file_path``; ApiError 401 or 404."""
        self.check_token(token)
        return self._world.files.download(path)

    def take_updates(self) -> list[Update]:
        """Return the updates that wait for the bot, and confirm them."""
        taken = self._world.updates.take()
        self._world.memory.save()
        return taken

    def chat(self, chat_id: int) -> list[ChatMessage]:
        """Return what is in a chat now, oldest first; what was deleted is gone."""
        return self._world.history.seen(chat_id)

    def toasts(self, person_id: int) -> list[Toast]:
        """Return the answers to the person's button presses that had a text."""
        return list(self._world.toasts[person_id])

    def close(self) -> None:
        """End a waiting long poll and let go of the store."""
        self._world.updates.end_poll()
        self._world.memory.save()
        self._world.memory.store.close()


# The digits of the largest id there can be; Python turns no number of thousands of digits into an int.
_LONGEST_ID = 19
# Parameters that may come as an upload of their own name.
_UPLOADED = frozenset({"photo", "video", "audio", "voice", "document", "animation", "thumbnail"})
