"""What the sender lives through: a row that always fails, a network that is long away, marks that go wrong."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot import sender as sending
from bot.playground.errors import ApiError
from db.engine import DatabaseAwayError
from db.keyring import WrongKeyError
from db.models import Outgoing
from db.repositories.outbox import Outbox
from tests.bot.accidents import PAGE, Answer, fail_first
from tests.bot.letters import arrived, letter, meet, post, refuse, row_of, write
from tests.bot.naps import Naps, naps
from tests.chat import Person, World
from tests.direct import DirectRequest

__all__ = ["naps"]

FAILURE = ApiError(500, "Internal Server Error")


def says(words: str) -> Any:
    """Returns a matcher of the calls that say something."""
    return lambda _method, params: params.get("text") == words


def let_others_through(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, other: Person) -> None:
    """Has somebody else read something whenever a chat waits."""

    async def nap(seconds: float) -> None:
        await naps.sleep(seconds)
        if seconds > 0:
            await post(world, (other, "news"))
            await arrived(world, other)

    monkeypatch.setattr(asyncio, "sleep", nap)


async def test_a_row_that_always_fails_is_given_up(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message that Telegram answers with 500, and others not, does not hold up its chat for ever."""
    ada, bob = await meet(world, "Ada", "Bob")
    let_others_through(world, naps, monkeypatch, bob)
    refuse(world, says("one"), *[FAILURE] * 1000)
    rows = await post(world, (ada, "one"), (ada, "two"))
    await world.application.sender.drain()
    assert ada.said[1:] == ["two"]
    assert len(naps.taken) == sending.MAX_FAILURES - 1
    assert ["Internal Server Error" in ((await row_of(world, row)).error or "") for row in rows] == [True, False]


async def test_an_outage_of_telegram_gives_up_nothing(world: World, naps: Naps) -> None:
    """While every call gets a 500, no row is to blame, however long that is."""
    ada, bob = await meet(world, "Ada", "Bob")
    refuse(world, lambda _method, _params: True, *[FAILURE] * (4 * sending.MAX_FAILURES))
    await post(world, (ada, "one"), (bob, "two"), (ada, "three"))
    await world.application.sender.drain()
    assert (ada.said[1:], bob.said[1:]) == (["one", "three"], ["two"])


