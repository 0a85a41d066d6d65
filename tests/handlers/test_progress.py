"""Progress: all courses, and the lessons of one."""

import pytest

from bot.playground.history import ChatMessage
from handlers.kit.utf16 import utf16_length
from tests.chat import Person, World
from tests.factories import add_lesson, enroll, lesson_ids, make_course, make_student, sign_in
from tests.statements import statements

LONGEST_TITLE = "🧮" * 80


def rows_of(message: ChatMessage) -> list[list[str]]:
    return [[button.text for button in row] for row in message.keyboard]


async def complete(world: World, person: Person, *lessons: int) -> None:
    for lesson in lessons:
        await person.forge(1, f"ok:{lesson}")


async def test_every_course_is_shown_with_its_bar(world: World) -> None:
    """Unfinished ones first, figures before words, and the current course's next lesson as the first button."""
    lessons = ("Lexing", "Parsing", "Types", "Code", "Linking")
    statistics = await make_course(world, code="STAT1", title="Statistics, gently", lessons=("Means",))
    compilers = await make_course(world, code="COMP1", lessons=lessons)
    logic = await make_course(world, code="LOGI1", title="Logic", lessons=("And", "Or"))
    ada = await make_student(world)
    for course in (statistics, compilers, logic):
        await enroll(world, ada, course)
    await complete(world, ada, *await lesson_ids(world, statistics), *(await lesson_ids(world, compilers))[:2])
    said = await ada.send("/progress")
    assert said.text.splitlines() == [
        "1. Compilers 101",
        "▓▓▓▓░░░░░░  2/5 · 40 % · in progress",
        "2. Logic",
        "░░░░░░░░░░  0/2 · 0 % · not begun",
        "3. Statistics, gently",
        "▓▓▓▓▓▓▓▓▓▓  1/1 · 100 % · finished 3 May",
    ]
    assert rows_of(said) == [["Continue: Types"], ["1", "2", "3"]]
    await ada.send("/lesson LOGI1")
    assert rows_of(await ada.send("/progress"))[0] == ["Start: And"]
    assert (await ada.press("Start: And")).text.startswith("Logic · 1 of 2\nAnd")


async def test_a_finished_course_stays_finished_and_tells_what_is_new(world: World) -> None:
    """Later lessons show as 8/9 and as news, never as an unfinished course."""
    lessons = tuple(f"Lesson {number}" for number in range(8))
    course = await make_course(world, lessons=lessons)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await complete(world, ada, *await lesson_ids(world, course))
    world.clock.advance(days=400)
    await sign_in(world, ada, "Ada")
    await add_lesson(world, course, "Extras")
    said = await ada.send("/progress")
    assert said.text == "1. Compilers 101\n▓▓▓▓▓▓▓▓░░  8/9 · 88 % · finished 3 May 2026 · 1 new lesson"
    assert rows_of(said)[0] == ["Continue: Extras"]
    await add_lesson(world, course, "More")
    assert "finished 3 May 2026 · 2 new lessons" in (await ada.send("/progress COMP1")).text


async def test_one_course_shows_each_lesson(world: World) -> None:
    """Ticks with their dates, a button a lesson in rows of five, and the way back, all in place."""
    course = await make_course(world, lessons=("Lexing", "Parsing", "<b>Types</b>", "Code", "Linking", "Loading"))
    ada = await make_student(world)
    await enroll(world, ada, course)
    first, _second, third, *_rest = await lesson_ids(world, course)
    await complete(world, ada, first)
    world.clock.advance(days=1)
    await complete(world, ada, third)
    listed = await ada.send("/progress")
    said = await ada.press("1")
    assert said.text.splitlines() == [
        "Compilers 101",
        "▓▓▓░░░░░░░  2/6 · 33 % · in progress",
        "",
        "✓ 1. Lexing · 3 May",
        "○ 2. Parsing",
        "✓ 3. <b>Types</b> · 4 May",
        "○ 4. Code",
        "○ 5. Linking",
        "○ 6. Loading",
    ]
    assert said.id == listed.id
    assert rows_of(said) == [["Continue: Parsing"], ["1", "2", "3", "4", "5"], ["6"], ["‹ My progress"]]
    assert (await ada.send("/progress comp1")).text == said.text
    pressed = ada.find_button("4")
    assert (await ada.press("4")).text.startswith("Compilers 101 · 4 of 6\nCode")
    assert ada.find_button("4") == pressed
    await ada.press("‹ My progress")
    assert ada.said.count(listed.text) == 1


async def test_who_takes_no_course_is_shown_the_way(world: World) -> None:
    """An empty list is a friendly sentence with a button."""
    ada = await make_student(world)
    assert (await ada.send("/progress")).text == "You take no course yet. Find one that you like:"
    assert ada.labels == ["Browse courses"]
    await make_course(world)
    assert "You are not enrolled in this course." in (await ada.send("/progress COMP1")).text


async def test_an_empty_course_is_at_nought(world: World) -> None:
    """A course without lessons divides by nothing."""
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world, lessons=()))
    assert (await ada.send("/progress")).text == "1. Compilers 101\n░░░░░░░░░░  0/0 · 0 % · not begun"
    assert rows_of(ada.last) == [["1"]]
    assert (await ada.press("1")).text.endswith("\n\nNo lessons at the moment.")


async def test_many_courses_turn_their_pages(world: World) -> None:
    """Fifty courses with the longest titles fit their messages."""
    ada = await make_student(world)
    for number in range(50):
        await enroll(world, ada, await make_course(world, code=f"C{number}", title=LONGEST_TITLE, lessons=("One",)))
    said = await ada.send("/progress")
    assert utf16_length(said.text) < 4096
    assert rows_of(said)[-1] == ["1 / 5", "›"]
    for _turn in range(4):
        said = await ada.press("›")
        assert utf16_length(said.text) < 4096
    assert said.text.splitlines()[-2].startswith("50. ")
    assert rows_of(said)[1:] == [["41", "42", "43", "44", "45"], ["46", "47", "48", "49", "50"], ["‹", "5 / 5"]]
    assert (await ada.forge(said.id, "p:999")).text == said.text
    assert (await ada.forge(said.id, "p:-5")).text.startswith("1. ")


async def test_many_lessons_turn_their_pages(world: World) -> None:
    """Sixty lessons with the longest titles fit; the page with the next one opens by itself."""
    course = await make_course(world, title=LONGEST_TITLE, lessons=[LONGEST_TITLE] * 60)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await complete(world, ada, *(await lesson_ids(world, course))[:20])
    said = await ada.send("/progress COMP1")
    assert utf16_length(said.text) < 4096
    assert said.text.splitlines()[3].startswith("○ 21. ")
    assert rows_of(said)[-2] == ["‹", "2 / 3", "›"]
    said = await ada.press("‹")
    assert utf16_length(said.text) < 4096
    assert said.text.splitlines()[3].startswith("✓ 1. ")


async def test_looking_on_changes_nothing(world: World) -> None:
    """/progress writes no progress, whatever it sees."""
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world))
    with statements() as seen:
        await ada.send("/progress COMP1")
    assert not [one for one in seen if "FOR UPDATE" in one.sql and "chat_sessions" not in one.sql]


@pytest.mark.parametrize("data", ["p:10000", "p:x", "pc:1", "pc:x:1", "l:1:77"])
async def test_a_forged_page_is_an_old_button(world: World, data: str) -> None:
    """What no button carries is answered like any old button."""
    ada = await make_student(world)
    assert "This menu is from an earlier visit." in (await ada.forge(1, data)).text
