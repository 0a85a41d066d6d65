"""Crowds: many people at once, and messages to all of them."""

import datetime as dt
from collections.abc import Sequence

from bot.playground.acts import Acts
from db.models import Audience, AudienceKind, Broadcast
from db.transaction import Database
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from tests.chat import ADMIN_ID, World

NEWS = "News for everybody"
FIRST_ID = 5001
EVERYBODY = Audience(AudienceKind.EVERYBODY)


async def come(database: Database, telegram: Acts, count: int, now: dt.datetime) -> list[int]:
    """Returns so many Telegram accounts that have written to the bot, which has answered."""
    crowd = list(range(FIRST_ID, FIRST_ID + count))
    for telegram_id in crowd:
        telegram.add_person(telegram_id, f"Person {telegram_id}")
        telegram.say(telegram_id, "/start")
    async with database.transaction() as repos:
        for telegram_id in crowd:
            await repos.sessions.open(telegram_id, 0, now)
    return crowd


async def crowd_of(world: World, count: int) -> list[int]:
    """Returns so many Telegram accounts that have written to this world's bot."""
    found = await come(world.application.database, world.miniature, count, world.clock())
    world.miniature.take_updates()
    return found


async def begin(world: World, words: str = NEWS, audience: Audience = EVERYBODY, *, by: int = ADMIN_ID) -> int:
    """Returns the number of a broadcast that has been sent off, as by a press of that account."""
    content = dict(Content(Kind.TEXT, RichText(words)).to_json())
    now = world.clock()
    async with world.application.database.transaction() as repos:
        total = await repos.broadcasts.count_audience(audience, (), now)
        broadcast = await repos.broadcasts.add(telegram_id=by, audience=audience, content=content, total=total, now=now)
        repos.broadcasts.start(broadcast, by=by, now=now)
        return broadcast.id


async def go_on(world: World) -> None:
    """Lets the clock tick once; returns when all that was written is sent and marked."""
    await world.application.broadcaster.look()
    await world.settle()


async def end(world: World, number: int) -> Broadcast:
    """Lets the clock tick until a broadcast is over; returns it."""
    for _ in range(1000):
        await go_on(world)
        broadcast = await state_of(world, number)
        if broadcast.ended_at is not None:
            return broadcast
    raise AssertionError("it does not come to an end")


async def state_of(world: World, number: int) -> Broadcast:
    """Returns a broadcast as the database has it now."""
    [found] = await world.rows(Broadcast, Broadcast.id == number)
    assert isinstance(found, Broadcast)
    return found


def counts(broadcast: Broadcast) -> dict[str, int]:
    """Returns what became of the rows of a broadcast, where that is anything."""
    names = "sent", "unreachable", "failed", "withdrawn", "waiting"
    return {name: count for name in names if (count := getattr(broadcast, name))}


def heard(world: World, crowd: Sequence[int], words: str = NEWS) -> list[int]:
    """Returns how often each of them has read these words."""
    return [sum(message.from_bot and message.text == words for message in world.miniature.chat(each)) for each in crowd]
