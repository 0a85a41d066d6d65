"""Courses change hands, or are archived, before their instructor goes."""

import pytest

from db.models import Course, CourseStatus, Handover
from tests.chat import Person, World
from tests.factories import make_course, meet_author, set_status
from tests.handlers.admin.test_addresses import release
from tests.handlers.admin.test_blocking import block


async def school(world: World, *titles: str) -> tuple[Person, Person]:
    """Returns Ivan, who teaches these courses, and Olga, another instructor."""
    ivan = await meet_author(world)
    for number, title in enumerate(titles, 1):
        await make_course(world, title=title, code=f"C{number}")
    return ivan, await world.teacher("Olga")


async def teachers(world: World) -> list[int]:
    return [course.instructor_id for course in await world.rows(Course)]


async def offer(ivan: Person, button: str, email: str = "olga@example.org") -> str:
    """Offers what the button says to somebody; returns the bot's last word."""
    await ivan.send("/deleteme")
    await ivan.press(button)
    return (await ivan.send(email)).text


async def test_courses_come_first(world: World) -> None:
    """Who teaches is shown their courses, and cannot go before they are seen to, not by a forged button either."""
    ivan, _olga = await school(world, "Compilers", "Statistics")
    said = await ivan.send("/deleteme")
    assert said.text.startswith("You teach 2 courses.")
    assert said.text.splitlines()[-2:] == ["1. Compilers", "2. Statistics"]
    assert ivan.labels == ["Hand over 1", "Hand over 2", "Hand over all", "Archive all", "‹ Settings"]
    assert (await ivan.forge(said.id, "gon:1")).text.startswith("You teach 2 courses.")


async def test_a_course_is_handed_over_and_accepted(world: World) -> None:
    """The other instructor is asked, and only their Yes moves it; both know in the end."""
    ivan, olga = await school(world, "Compilers", "Statistics")
    mine, other = await teachers(world)
    assert mine == other
    said = await offer(ivan, "Hand over 2")
    assert said.startswith("I have asked Olga, and will tell you.")
    assert "2. Statistics · offered to Olga, who has not answered yet" in said
    assert await teachers(world) == [mine, mine]
    assert olga.last.text.splitlines() == [
        "Ivan Petrov (ivan@teachers.example.org) would like to hand a course over to you, with its students:",
        "Statistics",
    ]
    assert (await olga.press("Take over")).text == "1 course is yours now. Thank you!"
    assert ivan.last.text == "Olga has taken over 1 course of yours."
    assert [each == mine for each in await teachers(world)] == [True, False]
    assert await world.count(Handover) == 0
    assert "Statistics" in (await olga.send("/mycourses")).text


async def test_all_courses_are_handed_over_at_once(world: World) -> None:
    """One answer is for all of them, and the way out is open."""
    ivan, olga = await school(world, "Compilers", "Statistics")
    await offer(ivan, "Hand over all")
    await olga.press("Take over")
    assert ivan.last.text == "Olga has taken over 2 courses of yours."
    assert (await ivan.press("‹ My courses")).text.startswith("Delete your account, Ivan Petrov?")


async def test_a_declined_course_stays(world: World) -> None:
    """Its instructor is told, and can ask somebody else."""
    ivan, olga = await school(world, "Compilers")
    [mine] = await teachers(world)
    await offer(ivan, "Hand over")
    message, data = olga.find_button("Take over")
    assert (await olga.press("Decline")).text == "You have declined, and I have said so."
    assert ivan.last.text == "Olga cannot take over 1 course of yours."
    assert "This offer is gone" in (await olga.forge(message.id, data)).text
    assert await teachers(world) == [mine]


@pytest.mark.parametrize(
    ("email", "answer"),
    [
        ("ivan@teachers.example.org", "That is you."),
        ("nobody@example.org", "No instructor with the address nobody@example.org"),
        ("ada@example.org", "No instructor with the address ada@example.org"),
        ("away@example.org", "No instructor with the address away@example.org"),
    ],
)
async def test_only_an_instructor_who_is_there_is_asked(world: World, email: str, answer: str) -> None:
    """Not oneself, nobody, a student, nor somebody who could not read it; and nothing is offered."""
    ivan, _olga = await school(world, "Compilers")
    await world.person("Ada").register()
    away = await world.teacher("Away")
    await away.send("/logout")
    assert answer in await offer(ivan, "Hand over", email)
    assert await world.count(Handover) == 0


