"""The parts of a lesson: listed, shown, moved and removed."""

import pytest

from db.models import Block
from handlers.desk_presses import ListParts, MovePart, OpenPart, RemovePart, ReplacePart, ShowPart
from handlers.kit.content import Content, Kind
from handlers.kit.press import Press
from handlers.kit.rich import RichText
from tests.chat import Person, World
from tests.factories import make_course, meet_author, remove_lesson, text_block

SLIDES = Content(Kind.DOCUMENT, RichText("Read these"), file_id="F1", file_name="types.pdf")
PARTS = (text_block("One.\nTwo."), SLIDES, text_block("x" * 50))


async def open_parts(world: World, *contents: Content) -> Person:
    """Returns an author who has the parts of their only lesson before them."""
    ivan = await meet_author(world)
    await make_course(world, lessons=[("Types", contents)])
    await ivan.send("/mycourses")
    for label in ("1", "Lessons", "1", "Content"):
        await ivan.press(label)
    return ivan


async def texts(world: World) -> list[str]:
    """Returns the words of the only lesson's parts, in order."""
    async with world.application.database.transaction() as repos:
        return [content["text"] for content in await repos.lessons.list_blocks(1)]


async def test_parts_are_listed_by_number(world: World) -> None:
    """Each line says what the part is: its kind, its file's name, and its first words."""
    ivan = await open_parts(world, *PARTS)
    listed = ivan.last
    assert listed.text == (
        f"Compilers 101 · Types · 3 parts\n1. Text · One. Two.\n2. File · types.pdf · Read these\n3. Text · {'x' * 29}…"
    )
    assert ivan.labels == ["1", "2", "3", "Add parts", "‹ Lesson"]
    part = await ivan.press("2")
    assert part.id == listed.id
    assert part.text.splitlines()[0] == "Compilers 101 · Types · part 2 of 3"
    assert part.text.splitlines()[2:] == listed.text.splitlines()[1:]
    assert ivan.labels == ["Show", "Replace", "↑ Move up", "↓ Move down", "Add after it", "Remove", "‹ Parts"]
    assert (await ivan.press("‹ Parts")).text == listed.text
    assert "lesson 1 of 1 · 3 parts" in (await ivan.press("‹ Lesson")).text


async def test_a_part_is_shown_as_students_see_it(world: World) -> None:
    """It comes as a new message with the way back, which the screen above gives up."""
    ivan = await open_parts(world, *PARTS)
    screen = await ivan.press("1")
    shown = await ivan.press("Show")
    assert shown.text == "Part 1 of 3\n\nOne.\nTwo."
    assert shown.id > screen.id
    assert ivan.labels == ["‹ Part"]
    assert not next(message for message in ivan.chat if message.id == screen.id).buttons
    assert "part 1 of 3" in (await ivan.press("‹ Part")).text


async def test_parts_move_up_and_down(world: World) -> None:
    """The screen stays with the part; at the ends there is no further."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await ivan.press("3")
    assert "part 2 of 3" in (await ivan.press("↑")).text
    assert "part 1 of 3" in (await ivan.press("↑")).text
    assert "↑ Move up" not in ivan.labels
    assert await texts(world) == ["C", "A", "B"]
    await ivan.press("↓")
    assert await texts(world) == ["A", "C", "B"]


@pytest.mark.parametrize(
    ("block_id", "by", "word"), [(1, -1, "It is the first one already."), (3, 1, "It is the last one already.")]
)
async def test_no_part_moves_over_the_end(world: World, block_id: int, by: int, word: str) -> None:
    """An old button at the end says so, and changes nothing."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await ivan.forge(ivan.last.id, MovePart(1, block_id, by, block_id - 1).pack())
    assert ivan.toasts[-1].text == word
    assert await texts(world) == ["A", "B", "C"]


