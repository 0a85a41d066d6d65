"""The page in a real Chromium, before a playground whose bot the test itself plays.

Playwright is an extra: only what needs it imports it, and the test modules say so where it is not.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from bot.playground.miniature import Miniature
from bot.playground.server import PlaygroundServer, listen
from tests.bot.playground.conftest import ADA, TOKEN

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser import Screen

KEYS = {"inline_keyboard": [[{"text": "Done", "callback_data": "done"}, {"text": "Next", "callback_data": "next"}]]}


class Bot:
    """The bot's side of the playground."""

    def __init__(self, miniature: Miniature, address: str) -> None:
        self.miniature = miniature
        self.address = address

    async def call(self, method: str, **params: object) -> Any:
        return await self.miniature.call(TOKEN, method, params)

    async def say(self, text: str, person: int = ADA, **params: object) -> int:
        message = await self.call("sendMessage", chat_id=person, text=text, parse_mode="HTML", **params)
        return int(message["message_id"])

    def heard(self) -> list[str]:
        """Returns what people have said since the last question."""
        return [update["message"]["text"] for update in self.miniature.take_updates()]


@pytest_asyncio.fixture(loop_scope="module")
async def bot(miniature: Miniature) -> AsyncIterator[Bot]:
    """Yields the bot of a playground that is served over HTTP."""
    listening = listen(0)
    server = PlaygroundServer(miniature, can_reset=True)
    serving = asyncio.create_task(server.run_on(listening))
    yield Bot(miniature, f"http://127.0.0.1:{listening.getsockname()[1]}")
    server.stop()
    await serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> "AsyncIterator[Browser]":
    """Yields a Chromium for all tests of a module: it takes longer to start than a test takes."""
    from tests.browser import browsing  # noqa: PLC0415 -- an extra

    async with browsing() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def ada(bot: Bot, browser: "Browser") -> "AsyncIterator[Screen]":
    """Yields Ada's chat; whatever a test does, the page's console stays empty."""
    from tests.browser import WIDE, screen  # noqa: PLC0415 -- an extra

    async with screen(browser, bot.address, WIDE) as ada:
        yield ada
        assert ada.complaints == []
