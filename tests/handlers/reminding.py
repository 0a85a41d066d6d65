"""What tests of reminders share: people with a plan, and the tick that looks at who is due."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.history import ChatMessage
from db.models import ReminderPlan
from db.records import PlanRecord
from handlers.reminders import habits
from handlers.reminders.claiming import Claim
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student

REMINDER = "Good evening, Ada.\nParsing is waiting in Compilers 101: 1 of 3 done."


async def user_id_of(world: World, person: Person) -> int:
    """Returns the account that is signed in there."""
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(person.id, 0, world.clock())).session
        assert session.user_id is not None
        return session.user_id


async def plan_for(world: World, person: Person, **wishes: Any) -> int:
    """Begins a plan as everybody's, with these wishes; returns whose it is."""
    user_id = await user_id_of(world, person)
    async with world.application.database.transaction() as repos:
        await repos.reminders.begin(user_id, world.clock())
        plan = await repos.reminders.lock(user_id)
        assert plan is not None
        for name, value in wishes.items():
            setattr(plan, name, value)
        plan.next_due = habits.next_moment(plan, ZoneInfo("UTC"), world.clock())
        await repos.reminders.save([plan])
    return user_id


async def plan_of(world: World, person: Person) -> PlanRecord:
    """Returns somebody's plan."""
    user_id = await user_id_of(world, person)
    async with world.application.database.transaction() as repos:
        plan = await repos.reminders.get(user_id)
    assert plan is not None
    return plan


async def has_plan(world: World) -> bool:
    """Returns whether anybody has a plan."""
    return await world.count(ReminderPlan) > 0


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


async def tick(world: World) -> list[Claim]:
    """Looks at who is due, as the scheduler does, until what there is to say has arrived."""
    claims = await world.application.reminder.step()
    await world.settle()
    return claims


async def remind(world: World, hour: int = 19) -> list[Claim]:
    """Lets the hour of the reminders come, later today or tomorrow, and looks."""
    now = world.clock.now
    at = now.replace(hour=hour, minute=20)
    world.clock.now = at if at > now else at + dt.timedelta(days=1)
    return await tick(world)


async def meet_reminded(world: World, hour: int = 19) -> Person:
    """Returns a student who has just been reminded of a lesson."""
    ada = await meet_learner(world, hour=hour)
    await remind(world, hour)
    assert ada.labels == ["Open Parsing", "Later", "Why this?", "Mute"]
    return ada


def shown(person: Person, message_id: int) -> ChatMessage:
    """Returns a message as it looks now: a screen is changed in place, also above others."""
    return next(message for message in person.chat if message.id == message_id)
