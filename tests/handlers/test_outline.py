"""The outline: lessons are moved, renamed and removed."""

import pytest

from db.models import Completion, Lesson
from handlers.presses import DeskLesson, DeskLessons, MoveLesson, RemoveLesson, RenameLesson
from tests.chat import Person, World, open_world
from tests.factories import make_course, meet_author

TITLES = ("Lexing", "Parsing", "Types")


async def open_lessons(world: World, *titles: str) -> Person:
    """Returns an author who has the lessons of a course before them."""
    ivan = await meet_author(world)
    await make_course(world, lessons=titles)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Lessons")
    return ivan


async def order(world: World) -> list[str]:
    """Returns the titles of the course's lessons, as its students see them."""
    async with world.application.database.transaction() as repos:
        return [lesson.title for lesson in await repos.lessons.list_of(1)]


async def test_lessons_are_listed_in_order(world: World) -> None:
    """Each has a number, which opens it among its neighbours."""
    ivan = await open_lessons(world, *TITLES)
    listed = ivan.last
    assert listed.text == "Compilers 101 · 3 lessons\n1. Lexing\n2. Parsing\n3. Types"
    assert ivan.labels == ["1", "2", "3", "Add lesson", "‹ Desk"]
    lesson = await ivan.press("2")
    assert lesson.id == listed.id
    assert lesson.text == "Compilers 101 · lesson 2 of 3 · 1 part\n\n1. Lexing\n2. Parsing\n3. Types"
    assert ivan.labels == ["Content", "Preview", "↑ Move up", "↓ Move down", "Rename", "Remove", "‹ Lessons"]
    assert (await ivan.press("‹ Lessons")).text == listed.text
    assert (await ivan.press("‹ Desk")).text.startswith("Compilers 101 · published")


async def test_lessons_move_up_and_down(world: World) -> None:
    """The screen stays with the lesson, so that a second tap moves it on."""
    ivan = await open_lessons(world, *TITLES)
    await ivan.press("3")
    assert "lesson 2 of 3" in (await ivan.press("↑")).text
    assert "lesson 1 of 3" in (await ivan.press("↑")).text
    assert ivan.labels == ["Content", "Preview", "↓ Move down", "Rename", "Remove", "‹ Lessons"]
    assert await order(world) == ["Types", "Lexing", "Parsing"]
    await ivan.press("↓")
    assert await order(world) == ["Lexing", "Types", "Parsing"]


@pytest.mark.parametrize(
    ("number", "by", "word"), [(1, -1, "It is the first one already."), (3, 1, "It is the last one already.")]
)
async def test_nothing_moves_over_the_end(world: World, number: int, by: int, word: str) -> None:
    """An old button at the end says so, and changes nothing, however far a forged one wants to go."""
    ivan = await open_lessons(world, *TITLES)
    screen = await ivan.press(str(number))
    for far in (by, by * 1000):
        await ivan.forge(screen.id, MoveLesson(number, far, number - 1).pack())
        assert ivan.toasts[-1].text == word
    assert await order(world) == list(TITLES)


async def test_a_forged_step_is_one_step(world: World) -> None:
    """A button that wants to jump moves the lesson by one, as the buttons that there are do."""
    ivan = await open_lessons(world, *TITLES)
    await ivan.forge(ivan.last.id, MoveLesson(1, 2).pack())
    assert await order(world) == ["Parsing", "Lexing", "Types"]


async def test_all_who_move_at_once_lose_no_lesson(database_url: str) -> None:
    """Seven admins move lessons of one course at the same moment: every lesson keeps a place of its own."""
    ids = range(9100, 9107)
    async with open_world(database_url, admin_ids=",".join(map(str, ids))) as world:
        await make_course(world, lessons=[f"Lesson {number}" for number in range(1, 9)])
        admins = [world.person(f"Admin {each}", each) for each in ids]
        for admin in admins:
            await admin.send("/start")
        for number, admin in enumerate(admins, 1):
            world.miniature.forge(admin.id, admin.last.id, MoveLesson(number, 1, number - 1).pack())
        await world.settle_at_once()
        assert len(await order(world)) == 8
        assert len({lesson.position for lesson in await world.rows(Lesson)}) == 8
        assert all("lesson" in admin.last.text for admin in admins)


async def test_all_who_add_at_once_get_a_place_each(database_url: str) -> None:
    """Seven admins finish a lesson of one course at the same moment: each reads its own number."""
    ids = range(9100, 9107)
    async with open_world(database_url, admin_ids=",".join(map(str, ids))) as world:
        await make_course(world, lessons=())
        admins = [world.person(f"Admin {each}", each) for each in ids]
        for admin in admins:
            for words in ("/newlesson COMP1", "Title", "Words."):
                await admin.send(words)
        for admin in admins:
            message, data = admin.find_button("Finish")
            world.miniature.press(admin.id, message.id, data)
        await world.settle_at_once()
        assert {admin.last.text.split(" “")[0] for admin in admins} == {f"Lesson {number}" for number in range(1, 8)}
        assert [lesson.position for lesson in await world.rows(Lesson)] == list(range(1, 8))


