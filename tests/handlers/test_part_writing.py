"""Parts that are written for a lesson that is there already, and messages that are edited meanwhile."""

from typing import Any

from bot.playground.images import PIXEL
from db.models import Block, ChatSession
from handlers.desk_presses import AddParts, RemovePart
from handlers.parts import PAGE
from tests.chat import PASSWORD, Person, World
from tests.factories import make_course, meet_author, text_block
from tests.handlers.test_parts import open_parts, texts


async def test_parts_are_added_after_one(world: World) -> None:
    """Any number of messages, in order, between it and the next."""
    ivan = await open_parts(world, *map(text_block, "AB"))
    await ivan.press("1")
    question = await ivan.press("Add after it")
    assert question.text.startswith("More for the lesson\nSend what comes next. Text, links, pictures,")
    await ivan.send("x")
    await ivan.send("y")
    said = (await ivan.press("Finish")).text.splitlines()
    assert (said[0], said[2]) == ("2 parts are added.", "Compilers 101 · Types · 4 parts")
    assert said[3:] == ["1. Text · A", "2. Text · x", "3. Text · y", "4. Text · B"]
    assert await texts(world) == ["A", "x", "y", "B"]


async def test_parts_are_added_at_the_end(world: World) -> None:
    """From the list they come after the last one."""
    ivan = await open_parts(world, *map(text_block, "AB"))
    await ivan.press("Add parts")
    await ivan.send("x")
    assert (await ivan.press("Finish")).text.startswith("1 part is added.")
    assert await texts(world) == ["A", "B", "x"]


async def test_a_part_is_replaced(world: World) -> None:
    """One message, or an album, takes the place of one part; the others stay."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await ivan.press("2")
    assert (await ivan.press("Replace")).text.startswith("Replace a part\nSend what takes its place.")
    photo = {"kind": "photo", "data": PIXEL}
    await ivan.send_album(photo | {"caption": "Trees"}, photo)
    said = await ivan.press("Finish")
    assert said.text.startswith(
        "The part is replaced.\n\nCompilers 101 · Types · 4 parts\n1. Text · A\n2. Photo · Trees"
    )
    assert await texts(world) == ["A", "Trees", "", "C"]


async def test_new_parts_are_shown_on_their_page(world: World) -> None:
    """What comes behind a full page begins the next one; what takes the place of its last part stays there."""
    ivan = await open_parts(world, *(text_block(str(number)) for number in range(PAGE)))
    await ivan.press("Add parts")
    await ivan.send("x")
    assert (await ivan.press("Finish")).text.endswith(f"\n{PAGE + 1}. Text · x")
    await ivan.forge(ivan.last.id, f"pto:1:{PAGE}")
    await ivan.press("Replace")
    await ivan.send("y")
    assert (await ivan.press("Finish")).text.endswith(f"\n{PAGE}. Text · y")


async def test_what_was_written_for_a_removed_part_is_kept(world: World) -> None:
    """When the part goes meanwhile, what was to replace it comes at the end."""
    ivan = await open_parts(world, *map(text_block, "ABC"))
    await ivan.press("2")
    await ivan.press("Replace")
    await ivan.send("x")
    await ivan.forge(ivan.chat[1].id, RemovePart(1, 2, 1).pack())
    assert (await ivan.press("Finish")).text.startswith("1 part is added.")
    assert await texts(world) == ["A", "C", "x"]


async def test_a_lesson_has_room_for_fifty_parts_in_all(world: World) -> None:
    """With 49 there is room for one; with fifty, for none but what replaces one."""
    ivan = await open_parts(world, *(text_block(str(number)) for number in range(49)))
    await ivan.press("Add parts")
    await ivan.send("x")
    assert (await ivan.send("y")).text == "A lesson has room for 50 parts. Tap Finish."
    await ivan.press("Finish")
    assert "Remove some, or write another lesson." in (await ivan.press("Add parts")).text
    await ivan.forge(ivan.last.id, "pto:1:1")
    await ivan.press("Replace")
    await ivan.send("z")
    assert "room for 50 parts" in (await ivan.send("y")).text
    await ivan.press("Finish")
    assert (await world.count(Block), (await texts(world))[0]) == (50, "z")


async def test_two_who_add_at_once_do_not_overfill_a_lesson(world: World) -> None:
    """What no longer fits in the end is refused, and still there to be shortened."""
    ivan = await open_parts(world, *(text_block(str(number)) for number in range(49)))
    await ivan.press("Add parts")
    await ivan.send("x")
    admin = world.admin()
    said = await admin.send("/start")
    await admin.forge(said.id, AddParts(1, 49).pack())
    await admin.send("y")
    await admin.press("Finish")
    assert "Remove some, or write another lesson." in (await ivan.press("Finish")).text
    assert await world.count(Block) == 50
    assert ivan.labels == ["Finish", "Remove the last", "Cancel"]
    assert (await dialog_of(ivan))["answers"]["content"][0]["text"] == "x"


async def dialog_of(person: Person) -> Any:
    """Returns what the session of this person keeps of the open dialog."""
    [session] = await person.world.rows(ChatSession, ChatSession.telegram_id == person.id)
    return session.dialog


async def writing(world: World) -> Person:
    """Returns an author in the middle of a lesson with two parts."""
    ivan = await meet_author(world)
    await make_course(world, lessons=())
    for words in ("/newlesson COMP1", "Types", "one", "two"):
        await ivan.send(words)
    return ivan


def sent(person: Person, text: str) -> int:
    """Returns the id of the person's own message with this text or caption."""
    return next(each.id for each in person.chat if not each.from_bot and text in {each.text, each.caption})


