"""Shelving: what is kept of an update that cannot be handled, and who hears of it."""

import asyncio
from zoneinfo import ZoneInfo

import pytest
from telegram import Update

from bot import pipeline
from bot.lanes import Lanes
from bot.shelving import Trouble
from db.models import ShelvedUpdate
from db.repositories.chat_sessions import ChatSessions
from db.repositories.upkeep import Shelf
from handlers.kit.text import Catalogs, Text
from handlers.talk import Talk
from tests.bot.accidents import fail_first
from tests.bot.naps import Naps, naps
from tests.bot.ovens import Oven
from tests.chat import ADMIN_ID, Person, World

__all__ = ["naps"]

NEWS = "An update could not be handled"


def keep(text: str) -> str:
    """Hides nothing."""
    return text


def news(person: Person) -> list[str]:
    """Returns what an admin was told of new troubles."""
    return [text for text in person.said if text.startswith(NEWS)]


async def admins(world: World, *others: int) -> list[Person]:
    """Returns admins who may be written to."""
    people = [world.admin(), *(world.person(f"Linus{number}", number) for number in others)]
    for person in people:
        await person.send("/start")
    return people


async def test_admins_are_told_of_a_trouble_once(database_url: str) -> None:
    """The first of many that fail alike reaches every admin, with a button; after a quiet day it is news again."""
    async with Oven(KeyError("flour")).open_world(database_url, admin_ids=f"{ADMIN_ID},9003,9004") as world:
        grace, linus = await admins(world, 9003)
        ada, bob = world.person("Ada"), world.person("Bob")
        await ada.send("/bake bread")
        for admin in (grace, linus):
            assert admin.last.text == (
                "An update could not be handled: number 1 (KeyError in talk.py:_run). Its sender has been told. "
                "More of the same joins it quietly."
            )
        assert (await linus.press("Look at it")).text.startswith("Number 1 · a message\nKeyError in talk.py:_run")
        await bob.send("/bake cake")
        world.clock.advance(hours=23)
        await ada.send("/bake rolls")
        assert [len(news(admin)) for admin in (grace, linus)] == [1, 0]
        world.clock.advance(hours=25)
        await ada.send("/bake rolls")
        assert "number 4" in news(grace)[-1]
        assert news(ada) == news(bob) == []


async def test_another_trouble_is_told_at_once(database_url: str) -> None:
    """That one thing is known to be broken hides nothing else."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        [grace] = await admins(world)
        ada = world.person("Ada")
        await ada.send("/bake bread")
        oven.error = ValueError("salt")
        await ada.send("/bake bread")
        assert ["KeyError in" in news(grace)[0], "ValueError in" in news(grace)[1]] == [True, True]


async def test_an_admin_who_fails_reads_both(database_url: str) -> None:
    """The apology of a person, and then the news of an admin."""
    async with Oven(KeyError()).open_world(database_url) as world:
        [grace] = await admins(world)
        await grace.send("/bake bread")
        assert grace.said[-2].startswith("Sorry, that went wrong on my side")
        assert grace.said[-1].startswith(NEWS)


async def test_admins_who_cannot_be_reached_are_left_out(database_url: str) -> None:
    """Who never pressed Start, or blocked the bot, is told nothing, and the sender's apology comes all the same."""
    async with Oven(KeyError()).open_world(database_url, admin_ids=f"{ADMIN_ID},9003") as world:
        [grace] = await admins(world)
        world.miniature.block(grace.id)
        await world.settle()
        assert "number 1" in (await world.person("Ada").send("/bake bread")).text
        assert news(grace) == []


async def test_many_who_fail_at_once_are_one_trouble(database_url: str) -> None:
    """What hits everybody in the same moment is told once, also where transactions run side by side."""
    async with Oven(KeyError()).open_world(database_url) as world:
        [grace] = await admins(world)
        people = [world.person(f"P{number}") for number in range(10)]
        for person in people:
            world.miniature.say(person.id, "/bake bread")
        await world.settle_at_once()
        assert all("number" in person.last.text for person in people)
        assert len(news(grace)) == 1


