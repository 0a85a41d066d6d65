"""A flood from one person: it waits where Telegram keeps it apart, and holds up nobody else."""

import pytest

from bot import sender as sending
from bot.lanes import LaneBusyError
from bot.playground.errors import ApiError
from db.models import Outgoing
from tests.bot.letters import meet, post, refuse
from tests.bot.naps import Naps, naps
from tests.chat import Person, World

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


@pytest.mark.parametrize(("count", "patience"), [(sending.CROWDED - 1, 0.01), (sending.CROWDED, None)])
async def test_who_does_not_wait(world: World, naps: Naps, count: int, patience: float | None) -> None:
    """A minute's worth of answers, as a long lesson is, keeps nobody waiting; nor does anything under long polling.

    There Telegram gives no more than a hundred unconfirmed updates: one that waited would end up before everybody's.
    """
    [ada] = await meet(world, "Ada")
    read = naps.hold(17.0)
    await crowd(world, ada, count)
    await naps.begun(17.0)
    assert await world.application.pipeline.process(world.miniature.say(ada.id, "/me"), patience) == "answered"
    read.set()


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
