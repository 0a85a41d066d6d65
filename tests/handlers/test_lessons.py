"""How a lesson looks."""

from bot.playground.history import ChatMessage
from handlers.kit.content import Content, Kind
from handlers.kit.rich import Entity, RichText
from tests.chat import World
from tests.factories import enroll, make_course, make_student, text_block

PARAGRAPHS = 40


def album_of(world: World) -> list[Content]:
    """Returns a photo with a caption and a video, as an instructor's message brought them."""
    ivan = world.person("Ivan")
    world.miniature.send_album(
        ivan.id, [{"kind": "photo", "data": b"one", "caption": "One"}, {"kind": "video", "data": b"two"}]
    )
    world.miniature.take_updates()
    return [
        Content(Kind(message.kind), RichText(message.caption), file_id=message.file_id, album="1")
        for message in ivan.chat
    ]


def long_text() -> RichText:
    """Returns 40 paragraphs, each with something in bold and something in code."""
    text = RichText("")
    for number in range(PARAGRAPHS):
        gap = RichText("\n\n" if number else "")
        words = RichText("Words in a row, and so on. " * 8 + "The end.")
        text = text + gap + RichText.styled("Bold 🙂", "bold") + RichText.styled(" code", "code") + words
    return text


def formatted(message: ChatMessage, kind: str) -> list[str]:
    """Returns the pieces of a message's text that are formatted so."""
    units = message.text.encode("utf-16-le")
    spans = [(2 * e["offset"], 2 * (e["offset"] + e["length"])) for e in message.entities if e["type"] == kind]
    return [units[start:end].decode("utf-16-le") for start, end in spans]


async def test_blocks_arrive_in_order_and_as_written(world: World) -> None:
    """A text of 9,000 characters and an album: nothing is lost or out of order, and no formatting is torn."""
    text = long_text()
    assert text.length > 9_000
    blocks = [text_block("First."), Content(Kind.TEXT, text), *album_of(world)]
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world, lessons=[("Everything", blocks)]))
    await ada.send("/lesson")
    said = [message for message in ada.chat if message.from_bot]
    assert [message.kind for message in said] == ["text", "text", "text", "text", "photo", "video", "text"]
    assert said[0].text == "Compilers 101 · 1 of 1\nEverything\n\nFirst."
    assert "\n\n".join(message.text for message in said[1:4]) == text.text
    assert [piece for message in said[1:4] for piece in formatted(message, "bold")] == ["Bold 🙂"] * PARAGRAPHS
    assert [piece for message in said[1:4] for piece in formatted(message, "code")] == [" code"] * PARAGRAPHS
    assert [message.caption for message in said[4:6]] == ["One", ""]
    # An album can have no buttons: a message of their own carries them.
    assert (said[6].text, ada.labels) == ("That was Everything.", ["Done ✓"])
    assert (await ada.press("Done")).text.startswith("Compilers 101 is complete.")


async def test_formatting_arrives_exactly_as_authored(world: World) -> None:
    """The block's own entities are its student's, moved by the heading and otherwise untouched."""
    authored = RichText(
        "🙂 bold, spoiler & <b>no tag</b>",
        (
            Entity(type="bold", offset=3, length=4),
            Entity(type="spoiler", offset=9, length=7),
            Entity(type="text_link", offset=3, length=4, url="https://example.org/"),
        ),
    )
    course = await make_course(world, title="R&D <i>", lessons=[("1 < 2", [Content(Kind.TEXT, authored)])])
    ada = await make_student(world)
    await enroll(world, ada, course)
    said = await ada.send("/lesson")
    heading = "R&D <i> · 1 of 1\n1 < 2\n\n"
    assert said.text == heading + authored.text
    moved = [{**entity, "offset": entity["offset"] + len(heading)} for entity in authored.entities]
    assert sorted(said.entities, key=str) == sorted([{"type": "bold", "offset": 17, "length": 5}, *moved], key=str)


async def test_a_lesson_without_blocks_shows_its_heading(world: World) -> None:
    """There is always a message to carry Done."""
    ada = await make_student(world)
    await enroll(world, ada, await make_course(world, lessons=[("Rest", [])]))
    said = await ada.send("/lesson")
    assert (said.text, ada.labels) == ("Compilers 101 · 1 of 1\nRest", ["Done ✓"])


async def test_what_cannot_be_shown_is_said(world: World) -> None:
    """A lost file or a block of a newer version hides nothing else, and nobody is locked out."""
    lost = Content(Kind.PHOTO, RichText("A tree."))
    course = await make_course(world, lessons=[("Broken", [text_block("Here."), lost])])
    async with world.application.database.transaction() as repos:
        await repos.lessons.add(course.id, "Newer", [{"version": 99}], world.clock())
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/lesson")
    assert ada.said[-3:] == [
        "Compilers 101 · 1 of 2\nBroken\n\nHere.",
        "(A file is missing here. Please tell your instructor.)",
        "A tree.",
    ]
    await ada.press("Done")
    assert "(This part cannot be shown. Please tell your instructor.)" in (await ada.press("Next")).text
