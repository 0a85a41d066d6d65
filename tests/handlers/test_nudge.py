"""Nudges: an instructor asks those who do not get on how they are, and each hears it in their next reminder."""

import datetime as dt
from typing import Any

import pytest

from db.models import CourseStatus, ReminderThing
from db.records import CourseRecord
from db.reminding import Mute
from handlers import students
from handlers.people_presses import NudgeStudents
from handlers.reminders import nudging
from handlers.reminders.claiming import Silence
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student, meet_author, set_status
from tests.handlers.admin.test_blocking import block
from tests.handlers.test_students import leave, open_list
from tests.reminded import LONG_DUE, look, plan_for, user_id_of
from tests.statements import statements

ASKED = "Ivan Petrov asks how you are getting on with Compilers 101: Lexing is next."


async def at_a_halt(world: World, *names: str) -> tuple[Person, list[Person], CourseRecord]:
    """Returns an instructor before the list of students who have done nothing for two weeks; these; the course."""
    ivan, course = await meet_author(world), await make_course(world)
    people = [await make_student(world, name) for name in names]
    for person in people:
        await person.send("/start")
        await enroll(world, person, course)
        # Their hour is not what brings them there.
        await plan_for(world, person, next_due=world.clock() + dt.timedelta(days=365))
    world.clock.advance(days=14)
    await open_list(ivan)
    await plan_for(world, ivan)
    return ivan, people, course


async def learn(person: Person) -> None:
    """Completes the next lesson."""
    await person.send("/lesson")
    await person.send("/done")


def is_asked(person: Person) -> bool:
    """Whether somebody has read that their instructor asks."""
    return any(ASKED in words for words in person.said)


async def test_students_at_a_halt_are_asked(world: World) -> None:
    """The instructor reads what will happen, and agrees; then each hears it, first of all, with the lesson to open."""
    ivan, (ada, bob), _course = await at_a_halt(world, "Ada", "Bob")
    assert ivan.labels == ["1", "2", "Announce", "Nudge · 2", "As a file", "‹ Desk"]
    said = await ivan.press("Nudge · 2")
    assert said.text.startswith("2 students of Compilers 101 have done no lesson for two weeks.\n\nShall I ask")
    assert "says that Ivan Petrov asks" in said.text
    assert await world.count(ReminderThing) == 0
    assert await look(world) == {}
    await ivan.press("Nudge · 2")
    assert ivan.last.text == "2 students of Compilers 101 hear that you ask, each in a reminder."
    await look(world)
    for person, name in ((ada, "Ada"), (bob, "Bob")):
        assert person.last.text.split("\n")[:2] == [f"Good morning, {name}.", ASKED]
        assert person.labels[0] == "Open Lexing"
    told = len(ada.said)
    world.clock.advance(days=1)
    await plan_for(world, ada, next_due=world.clock() - LONG_DUE)
    await look(world)
    assert sum(ASKED in words for words in ada.said) == 1, "once"
    assert len(ada.said) <= told + 1


async def test_two_weeks_are_two_weeks(world: World) -> None:
    """A second less since the enrollment, or since the last lesson, and nobody is at a halt."""
    ivan, course = await meet_author(world), await make_course(world)
    ada, bob = await make_student(world), await make_student(world, "Bob")
    await enroll(world, ada, course)
    await plan_for(world, ada)
    world.clock.advance(days=7)
    await learn(ada)
    await enroll(world, bob, course)
    await plan_for(world, bob)
    world.clock.advance(days=13, hours=23, minutes=59, seconds=59)
    await open_list(ivan)
    assert "Announce" in ivan.labels
    assert not any(label.startswith("Nudge") for label in ivan.labels)
    assert (
        "Nobody in Compilers 101 is to be nudged"
        in (await ivan.forge(ivan.last.id, NudgeStudents(course.id).pack())).text
    )
    world.clock.advance(seconds=1)
    await open_list(ivan)
    assert "Nudge · 2" in ivan.labels


