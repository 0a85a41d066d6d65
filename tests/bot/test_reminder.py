"""The reminder: who is due is told once, at their hour, while the sender keeps up."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import broadcaster, reminder
from bot.playground.errors import ApiError
from db.engine import DatabaseAwayError
from db.models import Outgoing, ReminderPlan
from db.reminding import Person as Reminded
from db.repositories.reminders import Reminders
from handlers.kit.reply import Screen
from handlers.reminders import claiming
from handlers.reminders.digest import digest
from tests.bot.accidents import fail_first
from tests.bot.letters import refuse
from tests.bot.naps import Naps, naps
from tests.chat import Person, World, open_world
from tests.crowds import NEWS, begin, crowd_of
from tests.factories import lesson_ids, make_course
from tests.reminded import count_due, let_tick, meet_newcomer, plan_of, reminders_of

__all__ = ["naps"]
FIRST = "Compilers 101 is ready when you are. It begins with Lexing."
FLOOD = ApiError(429, "Too Many Requests", 17)


@pytest.fixture
async def replica(world: World, database_url: str, is_postgresql: bool) -> AsyncIterator[World]:  # noqa: FBT001
    """Yields a second process of the same bot."""
    if not is_postgresql:
        pytest.skip("SQLite has no replicas")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as replica:
        yield replica


async def reminded(world: World, count: int) -> list[Person]:
    """Returns so many people who take one course."""
    course = await make_course(world)
    return [await meet_newcomer(world, course, f"Person{number}") for number in range(count)]


async def test_everybody_is_told_once_a_day_at_their_hour(world: World) -> None:
    """Seven in the evening is another moment in New York; who learned today, as by enrolling, is left alone."""
    course = await make_course(world)
    ada = await meet_newcomer(world, course)
    bob = await meet_newcomer(world, course, "Bob", "America/New_York")
    heard: dict[str, list[str]] = {"Ada": [], "Bob": []}
    for _hour in range(60):
        world.clock.advance(hours=1)
        before = {person.name: len(reminders_of(person)) for person in (ada, bob)}
        await let_tick(world)
        for person in (ada, bob):
            if len(reminders_of(person)) > before[person.name]:
                heard[person.name].append(f"{world.clock.now:%a %H}")
    # The first whole hour after their quarter of an hour in UTC.
    assert heard == {"Ada": ["Mon 18", "Tue 18"], "Bob": ["Tue 00"]}
    assert reminders_of(bob) == [FIRST]
    assert [row.error for row in await world.rows(Outgoing, Outgoing.remember.like("reminder/%"))] == [None] * 3


async def test_a_restart_says_nothing_twice(world: World, database_url: str) -> None:
    """What was told is in the database, and not in a process."""
    [ada] = await reminded(world, 1)
    await let_tick(world, 4, 18)
    assert ada.labels == ["Open Lexing", "Later", "Why this?", "Mute"]
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await let_tick(again)
    assert reminders_of(ada) == [FIRST]


async def test_what_was_learned_is_seen_at_the_look(world: World) -> None:
    """Nothing tells the reminder of a completed lesson: it looks."""
    course = await make_course(world)
    ada = await meet_newcomer(world, course)
    [first, _second] = await lesson_ids(world, course)
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(ada.id, 0, world.clock())).session
        assert session.user_id is not None
        await repos.progress.complete(session.user_id, first, dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC))
    await let_tick(world, 4, 18)
    assert reminders_of(ada) == []
    await let_tick(world, 5, 18)
    assert reminders_of(ada) == ["Parsing is waiting in Compilers 101: 1 of 2 done."]


async def test_who_blocks_the_bot_is_paused_until_they_come_back(world: World) -> None:
    """The 403 takes back what was not told; each day they are looked at, and nothing is tried."""
    [ada] = await reminded(world, 1)
    world.miniature.block(ada.id)
    # That update is lost: the 403 says it, too.
    world.miniature.take_updates()
    await let_tick(world, 4, 18)
    [row] = await world.rows(Outgoing, Outgoing.remember.like("reminder/%"))
    assert row.error.startswith("Forbidden")
    plan = await plan_of(world, ada)
    assert (plan.told_on, plan.ignored) == (None, 0)
    for day in (5, 6, 7):
        await let_tick(world, day, 18)
        await let_tick(world)
    assert await world.count(Outgoing, Outgoing.remember.like("reminder/%")) == 1
    assert await count_due(world, world.clock()) == 0
    world.miniature.unblock(ada.id)
    await ada.send("/start")
    await let_tick(world, 8, 18)
    assert reminders_of(ada) == [FIRST]


async def test_two_replicas_share_who_is_due(world: World, replica: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look as fast as they can: each person is told once, by the one or the other."""
    monkeypatch.setattr(reminder, "BATCH", 3)
    people = await reminded(world, 24)
    world.clock.now = dt.datetime(2026, 5, 4, 18, tzinfo=dt.UTC)
    for _ in range(3):
        await asyncio.gather(*(one.application.reminder.look() for one in (world, replica) for _ in range(2)))
        await asyncio.gather(*(one.settle() for one in (world, replica)))
    assert [reminders_of(person) for person in people] == [[FIRST]] * 24
    owners = {row.owner for row in await world.rows(Outgoing, Outgoing.remember.like("reminder/%"))}
    assert owners == {world.application.sender.owner, replica.application.sender.owner}


