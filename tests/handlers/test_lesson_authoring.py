"""Authoring: lessons are written in the chat, in as many messages as they take."""

import pytest

from bot.playground.images import PIXEL
from db.models import Block, ChatSession, CourseStatus, Lesson
from tests.chat import World
from tests.factories import make_course

PHOTO = {"kind": "photo", "data": PIXEL}


async def test_a_lesson_takes_a_title_and_any_number_of_messages(world: World) -> None:
    """Text and files are taken until Finish; the lesson is the course's last, with all blocks in order."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.write_lesson("Lexing")
    assert (await ivan.press("Add lesson")).text.startswith("New lesson · 1 of 2")
    assert (await ivan.send("Types")).text.startswith("New lesson · 2 of 2\nNow send the lesson itself")
    assert ivan.labels == ["‹ Back", "Cancel"]
    bold = {"type": "bold", "offset": 2, "length": 4}
    said = await ivan.send("🦉 Bold words", entities=[bold])
    assert said.text == "Got it, 1 part so far. Send more, or tap Finish."
    assert ivan.labels == ["Finish", "Remove the last", "‹ Back", "Cancel"]
    await ivan.send_file("document", b"%PDF", filename="types.pdf", caption="Slides")
    assert ivan.last.text.startswith("Got it, 2 parts so far.")
    card = await ivan.press("Finish")
    assert card.text.startswith("Lesson 2 “Types” added.\n\nCompilers 101 · draft · code COMP10\n2 lessons")
    lexing, types = await world.rows(Lesson)
    assert (lexing.title, types.title) == ("Lexing", "Types")
    assert lexing.position < types.position
    first, second = await world.rows(Block, Block.lesson_id == types.id)
    assert (first.content["kind"], first.content["text"]) == ("text", "🦉 Bold words")
    assert first.content["entities"] == [bold]
    assert (second.content["kind"], second.content["file_name"], second.content["text"]) == (
        "document",
        "types.pdf",
        "Slides",
    )


async def test_an_album_is_one_answer(world: World) -> None:
    """Three photos of one album get one message, which counts them; the next message gets its own."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Types")
    before = len(ivan.said)
    await ivan.send_album(PHOTO | {"caption": "A tree"}, PHOTO, PHOTO)
    assert ivan.said[before:] == ["Got it, 3 parts so far. Send more, or tap Finish."]
    await ivan.send_album(PHOTO, PHOTO)
    assert ivan.said[before + 1 :] == ["Got it, 5 parts so far. Send more, or tap Finish."]
    await ivan.press("Finish")
    albums = [block.content["album"] for block in await world.rows(Block)]
    assert len(albums) == 5
    assert len(set(albums[:3])) == 1
    assert albums[2] != albums[3]


async def test_a_lesson_has_room_for_fifty_parts(world: World) -> None:
    """The 51st is refused, and the fifty stay."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Types")
    for number in range(50):
        await ivan.send(f"Part {number}")
    assert "50 parts so far" in ivan.last.text
    assert (await ivan.send("One more")).text == "A lesson has room for 50 parts. Tap Finish."
    assert "added" in (await ivan.press("Finish")).text
    blocks = await world.rows(Block)
    assert [block.content["text"] for block in blocks] == [f"Part {number}" for number in range(50)]


async def test_a_part_can_be_taken_back(world: World) -> None:
    """The last part goes, the others stay, and without any there is nothing to finish."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Types")
    await ivan.send("One")
    await ivan.send("Two")
    assert "1 part so far" in (await ivan.press("Remove the last")).text
    await ivan.press("Remove the last")
    assert "Now send the lesson itself" in ivan.last.text
    assert "Finish" not in ivan.labels


