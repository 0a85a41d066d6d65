"""A miniature of the tests' own: Ada has written to the bot, Ivan has not."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from telegram import Bot

from bot.playground.errors import ApiError
from bot.playground.miniature import Miniature
from tests.direct import DirectRequest

TOKEN = "42:TEST"
ADA, IVAN = 1001, 1002


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def miniature(clock: Clock) -> Miniature:
    miniature = Miniature(token=TOKEN, clock=clock)
    miniature.add_person(ADA, "Ada", last_name="Lovelace", username="ada")
    miniature.add_person(IVAN, "Ivan")
    miniature.say(ADA, "/start")
    miniature.take_updates()
    return miniature


@pytest.fixture
async def bot(miniature: Miniature) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, request=DirectRequest(miniature), get_updates_request=DirectRequest(miniature)) as bot:
        yield bot


Call = Callable[..., Awaitable[Any]]
Refusal = Callable[..., Awaitable[str]]


@pytest.fixture
def call(miniature: Miniature) -> Call:
    """Returns a function that calls a method and returns its result."""

    async def call(method: str, **params: object) -> Any:
        return await miniature.call(TOKEN, method, params)

    return call


@pytest.fixture
def refusal(call: Call) -> Refusal:
    """Returns a function that calls a method and returns the words with which it is refused."""

    async def refusal(method: str, **params: object) -> str:
        with pytest.raises(ApiError) as caught:
            await call(method, **params)
        return caught.value.description

    return refusal