async def test_a_flood_into_the_night_says_nothing_until_the_morning(world: World, naps: Naps) -> None:
    """What waited for its turn until the quiet hours is not sent in them; next morning's look tells it anew, once."""
    people = await reminded(world, 3)
    hold = naps.hold(17.0)
    refuse(world, lambda method, _params: method == "sendMessage", FLOOD, FLOOD, FLOOD)
    world.clock.now = dt.datetime(2026, 5, 4, 18, tzinfo=dt.UTC)
    await world.application.reminder.look()
    await naps.begun(17.0, 3)
    world.clock.now = dt.datetime(2026, 5, 4, 20, 30, tzinfo=dt.UTC)
    hold.set()
    await world.settle()
    for _tick in range(3):
        await let_tick(world)
    assert [reminders_of(person) for person in people] == [[]] * 3
    assert [row.error for row in await world.rows(Outgoing, Outgoing.remember.like("reminder/%"))] == ["expired"] * 3
    text = world.application.metrics.render().decode()
    assert 'syllabot_replies_total{kind="broadcast",outcome="expired"} 3.0' in text
    await let_tick(world, 5, 5, 59)
    assert [reminders_of(person) for person in people] == [[]] * 3
    await let_tick(world, 5, 6, 1)
    await let_tick(world, 5, 18)
    assert [reminders_of(person) for person in people] == [[FIRST]] * 3
    assert {plan.ignored for plan in await world.rows(ReminderPlan)} == {1}


async def test_what_a_kill_left_is_sent_by_the_next_start(world: World, database_url: str) -> None:
    """Claimed and never sent: the same evening it is, and in the night it is not."""
    [ada] = await reminded(world, 1)
    world.application.sender.deliver = lambda rows, behind=(): None  # type: ignore[method-assign]
    await let_tick(world, 4, 18)
    await release(world)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await let_tick(again)
        assert reminders_of(ada) == [FIRST]
        again.application.sender.deliver = lambda rows, behind=(): None  # type: ignore[method-assign]
        await let_tick(again, 5, 18)
        await release(again)
    world.clock.now = dt.datetime(2026, 5, 5, 21, tzinfo=dt.UTC)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as third:
        await let_tick(third)
        assert reminders_of(ada) == [FIRST]
        await let_tick(third, 6, 7)
    assert reminders_of(ada) == [FIRST, FIRST]


async def release(world: World) -> None:
    """Ends the lease of a bot that is taken for killed."""
    async with world.application.database.transaction() as repos:
        await repos.outbox.release(world.application.sender.owner)


async def test_a_database_that_is_away_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next tick goes on."""
    [ada] = await reminded(world, 1)
    fail_first(monkeypatch, Reminders, "claim", DatabaseAwayError())
    await let_tick(world, 4, 18)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert reminders_of(ada) == []
    await let_tick(world)
    assert reminders_of(ada) == [FIRST]


async def test_one_whose_reminder_fails_keeps_nobody_from_theirs(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why, the others of the batch hear theirs at once, and the one is looked at again in an hour."""
    ada, bob, cleo = await reminded(world, 3)

    def break_for_bob(person: Reminded, *details: Any) -> Screen:
        if person.name == "Person1":
            raise ZeroDivisionError
        return digest(person, *details)

    with monkeypatch.context() as broken:
        broken.setattr(claiming, "digest", break_for_bob)
        await let_tick(world, 4, 18)
    assert [reminders_of(person) for person in (ada, bob, cleo)] == [[FIRST], [], [FIRST]]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "reminders fail: each person of the batch is looked at alone",
        "a reminder fails",
    ]
    await let_tick(world)
    assert reminders_of(bob) == []
    world.clock.advance(hours=1)
    await let_tick(world)
    assert [reminders_of(person) for person in (ada, bob, cleo)] == [[FIRST]] * 3


async def test_no_more_is_claimed_than_the_sender_sends(
    database_url: str, monkeypatch: pytest.MonkeyPatch, naps: Naps
) -> None:
    """Who is told later is looked at later: only some seconds' worth waits in the sender's hands."""
    monkeypatch.setattr(reminder, "BATCH", 2)
    async with open_world(database_url, send_per_second=1) as world:
        people = await reminded(world, 12)
        hold = naps.hold(17.0)
        refuse(world, lambda method, _params: method == "sendMessage", *[FLOOD] * 4)
        world.clock.now = dt.datetime(2026, 5, 4, 18, tzinfo=dt.UTC)
        await world.application.reminder.look()
        await world.application.reminder.look()
        waiting = world.application.sender.count_reminders()
        assert 4 <= waiting < 6
        assert await count_due(world, world.clock()) == 12 - waiting
        hold.set()
        await world.settle()
        for _tick in range(6):
            await let_tick(world)
        assert [len(reminders_of(person)) for person in people] == [1] * 12


async def test_reminders_and_a_broadcast_leave_each_other_room(
    database_url: str, monkeypatch: pytest.MonkeyPatch, naps: Naps
) -> None:
    """While both have more to say than the sender takes, neither waits for the other's end."""
    monkeypatch.setattr(reminder, "BATCH", 2)
    monkeypatch.setattr(broadcaster, "BATCH", 10)
    monkeypatch.setattr(broadcaster, "LOW", 5)
    async with open_world(database_url, send_per_second=1) as world:
        people, application = await reminded(world, 16), world.application
        await crowd_of(world, 44)
        world.clock.now = dt.datetime(2026, 5, 4, 18, tzinfo=dt.UTC)
        await begin(world)
        for _tick in range(8):
            await asyncio.gather(application.broadcaster.look(), application.reminder.look())
            await world.settle()
        order = [str(call.params.get("text")) for call in world.miniature.calls if call.method == "sendMessage"]
        told = [place for place, words in enumerate(order) if words.startswith("Good evening")]
        news = [place for place, words in enumerate(order) if words == NEWS]
        assert (len(told), len(news)) == (len(people), len(people) + 44)
        halves = (
            sum(place < news[len(news) // 2] for place in told),
            sum(place < told[len(told) // 2] for place in news),
        )
        assert min(halves) >= len(people) // 4
