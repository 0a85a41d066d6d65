"""Telegram, in the harness's own process: the playground's server, with a memory of all that was said and confirmed."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import uvicorn

from bot.playground.files import Upload
from bot.playground.miniature import Miniature
from bot.playground.server import HOST, PlaygroundServer, listen

# What the victim adds to a reply that no row tells of: the update that it answers, and the bot that does.
LOOK = "chaos_look"
# Telegram pauses for 1, 2, 4 … seconds before it delivers to a webhook again; here a second takes so long.
WEBHOOK_SECOND = 0.05


@dataclass(frozen=True, slots=True)
class Said:
    """Words that the bot put into a chat, as a new message or in an old one; `number` counts all of them."""

    number: int
    chat_id: int
    message_id: int
    is_edit: bool
    text: str
    # What the buttons say, and their data.
    buttons: tuple[tuple[str, str], ...]
    # Of a reply without a row: the update that it answers, and the bot that does.
    look: tuple[int, str] | None = None


class Inbox:
    """What one person was told, and a way to wait for more."""

    def __init__(self) -> None:
        """Is empty."""
        self.said: list[Said] = []
        self.news = asyncio.Event()

    def put(self, said: Said) -> None:
        """Takes it, and wakes who waits."""
        self.said.append(said)
        self.news.set()


class Telegram(Miniature):
    """A Bot API server that remembers every message and edit that it took from the bot."""

    def __init__(self, token: str) -> None:
        """Is empty, and listens nowhere yet."""
        super().__init__(token=token)
        # The server's own log is not needed beside this one.
        self.calls = deque(maxlen=0)
        self.said: list[Said] = []
        self.inboxes: dict[int, Inbox] = {}
        self.url = ""

    async def call(
        self,
        token: str,
        method: str,
        params: Mapping[str, object],
        files: Mapping[str, Upload] | None = None,
    ) -> Any:
        """Answers a call, and remembers what it said to whom; refused ones said nothing."""
        look = params.get(LOOK)
        params = {name: value for name, value in params.items() if name != LOOK}
        result = await super().call(token, method, params, files)
        if method.startswith(("send", "edit")) and isinstance(result, dict):
            self._remember(result, is_edit=method.startswith("edit"), look=str(look) if look else None)
        return result

    def _remember(self, message: Mapping[str, Any], *, is_edit: bool, look: str | None) -> None:
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple((button["text"], button.get("callback_data", "")) for row in rows for button in row)
        chat_id, text = message["chat"]["id"], message.get("text", "")
        update_id, _colon, owner = look.partition(":") if look else ("", "", "")
        answers = (int(update_id), owner) if update_id else None
        said = Said(len(self.said), chat_id, message["message_id"], is_edit, text, buttons, answers)
        self.said.append(said)
        self.inbox(chat_id).put(said)

    def inbox(self, person_id: int) -> Inbox:
        """Returns what a person was told."""
        return self.inboxes.setdefault(person_id, Inbox())

    def unconfirmed(self) -> set[int]:
        """Returns the ids of the updates that the bot has not yet said to be done."""
        return {update["update_id"] for update in self.world.updates.waiting()}


class _Server(PlaygroundServer):
    """Says nothing on the standard output, where the result goes, and leaves signals to the harness."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: Any = None) -> None:
        await uvicorn.Server.startup(self, sockets)


@contextlib.asynccontextmanager
async def telegram(token: str) -> AsyncIterator[Telegram]:
    """Yields a Telegram that listens on a free port."""
    miniature = Telegram(token)
    listening = listen(0)
    miniature.url = f"http://{HOST}:{listening.getsockname()[1]}"
    server = _Server(miniature, webhook_second=WEBHOOK_SECOND)
    task = asyncio.create_task(server.run_on(listening))
    try:
        yield miniature
    finally:
        server.stop()
        await task
