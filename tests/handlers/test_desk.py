"""The desk: one's courses, and their publication."""

import datetime as dt

from db.models import Course, CourseStatus, Progress, User
from handlers.presses import Desk
from tests.chat import World
from tests.factories import give_course, make_course, meet_author


async def test_a_page_that_has_become_empty_gives_way_to_the_first(world: World) -> None:
    """When its last course is another's by now, an old button shows the courses that there are."""
    ivan = await meet_author(world)
    for number in range(1, 7):
        await make_course(world, title=f"Course {number}", code=f"C{number}")
    await ivan.send("/mycourses")
    assert (await ivan.press("›")).text.startswith("My courses · 6\n1. Course 1")
    olga = await world.teacher("Olga")
    [teacher] = await world.rows(User, User.name == "Olga")
    _message, data = ivan.find_button("2 / 2")
    await give_course(world, 1, teacher.id)
    assert (await ivan.forge(ivan.last.id, data)).text.startswith("My courses · 5\n1. Course 6")
    assert "Course 1" in (await olga.send("/mycourses")).text


async def test_my_courses_are_listed(world: World) -> None:
    """An instructor sees the own courses, drafts included, newest first, and nobody else's."""
    ivan = await meet_author(world)
    await make_course(world, title="Compilers 101", code="COMP1")
    await make_course(world, title="Statistics", code="STAT1", status=CourseStatus.DRAFT, lessons=["Means"])
    await make_course(world, title="Rhetoric", code="RHET1", instructor="Olga")
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    assert (await ivan.send("/mycourses")).text == (
        "My courses · 2\n"
        "1. Statistics · draft · 1 lesson · nobody enrolled yet\n"
        "2. Compilers 101 · published · 2 lessons · 1 student"
    )
    assert ivan.labels == ["1", "2", "New course"]
    said = ivan.last
    card = await ivan.press("2")
    assert card.id == said.id
    assert card.text == "Compilers 101 · published · code COMP1\n2 lessons · 1 student"
    assert (await ivan.press("‹ My courses")).text == said.text


async def test_nothing_written_yet(world: World) -> None:
    """An instructor without courses is offered the first one."""
    ivan = await meet_author(world)
    assert "no courses yet" in (await ivan.send("/mycourses")).text
    assert (await ivan.press("New course")).text.startswith("New course · 1 of 2")


async def test_many_courses_turn_their_pages_in_place(world: World) -> None:
    """Twelve courses are three pages, there and back, in one message."""
    ivan = await meet_author(world)
    for number in range(12):
        await make_course(world, title=f"Course {number}", code=f"C{number}")
    first = await ivan.send("/mycourses")
    assert ivan.labels == ["1", "2", "3", "4", "5", "1 / 3", "›", "New course"]
    second = await ivan.press("›")
    assert (second.id, ivan.labels[5:8]) == (first.id, ["‹", "2 / 3", "›"])
    third = await ivan.press("›")
    assert [line.split(" · ")[0] for line in third.text.splitlines()[1:]] == ["1. Course 1", "2. Course 0"]
    assert (await ivan.press("‹")).text == second.text
    assert (await ivan.press("‹")).text == first.text


async def test_only_instructors_have_a_desk(world: World) -> None:
    """A student has no courses of the own, and a stranger needs an account first."""
    ada = world.person("Ada")
    assert "need an account" in (await ada.send("/mycourses")).text
    await ada.register()
    assert "Only instructors can do that" in (await ada.send("/mycourses")).text


async def test_a_course_is_published(world: World) -> None:
    """Everyone finds it from then on, and its first day is kept."""
    ivan, ada = await meet_author(world), world.person("Ada")
    await make_course(world, status=CourseStatus.DRAFT)
    await ivan.send("/mycourses")
    card = await ivan.press("1")
    assert "no courses yet" in (await ada.send("/courses")).text
    published = await ivan.press("Publish")
    assert (published.id, published.text.split("\n")[0]) == (card.id, "Compilers 101 · published · code COMP1")
    assert [toast.text for toast in ivan.toasts] == ["Published: /courses shows it to everyone."]
    assert "Compilers 101" in (await ada.send("/courses")).text
    first = world.clock.now
    world.clock.advance(days=1)
    await ivan.press("Unpublish")
    await ivan.press("Publish")
    [course] = await world.rows(Course)
    assert (course.status, course.published_at) == (CourseStatus.PUBLISHED, first)


