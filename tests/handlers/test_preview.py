"""Previews: a course as students see it, in its author's chat."""

from bot.playground.images import PIXEL
from db.models import ChatSession, Completion, CourseStatus, Progress
from handlers.desk_presses import PreviewCourse, PreviewLesson
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from tests.chat import Person, World
from tests.factories import make_course, make_student, meet_author, remove_lesson, text_block


async def open_preview(world: World, status: CourseStatus = CourseStatus.DRAFT) -> Person:
    """Returns an author who sees the preview of their only course."""
    ivan = await meet_author(world)
    formatted = Content(Kind.TEXT, RichText.styled("All about Parsing.", "bold"))
    lessons = ("Lexing", ("Parsing", [text_block("First"), formatted]), "Types")
    await make_course(world, status=status, description="In ten evenings.", lessons=lessons)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Preview")
    return ivan


async def test_the_card_is_previewed(world: World) -> None:
    """It is marked, has all that students read, and leads to the first lesson and back to the desk."""
    ivan = await open_preview(world)
    assert ivan.last.text == (
        "Preview: this is what students see. Nothing here is counted.\n\n"
        "Compilers 101\nby Ivan Petrov\n\nIn ten evenings.\n\n3 lessons · 0 students\nCode: COMP1"
    )
    assert ivan.labels == ["Start: Lexing", "‹ Desk"]
    assert (await ivan.press("‹ Desk")).text.startswith("Compilers 101 · draft")


async def test_the_cover_is_previewed(world: World) -> None:
    """With a cover picture, the card is a photo here, too."""
    ivan = await open_preview(world)
    await ivan.press("‹ Desk")
    await ivan.press("Edit")
    await ivan.press("Cover picture")
    await ivan.send_file("photo", PIXEL)
    await ivan.press("‹ Desk")
    card = await ivan.press("Preview")
    assert card.kind == "photo"
    assert card.caption.startswith("Preview: this is what students see.")


async def test_one_reads_on_in_the_preview(world: World) -> None:
    """Next and previous stay in it, lessons are formatted as they are, and the buttons move on with the lesson."""
    ivan = await open_preview(world)
    first = await ivan.press("Start: Lexing")
    assert first.text == "Preview · Compilers 101 · 1 of 3\nLexing\n\nAll about Lexing."
    assert ivan.labels == ["Parsing ›", "‹ Desk"]
    second = await ivan.press("Parsing ›")
    assert ivan.said[-2] == "Preview · Compilers 101 · 2 of 3\nParsing\n\nFirst"
    assert (second.text, second.entities[0]["type"]) == ("All about Parsing.", "bold")
    assert ivan.labels == ["‹ Lexing", "Types ›", "‹ Desk"]
    assert not next(message for message in ivan.chat if message.id == first.id).buttons
    await ivan.press("Types ›")
    assert ivan.labels == ["‹ Parsing", "‹ Desk"]
    assert "2 of 3" in (await ivan.press("‹ Parsing")).text or "2 of 3" in ivan.said[-2]


async def test_nothing_of_a_preview_is_counted(world: World) -> None:
    """No enrollment, no completion, and the lesson that one studies oneself stays the open one."""
    ivan = await open_preview(world, CourseStatus.PUBLISHED)
    for label in ("Start: Lexing", "Parsing ›", "Types ›"):
        await ivan.press(label)
    assert await world.count(Progress) == 0
    assert await world.count(Completion) == 0
    [session] = await world.rows(ChatSession)
    assert (session.course_id, session.lesson_id) == (None, None)
    assert "take no course yet" in (await ivan.send("/lesson")).text


async def test_a_lesson_is_previewed_from_its_screen(world: World) -> None:
    """At the desk each lesson has its own preview."""
    ivan = await open_preview(world)
    await ivan.press("‹ Desk")
    await ivan.press("Lessons")
    await ivan.press("3")
    assert (await ivan.press("Preview")).text.startswith("Preview · Compilers 101 · 3 of 3\nTypes")


async def test_a_removed_lesson_has_no_preview(world: World) -> None:
    """Its old button says so, and leads to the course's preview."""
    ivan = await open_preview(world)
    await remove_lesson(world, 1)
    assert (await ivan.press("Start: Lexing")).text == "That lesson was removed."
    assert "2 lessons" in (await ivan.press("Preview")).text


async def test_an_empty_course_has_a_preview(world: World) -> None:
    """There is no lesson to begin with, and that is all."""
    ivan = await meet_author(world)
    await make_course(world, status=CourseStatus.DRAFT, lessons=())
    said = await ivan.send("/start")
    assert "0 lessons" in (await ivan.forge(said.id, PreviewCourse(1).pack())).text
    assert ivan.labels == ["‹ Desk"]


async def test_who_may_not_change_a_course_does_not_preview_it(world: World) -> None:
    """Another instructor's draft is not there; an archived course is previewed by its own."""
    ivan = await open_preview(world, CourseStatus.ARCHIVED)
    assert (await ivan.press("Start: Lexing")).text.startswith("Preview")
    olga, ada = await world.teacher("Olga"), await make_student(world)
    for person, words in ((olga, "Only the course's instructor"), (ada, "Only instructors can do that")):
        said = await person.send("/start")
        for press in (PreviewCourse(1), PreviewLesson(1)):
            assert words in (await person.forge(said.id, press.pack())).text
    said = await olga.send("/start")
    assert "no such course" in (await olga.forge(said.id, PreviewLesson(999).pack())).text