@pytest.mark.parametrize(("kind", "reason"), [("sticker", "A sticker cannot be part"), ("video_note", "A round video")])
async def test_what_no_lesson_can_show_is_refused(world: World, kind: str, reason: str) -> None:
    """A sticker or a round video gets a reason, and the question stays open."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Types")
    assert reason in (await ivan.send_file(kind)).text
    assert "1 part so far" in (await ivan.send("Words")).text


async def test_newlesson_asks_which_course(world: World) -> None:
    """Without a course it offers to begin one, with one it begins at once, with several it asks."""
    ivan = await world.instructor()
    assert "you have none yet" in (await ivan.send("/newlesson")).text
    assert ivan.labels == ["Write a course"]
    await ivan.write_course()
    assert (await ivan.send("/newlesson")).text.startswith("New lesson · 1 of 2")
    await ivan.send("/cancel")
    await ivan.write_course("Statistics, gently")
    assert (await ivan.send("/newlesson")).text == "Which course is the lesson for?"
    assert ivan.labels == ["Statistics, gently", "Compilers 101"]
    assert (await ivan.press("Compilers")).text.startswith("New lesson · 1 of 2")
    await ivan.send("Lexing")
    await ivan.send("Words.")
    assert "Lesson 1 “Lexing” added.\n\nCompilers 101" in (await ivan.press("Finish")).text


async def test_newlesson_takes_a_code(world: World) -> None:
    """The code may be typed in small letters; one that is nobody's or another's is refused."""
    ivan = await world.instructor()
    await ivan.write_course()
    await make_course(world, title="Another's", code="OTHER1", instructor="Olga")
    await make_course(world, title="Another's", code="OTHER2", instructor="Olga", status=CourseStatus.DRAFT)
    assert "no such course" in (await ivan.send("/newlesson NONE1")).text
    assert "Only the course's instructor" in (await ivan.send("/newlesson OTHER1")).text
    assert "no such course" in (await ivan.send("/newlesson OTHER2")).text
    assert (await ivan.send("/newlesson comp10")).text.startswith("New lesson · 1 of 2")


async def test_many_courses_are_offered_by_name_and_the_others_in_the_list(world: World) -> None:
    """Ten courses have a button each; more are found in the list of one's courses."""
    ivan = await world.instructor()
    for number in range(11):
        await ivan.write_course(f"Course {number}")
    await ivan.send("/newlesson")
    assert ivan.labels == [*(f"Course {number}" for number in range(10, 0, -1)), "All my courses"]
    assert (await ivan.press("All my courses")).text.startswith("My courses · 11")


async def test_what_was_written_is_refused_when_the_author_may_not_any_more(world: World) -> None:
    """Who is demoted while writing adds nothing; the text is not lost, should an admin change their mind."""
    admin, olga = world.admin(), await world.teacher("Olga")
    await olga.write_course()
    await olga.press("Add lesson")
    await olga.send("Types")
    await olga.send("Words.")
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("olga@example.org")
    await admin.press("Demote")
    assert "Only instructors can do that." in (await olga.press("Finish")).text
    assert await world.count(Lesson) == 0
    await admin.press("Promote")
    await olga.press("Finish")
    assert any("Lesson 1 “Types” added." in text for text in olga.said)


async def test_an_admin_without_an_account_adds_a_lesson(world: World) -> None:
    """An admin comes to a course's desk from its card, and the course keeps its instructor."""
    await make_course(world, lessons=("Lexing",))
    admin = world.admin()
    await admin.send("/start c_COMP1")
    card = await admin.press("Desk")
    assert card.text == "Compilers 101 · published · code COMP1\nby Ivan Petrov\n1 lesson · nobody enrolled yet"
    await admin.write_lesson("Parsing")
    assert "Lesson 2 “Parsing” added." in admin.last.text
    assert "Send its code too" in (await admin.send("/newlesson")).text
    assert "need an account" in (await admin.send("/newcourse")).text


async def test_parts_are_not_thrown_away_by_one_tap(world: World) -> None:
    """Cancel asks first when parts were sent; Keep writing keeps them, Throw away forgets them."""
    ivan = await world.instructor()
    await ivan.write_course("Compilers 101")
    await ivan.press("Add lesson")
    for words in ("Lexing", "one", "two"):
        await ivan.send(words)
    assert (await ivan.press("Cancel")).text == "Throw away 2 parts that you have sent?"
    assert "2 parts so far" in (await ivan.press("Keep writing")).text
    assert "Throw away 2 parts" in (await ivan.send("/cancel")).text
    assert "cancelled" in (await ivan.press("Throw away")).text
    assert await world.count(Lesson) == 0
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == ivan.id)
    assert session.dialog is None


async def test_help_does_not_interrupt_a_lesson(world: World) -> None:
    """/help is answered in the middle, and the question comes again with what was sent so far."""
    ivan = await world.instructor()
    await ivan.write_course("Compilers 101")
    await ivan.press("Add lesson")
    for words in ("Lexing", "one", "/help"):
        await ivan.send(words)
    assert ivan.said[-2].startswith("What you can do here:")
    assert "1 part so far" in ivan.last.text
    await ivan.press("Finish")
    assert await world.count(Lesson) == 1


async def test_a_press_that_telegram_sends_again_removes_one_part(world: World) -> None:
    """Remove the last takes away the part that its button saw, however often the press comes."""
    ivan = await world.instructor()
    await ivan.write_course("Compilers 101")
    await ivan.press("Add lesson")
    for words in ("Lexing", "one", "two", "three"):
        await ivan.send(words)
    message, data = ivan.find_button("Remove the last")
    for _time in range(2):
        await ivan.forge(message.id, data)
    assert "2 parts so far" in next(each.text for each in ivan.chat if each.id == message.id)
    for _time in range(2):
        await ivan.press("Remove the last")
    assert "Formatting is kept." in next(each.text for each in ivan.chat if each.id == message.id)
    await ivan.forge(message.id, data)
    assert all("from an earlier visit" not in said for said in ivan.said)
