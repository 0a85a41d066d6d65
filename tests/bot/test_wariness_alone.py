"""Suspects run alone: nothing else that ends the process is held against an update, and nobody waits for ever."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import pytest

from bot import wariness
from bot.playground.errors import ApiError
from bot.wariness import MAX_ATTEMPTS, Wariness
from db.models import Attempt
from db.transaction import Database
from tests.bot.letters import left_behind, meet, refuse
from tests.bot.naps import Naps, naps
from tests.bot.test_wariness import ADA, BOB, Deadly
from tests.chat import FakeClock, Person, World

__all__ = ["naps"]

SUSPECT = 7


async def until(is_so: Callable[[], bool]) -> None:
    """Returns when something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 -- a lock has no event for who waits
            await asyncio.sleep(0)


class Crew:
    """Updates at work under the eyes of one process, each until it is let go."""

    def __init__(self, database: Database) -> None:
        """Is wary."""
        self.wariness = Wariness(database, FakeClock(), self.drain)
        self.wariness.begin()
        self.at_work: list[int] = []
        self._let_go: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def drain(self) -> None:
        """Has nothing to send."""

    def send(self, update_id: int) -> None:
        """Lets an update arrive."""
        self._tasks[update_id] = asyncio.create_task(self._work(update_id))

    async def _work(self, update_id: int) -> None:
        async with self.wariness.watch(update_id):
            self.at_work.append(update_id)
            await self._let_go[update_id].wait()
            self.at_work.remove(update_id)

    async def finish(self, update_id: int) -> None:
        """Ends an update's work."""
        self._let_go[update_id].set()
        await self._tasks[update_id]

    async def until(self, *update_ids: int, waiting: int = 0) -> None:
        """Returns when these are at work, and so many stand in the line."""
        line = self.wariness._line
        await until(lambda: self.at_work == list(update_ids) and len(line._waiters or ()) == waiting)


@pytest.fixture
async def crew(database: Database) -> Crew:
    """Returns a crew that one suspect is about to join."""
    async with database.transaction() as repos:
        await repos.attempts.begin(SUSPECT, FakeClock()())
    return Crew(database)


async def test_a_suspect_waits_for_those_at_work_and_the_others_for_it(crew: Crew) -> None:
    """What was begun before it is finished first; what comes after it begins when it is done, all at once."""
    for update_id in (1, 2):
        crew.send(update_id)
        await crew.until(*range(1, update_id + 1))
    crew.send(SUSPECT)
    await until(crew.wariness._line.locked)
    for update_id in (3, 4):
        crew.send(update_id)
        await crew.until(1, 2, waiting=update_id - 2)
    await crew.finish(1)
    await crew.until(2, waiting=2)
    await crew.finish(2)
    await crew.until(SUSPECT, waiting=2)
    await crew.finish(SUSPECT)
    await crew.until(3, 4)
    await crew.finish(3)
    await crew.finish(4)
    assert crew.at_work == []


async def test_nobody_begins_beside_a_suspect_when_wariness_is_over(crew: Crew) -> None:
    """An update that nobody is wary of any more stands in the same line."""
    crew.send(SUSPECT)
    await crew.until(SUSPECT)
    crew.wariness._until = 0.0
    crew.send(1)
    await crew.until(SUSPECT, waiting=1)
    await crew.finish(SUSPECT)
    await crew.until(1)
    await crew.finish(1)
    assert crew.at_work == []


async def test_a_suspects_own_lane_goes_on(database_url: str) -> None:
    """Behind a killer in its lane, and behind every suspect in theirs, the next updates are answered in order."""
    bot = Deadly(database_url)
    for words in ("/die", "/me", "/help"):
        bot.miniature.say(ADA, words)
        bot.miniature.say(BOB, "/me")
    while not await bot.live():
        pass
    async with bot.start() as world:
        ada, bob = Person(world, ADA, "Ada"), Person(world, BOB, "Bob")
        assert [text[:7] for text in ada.said] == ["Sorry, ", "You are", "What yo"]
        assert len(bob.said) == 3
        assert bot.begun == MAX_ATTEMPTS


async def heirs_suspect(world: World) -> tuple[Person, asyncio.Task[object]]:
    """Lets a bot begin with a dead one's reply to send, which Telegram refuses at first, and a suspect to handle."""
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 1, "dead")
    refuse(world, lambda _method, _params: True, ApiError(500, "Internal Server Error"))
    update = world.miniature.say(ada.id, "/register")
    async with world.application.database.transaction() as repos:
        await repos.attempts.begin(update["update_id"], world.clock())
    world.application.pipeline._wariness.begin()
    await world.application.sender._take_over()
    return ada, asyncio.create_task(world.application.pipeline.process(update))


async def test_a_suspect_begins_when_the_dead_ones_replies_are_sent(world: World, naps: Naps) -> None:
    """A kill while they are being sent is not the suspect's: only then it is written down that it is begun."""
    refused = naps.hold(0.5)
    ada, suspect = await heirs_suspect(world)
    await naps.begun(0.5)
    await until(world.application.pipeline._wariness._line.locked)
    assert [row.count for row in await world.rows(Attempt)] == [1]
    assert ada.said[1:] == []
    refused.set()
    await suspect
    assert [row.count for row in await world.rows(Attempt)] == [2]
    await world.settle()
    assert ada.said[1:] == ["0", "New account · 1 of 4\nWhat is your name? (up to 80 characters)"]


async def test_a_suspect_does_not_wait_for_ever(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat that cannot be reached keeps nobody from being answered."""
    monkeypatch.setattr(wariness, "REST", 0.01)
    refused = naps.hold(0.5)
    _ada, suspect = await heirs_suspect(world)
    async with asyncio.timeout(10):
        await suspect
    assert [row.count for row in await world.rows(Attempt)] == [2]
    refused.set()
    await world.settle()
