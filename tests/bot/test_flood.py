"""A flood from one person: it waits where Telegram keeps it apart, and holds up nobody else."""

import pytest

from bot import sender as sending
from bot.floods import Floods
from bot.lanes import LaneBusyError
from bot.playground.errors import ApiError
from db.models import ChatSession, Outgoing
from tests.bot.letters import meet, post, refuse
from tests.bot.naps import Naps, naps
from tests.chat import Person, World, open_world

__all__ = ["naps"]


async def crowd(world: World, person: Person, count: int = sending.CROWDED) -> None:
    """Leaves so many answers waiting for somebody, until a nap of 17 seconds is over."""
    refuse(
        world, lambda _method, params: str(params["chat_id"]) == str(person.id), ApiError(429, "Too Many Requests", 17)
    )
    await post(world, *((person, str(number)) for number in range(count)))


async def test_a_person_who_has_much_to_read_waits(world: World, naps: Naps) -> None:
    """The next update is not begun, is to come again, and then it is answered; others are answered at once."""
    ada, bob = await meet(world, "Ada", "Bob")
    read = naps.hold(17.0)
    await crowd(world, ada)
    await naps.begun(17.0)
    process, rows = world.application.pipeline.process, await world.count(Outgoing)
    update = world.miniature.say(ada.id, "/me")
    for _ in range(2):
        with pytest.raises(LaneBusyError):
            await process(update, patience=0.01)
    assert await world.count(Outgoing) == rows
    assert await process(world.miniature.say(bob.id, "/me"), patience=10) == "answered"
    read.set()
    assert await process(update, patience=10) == "answered"
    world.miniature.take_updates()
    await world.settle()
    assert ada.said[1:] == [*map(str, range(sending.CROWDED)), f"You are not signed in.\nTelegram id {ada.id}"]


@pytest.mark.parametrize("patience", [0.01, None])
async def test_a_minutes_worth_of_answers_keeps_nobody_waiting(
    world: World, naps: Naps, patience: float | None
) -> None:
    """Such as a long lesson is: behind a webhook and under long polling, the next update is answered."""
    [ada] = await meet(world, "Ada")
    read = naps.hold(17.0)
    await crowd(world, ada, sending.CROWDED - 1)
    await naps.begun(17.0)
    assert await world.application.pipeline.process(world.miniature.say(ada.id, "/me"), patience) == "answered"
    read.set()


async def test_long_polling_reads_no_more_of_a_crowd(world: World, naps: Naps) -> None:
    """There Telegram gives no more than a hundred unconfirmed updates: one that waited would hold up everybody's.

    So what comes is left unread, does nothing, and its button stops turning; when there is room, all is as ever.
    """
    ada, bob = await meet(world, "Ada", "Bob")
    said = await ada.send("/start")
    read = naps.hold(17.0)
    await crowd(world, ada)
    await naps.begun(17.0)
    process, rows = world.application.pipeline.process, await world.count(Outgoing)
    assert await process(world.miniature.say(ada.id, "/register")) == "unread"
    assert await process(world.miniature.forge(ada.id, said.id, "reg")) == "unread"
    assert await process(world.miniature.say(bob.id, "/me")) == "answered"
    await world.application.pipeline.drain()
    assert "answerCallbackQuery" in [call.method for call in world.miniature.calls]
    assert await world.count(Outgoing) == rows
    assert [session.dialog for session in await world.rows(ChatSession)] == [None, None]
    read.set()
    await world.application.sender.drain()
    world.miniature.take_updates()
    assert "New account" in (await ada.send("/register")).text


async def test_a_chat_that_cannot_be_reached_has_room(world: World, naps: Naps) -> None:
    """Who blocks the bot in the middle of it is not waited for: nothing of that will be read."""
    [ada] = await meet(world, "Ada")
    read = naps.hold(17.0)
    await crowd(world, ada)
    await naps.begun(17.0)
    world.miniature.faults = None
    world.miniature.block(ada.id)
    [blocked] = world.miniature.take_updates()
    read.set()
    assert await world.application.pipeline.process(blocked, patience=10) == "answered"
    await world.application.sender.drain()


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("number", "is_flood"), [(29, False), (30, True)])
def test_thirty_messages_in_ten_seconds_are_a_flood(number: int, is_flood: bool) -> None:  # noqa: FBT001
    """Twenty at once and one a second are not: that is what Telegram lets a chat be answered."""
    seconds = Seconds()
    floods, begun = Floods(1, seconds), []
    for _message in range(number):
        begun.append(floods.begins(1))
        seconds.now += 10 / 30
    assert begun == [False] * (number - 1) + [is_flood]


def test_a_flood_begins_once_and_for_one_person() -> None:
    """Its person is told once, until as much time has passed as the answers take; others have nothing to do with it."""
    seconds = Seconds()
    floods = Floods(1, seconds)
    assert [floods.begins(1) for _message in range(40)].count(True) == 1
    assert not floods.begins(2)
    seconds.now += 39
    assert not floods.begins(1)
    seconds.now += 42
    assert [floods.begins(1) for _message in range(21)] == [False] * 20 + [True]


def test_nobody_is_remembered_for_long() -> None:
    """Who has sent something is forgotten when a new start would be no other."""
    seconds = Seconds()
    floods = Floods(1, seconds)
    for person in range(1000):
        floods.begins(person)
    assert len(floods) == 1000
    seconds.now += 21
    floods.begins(1000)
    assert len(floods) == 1


def test_without_a_limit_there_is_no_flood() -> None:
    """Where answers have no limit, messages have none."""
    floods = Floods(0, Seconds())
    assert not any(floods.begins(1) for _message in range(1000))
    assert len(floods) == 0


async def test_a_flood_is_slowed_politely(database_url: str, naps: Naps) -> None:
    """Whoever sends thirty messages at once reads one kind sentence; all is answered, and others at once."""
    async with open_world(database_url, send_per_chat=1) as world:
        ada, bob = world.person("Ada"), world.person("Bob")
        world.application.pipeline._floods = Floods(1, Seconds())
        for _message in range(30):
            world.miniature.say(ada.id, "/me")
        await world.settle()
        world.miniature.say(bob.id, "/me")
        await world.settle()
        kind = [said for said in ada.said if said.startswith("That is a lot at once, Ada!")]
        assert len(kind) == 1
        assert ada.said.index(kind[0]) == 21
        assert len(ada.said) == 31
        assert len(bob.said) == 1
        assert naps.taken
