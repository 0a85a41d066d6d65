"""Long polling confirms what is done, and nothing else."""

import asyncio
from typing import Any, cast

import pytest
from telegram.error import InvalidToken, TelegramError

from bot import polling
from bot.api import Api
from bot.playground.errors import ApiError
from bot.playground.miniature import Miniature
from bot.polling import Polling
from tests.bot.loops import ADA, Work, api, telegram, wire

__all__ = ["api", "telegram", "wire"]


@pytest.fixture(autouse=True)
def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the moment a short one in which a slow update may still come to its end."""
    monkeypatch.setattr(polling, "SETTLE", 0.002)


async def test_what_is_done_is_confirmed(telegram: Miniature, api: Api) -> None:
    """The question for the next updates confirms the last ones, and only then are they gone at Telegram."""
    work = Work()
    loop = Polling(api, work.process)
    for words in ("one", "two"):
        telegram.say(ADA, words)
    await loop._round()
    assert (work.done, telegram.world.updates.count()) == (["one", "two"], 2)
    telegram.say(ADA, "three")
    await loop._round()
    assert (work.done, telegram.world.updates.count()) == (["one", "two", "three"], 1)


async def test_a_slow_update_holds_up_nobody_and_is_not_confirmed_past(telegram: Miniature, api: Api) -> None:
    """Later ones are fetched and done, each once, but stay at Telegram until the slow one is done."""
    work = Work()
    work.held["slow"] = asyncio.Event()
    loop = Polling(api, work.process)
    for words in ("one", "slow", "two"):
        telegram.say(ADA, words)
    await loop._round()
    assert work.done == ["one", "two"]
    telegram.say(ADA, "three")
    await loop._round()
    await loop._round()
    assert work.done == ["one", "two", "three"]
    assert work.begun == ["one", "slow", "two", "three"]
    assert telegram.world.updates.count() == 3, "the first is confirmed, the slow one and those behind are not"
    work.held["slow"].set()
    await loop._round()
    telegram.say(ADA, "four")
    await loop._round()
    assert work.done == ["one", "two", "three", "slow", "four"]
    assert telegram.world.updates.count() == 1


async def test_new_updates_are_seen_beside_a_slow_one(telegram: Miniature, api: Api) -> None:
    """Telegram shows one update to who repeats a question; while the first is slow, the others arrive all the same."""
    work = Work()
    work.held["slow"] = asyncio.Event()
    loop = Polling(api, work.process)
    telegram.say(ADA, "slow")
    await loop._round()
    for number in range(5):
        telegram.say(ADA, str(number))
        await loop._round()
    assert work.done == ["0", "1", "2", "3", "4"]
    assert telegram.world.updates.count() == 6


async def test_questions_beside_a_slow_update_become_rarer(telegram: Miniature, api: Api) -> None:
    """An update that has been open for long, as while the database is away, is no reason for a storm of questions."""
    work = Work()
    work.held["slow"] = asyncio.Event()
    loop = Polling(api, work.process)
    telegram.say(ADA, "slow")
    await loop._round()
    assert loop._settle() == polling.SETTLE + polling.SETTLE_EACH
    loop._begun_at -= 4
    assert loop._settle() == pytest.approx(0.2, abs=0.05)
    loop._begun_at -= 400
    assert loop._settle() == 0.5


async def test_many_open_updates_are_not_read_again_and_again(telegram: Miniature, api: Api) -> None:
    """Each question brings all of them once more, so the next one waits a little longer for each."""
    work = Work()
    work.held["slow"] = asyncio.Event()
    loop = Polling(api, work.process)
    for _ in range(30):
        telegram.say(ADA, "slow")
    await loop._round()
    assert loop._settle() == polling.SETTLE + 30 * polling.SETTLE_EACH


async def test_a_killed_loop_reads_again(telegram: Miniature, api: Api) -> None:
    """What was being handled when the process died is handled by the next one."""
    work = Work()
    work.held["slow"] = asyncio.Event()
    for words in ("one", "slow", "two"):
        telegram.say(ADA, words)
    killed = Polling(api, work.process)
    await killed._round()
    await killed._round()
    for task in killed._open.values():
        task.cancel()
    again = Work()
    await Polling(api, again.process)._round()
    assert again.done == ["slow", "two"]


async def test_the_end_waits_and_confirms(telegram: Miniature, api: Api) -> None:
    """Told to stop, the loop lets open updates finish, and Telegram forgets them."""
    work = Work()
    work.held["slow"] = asyncio.Event()
    telegram.say(ADA, "slow")
    running = asyncio.create_task(Polling(api, work.process).run())
    while not work.begun:  # noqa: ASYNC110 -- the loop has no event for it
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.sleep(0)
    work.held["slow"].set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.done == ["slow"]
    assert telegram.world.updates.count() == 0


async def test_a_failed_process_is_loud_and_confirms_nothing(telegram: Miniature, api: Api) -> None:
    """The pipeline never raises; were it to, the update stays at Telegram and the program ends."""

    async def fail(update: dict[str, Any]) -> None:
        raise ZeroDivisionError(update["update_id"])

    telegram.say(ADA, "one")
    with pytest.raises(ZeroDivisionError):
        await Polling(api, fail).run()
    assert telegram.world.updates.count() == 1


async def test_a_wrong_token_ends_the_loop(telegram: Miniature, api: Api) -> None:
    """There is nothing to wait for when Telegram does not know the bot any more."""
    telegram.faults = lambda _method, _params: ApiError(401, "Unauthorized")
    with pytest.raises(InvalidToken):
        await Polling(api, Work().process).run()


class Script:
    """Answers getUpdates with what was prepared, and keeps the offsets that were asked for."""

    def __init__(self, *answers: list[int] | TelegramError) -> None:
        self._answers = list(answers)
        self.offsets: list[int] = []

    async def call(self, _method: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        self.offsets.append(params["offset"])
        answer = self._answers.pop(0)
        if isinstance(answer, TelegramError):
            raise answer
        return [{"update_id": number, "message": {"text": str(number)}} for number in answer]


async def test_ids_may_begin_anew_lower() -> None:
    """After a quiet week Telegram counts from a random number: the offset follows it down."""
    script, work = Script([900], [5, 6], [7]), Work()
    loop = Polling(cast("Api", script), work.process)
    for _ in range(3):
        await loop._round()
    assert work.done == ["900", "5", "6", "7"]
    assert script.offsets == [0, 901, 7]


async def test_nothing_is_confirmed_that_was_never_read() -> None:
    """A loop that ends before its first update asks for no offset."""
    script = Script(InvalidToken("Unauthorized"))
    with pytest.raises(InvalidToken):
        await Polling(cast("Api", script), Work().process).run()
    assert script.offsets == [0]


async def test_the_end_does_not_wait_for_ever(telegram: Miniature, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that waits for a database that is away is given up at the end; it and those behind it come again."""
    monkeypatch.setattr(polling, "GRACE", 0.002)
    work = Work()
    work.held["stuck"] = asyncio.Event()
    for words in ("one", "stuck", "two"):
        telegram.say(ADA, words)
    running = asyncio.create_task(Polling(api, work.process).run())
    while len(work.begun) < 3:  # noqa: ASYNC110 -- the loop has no event for it
        await asyncio.sleep(0)
    running.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait([running])
    assert running.cancelled()
    assert work.done == ["one", "two"]
    again = Work()
    await Polling(api, again.process)._round()
    assert again.done == ["stuck", "two"]