async def test_a_course_without_lessons_is_not_published(world: World) -> None:
    """The answer says what is missing, and offers to write it."""
    ivan = await meet_author(world)
    await make_course(world, lessons=(), status=CourseStatus.DRAFT)
    await ivan.send("/mycourses")
    await ivan.press("1")
    assert ivan.labels == ["Add lesson", "Edit", "Share", "Preview", "Publish", "Duplicate", "Archive", "‹ My courses"]
    said = await ivan.press("Publish")
    assert said.text == "A course needs a lesson before it can be published. Compilers 101 has none yet."
    assert ivan.labels == ["Add lesson"]
    assert [course.status for course in await world.rows(Course)] == [CourseStatus.DRAFT]
    assert (await ivan.press("Add lesson")).text.startswith("New lesson · 1 of 2")


async def test_unpublishing_hides_a_course_from_newcomers_only(world: World) -> None:
    """Its students go on, and may leave and come back; nobody else finds it."""
    ivan, ada, eve = await meet_author(world), world.person("Ada"), world.person("Eve")
    await make_course(world)
    await ada.register()
    await ada.send("/enroll COMP1")
    await ivan.send("/mycourses")
    await ivan.press("1")
    card = await ivan.press("Unpublish")
    assert card.text == "Compilers 101 · draft · code COMP1\n2 lessons · 1 student"
    assert ivan.toasts[-1].text == "Unpublished: newcomers cannot find it now, and its student goes on."
    assert "no courses yet" in (await eve.send("/courses")).text
    assert "no such course" in (await eve.send("/start c_COMP1")).text
    await eve.register()
    assert "no such course" in (await eve.send("/enroll COMP1")).text
    assert "All about Lexing." in (await ada.send("/lesson")).text
    assert await world.count(Progress, Progress.left_at.is_(None)) == 1


async def test_nobody_is_told_of_students_that_are_not_there(world: World) -> None:
    """A course that nobody takes is unpublished without a word about students."""
    ivan = await meet_author(world)
    await make_course(world)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Unpublish")
    assert ivan.toasts[-1].text == "Unpublished: nobody else can find it now."


async def test_a_demoted_instructors_old_buttons_do_nothing(world: World) -> None:
    """Each press asks again: yesterday's desk does not publish a course today."""
    olga = await world.teacher("Olga")
    await olga.send("/newcourse")
    await olga.send("Rhetoric")
    await olga.press("Skip")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("olga@example.org")
        assert user is not None
        repos.users.demote(user)
    for label in ("Publish", "Add lesson", "Preview", "Archive", "‹ My courses"):
        assert "Only instructors can do that" in (await olga.press(label)).text
    assert [course.status for course in await world.rows(Course)] == [CourseStatus.DRAFT]


async def test_a_course_that_is_not_there_has_no_desk(world: World) -> None:
    """A forged number gets the same answer as another's draft."""
    ivan = await meet_author(world)
    draft = await make_course(world, code="RHET1", instructor="Olga", status=CourseStatus.DRAFT)
    said = await ivan.send("/start")
    answers = {(await ivan.forge(said.id, Desk(number).pack())).text for number in (draft.id, 999, 2**63 - 1)}
    assert answers == {"There is no such course. /courses shows all of them."}


async def test_an_author_whose_sign_in_ended_is_asked_to_sign_in(world: World) -> None:
    """Thirty quiet days later the desk is closed, and opens again after /login."""
    ivan = await meet_author(world)
    await make_course(world)
    await ivan.send("/mycourses")
    world.clock.now += dt.timedelta(days=31)
    assert "need an account" in (await ivan.press("1")).text
    assert ivan.labels == ["Create an account", "Log in"]
    assert await world.count(User) == 1