async def test_an_edited_message_changes_its_part(world: World) -> None:
    """The part has the new words and formatting, whichever it was; the others stay."""
    ivan = await writing(world)
    said = await ivan.edit(sent(ivan, "one"), "uno")
    assert said.text == "Part 1 is changed.\n\nGot it, 2 parts so far. Send more, or tap Finish."
    assert ivan.labels == ["Finish", "Remove the last", "‹ Back", "Cancel"]
    await ivan.press("Finish")
    assert await texts(world) == ["uno", "two"]


async def test_a_part_is_changed_at_another_question(world: World) -> None:
    """Who went back to the title can still edit what was sent, and is asked for the title again."""
    ivan = await writing(world)
    await ivan.press("‹ Back")
    said = await ivan.edit(sent(ivan, "two"), "due")
    assert said.text == "Part 2 is changed.\n\nWhat is the lesson called? (up to 80 characters)"
    await ivan.send("Kinds")
    assert "“Kinds” added" in (await ivan.press("Finish")).text
    assert await texts(world) == ["one", "due"]


async def test_a_picture_that_takes_another_ones_place(world: World) -> None:
    """An edit may bring another file, and no words at all."""
    ivan = await writing(world)
    await ivan.send_file("photo", PIXEL, caption="A tree")
    mine = sent(ivan, "A tree")
    update = world.miniature.edit(ivan.id, mine, "x")
    world.miniature.take_updates()
    message = {name: value for name, value in update["edited_message"].items() if name != "caption"}
    message["photo"] = [size | {"file_id": "F9", "file_unique_id": "U9"} for size in message["photo"]]
    await world.application.pipeline.process(update | {"edited_message": message})
    await world.settle()
    assert ivan.last.text.startswith("Part 3 is changed.")
    [*_parts, part] = (await dialog_of(ivan))["answers"]["content"]
    assert (part["file_id"], part["text"]) == ("F9", "")