@pytest.mark.parametrize(
    "how", ["off", "paused", "mutes the course", "mutes the kind", "asked", "blocked", "signed out", "left", "finished"]
)
async def test_who_would_not_hear_it_is_not_counted(world: World, how: str) -> None:
    """Whoever has switched reminders off, paused or muted them, or is not there: only the others are asked."""
    ivan, (ada, bob), course = await at_a_halt(world, "Ada", "Bob")
    user_id, today = await user_id_of(world, ada), world.clock().date()
    if how in {"off", "paused", "asked"}:
        change: dict[str, dict[str, Any]] = {
            "off": {"is_on": False},
            "paused": {"paused_until": today + dt.timedelta(days=1)},
            "asked": {"asked_at": world.clock()},
        }
        await plan_for(world, ada, **change[how])
    elif how.startswith("mutes"):
        mute = Mute(user_id, "", course.id) if how == "mutes the course" else Mute(user_id, "nudge", 0)
        async with world.application.database.transaction() as repos:
            await repos.reminders.mute(mute)
    elif how == "blocked":
        await block(world.admin())
    elif how == "signed out":
        await ada.send("/logout")
    elif how == "left":
        await leave(ada, course)
    else:
        await learn(ada)
        await learn(ada)
    await open_list(ivan)
    assert "Nudge · 1" in ivan.labels
    await ivan.press("Nudge · 1")
    await ivan.press("Nudge · 1")
    assert ivan.last.text == "1 student of Compilers 101 hears that you ask, in a reminder."
    await look(world)
    assert (is_asked(ada), is_asked(bob)) == (False, True)


async def test_a_pause_that_is_over_is_none(world: World) -> None:
    """On the day on which it ends, the student is counted again."""
    ivan, (ada,), _course = await at_a_halt(world, "Ada")
    await plan_for(world, ada, paused_until=world.clock().date())
    await open_list(ivan)
    assert "Nudge · 1" in ivan.labels


@pytest.mark.parametrize("how", ["learned", "finished", "left", "archived"])
async def test_what_is_over_meanwhile_is_not_asked(world: World, how: str) -> None:
    """Who does something, finishes or leaves before the reminder comes hears nothing of it."""
    ivan, (ada,), course = await at_a_halt(world, "Ada")
    await ivan.press("Nudge")
    await ivan.press("Nudge")
    world.clock.advance(minutes=1)
    if how == "left":
        await leave(ada, course)
    elif how == "archived":
        await set_status(world, course, CourseStatus.ARCHIVED)
    else:
        for _lesson in range(1 if how == "learned" else 2):
            await learn(ada)
    await look(world)
    world.clock.advance(days=1)
    await plan_for(world, ada, next_due=world.clock() - LONG_DUE)
    await look(world)
    assert not any("asks how you are" in words for words in ada.said)


async def test_who_learned_today_elsewhere_hears_it_tomorrow(world: World) -> None:
    """Nobody is asked on a day on which they have learned, whatever it was."""
    ivan, (ada,), _course = await at_a_halt(world, "Ada")
    other = await make_course(world, code="STAT1", title="Statistics")
    await enroll(world, ada, other)
    await ada.send("/lesson STAT1")
    await ada.send("/done")
    await open_list(ivan)
    await ivan.send("/mycourses")
    await ivan.press("2")
    await ivan.press("Students")
    await ivan.press("Nudge")
    await ivan.press("Nudge")
    assert (await look(world))["Ada"].silence is Silence.NOT_YET
    assert not is_asked(ada)
    world.clock.advance(days=1, hours=11)
    await look(world)
    assert is_asked(ada)


async def test_it_is_one_of_the_one_message_a_day(world: World) -> None:
    """Whoever was reminded today hears it with tomorrow's, at their hour."""
    ivan, (ada,), _course = await at_a_halt(world, "Ada")
    await plan_for(world, ada, told_on=world.clock().date(), told_at=world.clock())
    await ivan.press("Nudge")
    await ivan.press("Nudge")
    assert (await look(world))["Ada"].silence is Silence.TOLD_TODAY
    world.clock.advance(days=1)
    assert not {"Ada", "Bob"} & (await look(world)).keys()
    world.clock.advance(hours=11)
    await look(world)
    assert is_asked(ada)


