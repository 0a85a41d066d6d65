"""Authoring: courses are written in the chat."""

import pytest

from db.models import Course, CourseStatus, Instructor, Role, User
from handlers.authoring import code_stem
from tests.chat import APPOINTED_ID, Person, World, open_world
from tests.factories import make_course


async def test_a_course_takes_a_title_and_a_description(world: World) -> None:
    """Two answers make a draft, and its desk card offers what comes next."""
    ivan = await world.instructor()
    assert (await ivan.send("/newcourse")).text == "New course · 1 of 2\nWhat is it called? (up to 80 characters)"
    assert "New course · 2 of 2" in (await ivan.send("  Compilers\n101 ")).text
    assert ivan.labels == ["Skip", "‹ Back", "Cancel"]
    card = await ivan.send("From characters to running code.\n\nIn ten evenings.")
    assert card.text == "Compilers 101 · draft · code COMP10\n0 lessons · nobody enrolled yet"
    assert ivan.labels == ["Add lesson", "Preview", "Publish", "Share", "‹ My courses"]
    [course] = await world.rows(Course)
    assert (course.title, course.code, course.status) == ("Compilers 101", "COMP10", CourseStatus.DRAFT)
    assert course.description == "From characters to running code.\n\nIn ten evenings."
    [user] = await world.rows(User)
    assert course.instructor_id == user.id
    assert (course.created_at, course.published_at) == (world.clock.now, None)


async def test_the_description_may_be_skipped(world: World) -> None:
    """A title alone is enough, and the question turns into the card."""
    ivan = await world.instructor()
    await ivan.send("/newcourse")
    question = await ivan.send("Compilers 101")
    assert (await ivan.press("Skip")).id == question.id
    assert ivan.last.text.startswith("Compilers 101 · draft")
    assert [course.description for course in await world.rows(Course)] == [""]


async def test_only_instructors_begin_courses(world: World) -> None:
    """A student learns how one becomes an instructor, a stranger how one gets an account."""
    ada = world.person("Ada")
    assert "need an account" in (await ada.send("/newcourse")).text
    await ada.register()
    assert "Only instructors can do that" in (await ada.send("/newcourse")).text
    assert "Only instructors can do that" in (await ada.send("/newlesson")).text
    assert await world.count(Course) == 0


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Compilers 101", "COMP"),
        ("C++", "C"),
        ("3D for all", "DFOR"),
        ("Übung", "UBUN"),
        ("日本語", "C"),
        ('<b>&"', "B"),
        ("Go", "GO"),
    ],
)
def test_a_code_begins_like_the_title(title: str, stem: str) -> None:
    """Up to four letters of the alphabet, accents taken off; C for a title that has none."""
    assert code_stem(title) == stem


async def test_codes_differ(world: World) -> None:
    """Courses of one name are told apart by the number, and a number that is taken is left out."""
    ivan = await world.instructor()
    await make_course(world, code="COMP11", title="Composing")
    for _each in range(3):
        await ivan.write_course()
    mine = {course.code for course in await world.rows(Course, Course.title == "Compilers 101")}
    assert mine == {"COMP10", "COMP12", "COMP13"}


async def test_courses_of_one_name_at_once_get_a_code_each(world: World) -> None:
    """Eight courses of one name that are finished at the same moment are all made, each with its own code."""
    authors = [await world.teacher(f"Author{number}") for number in range(8)]
    for author in authors:
        await author.send("/newcourse")
        await author.send("Compilers 101")
    for author in authors:
        message, data = author.find_button("Skip")
        world.miniature.press(author.id, message.id, data)
    await world.settle_at_once()
    assert {course.code for course in await world.rows(Course)} == {f"COMP{number}" for number in range(10, 18)}
    assert all("draft · code COMP1" in author.last.text for author in authors)


async def test_titles_and_descriptions_have_limits(world: World) -> None:
    """80 and 2000 characters are taken, one more is not, and the reason names both numbers."""
    ivan = await world.instructor()
    await ivan.send("/newcourse")
    assert "That is 81 characters long, and there is room for 80." in (await ivan.send("x" * 81)).text
    assert "2 of 2" in (await ivan.send("x" * 80)).text
    assert "That is 2001 characters long, and there is room for 2000." in (await ivan.send("y" * 2001)).text
    assert "draft" in (await ivan.send("y" * 2000)).text
    [course] = await world.rows(Course)
    assert (len(course.title), len(course.description)) == (80, 2000)


async def test_the_fullest_card_can_be_shown(world: World) -> None:
    """Emoji count twice, as they do for Telegram, so that the card of any course fits into a message."""
    ivan = await world.instructor()
    await ivan.send("/newcourse")
    await ivan.send("🦉" * 40)
    assert "That is 2002 characters long" in (await ivan.send("🦉" * 1001)).text
    await ivan.send("🦉" * 1000)
    assert "🦉" * 1000 in (await ivan.press("Preview")).text


async def test_a_title_is_shown_as_it_is(world: World) -> None:
    """A course called `<b>&"` is shown as such at the desk, and so is its lesson."""
    ivan = await world.instructor()
    await ivan.write_course('<b>&"')
    assert ivan.last.text.startswith('<b>&" · draft · code B10')
    await ivan.write_lesson("<i>{0}")
    assert ivan.last.text.startswith("Lesson 1 “<i>{0}” added.")
    assert '<b>&"' in (await ivan.send("/mycourses")).text


async def test_an_account_that_was_a_students_can_be_appointed(world: World, database_url: str) -> None:
    """Who is named in INSTRUCTOR_IDS after registering writes courses at once, and the role is the environment's."""
    olga = world.person("Olga")
    await olga.register()
    assert await world.count(Instructor) == 0
    again = open_world(database_url, miniature=world.miniature, clock=world.clock, instructor_ids=str(olga.id))
    async with again as appointed:
        olga = Person(appointed, olga.id, "Olga")
        await olga.write_course()
        assert "Compilers 101 · draft" in olga.last.text
        assert await appointed.count(Instructor) == 1
        assert [user.role for user in await appointed.rows(User)] == [Role.STUDENT]


async def test_a_demoted_author_finishes_no_course(world: World) -> None:
    """The end of the dialog asks again who may write courses."""
    admin, olga = world.admin(), await world.teacher("Olga")
    await olga.send("/newcourse")
    await olga.send("Compilers 101")
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("olga@example.org")
    await admin.press("Demote")
    assert "Only instructors can do that" in (await olga.press("Skip")).text
    assert await world.count(Course) == 0
    assert "cancelled" in (await olga.press("Cancel")).text


async def test_the_appointed_need_an_account(world: World) -> None:
    """The environment names Telegram accounts; courses belong to accounts here."""
    ivan = world.person("Ivan", APPOINTED_ID)
    assert "need an account" in (await ivan.send("/newcourse")).text