async def test_an_apology_waits_for_as_long_as_it_takes(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shelf on which others keep the database busy beyond the deadline is no reason to lose an update."""
    fail_first(monkeypatch, Talk, "respond", *(KeyError() for _ in range(pipeline.MAX_FAILURES)))
    fail_first(monkeypatch, Shelf, "add", TimeoutError())
    assert "number 1" in (await world.person("Ada").send("/me")).text
    assert naps.taken == [pipeline.AWAY_PAUSE]
    assert await world.count(ShelvedUpdate) == 1


def test_a_plain_reason_will_do() -> None:
    """What left no exception behind is shelved with what is known of it."""
    reason = "begun 5 times by processes that ended without finishing it"
    assert Trouble.of(reason, keep) == Trouble(reason, reason)
    assert len(Trouble.of("x" * 100, keep).fingerprint) == 64


def raised(error: Exception) -> Exception:
    """Returns an error that was raised in here."""
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 -- whatever it is
        return caught


def test_a_fingerprint_tells_where_and_not_what_was_said() -> None:
    """Two errors of one kind and place are one trouble, whatever their words; another kind is another trouble."""
    one, two = raised(KeyError("Ada's words")), raised(KeyError("Bob's words"))
    assert (
        Trouble.of(one, keep).fingerprint == Trouble.of(two, keep).fingerprint == "KeyError in test_shelving.py:raised"
    )
    assert Trouble.of(raised(ValueError()), keep).fingerprint != Trouble.of(one, keep).fingerprint
    assert Trouble.of(KeyError(), keep).fingerprint == "KeyError"


def test_a_fingerprint_names_our_own_code() -> None:
    """What libraries raise deep inside is told apart by who of ours called them."""
    with pytest.raises(KeyError) as caught:
        Text("{nobody}").render(Catalogs(ZoneInfo("UTC")).translator("en"))
    assert Trouble.of(caught.value, keep).fingerprint == "KeyError in text.py:render"


async def test_a_deadline_is_told_by_where_the_time_went() -> None:
    """All deadlines are raised in one place: what was waited for is the trouble."""
    lanes = Lanes(1)
    with pytest.raises(TimeoutError) as caught:
        async with lanes.enter(1), asyncio.timeout(0), lanes.enter(1):
            raise AssertionError
    assert Trouble.of(caught.value, keep).fingerprint == "TimeoutError in lanes.py:_take"


def test_secrets_are_hidden_in_a_traceback() -> None:
    """What the logs hide, the shelf hides; and what no database stores is not in there."""
    error = raised(ValueError("hunter2 \0 \ud800"))
    trace = Trouble.of(error, lambda text: text.replace("hunter2", "***")).traceback
    assert "ValueError: ***" in trace
    assert not {"\0", "\ud800"} & set(trace)


async def test_what_no_database_takes_is_shelved_without_its_content(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its person gets an apology all the same, and admins see what went wrong."""
    ada = world.person("Ada")
    fail_first(monkeypatch, Talk, "respond", *[ZeroDivisionError()] * 5)
    monkeypatch.setattr(Update, "to_dict", lambda _update: {"message": object()})
    assert "went wrong on my side" in (await ada.send("/me")).text
    [entry] = await world.rows(ShelvedUpdate)
    assert entry.content is None
    assert entry.fingerprint.startswith("ZeroDivisionError")


async def test_a_database_that_takes_nothing_confirms_nothing(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a shelf's row could be written, for whatever reason: the update waits, and is answered in the end."""
    ada = world.person("Ada")
    fail_first(monkeypatch, Talk, "respond", *[ZeroDivisionError()] * 5)
    fail_first(monkeypatch, Shelf, "add", *[RuntimeError("disk I/O")] * 7)
    assert "went wrong on my side" in (await ada.send("/me")).text
    assert await world.count(ShelvedUpdate) == 1
    assert naps.taken == [0.5, 1, 2, 4]


async def test_whose_session_cannot_be_opened_is_shelved_without_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only when the bare fact is written down is the update given up: admins find it on the shelf."""
    ada = world.person("Ada")
    await ada.send("/start")
    monkeypatch.setattr(ChatSessions, "open", broken)
    update = world.miniature.say(ada.id, "/register")
    assert await world.application.pipeline.process(update) == "shelved"
    [entry] = await world.rows(ShelvedUpdate)
    assert (entry.update_id, entry.telegram_id, entry.content) == (update["update_id"], None, None)


async def broken(*_args: object) -> None:
    """Stands for a row that cannot be read."""
    raise ZeroDivisionError
