"""Updates that end the process: found after a few times, and nobody else is taken for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.playground.miniature import Miniature
from bot.wariness import MAX_ATTEMPTS
from db.engine import DatabaseAwayError
from db.models import Attempt, Outgoing, ShelvedUpdate
from db.repositories import Repositories
from db.repositories.upkeep import Attempts
from handlers import ROUTERS
from handlers.kit.reply import Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text
from tests.bot.accidents import fail_first
from tests.bot.naps import Naps, naps
from tests.chat import TOKEN, FakeClock, Person, World, open_world

__all__ = ["naps"]

ADA, BOB = 1001, 1002


class Dead(BaseException):
    """The end of a process: no code of ours runs after it."""


class Deadly:
    """A bot with a command that ends the process, as long as `kills` is true."""

    def __init__(self, database_url: str) -> None:
        """Has a Telegram that outlives every process."""
        self.clock = FakeClock()
        self.miniature = Miniature(token=TOKEN, clock=self.clock)
        self.kills = True
        self.begun = 0
        self._url = database_url
        self._router = Router()
        self._router.command("die", Text("End the process"))(self._die)
        for number, name in ((ADA, "Ada"), (BOB, "Bob")):
            self.miniature.add_person(number, name)

    async def _die(self, _request: Request, _repos: Repositories) -> Reply:
        self.begun += 1
        if self.kills:
            raise Dead
        return screen(Text("Alive."))

    @asynccontextmanager
    async def start(self) -> AsyncIterator[World]:
        """Yields the bot of a new process."""
        routers = (*ROUTERS, self._router)
        async with open_world(self._url, miniature=self.miniature, clock=self.clock, routers=routers) as world:
            yield world

    async def live(self) -> bool:
        """Runs a process over what waits at Telegram, all of it at once; returns whether it lived through it."""
        async with self.start() as world:
            waiting = self.miniature.world.updates.waiting()
            work = [asyncio.create_task(world.application.pipeline.process(update)) for update in waiting]
            done, open_ones = await asyncio.wait(work, return_when=asyncio.FIRST_EXCEPTION)
            for each in open_ones:
                each.cancel()
            await asyncio.gather(*open_ones, return_exceptions=True)
            if any(isinstance(each.exception(), Dead) for each in done):
                return False
            self.miniature.take_updates()
            await world.settle()
            return True


async def test_a_killer_ends_on_the_shelf(database_url: str) -> None:
    """Begun five times and never finished, it is not begun again: its person gets an apology, and life goes on."""
    bot = Deadly(database_url)
    bot.miniature.say(ADA, "/die")
    lives = 0
    while not await bot.live():
        lives += 1
    assert (lives, bot.begun) == (MAX_ATTEMPTS, MAX_ATTEMPTS)
    async with bot.start() as world:
        ada = Person(world, ADA, "Ada")
        assert "went wrong on my side" in ada.last.text
        [shelved] = await world.rows(ShelvedUpdate)
        assert "begun 5 times by processes that then ended" in shelved.traceback
        assert "signed in" in (await ada.send("/me")).text


async def test_who_stood_beside_a_killer_is_answered(database_url: str) -> None:
    """Updates that were open whenever the process died are begun one at a time, and get away from the killer."""
    bot = Deadly(database_url)
    bot.miniature.say(ADA, "/die")
    for number in range(20):
        bot.miniature.add_person(2000 + number, f"P{number}")
        bot.miniature.say(2000 + number, "/me")
    while not await bot.live():
        pass
    async with bot.start() as world:
        assert await world.count(ShelvedUpdate) == 1
        assert bot.begun == MAX_ATTEMPTS
        for number in range(20):
            assert Person(world, 2000 + number, "P").said == [f"You are not signed in.\nTelegram id {2000 + number}"]
        assert {row.update_id for row in await world.rows(Attempt, Attempt.count == MAX_ATTEMPTS)} == {
            shelved.update_id for shelved in await world.rows(ShelvedUpdate)
        }


async def test_four_deaths_are_forgiven(database_url: str) -> None:
    """A bot that was stopped in the middle of an update as often as that still answers it."""
    bot = Deadly(database_url)
    bot.miniature.say(ADA, "/die")
    for _ in range(MAX_ATTEMPTS - 1):
        assert not await bot.live()
    bot.kills = False
    assert await bot.live()
    async with bot.start() as world:
        assert Person(world, ADA, "Ada").said == ["Alive."]
        assert await world.count(ShelvedUpdate) == 0


async def test_nothing_is_written_down_while_all_is_well(world: World) -> None:
    """A bot that found nothing waiting at its start spends no commit on wariness."""
    await world.person("Ada").send("/me")
    assert await world.count(Attempt) == 0


async def test_wariness_ends(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes after the start, a bot that lived so long writes nothing down any more."""
    monkeypatch.setattr("bot.wariness.WARY_FOR", 0.0)
    bot = Deadly(database_url)
    bot.miniature.say(ADA, "/me")
    assert await bot.live()
    async with bot.start() as world:
        assert await world.count(Attempt) == 0
        assert await world.count(Outgoing) == 1


async def test_a_wary_bot_waits_for_its_database(
    database_url: str, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database being away is no attempt."""
    bot = Deadly(database_url)
    bot.miniature.say(BOB, "/me")
    async with bot.start() as world:
        [update] = bot.miniature.take_updates()
        fail_first(monkeypatch, Attempts, "count", DatabaseAwayError())
        await world.application.pipeline.process(update)
        await world.settle()
        assert [row.count for row in await world.rows(Attempt)] == [1]
        assert len(Person(world, BOB, "Bob").said) == 1


@pytest.mark.parametrize("words", ["/die", "/me"])
async def test_what_was_answered_is_no_attempt(database_url: str, words: str) -> None:
    """What was done and not confirmed, kill after kill, comes again and is no killer for that, nor if it only looks."""
    bot = Deadly(database_url)
    bot.kills = False
    bot.miniature.say(ADA, "/start")
    assert await bot.live()
    update = bot.miniature.say(ADA, words)
    for _ in range(MAX_ATTEMPTS + 1):
        async with bot.start() as world:
            await world.application.pipeline.process(update)
            await world.application.sender.drain()
    async with bot.start() as world:
        assert [row.count for row in await world.rows(Attempt, Attempt.update_id == update["update_id"])] == [1]
        assert len(Person(world, ADA, "Ada").said) == 2
