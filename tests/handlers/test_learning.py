"""Learning: open the next lesson, or any of them."""

import pytest

from bot.playground.history import ChatMessage
from db.models import ChatSession, Completion, CourseStatus, Progress, ProgressStatus
from tests.chat import Person, World
from tests.factories import add_lesson, enroll, lesson_ids, make_course, make_student, remove_lesson, set_status


async def session_of(world: World, person: Person) -> ChatSession:
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == person.id)
    assert isinstance(session, ChatSession)
    return session


def rows_of(message: ChatMessage) -> list[list[str]]:
    return [[button.text for button in row] for row in message.keyboard]


async def test_lesson_opens_the_next_one(world: World) -> None:
    """The place, the title in bold, the content, and Done before the ways back and on."""
    course = await make_course(world, lessons=("Lexing", "Parsing", "Types"))
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/lesson")
    await ada.press("Done")
    said = await ada.press("Next")
    assert said.text == "Compilers 101 · 2 of 3\nParsing\n\nAll about Parsing."
    assert said.entities == [{"type": "bold", "offset": 23, "length": 7}]
    assert rows_of(said) == [["Done ✓"], ["‹ Lexing", "Types ›"]]
    session = await session_of(world, ada)
    assert (session.course_id, session.lesson_id) == (course.id, (await lesson_ids(world, course))[1])
    again = await ada.send("/lesson")
    assert (again.text, again.id > said.id) == (said.text, True)


async def test_a_lesson_is_opened_by_its_number(world: World) -> None:
    """Any lesson of the current course can be read, and a done one says so and leads on."""
    course = await make_course(world, lessons=("Lexing", "Parsing", "Types"))
    ada = await make_student(world)
    await enroll(world, ada, course)
    assert (await ada.send("/lesson 3")).text.startswith("Compilers 101 · 3 of 3\nTypes\n")
    assert rows_of(ada.last) == [["Done ✓"], ["‹ Parsing"]]
    await ada.send("/done")
    assert (await ada.send("/lesson 3")).text.startswith("Compilers 101 · 3 of 3 · done ✓\nTypes\n")
    assert rows_of(ada.last) == [["Continue: Lexing"], ["‹ Parsing"]]
    await ada.send("/lesson comp1 1")
    await ada.send("/done")
    await ada.send("/lesson 1")
    assert rows_of(ada.last) == [["Parsing ›"]]


@pytest.mark.parametrize("typed", ["/lesson 0", "/lesson 3", "/lesson -1", "/lesson 999999", "/lesson COMP1 3"])
async def test_a_number_out_of_range_is_answered_with_the_range(world: World, typed: str) -> None:
    """The sentence says which numbers there are."""
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world))
    said = await ada.send(typed)
    assert said.text == "Compilers 101 has 2 lessons: send a number from 1 to 2, like /lesson 1."
    assert ada.labels == ["All lessons"]


@pytest.mark.parametrize("typed", ["/lesson x", "/lesson ²", "/lesson 99999999999999999999"])
async def test_words_that_are_no_lesson_are_explained(world: World, typed: str) -> None:
    """What is neither a number nor a code is answered with how to ask."""
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world))
    assert "/lesson 3 for the third" in (await ada.send(typed)).text
    assert ada.labels == ["Browse courses"]
    assert (await ada.send("/lesson one two 3")).text.startswith("Send /lesson for the next lesson")


async def test_several_courses_are_asked_about_until_one_is_current(world: World) -> None:
    """The course that was open last is meant; before there is one, buttons ask."""
    ada = await make_student(world)
    for code, title in (("COMP1", "Compilers 101"), ("STAT1", "Statistics, gently")):
        await enroll(world, ada, await make_course(world, code=code, title=title))
    assert (await ada.send("/lesson")).text == "Which course?"
    assert ada.labels == ["Compilers 101 · 0 %", "Statistics, gently · 0 %"]
    assert (await ada.press("Statistics")).text.startswith("Statistics, gently · 1 of 2\nLexing")
    assert (await ada.send("/lesson 2")).text.startswith("Statistics, gently · 2 of 2\nParsing")
    for number in (1, 2):
        await ada.send(f"/lesson {number}")
        await ada.send("/done")
    assert (await ada.send("/lesson")).text.startswith("Compilers 101 · 1 of 2")


async def test_a_number_among_several_courses_leads_to_their_lessons(world: World) -> None:
    """Which third lesson is asked, and the course's list opens it."""
    ada = await make_student(world)
    for code in ("COMP1", "COMP2"):
        await enroll(world, ada, await make_course(world, code=code, title=code))
    assert (await ada.send("/lesson 2")).text == "Which course?"
    await ada.press("COMP2")
    assert (await ada.press("2")).text.startswith("COMP2 · 2 of 2\nParsing")


async def test_who_takes_no_course_is_shown_the_way(world: World) -> None:
    """No course and no lesson left are two different answers, each with a way on."""
    ada = await make_student(world)
    assert (await ada.send("/lesson")).text == "You take no course yet. Find one that you like:"
    assert ada.labels == ["Browse courses"]
    await enroll(world, ada, await make_course(world, lessons=("Lexing",)))
    await ada.send("/lesson")
    await ada.press("Done")
    assert (await ada.send("/lesson")).text == "There is no lesson left to do. Well done!"
    assert (await ada.send("/lesson comp1")).text == (
        "You finished Compilers 101 on 3 May. There is nothing new in it yet."
    )
    assert (await ada.send("/lesson 1")).text.startswith("Compilers 101 · 1 of 1 · done ✓")
    assert ada.labels == ["All lessons"]