async def test_in_the_quiet_hours_it_waits(world: World) -> None:
    """It comes when they are over, long before the person's own hour."""
    ivan, (ada,), _course = await at_a_halt(world, "Ada")
    await plan_for(world, ada, quiet_from=8, quiet_until=12)
    await ivan.press("Nudge")
    await ivan.press("Nudge")
    assert (await look(world))["Ada"].silence is Silence.QUIET
    world.clock.advance(hours=3)
    await look(world)
    assert is_asked(ada)


async def test_once_a_week_is_the_most(world: World) -> None:
    """The next time is said, and a second before it is too early; the same press again asks nobody again."""
    ivan, (ada,), course = await at_a_halt(world, "Ada")
    await ivan.press("Nudge")
    message, data = ivan.find_button("Nudge · 1")
    await ivan.press("Nudge · 1")
    refusal = (
        "You asked the students of Compilers 101 on 17 May. Once a week is the most: from 24 May on you can ask again. "
        "A message to one of them is on their page."
    )
    assert (await ivan.forge(message.id, data)).text == refusal
    await look(world)
    world.clock.advance(days=6, hours=23, minutes=59, seconds=59)
    await open_list(ivan)
    assert (await ivan.press("Nudge · 1")).text == refusal
    world.clock.advance(seconds=1)
    await open_list(ivan)
    await ivan.press("Nudge · 1")
    assert (await ivan.press("Nudge · 1")).text.startswith("1 student of Compilers 101 hears")
    await look(world)
    assert sum("asks how you are" in words for words in ada.said) == 2
    assert await world.count(ReminderThing, ReminderThing.course_id == course.id) == 1


async def test_a_large_course_is_asked_in_small_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody once, however many batches it takes; a batch has no more students than it may."""
    monkeypatch.setattr(nudging, "BATCH", 2)
    ivan, people, _course = await at_a_halt(world, *(f"S{number}" for number in range(5)))
    await ivan.press("Nudge · 5")
    with statements() as seen:
        await ivan.press("Nudge · 5")
    assert sum("LIMIT" in one.sql and "reminder_plans" in one.sql for one in seen if one.verb == "SELECT") == 3
    await look(world)
    assert [is_asked(person) for person in people] == [True] * 5


async def test_the_list_counts_so_far(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its edge the number is exact, behind it the list says that there are more, and the question how many."""
    monkeypatch.setattr(students, "COUNTED", 2)
    ivan, (ada, _bob, _cleo), _course = await at_a_halt(world, "Ada", "Bob", "Cleo")
    assert (await ivan.press("Nudge · 2+")).text.startswith("3 students")
    await learn(ada)
    await open_list(ivan)
    assert "Nudge · 2" in ivan.labels


async def test_an_archived_course_asks_nobody(world: World) -> None:
    """Its list has no such button, and an old one is refused."""
    ivan, _people, course = await at_a_halt(world, "Ada")
    message, data = ivan.find_button("Nudge · 1")
    await set_status(world, course, CourseStatus.ARCHIVED)
    await open_list(ivan)
    assert not any(label.startswith("Nudge") for label in ivan.labels)
    assert "This course is archived" in (await ivan.forge(message.id, data)).text


async def test_an_admin_asks_in_the_instructors_name(world: World) -> None:
    """The question says so, and the students read whose course it is."""
    _ivan, (ada,), course = await at_a_halt(world, "Ada")
    admin = world.admin()
    said = await admin.send("/start")
    answer = await admin.forge(said.id, NudgeStudents(course.id).pack())
    assert "says that their instructor asks" in answer.text
    await admin.press("Nudge · 1")
    await look(world)
    assert is_asked(ada)