async def test_a_lesson_begun_before_an_upgrade_is_finished(world: World) -> None:
    """A dialog that an older version left open knows of no messages: its parts stay, and no edit changes them."""
    ivan = await writing(world)
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(ivan.id, 0, world.clock())).session
        assert session.dialog is not None
        session.dialog = {name: value for name, value in session.dialog.items() if name != "sources"}
    assert "none of the parts" in (await ivan.edit(sent(ivan, "one"), "uno")).text
    await ivan.send("three")
    assert "Part 3 is changed." in (await ivan.edit(sent(ivan, "three"), "tre")).text
    await ivan.press("Finish")
    assert await texts(world) == ["one", "two", "tre"]


async def test_an_edited_caption_changes_its_part(world: World) -> None:
    """The file stays, with the new words under it."""
    ivan = await writing(world)
    await ivan.send_file("document", b"%PDF", filename="types.pdf", caption="Slides")
    assert "Part 3 is changed." in (await ivan.edit(sent(ivan, "Slides"), "Handout")).text
    await ivan.press("Finish")
    [*_texts, block] = await world.rows(Block)
    assert (block.content["kind"], block.content["file_name"], block.content["text"]) == (
        "document",
        "types.pdf",
        "Handout",
    )


async def test_a_part_that_was_taken_back_is_not_changed(world: World) -> None:
    """An edit of a message whose part is gone changes no other part that came in its place."""
    ivan = await writing(world)
    await ivan.press("Remove the last")
    await ivan.send("three")
    said = await ivan.edit(sent(ivan, "two"), "TWO")
    assert said.text.startswith("That message is none of the parts that you have sent so far, so nothing is changed.")
    await ivan.press("Finish")
    assert await texts(world) == ["one", "three"]


async def test_an_edit_that_changes_nothing_is_passed_over(world: World) -> None:
    """Telegram tells of edits that a bot cannot see: the chat stays as it is."""
    ivan = await writing(world)
    before = ivan.said
    await ivan.edit(sent(ivan, "one"), "one")
    assert ivan.said == before


async def test_the_fiftieth_part_can_be_edited(world: World) -> None:
    """A lesson that is full takes no more parts, and still changes of those it has."""
    ivan = await writing(world)
    for number in range(3, 51):
        await ivan.send(f"part {number}")
    assert "Part 50 is changed." in (await ivan.edit(sent(ivan, "part 50"), "the end")).text
    await ivan.press("Finish")
    assert (await texts(world))[-1] == "the end"


async def test_the_title_is_not_changed_by_an_edit(world: World) -> None:
    """An answer to an earlier question stands as it was sent."""
    ivan = await writing(world)
    assert "none of the parts" in (await ivan.edit(sent(ivan, "Types"), "Kinds")).text
    assert "“Types” added" in (await ivan.press("Finish")).text


async def test_a_password_edited_into_a_part_is_erased(world: World) -> None:
    """What looks like signing in is deleted, and is no part of the lesson."""
    ivan = await writing(world)
    said = await ivan.edit(sent(ivan, "one"), f"/login ada@example.org {PASSWORD}")
    assert "none of the parts" in said.text
    assert all(PASSWORD not in message.text for message in ivan.chat)
    await ivan.press("Finish")
    assert await texts(world) == ["one", "two"]


async def test_an_edit_after_the_end_changes_nothing(world: World) -> None:
    """When the lesson is written, its messages are not read again, and the author learns it."""
    ivan = await writing(world)
    await ivan.press("Finish")
    assert "as they were sent first" in (await ivan.edit(sent(ivan, "one"), "uno")).text
    assert await texts(world) == ["one", "two"]


async def test_edits_work_while_a_part_is_replaced(world: World) -> None:
    """The dialogs about single parts read edits like that of a whole lesson."""
    ivan = await open_parts(world, *map(text_block, "AB"))
    await ivan.press("1")
    await ivan.press("Replace")
    await ivan.send("x")
    assert "Part 1 is changed." in (await ivan.edit(sent(ivan, "x"), "y")).text
    await ivan.press("Finish")
    assert await texts(world) == ["y", "B"]
