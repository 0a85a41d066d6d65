"""A loop over getUpdates to be tested: a Telegram with one person, a wire that may have accidents, work to be done."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.request import RequestData

from bot.api import Api
from bot.playground.miniature import Miniature
from tests.chat import TOKEN
from tests.direct import DirectRequest

ADA = 7


class Wire(DirectRequest):
    """A connection that may answer with what a proxy makes of it, or break."""

    def __init__(self, miniature: Miniature) -> None:
        super().__init__(miniature)
        self.accidents: list[tuple[int, bytes] | Exception] = []

    async def do_request(  # noqa: PLR0917 -- PTB's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self.accidents:
            accident = self.accidents.pop(0)
            if isinstance(accident, Exception):
                raise accident
            return accident
        return await super().do_request(url, method, request_data)


class Work:
    """What is done with updates: each waits until its words are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.held: dict[str, asyncio.Event] = {}

    async def process(self, update: dict[str, Any]) -> None:
        words = update["message"]["text"]
        self.begun.append(words)
        if words in self.held:
            await self.held[words].wait()
        self.done.append(words)


@pytest.fixture
def telegram() -> Miniature:
    telegram = Miniature(token=TOKEN)
    telegram.add_person(ADA, "Ada")
    return telegram


@pytest.fixture
def wire(telegram: Miniature) -> Wire:
    return Wire(telegram)


@pytest.fixture
async def api(wire: Wire) -> AsyncIterator[Api]:
    async with Api(TOKEN, request=wire, get_updates_request=wire) as api:
        yield api
