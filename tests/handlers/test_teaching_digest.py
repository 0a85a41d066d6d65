"""The instructor's digest: who has come, who has finished, who has come to a halt, once a day or a week."""

import pytest

from db.models import CourseStatus, DigestEvery, ReminderThing
from db.records import CourseRecord
from handlers.reminders.claiming import Silence
from handlers.reminders.teaching import MOST_SHOWN
from tests.chat import Person, World
from tests.factories import enroll, give_course, make_course, make_student, meet_author, set_status
from tests.handlers.test_nudge import learn
from tests.handlers.test_students import leave
from tests.reminded import LONG_DUE, look, plan_for, user_id_of


async def due(world: World, ivan: Person) -> list[str]:
    """Returns what the instructor reads in the evening; nothing when nothing comes."""
    if world.clock().hour != 20:
        world.clock.advance(hours=11)
    count = len(ivan.said)
    await plan_for(world, ivan, next_due=world.clock() - LONG_DUE)
    await look(world)
    return ivan.last.text.split("\n") if len(ivan.said) > count else []


async def give(world: World, course: CourseRecord, person: Person) -> None:
    """Makes a course somebody else's."""
    user_id = await user_id_of(world, person)
    async with world.application.database.transaction() as repos:
        await repos.users.ensure_instructor(user_id)
    await give_course(world, course.id, user_id)


async def test_a_week_in_one_message(world: World) -> None:
    """Who came, who finished and who stopped, under one button to the desk."""
    ivan, course = await meet_author(world), await make_course(world)
    await ivan.send("/start")
    cleo = await make_student(world, "Cleo")
    await enroll(world, cleo, course)
    world.clock.advance(days=10)
    for name in ("Ada", "Bob"):
        person = await make_student(world, name)
        await enroll(world, person, course)
        if name == "Ada":
            await learn(person)
            await learn(person)
    world.clock.advance(days=4)
    assert await due(world, ivan) == [
        "Good evening, Ivan Petrov.",
        "In your courses since 10 May:",
        "Compilers 101: 2 new students, 1 finished, 1 has done nothing for two weeks",
    ]
    assert ivan.labels[0] == "Desk"
    assert (await ivan.press("Desk")).text.startswith("Compilers 101 · published")


async def test_nothing_to_say_is_no_message(world: World) -> None:
    """Without a course, without students, and when all is as it was; and who came and left is no news."""
    ivan = await meet_author(world)
    await ivan.send("/start")
    assert await due(world, ivan) == []
    course, ada = await make_course(world), await make_student(world)
    await ada.send("/start")
    assert await due(world, ivan) == []
    await enroll(world, ada, course)
    await leave(ada, course)
    assert await due(world, ivan) == []
    await plan_for(world, ivan, next_due=world.clock() - LONG_DUE)
    assert (await look(world))["Ivan Petrov"].silence is Silence.NOTHING
    assert await world.count(ReminderThing) == 0


@pytest.mark.parametrize(("every", "days"), [(DigestEvery.DAY, 1), (DigestEvery.WEEK, 7)])
async def test_it_comes_as_often_as_one_likes(world: World, every: DigestEvery, days: int) -> None:
    """Not before a day or a week has passed; then with what is new since the last one, and nothing of before."""
    ivan, course = await meet_author(world), await make_course(world)
    await ivan.send("/start")
    await plan_for(world, ivan, digest=every)
    await enroll(world, await make_student(world), course)
    assert (await due(world, ivan))[2:] == ["Compilers 101: 1 new student"]
    world.clock.advance(minutes=1)
    await enroll(world, await make_student(world, "Bob"), course)
    await enroll(world, await make_student(world, "Cleo"), course)
    for _day in range(days - 1):
        world.clock.advance(days=1)
        assert await due(world, ivan) == []
    # A tick may be a little earlier than the last one was.
    world.clock.advance(days=1, minutes=-10)
    await plan_for(world, ivan, next_due=world.clock() - LONG_DUE)
    await look(world)
    assert ivan.last.text.split("\n")[1:] == ["In your courses since 3 May:", "Compilers 101: 2 new students"]