async def test_each_row_has_its_own_failures(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one row suffered is not held against the next."""
    ada, bob = await meet(world, "Ada", "Bob")
    let_others_through(world, naps, monkeypatch, bob)
    left = dict.fromkeys(("one", "two"), sending.MAX_FAILURES - 1)

    def fail(_method: str, params: Mapping[str, object]) -> ApiError | None:
        words = str(params["text"])
        left[words] = left.get(words, 0) - 1
        return FAILURE if left[words] >= 0 else None

    world.miniature.faults = fail
    await post(world, (ada, "one"), (ada, "two"))
    await world.application.sender.drain()
    assert ada.said[1:] == ["one", "two"]


@pytest.mark.parametrize("accident", [OSError("no route to host"), (502, PAGE), (200, PAGE), (403, PAGE)])
async def test_a_network_that_is_away_gives_up_nothing(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, accident: Exception | Answer
) -> None:
    """While nobody answers, or only a proxy does, every row waits, however long that is."""
    [ada] = await meet(world, "Ada")
    request, left = DirectRequest.do_request, 3 * sending.MAX_FAILURES

    async def fail(connection: DirectRequest, *args: Any, **kwargs: Any) -> Answer:
        nonlocal left
        left -= 1
        if left < 0:
            return await request(connection, *args, **kwargs)
        if isinstance(accident, Exception):
            raise accident
        return accident

    monkeypatch.setattr(DirectRequest, "do_request", fail)
    await post(world, (ada, "one"), (ada, "two"))
    await world.application.sender.drain()
    assert ada.said[1:] == ["one", "two"]


async def test_a_chat_that_must_wait_gives_up_nothing(world: World, naps: Naps) -> None:
    """429 asks to wait, as often as it likes."""
    [ada] = await meet(world, "Ada")
    refuse(world, says("one"), *[ApiError(429, "Too Many Requests", 3)] * (2 * sending.MAX_FAILURES))
    await post(world, (ada, "one"))
    await world.application.sender.drain()
    assert ada.last.text == "one"


async def test_the_same_rows_twice_are_sent_once(world: World, naps: Naps) -> None:
    """Rows that wait already, or are sent and not yet marked, are not taken again; afterwards nothing is held."""
    ada, bob = await meet(world, "Ada", "Bob")
    wait = naps.hold(17.0)
    refuse(world, says("one"), ApiError(429, "Too Many Requests", 17))
    rows = await post(world, (ada, "one"), (bob, "two"))
    await naps.begun(17.0)
    await arrived(world, bob)
    world.application.sender.deliver(rows)
    wait.set()
    await world.application.sender.drain()
    assert (ada.said[1:], bob.said[1:]) == (["one"], ["two"])
    assert world.application.sender.marks.held == set()


@pytest.mark.parametrize("chats", [2, 3])
async def test_several_chats_told_to_wait_stand_for_all(world: World, naps: Naps, chats: int) -> None:
    """Three chats at once that Telegram holds back mean the whole bot, and everybody waits; two mean themselves."""
    people = await meet(world, *(f"P{number}" for number in range(chats)), "Dan")
    refuse(
        world,
        lambda _method, params: str(params["chat_id"]) != str(people[-1].id),
        *[ApiError(429, "Too Many Requests", 30)] * chats,
    )
    wait = naps.hold(30.0)
    await post(world, *((person, "one") for person in people[:-1]))
    await naps.begun(30.0, chats)
    assert {*naps.taken} == {30.0}
    await post(world, (people[-1], "two"))
    await arrived(world, people[-1])
    # A little less than thirty: what is left of the time at the gate.
    assert any(20 < nap < 30 for nap in naps.taken) is (chats == 3)
    wait.set()
    await world.application.sender.drain()
    assert [person.last.text for person in people] == ["one"] * chats + ["two"]


@pytest.mark.parametrize(
    "error", [DatabaseAwayError(), IntegrityError("", {}, Exception("deadlock")), ZeroDivisionError()]
)
async def test_marking_survives_anything(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Marks that went wrong are made later, ever more rarely tried, and the bot lives on."""
    [ada] = await meet(world, "Ada")
    naps.hold(sending.HEARTBEAT)
    marked = naps.hold(4.0)
    fail_first(monkeypatch, Outbox, "mark_sent", *[error] * 4)
    running = asyncio.create_task(world.application.sender.run())
    await post(world, (ada, "one"))
    await naps.begun(4.0)
    assert [nap for nap in naps.taken if nap != sending.HEARTBEAT] == [0.5, 1.0, 2.0, 4.0]
    marked.set()
    while await world.count(Outgoing, Outgoing.sent_at.is_(None)):
        pass
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize(
    "error", [DatabaseAwayError(), IntegrityError("", {}, Exception("taken")), ZeroDivisionError()]
)
async def test_the_heartbeat_survives_anything(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A lease that could not be renewed is renewed by the next beat, or others would take a living one for dead."""
    [ada] = await meet(world, "Ada")
    fail_first(monkeypatch, Outbox, "renew_lease", error)
    await write(world, [letter(ada.id, "left", "dead", at=world.clock())])
    running = asyncio.create_task(world.application.sender.run())
    await naps.begun(sending.HEARTBEAT, 3)
    running.cancel()
    await asyncio.wait([running])
    await world.application.sender.drain()
    assert ada.last.text == "left"


async def test_another_key_ends_it(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that finds its database under another key does not go on, and so neither does its process."""
    fail_first(monkeypatch, Outbox, "renew_lease", WrongKeyError(is_encrypted=True))
    running = asyncio.create_task(world.application.sender.run())
    await asyncio.wait([running], timeout=10)
    error = running.exception()
    assert isinstance(error, ExceptionGroup)
    assert error.subgroup(WrongKeyError) is not None
