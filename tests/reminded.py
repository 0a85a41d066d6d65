"""People who are reminded: their plans, the tick that looks at who is due, and what they were told."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.history import ChatMessage
from db.models import ReminderPlan
from db.records import CourseRecord, PlanRecord
from handlers.reminders import habits
from handlers.reminders.claiming import Claim
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student

BERLIN = "Europe/Berlin"
REMINDER = "Good evening, Ada.\nParsing is waiting in Compilers 101: 1 of 3 done."
# For so long somebody may have been due: their hour has come meanwhile.
LONG_DUE = dt.timedelta(hours=3)


async def user_id_of(world: World, person: Person) -> int:
    """Returns the account that is signed in there."""
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(person.id, 0, world.clock())).session
        assert session.user_id is not None
        return session.user_id


async def plan_for(world: World, person: Person, zone: str | None = None, **wishes: Any) -> PlanRecord:
    """Returns somebody's plan with these wishes; by itself it is looked at when their hour comes, there or in UTC."""
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(person.id, 0, world.clock())).session
        assert session.user_id is not None
        session.zone = zone or session.zone
        await repos.reminders.begin(session.user_id, None)
        plan = await repos.reminders.lock(session.user_id)
        assert plan is not None
        for name, value in wishes.items():
            setattr(plan, name, value)
        if "next_due" not in wishes:
            plan.next_due = habits.next_moment(plan, ZoneInfo(session.zone or "UTC"), world.clock())
        await repos.reminders.save([plan])
        return plan


async def plan_of(world: World, person: Person) -> PlanRecord:
    """Returns somebody's plan as it is."""
    user_id = await user_id_of(world, person)
    async with world.application.database.transaction() as repos:
        plan = await repos.reminders.get(user_id)
    assert plan is not None
    return plan


async def has_plan(world: World) -> bool:
    """Returns whether anybody has a plan."""
    return await world.count(ReminderPlan) > 0


async def count_due(world: World, now: dt.datetime) -> int:
    """Returns how many people are to be looked at."""
    return await world.count(ReminderPlan, ReminderPlan.next_due <= now)


async def meet_learner(world: World, name: str = "Ada", **wishes: Any) -> Person:
    """Returns a student who has done the first of three lessons, the day before, with a plan."""
    world.clock.advance(days=-1)
    person = await make_student(world, name)
    course = await make_course(world, lessons=("Lexing", "Parsing", "Types"))
    await enroll(world, person, course)
    await person.send("/lesson")
    await person.press("Done")
    world.clock.advance(days=1)
    await plan_for(world, person, **wishes)
    return person


async def meet_reminded(world: World, hour: int = 19) -> Person:
    """Returns a student who has just been reminded of a lesson."""
    ada = await meet_learner(world, hour=hour)
    await remind(world, hour)
    assert ada.labels == ["Open Parsing", "Later", "Why this?", "Mute"]
    return ada


async def meet_newcomer(world: World, course: CourseRecord, name: str = "Ada", zone: str = BERLIN) -> Person:
    """Returns somebody who takes a course, and has begun none of it; they may be written to."""
    person = await make_student(world, name)
    await person.send("/start")
    await enroll(world, person, course)
    await plan_for(world, person, zone)
    return person


async def tick(world: World) -> list[Claim]:
    """Looks at who is due; returns what became of each when what there was to say has arrived."""
    claims: list[Claim] = []
    while found := await world.application.reminder.step():
        claims += found
    await world.settle()
    return claims


async def look(world: World) -> dict[str, Claim]:
    """Looks at who is due; returns what became of each, by name."""
    return {claim.person.name: claim for claim in await tick(world)}


async def remind(world: World, hour: int = 19) -> list[Claim]:
    """Lets the hour of the reminders come, later today or tomorrow, and looks."""
    now = world.clock.now
    at = now.replace(hour=hour, minute=20)
    world.clock.now = at if at > now else at + dt.timedelta(days=1)
    return await tick(world)


async def let_tick(world: World, *moment: int) -> None:
    """Lets the scheduler tick once; at a day, hour and minute of May 2026 in UTC, if they are given."""
    if moment:
        world.clock.now = dt.datetime(2026, 5, *moment, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]
    await world.application.reminder.look()
    await world.settle()


def shown(person: Person, message_id: int) -> ChatMessage:
    """Returns a message as it looks now: a screen is changed in place, also above others."""
    return next(message for message in person.chat if message.id == message_id)


def reminders_of(person: Person) -> list[str]:
    """Returns what somebody was reminded of, without the greeting."""
    return [words.partition("\n")[2] for words in person.said if words.startswith("Good ")]