async def test_a_lesson_is_renamed(world: World) -> None:
    """One question, and the lesson's screen with the new title."""
    ivan = await open_lessons(world, *TITLES)
    await ivan.press("2")
    assert (await ivan.press("Rename")).text == "Rename a lesson\nWhat should it be called? (up to 80 characters)"
    assert "81 characters" in (await ivan.send("x" * 81)).text
    assert "2. <b>&" in (await ivan.send('<b>&"')).text
    assert await order(world) == ["Lexing", '<b>&"', "Types"]


async def test_a_lesson_is_removed_after_a_question(world: World) -> None:
    """Keep it keeps it, Remove it takes it out; the row and what was completed stay."""
    ivan = await open_lessons(world, *TITLES)
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("ada@example.org")
        assert user is not None
        await repos.progress.complete(user.id, 2, world.clock())
    await ivan.press("2")
    question = await ivan.press("Remove")
    assert question.text.startswith("Remove “Parsing” from Compilers 101?")
    assert ivan.labels == ["Keep it", "Remove it"]
    assert "lesson 2 of 3" in (await ivan.press("Keep it")).text
    await ivan.press("Remove")
    said = await ivan.press("Remove it")
    assert said.text == "“Parsing” is removed.\n\nCompilers 101 · 2 lessons\n1. Lexing\n2. Types"
    assert await order(world) == ["Lexing", "Types"]
    assert await world.count(Lesson) == 3
    assert await world.count(Completion) == 1


async def test_the_only_lesson_of_a_published_course_stays(world: World) -> None:
    """A published course is never empty: unpublish it first."""
    ivan = await open_lessons(world, "Lexing")
    await ivan.press("1")
    said = await ivan.press("Remove")
    assert said.text.startswith("“Lexing” is the only lesson of a published course. Unpublish the course first")
    await ivan.forge(said.id, RemoveLesson(1, 1).pack())
    assert await order(world) == ["Lexing"]
    await ivan.press("Unpublish")
    await ivan.press("Lessons")
    await ivan.press("1")
    await ivan.press("Remove")
    assert "0 lessons" in (await ivan.press("Remove it")).text
    assert ivan.labels == ["Add lesson", "‹ Desk"]
    assert await order(world) == []


@pytest.mark.parametrize(
    "press", [DeskLesson(2), MoveLesson(2, 1), RenameLesson(2), RemoveLesson(2), RemoveLesson(2, 1)]
)
async def test_old_buttons_of_a_removed_lesson_show_what_there_is(
    world: World, press: DeskLesson | MoveLesson | RenameLesson | RemoveLesson
) -> None:
    """A button of a lesson that is gone gives way to the lessons of now."""
    ivan = await open_lessons(world, *TITLES)
    await ivan.press("2")
    await ivan.press("Remove")
    await ivan.press("Remove it")
    said = await ivan.forge(ivan.last.id, press.pack())
    assert said.text.startswith(
        "That lesson was removed. Here is what the course has now.\n\nCompilers 101 · 2 lessons"
    )
    assert await order(world) == ["Lexing", "Types"]


async def test_a_lesson_removed_while_it_is_renamed(world: World) -> None:
    """The new title comes too late, and the dialog is over."""
    ivan = await open_lessons(world, *TITLES)
    await ivan.press("2")
    question = await ivan.press("Rename")
    await ivan.forge(question.id, RemoveLesson(2, 1).pack())
    assert "That lesson was removed." in (await ivan.send("Grammars")).text
    assert "did not get that" in (await ivan.send("Grammars")).text
    assert [lesson.title for lesson in await world.rows(Lesson)] == list(TITLES)


async def test_a_lesson_that_never_was(world: World) -> None:
    """A forged number is answered like a course that is not there."""
    ivan = await open_lessons(world, *TITLES)
    assert "no such course" in (await ivan.forge(ivan.last.id, DeskLesson(999).pack())).text


async def test_long_outlines_have_pages(world: World) -> None:
    """Fifty lessons with the longest titles fit, twenty a page; each page leads to its lessons and back to itself."""
    titles = [f"{number:03d} {'x' * 76}" for number in range(1, 51)]
    ivan = await open_lessons(world, *titles)
    assert ivan.labels[:5] == ["1", "2", "3", "4", "5"]
    assert ivan.labels[20:] == ["1 / 3", "›", "Add lesson", "‹ Desk"]
    await ivan.press("›")
    page = await ivan.press("›")
    assert page.text.splitlines()[1].startswith("41. 041 xxx")
    assert ivan.labels == [*map(str, range(41, 51)), "‹", "3 / 3", "Add lesson", "‹ Desk"]
    assert "lesson 45 of 50" in (await ivan.press("45")).text
    assert (await ivan.press("‹ Lessons")).text == page.text
    for far, near in ((99, "3 / 3"), (0, "1 / 3"), (-5, "1 / 3")):
        await ivan.forge(page.id, DeskLessons(1, far).pack())
        assert near in ivan.labels
    assert await order(world) == titles


async def test_a_press_that_telegram_sends_again_moves_once(world: World) -> None:
    """The same press under a new update id finds the lesson elsewhere, and moves it no further."""
    ivan = await open_lessons(world, *TITLES)
    await ivan.press("1")
    message, data = ivan.find_button("↓ Move down")
    for _time in range(2):
        await ivan.forge(message.id, data)
    assert await order(world) == ["Parsing", "Lexing", "Types"]
