"""Whoever learns or teaches is reminded from then on, at seven in the evening by their own clock."""

import datetime as dt

import pytest

from db.models import CourseStatus, ReminderPlan, User
from handlers.links import INVITATION_LINK
from handlers.reminders.habits import WINDOW
from tests.chat import ADMIN_ID, Person, World, open_world
from tests.factories import enroll, invite, make_course, make_student, meet_author, set_private

SEVEN = dt.datetime(2026, 5, 3, 19, 0, tzinfo=dt.UTC)


async def due(world: World, name: str) -> dt.datetime | None:
    """Returns when somebody is looked at next; none of their plan when there is no plan."""
    [user] = [user for user in await world.rows(User) if user.name == name]
    [plan] = await world.rows(ReminderPlan, ReminderPlan.user_id == user.id)
    moment: dt.datetime | None = plan.next_due
    return moment


async def planned(world: World) -> set[str]:
    """Returns the names of all who have a plan."""
    names = {user.id: user.name for user in await world.rows(User)}
    return {names[plan.user_id] for plan in await world.rows(ReminderPlan)}


def is_evening(moment: dt.datetime | None, ahead: float = 0) -> bool:
    """Whether a moment is in this evening's window, where clocks are so many hours ahead."""
    begins = SEVEN - dt.timedelta(hours=ahead)
    return moment is not None and begins <= moment < begins + WINDOW


async def choose_zone(person: Person, city: str) -> None:
    await person.send("/settings")
    await person.press("Time zone")
    await person.press("Type my city")
    await person.send(city)


async def test_enrolling_begins_a_plan(world: World) -> None:
    """Nobody has one before; the second course changes nothing of it."""
    await make_course(world)
    await make_course(world, code="STAT1", title="Statistics")
    ada = await make_student(world)
    assert await planned(world) == set()
    await ada.send("/enroll COMP1")
    assert is_evening(first := await due(world, "Ada"))
    world.clock.advance(days=1)
    await ada.send("/enroll STAT1")
    assert await due(world, "Ada") == first


async def test_a_plan_goes_by_the_clock_on_the_wall(world: World) -> None:
    """In Tokyo seven comes nine hours earlier."""
    await make_course(world)
    ada = await make_student(world)
    await choose_zone(ada, "Tokyo")
    await ada.send("/enroll COMP1")
    assert is_evening(await due(world, "Ada"), ahead=9)


async def test_an_invitation_begins_a_plan(world: World) -> None:
    """Who comes to a private course learns, too."""
    course = await make_course(world)
    await set_private(world, course)
    invitation = await invite(world, course)
    ada = await make_student(world)
    await ada.send(f"/start {INVITATION_LINK}{invitation.token}")
    await ada.press("Enroll")
    assert is_evening(await due(world, "Ada"))


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo"])
async def test_who_is_let_back_in_has_a_plan(world: World, zone: str | None) -> None:
    """Also one who was removed before there were plans; their own clock counts, not the instructor's."""
    ivan = await meet_author(world)
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    if zone is not None:
        await choose_zone(ada, "Tokyo")
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Students")
    await ivan.press("1")
    await ivan.press("Remove")
    await ivan.press("Remove")
    assert "Ada" not in await planned(world)
    await ivan.press("Let")
    assert is_evening(await due(world, "Ada"), ahead=9 if zone else 0)


async def test_an_open_sign_up_begins_a_plan(database_url: str) -> None:
    """Who registers to teach has one; who registers to learn has none yet."""
    async with open_world(database_url, instructor_signup="open") as world:
        await world.person("Ivan").register("Instructor")
        await world.person("Ada").register()
        assert await planned(world) == {"Ivan"}
        assert is_evening(await due(world, "Ivan"))


async def test_an_appointed_instructor_begins_with_a_plan(world: World) -> None:
    """The environment makes them one at the registration."""
    await world.instructor("Ivan Petrov")
    assert await planned(world) == {"Ivan Petrov"}