async def test_a_press_that_telegram_sends_again_moves_a_part_once(world: World) -> None:
    """The same press finds the part elsewhere, and moves it no further."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await ivan.press("1")
    message, data = ivan.find_button("↓ Move down")
    for _time in range(2):
        await ivan.forge(message.id, data)
    assert await texts(world) == ["B", "A", "C"]


async def test_a_part_is_removed_after_a_question(world: World) -> None:
    """The question shows which one; Keep it keeps it."""
    ivan = await open_parts(world, *PARTS)
    await ivan.press("2")
    question = await ivan.press("Remove")
    assert question.text == (
        "Remove this part of Types? It cannot be brought back.\n\n2. File · types.pdf · Read these"
    )
    await ivan.press("Keep it")
    await ivan.press("Remove")
    said = await ivan.press("Remove it")
    assert said.text.startswith("The part is removed.\n\nCompilers 101 · Types · 2 parts")
    assert await texts(world) == ["One.\nTwo.", "x" * 50]


async def test_the_last_part_stays(world: World) -> None:
    """A lesson is never empty: the part can be replaced, or the lesson removed."""
    ivan = await open_parts(world, text_block("A"))
    await ivan.press("1")
    said = await ivan.press("Remove")
    assert said.text == "A lesson needs at least one part. Replace this one, or remove the whole lesson."
    assert ivan.labels == ["Replace", "Remove the lesson"]
    await ivan.forge(said.id, RemovePart(1, 1, 1).pack())
    assert await world.count(Block) == 1


@pytest.mark.parametrize(
    "press",
    [OpenPart(1, 2), ShowPart(1, 2), MovePart(1, 2, 1), ReplacePart(1, 2), RemovePart(1, 2), RemovePart(1, 2, 1)],
)
async def test_old_buttons_of_a_removed_part_show_what_there_is(world: World, press: Press) -> None:
    """A button of a part that is gone gives way to the parts of now."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await ivan.press("2")
    await ivan.press("Remove")
    await ivan.press("Remove it")
    said = await ivan.forge(ivan.last.id, press.pack())
    assert said.text.startswith("That part was removed. Here is what the lesson has now.\n\nCompilers 101 · Types")
    assert await texts(world) == ["A", "C"]


@pytest.mark.parametrize("press", [ListParts(1), OpenPart(1, 1), RemovePart(1, 1, 1)])
async def test_old_buttons_of_a_removed_lesson_show_the_lessons(world: World, press: Press) -> None:
    """Its parts are no longer changed."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await remove_lesson(world, 1)
    assert "That lesson was removed." in (await ivan.forge(ivan.last.id, press.pack())).text
    assert await world.count(Block) == 3


async def test_a_part_of_another_lesson_is_not_found(world: World) -> None:
    """A forged pair of numbers leads to nobody's part."""
    ivan = await open_parts(world, *map(text_block, "AB"))
    await make_course(world, code="OTHER1", title="Rhetoric", instructor="Olga", lessons=("Tropes",))
    assert "That part was removed." in (await ivan.forge(ivan.last.id, RemovePart(1, 3, 1).pack())).text
    assert "Only the course's instructor" in (await ivan.forge(ivan.last.id, RemovePart(2, 3, 1).pack())).text
    assert await world.count(Block) == 3


async def test_long_lessons_have_pages(world: World) -> None:
    """Fifty parts are three pages, and a part leads back to its own."""
    ivan = await open_parts(world, *(text_block(f"Part {number}") for number in range(1, 51)))
    assert ivan.labels[20:] == ["1 / 3", "›", "Add parts", "‹ Lesson"]
    await ivan.press("›")
    page = await ivan.press("›")
    await ivan.press("45")
    assert (await ivan.press("‹ Parts")).text == page.text


async def test_a_part_of_a_newer_version_is_listed(world: World) -> None:
    """What this version cannot read can still be moved and removed."""
    ivan = await open_parts(world, text_block("A"))
    async with world.application.database.transaction() as repos:
        await repos.blocks.insert(1, 0, [{"version": 99}], world.clock())
    await ivan.forge(ivan.last.id, ListParts(1).pack())
    assert "2. Something that cannot be shown" in ivan.last.text
