"""The beginning and the end of the bot: both wait for the world, but not for ever."""

import asyncio
import json
import logging

import pytest
from sqlalchemy.exc import IntegrityError
from telegram.error import InvalidToken

from bot import running
from bot.patience import insist
from bot.running import _send_what_is_ready
from bot.sender import Sender
from db.engine import DatabaseAwayError
from db.repositories.outbox import Outbox
from tests.bot.accidents import Answer, canned, fail_first
from tests.bot.letters import meet, post
from tests.bot.naps import Naps, naps
from tests.chat import World, open_world

__all__ = ["naps"]

BUSY = (429, b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}')
FAILED = (500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}')
UNKNOWN = (401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}')
ME = {"id": 42, "is_bot": True, "first_name": "Bot", "username": "test_bot"}
HELLO = (200, json.dumps({"ok": True, "result": ME}).encode())


@pytest.mark.parametrize(("answers", "pauses"), [([BUSY], [7.0]), ([FAILED, BUSY, FAILED], [0.5, 7.0, 2.0])])
async def test_the_start_waits_as_long_as_telegram_says(naps: Naps, answers: list[Answer], pauses: list[float]) -> None:
    """429 at the first call of all names the seconds, and is no reason to end."""
    api = canned(*answers, HELLO)
    await insist(api.initialize, "the Bot API cannot be reached")
    assert (api.username, naps.taken) == ("test_bot", pauses)
    await api.shutdown()


async def test_the_start_ends_with_a_wrong_token(naps: Naps) -> None:
    """There is nothing to wait for when Telegram does not know the bot."""
    with pytest.raises(InvalidToken):
        await insist(canned(UNKNOWN).initialize, "the Bot API cannot be reached")
    assert naps.taken == []


@pytest.mark.parametrize("error", [DatabaseAwayError(), ConnectionResetError(), IntegrityError("", {}, Exception())])
async def test_the_end_does_not_need_the_database(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """What was sent and cannot be marked is sent again by the next start, which one line in the log says."""
    [ada] = await meet(world, "Ada")
    fail_first(monkeypatch, Outbox, "mark_sent", error)
    await post(world, (ada, "one"))
    await _send_what_is_ready(world.application)
    assert ada.last.text == "one"
    assert [(record.levelno, record.exc_info) for record in caplog.records] == [(logging.WARNING, None)]


async def test_the_end_is_loud_about_mistakes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no accident of the world is not hidden by the end."""
    [ada] = await meet(world, "Ada")
    fail_first(monkeypatch, Outbox, "mark_sent", ZeroDivisionError())
    await post(world, (ada, "one"))
    with pytest.raises(ZeroDivisionError):
        await _send_what_is_ready(world.application)


async def test_the_end_does_not_wait_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What takes too long to send is left to the next start, and the log says so."""

    async def hang(sender: Sender) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(running, "SHUTDOWN", 0.002)
    monkeypatch.setattr(Sender, "drain", hang)
    with caplog.at_level(logging.INFO):
        async with asyncio.timeout(10):
            await _send_what_is_ready(world.application)
    assert caplog.messages[-1] == "the next start sends what is left"


@pytest.mark.parametrize("error", [DatabaseAwayError(), ZeroDivisionError()])
async def test_a_sender_stops_whatever_happens(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """A lease that cannot be given back ends by itself; only what is no accident is logged with its traceback."""
    with monkeypatch.context() as patch:
        fail_first(patch, Outbox, "release", error)
        await world.application.sender.stop()
    [record] = caplog.records
    assert bool(record.exc_info) is isinstance(error, ZeroDivisionError)


async def test_a_database_that_goes_away_at_the_start_is_waited_for(
    database_url: str, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot begins when it is back, and says what it waits for, in a line."""
    fail_first(monkeypatch, Outbox, "renew_lease", DatabaseAwayError(), DatabaseAwayError())
    async with open_world(database_url) as world:
        assert naps.taken == [0.5, 0.5]
        assert "signed in" in (await world.person("Ada").send("/me")).text