async def test_who_was_appointed_later_has_a_plan_with_the_first_course(database_url: str) -> None:
    """Nobody told the bot before: it is the environment that has changed."""
    async with open_world(database_url) as before:
        ivan = before.person("Ivan")
        await ivan.register()
        assert await planned(before) == set()
    async with open_world(
        database_url, miniature=before.miniature, clock=before.clock, instructor_ids=str(ivan.id)
    ) as world:
        await Person(world, ivan.id, "Ivan").write_course()
        assert await planned(world) == {"Ivan"}


@pytest.mark.parametrize("decision", ["Approve", "Decline"])
async def test_an_approved_wish_begins_a_plan(database_url: str, decision: str) -> None:
    """A declined one does not."""
    async with open_world(database_url, instructor_signup="approval") as world:
        grace, ivan = world.admin(), world.person("Ivan")
        await grace.send("/start")
        await choose_zone(ivan, "Tokyo")
        await ivan.register("Instructor")
        assert await planned(world) == set()
        await grace.press(decision)
        assert await planned(world) == ({"Ivan"} if decision == "Approve" else set())
        assert decision == "Decline" or is_evening(await due(world, "Ivan"), ahead=9)


async def test_an_admins_word_begins_a_plan(world: World) -> None:
    """It stays when they are a student again."""
    grace, ivan = world.admin(), world.person("Ivan")
    await ivan.register()
    await grace.send("/admin")
    await grace.press("Find a person")
    await grace.send("ivan@example.org")
    await grace.press("Promote")
    assert is_evening(await due(world, "Ivan"))
    await Person(world, ADMIN_ID, "Grace").press("Demote")
    assert await planned(world) == {"Ivan"}


async def test_courses_that_are_taken_over_come_with_a_plan(world: World) -> None:
    """Whoever the environment made an instructor meanwhile has one with the first course that is theirs."""
    ivan = await world.instructor("Ivan Petrov")
    vera = await world.teacher("Vera")
    await ivan.write_course()
    assert "Vera" not in await planned(world)
    await ivan.send("/deleteme")
    await ivan.press("Hand")
    await ivan.send("vera@example.org")
    await vera.press("Take")
    assert "Vera" in await planned(world)


async def test_another_zone_moves_the_next_look(world: World) -> None:
    """In Tokyo it is evening sooner; by button or by name."""
    ada = await make_student(world)
    await enroll_and_see(world, ada)
    await choose_zone(ada, "Tokyo")
    assert is_evening(await due(world, "Ada"), ahead=9)


async def test_another_zone_takes_nothing_from_a_moment(world: World) -> None:
    """In Honolulu it is evening later: the look stays, says nothing, and finds the right moment."""
    ada = await make_student(world)
    before = await enroll_and_see(world, ada)
    await choose_zone(ada, "Honolulu")
    assert await due(world, "Ada") == before


async def test_another_zone_gives_no_second_reminder_on_a_date(world: World) -> None:
    """Who was reminded today is looked at tomorrow, though it is seven once more where they are now."""
    ada = await make_student(world)
    await enroll_and_see(world, ada)
    async with world.application.database.transaction() as repos:
        plan = await repos.reminders.lock(1)
        assert plan is not None
        plan.told_on, plan.next_due = world.clock().date(), SEVEN + dt.timedelta(days=1)
        await repos.reminders.save([plan])
    await choose_zone(ada, "Tokyo")
    assert is_evening(await due(world, "Ada"), ahead=9 - 24)


async def test_a_zone_begins_no_plan(world: World) -> None:
    """Nor does it wake one that is switched off; who is not signed in has none to move."""
    ada, eve = await make_student(world), world.person("Eve")
    await choose_zone(ada, "Tokyo")
    assert await planned(world) == set()
    await enroll_and_see(world, ada)
    async with world.application.database.transaction() as repos:
        plan = await repos.reminders.lock(1)
        assert plan is not None
        plan.is_on, plan.next_due = False, None
        await repos.reminders.save([plan])
    await choose_zone(ada, "Honolulu")
    assert await due(world, "Ada") is None
    await choose_zone(eve, "Tokyo")
    assert "Tokyo" in eve.last.text


async def enroll_and_see(world: World, person: Person) -> dt.datetime | None:
    """Enrolls in a new course; returns when the person is looked at next."""
    await make_course(world, code="TEA1", status=CourseStatus.PUBLISHED)
    await person.send("/enroll TEA1")
    return await due(world, person.name)
