"""People who are reminded: their plans, their clocks, and what they were told."""

import datetime as dt
from typing import Any

from db.models import ReminderPlan
from db.records import CourseRecord, PlanRecord
from tests.chat import Person, World
from tests.factories import enroll, make_student

BERLIN = "Europe/Berlin"


async def plan_for(world: World, person: Person, zone: str = BERLIN, **habits: Any) -> int:
    """Reminds who is signed in there, by the clock of a zone; returns the number of their account."""
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(person.id, 0, world.clock())).session
        assert session.user_id is not None
        session.zone = zone
        await repos.reminders.begin(session.user_id, world.clock())
        await change(repos, session.user_id, **habits)
        return session.user_id


async def change(repos: Any, user_id: int, **habits: Any) -> None:
    """Changes somebody's plan."""
    plan = await repos.reminders.lock(user_id)
    for name, value in habits.items():
        setattr(plan, name, value)
    await repos.reminders.save([plan])


async def make_reminded(world: World, course: CourseRecord, name: str = "Ada", zone: str = BERLIN) -> Person:
    """Returns somebody who takes a course, and learned nothing since yesterday; they may be written to."""
    person = await make_student(world, name)
    await person.send("/start")
    await enroll(world, person, course)
    await plan_for(world, person, zone)
    return person


async def plan_of(world: World, user_id: int) -> PlanRecord:
    """Returns somebody's plan as it is now."""
    async with world.application.database.transaction() as repos:
        plan = await repos.reminders.get(user_id)
        assert plan is not None
        return plan


async def remind(world: World) -> None:
    """Lets the clock tick once; returns when all that was claimed is sent and marked."""
    await world.application.reminder.look()
    await world.settle()


async def remind_at(world: World, *moment: int) -> None:
    """Lets the clock tick once at a moment of May 2026, in UTC: day, hour, minute."""
    world.clock.now = dt.datetime(2026, 5, *moment, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]
    await remind(world)


def reminders_of(person: Person) -> list[str]:
    """Returns what somebody was reminded of, without the greeting."""
    return [words.partition("\n")[2] for words in person.said if words.startswith("Good ")]


async def count_due(world: World, now: dt.datetime) -> int:
    """Returns how many people are to be looked at."""
    return await world.count(ReminderPlan, ReminderPlan.next_due <= now)
