"""Whatever Telegram or the network does, the loop over getUpdates goes on by itself."""

import asyncio
import json
from typing import Any

import pytest
from telegram.error import NetworkError, TimedOut

from bot import polling
from bot.api import Api
from bot.playground.miniature import Miniature
from bot.polling import Polling
from tests.bot.accidents import canned
from tests.bot.loops import ADA, Wire, Work, api, telegram, wire
from tests.bot.naps import Naps, naps

__all__ = ["api", "naps", "telegram", "wire"]


@pytest.mark.parametrize(
    ("accident", "pause"),
    [
        ((409, b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'), 0.5),
        ((429, b'{"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":7}}'), 7.0),
        ((500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'), 0.5),
        ((502, b"<html><h1>502 Bad Gateway</h1></html>"), 0.5),
        ((200, b"<html>Please log in to this hotel's network</html>"), 0.5),
        ((200, b""), 0.5),
        ((200, b'{"ok":true,"result":{}}'), 0.5),
        ((200, b'{"ok":true,"result":null}'), 0.5),
        ((200, b'{"ok":true,"result":[7]}'), 0.5),
        ((200, b'{"ok":true,"result":[{"message":{}}]}'), 0.5),
        ((200, b'{"ok":true,"result":[{"update_id":true}]}'), 0.5),
        ((401, b"<html>Who are you?</html>"), 0.5),
        ((404, b"<html>nginx</html>"), 0.5),
        (NetworkError("httpx.RemoteProtocolError: Server disconnected"), 0.5),
        (TimedOut(), 0.5),
        (OSError("connection reset"), 0.5),
    ],
)
async def test_an_accident_is_slept_over(
    *, telegram: Miniature, wire: Wire, api: Api, naps: Naps, accident: tuple[int, bytes] | Exception, pause: float
) -> None:
    """Whatever stands between the bot and Telegram, the loop goes on after a pause."""
    work = Work()
    loop = Polling(api, work.process)
    telegram.say(ADA, "one")
    wire.accidents.append(accident)
    await loop._round()
    assert (naps.taken, work.done) == ([pause], [])
    await loop._round()
    assert (naps.taken, work.done) == ([pause], ["one"])


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("polls", "terminated by other getUpdates request; make sure that only one bot instance is running"),
        (
            "serves",
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ),
    ],
)
async def test_a_rival_is_named(naps: Naps, caplog: pytest.LogCaptureFixture, who: str, words: str) -> None:
    """Whether another process polls or serves with the same token, its owner reads it, and what Telegram says."""
    answer = {"ok": False, "error_code": 409, "description": f"Conflict: {words}"}
    await Polling(canned((409, json.dumps(answer).encode())), Work().process)._round()
    [line] = caplog.messages
    assert line.startswith(f"another process {who} with this token: stop it, or give this one")
    assert words in line


async def test_pauses_grow_and_begin_small_again(telegram: Miniature, wire: Wire, api: Api, naps: Naps) -> None:
    """A Telegram that stays away is asked ever more rarely, at least twice a minute."""
    loop = Polling(api, Work().process)
    wire.accidents += [TimedOut()] * 8
    for _ in range(8):
        await loop._round()
    assert naps.taken == [0.5, 1, 2, 4, 8, 16, 30, 30]
    telegram.say(ADA, "one")
    await loop._round()
    wire.accidents.append(TimedOut())
    await loop._round()
    assert naps.taken[8:] == [0.5]


async def test_a_question_that_hangs_is_asked_again(
    telegram: Miniature, api: Api, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that stays open and says nothing, not even an error, holds the loop up for a while only."""
    monkeypatch.setattr(polling, "LONG_POLL", 0)
    monkeypatch.setattr(polling, "HANG", 0.01)
    answer, silent = Api.call, [True]

    async def hang_once(self: Api, method: str, params: dict[str, Any]) -> Any:
        if silent:
            silent.pop()
            await asyncio.Event().wait()
        return await answer(self, method, params)

    monkeypatch.setattr(Api, "call", hang_once)
    work = Work()
    loop = Polling(api, work.process)
    telegram.say(ADA, "one")
    await loop._round()
    assert (naps.taken, work.done) == ([0.5], [])
    await loop._round()
    assert work.done == ["one"]


async def test_a_long_silence_is_reported(
    telegram: Miniature, wire: Wire, api: Api, naps: Naps, caplog: pytest.LogCaptureFixture
) -> None:
    """While Telegram does not answer, somebody who reads the log learns since when; an answer ends that."""
    loop = Polling(api, Work().process)
    loop._answered_at -= polling.SILENCE
    nap = naps.hold(polling.SILENCE)
    nap.set()
    watching = asyncio.create_task(loop._watch())
    await naps.begun(polling.SILENCE, 2)
    assert "has not answered getUpdates for 120 seconds" in caplog.text
    telegram.say(ADA, "one")
    await loop._round()
    caplog.clear()
    await naps.begun(polling.SILENCE, 4)
    watching.cancel()
    assert caplog.text == ""
    assert loop.silence < polling.SILENCE