async def test_an_empty_course_says_so(world: World) -> None:
    """A course whose lessons were all removed is neither finished nor broken."""
    course = await make_course(world, lessons=("Lexing",))
    ada = await make_student(world)
    await enroll(world, ada, course)
    await remove_lesson(world, (await lesson_ids(world, course))[0])
    for said in (
        await ada.send("/lesson COMP1"),
        await ada.forge(1, f"go:{course.id}"),
        await ada.send("/lesson comp1 1"),
    ):
        assert said.text == "Compilers 101 has no lessons at the moment. Please look in again later."
    [progress] = await world.rows(Progress)
    assert progress.status is ProgressStatus.IN_PROGRESS


async def test_moving_on_takes_the_old_buttons_along(world: World) -> None:
    """Next and Previous are new messages, and the buttons of the message they were pressed on are gone."""
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    first = await ada.send("/lesson")
    second = await ada.press("Parsing ›")
    assert second.text.startswith("Compilers 101 · 2 of 2")
    third = await ada.press("‹ Lexing")
    assert third.text == first.text
    assert [message.buttons for message in ada.chat if message.from_bot][:2] == [[], []]
    assert sum(button.text == "Done ✓" for message in ada.chat for button in message.buttons) == 1


async def test_a_lesson_from_a_card_leaves_the_card_its_buttons(world: World) -> None:
    """A screen that is no lesson can be used again."""
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world))
    card = await ada.send("/start c_COMP1")
    await ada.press("Start: Lexing")
    assert next(message for message in ada.chat if message.id == card.id).buttons == card.buttons


async def test_nobody_learns_where_they_are_not_enrolled(world: World) -> None:
    """A forged press, a typed code: refused, with what to do instead, and nothing is written."""
    course = await make_course(world)
    [lexing, _parsing] = await lesson_ids(world, course)
    eve = await make_student(world, "Eve")
    for data in (f"l:{lexing}:0", f"go:{course.id}", f"ok:{lexing}", f"un:{lexing}", f"pc:{course.id}:0"):
        assert "You are not enrolled in this course." in (await eve.forge(1, data)).text
    assert "You are not enrolled in this course." in (await eve.send("/lesson COMP1")).text
    assert (await world.count(Completion), (await session_of(world, eve)).lesson_id) == (0, None)


async def test_a_draft_is_not_told_from_nothing(world: World) -> None:
    """What is hidden is answered exactly like what is not there, and no title leaks."""
    course = await make_course(world, title="Secret plans", code="SECR1", status=CourseStatus.DRAFT)
    [lesson, _other] = await lesson_ids(world, course)
    eve = await make_student(world, "Eve")
    for template, there, nowhere in (
        ("l:{}:0", lesson, 999),
        ("ok:{}", lesson, 999),
        ("un:{}", lesson, 999),
        ("go:{}", course.id, 999),
        ("pc:{}:0", course.id, 999),
    ):
        hidden = await eve.forge(1, template.format(there))
        unknown = await eve.forge(1, template.format(nowhere))
        assert (hidden.text, rows_of(hidden)) == (unknown.text, rows_of(unknown))
    for command in ("/lesson", "/progress"):
        hidden, unknown = await eve.send(f"{command} SECR1"), await eve.send(f"{command} NOPE1")
        assert (hidden.text, rows_of(hidden)) == (unknown.text, rows_of(unknown))
    assert not any("Secret" in said for said in eve.said)


async def test_a_number_that_no_database_knows_is_an_old_button(world: World) -> None:
    """A forged id beyond 64 bits is answered, and never reaches the database."""
    eve = await make_student(world, "Eve")
    for data in ("l:9999999999999999999:0", "ok:9223372036854775808", "go:-9223372036854775808"):
        assert "This menu is from an earlier visit." in (await eve.forge(1, data)).text


async def test_students_of_an_unpublished_course_go_on(world: World) -> None:
    """Hiding a course from newcomers takes nothing from those who are in it."""
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await set_status(world, course, CourseStatus.DRAFT)
    await ada.send("/lesson")
    await ada.press("Done")
    assert (await ada.press("Next")).text.startswith("Compilers 101 · 2 of 2")


async def test_who_left_is_offered_the_way_back(world: World) -> None:
    """Old buttons and /done of a course that was left say so; coming back finds the place."""
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/lesson")
    await ada.press("Done")
    data = f"lv:{course.id}:1"
    assert "You have left" in (await ada.forge(1, data)).text
    assert (await ada.press("Next")).text == "You have left Compilers 101. Your progress is kept."
    assert ada.labels == ["Come back", "Browse courses"]
    assert (await ada.send("/done")).text == "No lesson is open here. /lesson opens the next one."
    await ada.press("Come back")
    assert (await ada.press("Continue")).text.startswith("Compilers 101 · 2 of 2")


async def test_a_removed_lesson_is_not_opened(world: World) -> None:
    """An old button for it says so, with the way on; a new lesson is found."""
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/lesson")
    await remove_lesson(world, (await lesson_ids(world, course))[1])
    await add_lesson(world, course, "Types")
    assert (await ada.press("Parsing ›")).text == "Parsing is no longer part of Compilers 101."
    await ada.press("Open the next lesson")
    assert (await ada.press("Types ›")).text.startswith("Compilers 101 · 2 of 2\nTypes")


async def test_a_stranger_needs_an_account(world: World) -> None:
    """Nobody learns without one, and the way to one is there."""
    ada = world.person("Ada")
    for typed in ("/lesson", "/done", "/progress"):
        assert "You need an account" in (await ada.send(typed)).text
        assert ada.labels == ["Create an account", "Log in"]
