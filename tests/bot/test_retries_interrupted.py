"""Retries under kills and replicas: what was asked for is done, and done once."""

import asyncio

import pytest

from bot.wariness import MAX_ATTEMPTS
from db.models import ShelvedUpdate
from db.repositories.upkeep import Shelf
from tests.bot.accidents import fail_first
from tests.bot.ovens import Oven, ask, baked, look, numbers
from tests.chat import Person, World


class Killed(BaseException):
    """The process is no more."""


def here(person: Person, world: World) -> Person:
    """Returns the person in front of another world's bot."""
    return Person(world, person.id, person.name)


async def test_a_kill_before_the_entry_is_gone_does_nothing_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the commit of the try and the end of the entry: the next start finds it done."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await ada.send("/bake bread")
        oven.error = None
        await ask(admin)
        fail_first(monkeypatch, Shelf, "clear", Killed())
        monkeypatch.setattr(world.application.sender, "deliver", lambda *_rows: None)
        monkeypatch.setattr(world.application.sender, "stop", world.application.sender.marks.write)
        with pytest.raises(Killed):
            await world.application.retries.look()
        assert (await baked(world), await numbers(world)) == (["bread"], [1])
    world.clock.advance(seconds=31)
    async with oven.open_world(database_url, miniature=world.miniature, clock=world.clock) as reborn:
        await look(reborn)
        ada, admin = here(ada, reborn), here(admin, reborn)
        assert [text for text in ada.said if text.startswith("Baked")] == ["Baked: bread"]
        assert [text for text in admin.said if "is done" in text] == ["Number 1 is done."]
        assert (await baked(reborn), await numbers(reborn)) == (["bread"], [])


async def test_a_kill_before_the_commit_loses_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends while it is tried: what was asked for is done by the next start."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await ada.send("/bake bread")
        await ask(admin)
        oven.error = Killed()
        with pytest.raises(Killed):
            await world.application.retries.look()
        assert (await baked(world), await numbers(world)) == ([], [1])
    oven.error = None
    async with oven.open_world(database_url, miniature=world.miniature, clock=world.clock) as reborn:
        await look(reborn)
        assert here(ada, reborn).last.text == "Baked: bread"
        assert (await baked(reborn), await numbers(reborn)) == (["bread"], [])


async def test_what_ends_the_process_each_time_is_not_tried_for_ever(database_url: str) -> None:
    """A retry that killed every process that began it goes back to the shelf, and the admin hears of it."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await ada.send("/bake bread")
        await ask(admin)
        miniature, clock = world.miniature, world.clock
    oven.error = Killed()
    for _ in range(MAX_ATTEMPTS):
        async with oven.open_world(database_url, miniature=miniature, clock=clock) as world:
            with pytest.raises(Killed):
                await world.application.retries.look()
    async with oven.open_world(database_url, miniature=miniature, clock=clock) as world:
        await look(world)
        assert here(admin, world).last.text.startswith("Number 1 failed again. It is number 2 now (")
        assert (await baked(world), await numbers(world)) == ([], [2])


async def test_two_replicas_do_it_once(database_url: str, *, is_postgresql: bool) -> None:
    """Both ticks see the same entries: each is done once, answered once, and its admin told once."""
    if not is_postgresql:
        pytest.skip("SQLite serves one process")
    oven = Oven(KeyError("flour"))
    async with (
        oven.open_world(database_url) as world,
        oven.open_world(database_url, miniature=world.miniature, clock=world.clock) as other,
    ):
        admin, people = world.admin(), [world.person(f"P{number}") for number in range(4)]
        for person in people:
            await person.send(f"/bake {person.name}")
        oven.error = None
        for number in range(1, 5):
            await ask(admin, number)
        await asyncio.gather(look(world), look(other))
        await world.settle()
        await other.settle()
        for person in people:
            assert [text for text in person.said if text.startswith("Baked")] == [f"Baked: {person.name}"]
        assert sorted(await baked(world)) == ["P0", "P1", "P2", "P3"]
        assert await numbers(world) == []
        told = [text for text in admin.said if text.endswith("is done.")]
        assert sorted(told) == [f"Number {number} is done." for number in range(1, 5)]


async def test_a_replica_that_comes_late_does_nothing(database_url: str) -> None:
    """One that read the entry before another had done with it hands it in again, and changes and says nothing."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await ada.send("/bake bread")
        oven.error = None
        await ask(admin)
        [entry] = await world.rows(ShelvedUpdate)
        await look(world)
        heard = len(admin.said), len(ada.said)
        await world.application.retries._retry(entry)
        await world.settle()
        assert (await baked(world), len(admin.said), len(ada.said)) == (["bread"], *heard)
