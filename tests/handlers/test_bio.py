"""Bios: what instructors say about themselves, and where it is read."""

from db.models import CourseStatus, Instructor
from handlers.presses import ShowInstructor
from tests.chat import World
from tests.factories import make_course, make_student, meet_author

BIO = "I write compilers.\nAnd teach <b>& sing."


async def test_an_instructor_says_who_they_are(world: World) -> None:
    """What is written is shown, is in the database, and can be written anew."""
    ivan = await meet_author(world)
    assert (await ivan.send("/bio")).text.startswith("About you\nWho are you, and what do you teach?")
    assert ivan.labels == ["Say nothing", "Cancel"]
    assert (await ivan.send(BIO)).text == f"This is what your courses say about you now:\n\n{BIO}"
    assert [row.bio for row in await world.rows(Instructor)] == [BIO]
    await ivan.send("/bio")
    assert ivan.said[-2] == f"This is what your courses say about you now:\n\n{BIO}"
    await ivan.send("I teach.")
    assert [row.bio for row in await world.rows(Instructor)] == ["I teach."]


async def test_a_bio_has_a_thousand_characters(world: World) -> None:
    """One more is refused with both numbers."""
    ivan = await meet_author(world)
    await ivan.send("/bio")
    assert "That is 1001 characters long, and there is room for 1000." in (await ivan.send("x" * 1001)).text
    await ivan.send("x" * 1000)
    assert [row.bio for row in await world.rows(Instructor)] == ["x" * 1000]


async def test_a_bio_can_be_emptied(world: World) -> None:
    """Then nothing is said, and no button leads there."""
    ivan, ada = await meet_author(world), await make_student(world)
    await make_course(world)
    await ivan.send("/bio")
    await ivan.send(BIO)
    await ivan.send("/bio")
    assert (await ivan.press("Say nothing")).text == "Your courses say nothing about you now."
    assert [row.bio for row in await world.rows(Instructor)] == [None]
    await ada.send("/start c_COMP1")
    assert ada.labels == ["Enroll", "‹ Courses"]
    said = await ada.forge(ada.last.id, ShowInstructor(1).pack())
    assert said.text == "Ivan Petrov says nothing about themselves at the moment."
    assert ada.labels == ["‹ Compilers 101"]


async def test_students_read_about_their_instructor(world: World) -> None:
    """The course's card has a button with the first name, enrolled or not, and the way back."""
    ivan, ada = await meet_author(world), await make_student(world)
    await make_course(world)
    await ivan.send("/bio")
    await ivan.send(BIO)
    card = await ada.send("/start c_COMP1")
    assert ada.labels == ["Enroll", "About Ivan", "‹ Courses"]
    assert (await ada.press("About Ivan")).text == f"Ivan Petrov\n\n{BIO}"
    assert (await ada.press("‹ Compilers 101")).text == card.text
    await ada.press("Enroll")
    await ada.send("/start c_COMP1")
    assert "About Ivan" in ada.labels


async def test_who_has_left_says_nothing(world: World) -> None:
    """A button from before says so, and names nobody."""
    ivan, ada = await meet_author(world), await make_student(world)
    await make_course(world)
    await ivan.send("/bio")
    await ivan.send(BIO)
    card = await ada.send("/start c_COMP1")
    _message, data = ada.find_button("About Ivan")
    await ivan.send("/deleteme")
    for button in ("Archive", "Yes, archive", "Go on", "Delete it"):
        await ivan.press(button)
    await ivan.send("ivan@teachers.example.org")
    said = await ada.forge(card.id, data)
    assert said.text == "Whoever wrote this course has left, and says nothing about themselves any more."


async def test_who_may_not_see_a_course_reads_nothing(world: World) -> None:
    """A draft's instructor is not to be told from one that is not there."""
    ada = await make_student(world)
    await make_course(world, status=CourseStatus.DRAFT)
    said = await ada.send("/start")
    answers = {(await ada.forge(said.id, ShowInstructor(number).pack())).text for number in (1, 999)}
    assert answers == {"There is no such course. /courses shows all of them."}


async def test_only_instructors_have_a_bio(world: World) -> None:
    """A student is told who can."""
    ada = await make_student(world)
    assert "Only instructors can do that" in (await ada.send("/bio")).text


async def test_a_demoted_instructor_says_nothing_more(world: World) -> None:
    """The end of the dialog asks again who teaches."""
    olga = await world.teacher("Olga")
    await olga.send("/bio")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("olga@example.org")
        assert user is not None
        repos.users.demote(user)
    assert "Only instructors can do that" in (await olga.send(BIO)).text
    assert [row.bio for row in await world.rows(Instructor)] == [None]