async def test_a_new_offer_takes_the_place_of_the_last(world: World) -> None:
    """Whoever was asked before can no longer take the course."""
    ivan, olga = await school(world, "Compilers")
    nina = await world.teacher("Nina")
    await offer(ivan, "Hand over")
    await offer(ivan, "Hand over", "nina@example.org")
    assert "This offer is gone" in (await olga.press("Take over")).text
    assert (await nina.press("Take over")).text == "1 course is yours now. Thank you!"


async def test_nobody_takes_what_was_offered_to_another(world: World) -> None:
    """A forged button of somebody else's offer finds none."""
    ivan, olga = await school(world, "Compilers")
    nina = await world.teacher("Nina")
    await offer(ivan, "Hand over")
    [mine] = await teachers(world)
    _message, data = olga.find_button("Take over")
    said = await nina.send("/start")
    assert "This offer is gone" in (await nina.forge(said.id, data)).text
    assert await teachers(world) == [mine]


async def test_courses_are_archived_at_once(world: World) -> None:
    """Asked first, then meant; an offer that was open is taken back."""
    ivan, olga = await school(world, "Compilers", "Statistics")
    await offer(ivan, "Hand over 1")
    await ivan.send("/deleteme")
    assert (await ivan.press("Archive all")).text.startswith("Archive all your 2 courses? Their students can still")
    assert {course.status for course in await world.rows(Course)} == {CourseStatus.PUBLISHED}
    assert (await ivan.press("Yes, archive")).text.startswith("2 courses are archived.")
    assert {course.status for course in await world.rows(Course)} == {CourseStatus.ARCHIVED}
    assert "This offer is gone" in (await olga.press("Take over")).text


async def test_one_course_is_archived_by_its_title(world: World) -> None:
    """It is asked about by its name, and an old button finds nothing left to ask about."""
    ivan, _olga = await school(world, "Compilers")
    asked = await ivan.send("/deleteme")
    assert (await ivan.press("Archive")).text.startswith("Archive Compilers? Its students can still read it")
    assert (await ivan.press("Yes, archive")).text.startswith("1 course is archived.")
    assert (await ivan.forge(asked.id, "arc:0")).text == "All your courses are seen to."


async def test_no_inner_address_is_offered_with_a_course(world: World) -> None:
    """Of who lost theirs to an admin, the other instructor reads that."""
    ivan, olga = await school(world, "Compilers")
    await release(world.admin(), "ivan@teachers.example.org")
    await offer(ivan, "Hand over")
    assert olga.last.text.startswith("Ivan Petrov (no address: an admin has released it) would like to hand a course")


async def test_many_courses_are_cut_short(world: World) -> None:
    """Ten are shown; all of them can still be handed over at once."""
    ivan, olga = await school(world, *(f"Course {number}" for number in range(1, 12)))
    said = await ivan.send("/deleteme")
    assert said.text.splitlines()[-1] == "… and 1 more"
    await offer(ivan, "Hand over all")
    assert olga.last.text.splitlines()[-1] == "… and 1 more"
    assert (await olga.press("Take over")).text.startswith("11 courses are yours now.")


async def test_nothing_is_offered_to_who_is_blocked(world: World) -> None:
    """They could not answer; nobody learns that they are blocked."""
    ivan, olga = await school(world, "Compilers")
    await block(world.admin(), "olga@example.org", "Spam.")
    told = olga.last.id
    said = await offer(ivan, "Hand over")
    assert said.startswith("No instructor with the address olga@example.org is signed in here.")
    assert (olga.last.id, await world.count(Handover)) == (told, 0)


async def test_a_course_that_was_archived_meanwhile_is_not_named(world: World) -> None:
    """Who is asked again is asked for the courses that they would get."""
    ivan, olga = await school(world, "Compilers", "Statistics")
    await offer(ivan, "Hand over 1")
    async with world.application.database.transaction() as repos:
        first = await repos.courses.get(1)
    assert first is not None
    await set_status(world, first, CourseStatus.ARCHIVED)
    await offer(ivan, "Hand over")
    assert olga.last.text.splitlines()[1:] == ["Statistics"]
    assert (await olga.press("Take over")).text == "1 course is yours now. Thank you!"