async def test_who_wants_none_gets_none(world: World) -> None:
    """An instructor who has chosen never, a student, and one who teaches no more."""
    ivan, course, ada = await meet_author(world), await make_course(world), await make_student(world)
    for person in (ivan, ada):
        await person.send("/start")
    await enroll(world, await make_student(world, "Bob"), course)
    await plan_for(world, ivan, digest=DigestEvery.NEVER)
    assert await due(world, ivan) == []
    await give(world, course, ada)
    assert await due(world, ada) == []


async def test_several_courses_are_one_message(world: World) -> None:
    """Those with news, so many of them, and how many more; of an archived one nothing, of another's neither."""
    ivan, olga = await meet_author(world), await world.teacher("Olga")
    await ivan.send("/start")
    ada = await make_student(world)
    courses = [
        await make_course(world, code=f"C{number}", title=f"Course {number}") for number in range(MOST_SHOWN + 4)
    ]
    for course in courses[:-1]:
        await enroll(world, ada, course)
    await set_status(world, courses[0], CourseStatus.ARCHIVED)
    await give(world, courses[1], olga)
    said = await due(world, ivan)
    assert said[2:] == [*(f"Course {n}: 1 new student" for n in range(2, MOST_SHOWN + 2)), "… and in 1 course more"]
    assert ivan.labels[0] == "My courses"
    assert (await ivan.press("My courses")).text.startswith("My courses · 8")
    await plan_for(world, olga, next_due=world.clock() - LONG_DUE)
    await look(world)
    assert olga.last.text.split("\n")[2:] == ["Course 1: 1 new student"]


async def test_a_halt_is_news_once(world: World) -> None:
    """Two weeks after the last lesson, whether it was the first or none; the next digest says nothing of it."""
    ivan, course = await meet_author(world), await make_course(world)
    await ivan.send("/start")
    await plan_for(world, ivan, digest=DigestEvery.DAY)
    ada, bob = await make_student(world), await make_student(world, "Bob")
    for person in (ada, bob):
        await enroll(world, person, course)
    await learn(bob)
    world.clock.advance(days=13)
    assert await due(world, ivan) == []
    world.clock.advance(minutes=1)
    await learn(bob)
    world.clock.advance(days=1, minutes=-1)
    assert (await due(world, ivan))[2:] == ["Compilers 101: 1 finished, 1 has done nothing for two weeks"]
    world.clock.advance(days=1)
    assert await due(world, ivan) == []


async def test_it_shares_the_one_message_of_a_day(world: World) -> None:
    """An instructor who learns, too, reads both in one, and is told of their courses also when they learned today."""
    ivan, course = await meet_author(world), await make_course(world)
    other = await make_course(world, code="STAT1", title="Statistics", instructor="Olga")
    await ivan.send("/enroll STAT1")
    await enroll(world, await make_student(world), course)
    world.clock.advance(days=1)
    said = await due(world, ivan)
    assert said[1:] == [
        "In your courses since 27 Apr:",
        "Compilers 101: 1 new student",
        "Statistics is ready when you are. It begins with Lexing.",
    ]
    count = len(ivan.said)
    assert (await look(world)) == {}
    world.clock.advance(days=7)
    await enroll(world, await make_student(world, "Bob"), course)
    await ivan.send("/lesson STAT1")
    await ivan.send("/done")
    assert (await due(world, ivan))[2:] == ["Compilers 101: 1 new student"]
    assert len(ivan.said) > count
    assert other.title == "Statistics"


async def test_what_did_not_reach_them_is_told_again(world: World) -> None:
    """A digest that was taken back, for it came too late, comes with all that it was about."""
    ivan, course = await meet_author(world), await make_course(world)
    await ivan.send("/start")
    await enroll(world, await make_student(world), course)
    assert (await due(world, ivan))[2:] == ["Compilers 101: 1 new student"]
    user_id = await user_id_of(world, ivan)
    async with world.application.database.transaction() as repos:
        await repos.reminders.take_back(user_id, world.clock())
    world.clock.advance(days=1)
    assert (await due(world, ivan))[2:] == ["Compilers 101: 1 new student"]
