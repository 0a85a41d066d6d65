"""What Telegram will not send again as it came is found while it is written."""

from typing import Any

import pytest

from bot.playground.images import PIXEL
from db.models import Block
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student, meet_author

GOT_IT = "Got it, 1 part so far. Send more, or tap Finish."


async def writing(world: World) -> Person:
    """Returns an author who is asked for the content of a lesson."""
    ivan = await meet_author(world)
    await make_course(world, lessons=())
    for words in ("/newlesson COMP1", "Types"):
        await ivan.send(words)
    return ivan


async def receive(ivan: Person, **content: Any) -> None:
    """Has a message arrive that the miniature's people cannot send."""
    update = ivan.world.miniature.say(ivan.id, "x")
    ivan.world.miniature.take_updates()
    message = {name: value for name, value in update["message"].items() if name != "text"} | content
    await ivan.world.application.pipeline.process({"update_id": update["update_id"], "message": message})
    await ivan.world.settle()


async def photo_of(ivan: Person) -> list[dict[str, Any]]:
    """Returns a photo that Telegram knows, as a message has it."""
    update = ivan.world.miniature.send_file(ivan.id, "photo", PIXEL)
    ivan.world.miniature.take_updates()
    photo: list[dict[str, Any]] = update["message"]["photo"]
    return photo


async def lesson(world: World, ivan: Person) -> list[str]:
    """Finishes the lesson; returns what a student then reads of it."""
    await ivan.press("Finish")
    ada = await make_student(world)
    async with world.application.database.transaction() as repos:
        course = await repos.courses.get(1)
    assert course is not None
    await enroll(world, ada, course)
    await ada.send("/lesson")
    return ada.said


@pytest.mark.parametrize(("size", "is_said"), [(20_000_000, False), (20_000_001, True)])
async def test_of_a_large_file_there_is_no_copy(world: World, size: int, is_said: bool) -> None:  # noqa: FBT001
    """Bots may download 20 MB: the author hears that a larger file is sent, and would not outlive the bot."""
    ivan = await writing(world)
    await receive(ivan, document={"file_id": "D", "file_unique_id": "U", "file_name": "film.mkv", "file_size": size})
    assert [("more than 20 MB" in said) for said in ivan.said[-2:]] == [is_said, False]
    assert ivan.said[-1] == GOT_IT


async def test_custom_emoji_become_ordinary_ones(world: World) -> None:
    """The author is told at once; what is stored and sent has the emoji that stands for it, other formatting kept."""
    ivan = await writing(world)
    emoji = {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5"}
    await ivan.send("🦉 Bold", entities=[emoji, {"type": "bold", "offset": 3, "length": 4}])
    assert ivan.said[-2:] == [
        "Telegram does not let me send custom emoji: students see the ordinary ones in their place.",
        GOT_IT,
    ]
    assert (await lesson(world, ivan))[-1].endswith("🦉 Bold")
    [block] = await world.rows(Block)
    assert block.content["entities"] == [{"type": "bold", "offset": 3, "length": 4}]


@pytest.mark.parametrize(("length", "is_told"), [(1024, False), (1025, True), (4096, True)])
async def test_captions_of_premium_length_follow_their_file(world: World, length: int, is_told: bool) -> None:  # noqa: FBT001
    """1024 characters are a caption; one more is a message of its own, and the author knows it before students do."""
    ivan = await writing(world)
    await receive(ivan, photo=await photo_of(ivan), caption="y" * length)
    remark = (
        f"That caption is {length} characters long, and mine have room for 1024: students read it in a message below."
    )
    assert (remark in ivan.said) is is_told
    assert ivan.said[-1] == GOT_IT
    read = await lesson(world, ivan)
    assert (read[-2:] == ["", "y" * length]) is is_told


async def test_a_remark_about_an_album_is_not_written_over(world: World) -> None:
    """The count of its parts changes in place; what was said of its caption stays."""
    ivan = await writing(world)
    emoji = {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5"}
    photo = {"kind": "photo", "data": PIXEL}
    before = len(ivan.said)
    await ivan.send_album(photo | {"caption": "🦉", "caption_entities": [emoji]}, photo, photo)
    assert len(ivan.said[before:]) == 2
    assert ivan.said[before].startswith("Telegram does not let me send custom emoji")
    assert ivan.said[-1].startswith("Got it, 3 parts so far.")


async def test_more_formatting_than_fits_a_message(world: World) -> None:
    """Telegram keeps a hundred formatted places a message: more of them take more messages."""
    ivan = await writing(world)
    bold = [{"type": "bold", "offset": 2 * place, "length": 1} for place in range(101)]
    await receive(ivan, text="a " * 101, entities=bold)
    assert "students read it in 2 messages." in ivan.said[-2]
    await receive(ivan, photo=await photo_of(ivan), caption="a " * 101, caption_entities=bold)
    assert ivan.said[-2].startswith("That caption has more formatting than Telegram keeps")


async def test_what_a_message_brings_along_is_left_out_with_a_word(world: World) -> None:
    """Another bot's buttons, and the moving half of a live photo."""
    ivan = await writing(world)
    rows = {"inline_keyboard": [[{"text": "Go", "url": "https://example.org"}]]}
    await receive(ivan, text="Look", reply_markup=rows)
    assert ivan.said[-2].startswith("The buttons under that message are left out")
    movie = {"file_id": "F9", "file_unique_id": "U9", "width": 4, "height": 3, "duration": 2}
    await receive(ivan, photo=await photo_of(ivan), live_photo=movie)
    assert ivan.said[-2].startswith("Students see the still picture of that live photo")
    assert "2 parts so far" in ivan.said[-1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"paid_media": {"star_count": 5, "paid_media": []}}, "Paid media cannot be part of a lesson"),
        ({"story": {"id": 1, "chat": {"id": 5, "type": "private"}}}, "A story cannot be part of a lesson"),
        ({"location": {"longitude": 1, "latitude": 2}}, "A place cannot be part of a lesson"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "A contact cannot be part of a lesson"),
        ({"rich_message": {"blocks": []}}, "A message of this kind cannot be part of a lesson"),
        ({"dice": {"value": 1, "emoji": "🎲"}}, "That cannot be part of a lesson."),
    ],
)
async def test_what_no_bot_can_send_is_refused_with_a_way_out(world: World, content: Any, reason: str) -> None:
    """The reason says what to send instead, and the question stays open."""
    ivan = await writing(world)
    await receive(ivan, **content)
    assert ivan.last.text.startswith(reason)
    assert (await ivan.send("Words")).text == GOT_IT


async def test_an_edit_is_looked_at_like_a_new_message(world: World) -> None:
    """Custom emoji that come with an edit are found, too."""
    ivan = await writing(world)
    await ivan.send("one")
    mine = next(each for each in ivan.chat if each.text == "one")
    emoji = {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5"}
    world.miniature.edit(ivan.id, mine.id, "🦉", entities=[emoji])
    await world.settle()
    assert ivan.said[-2].startswith("Telegram does not let me send custom emoji")
    assert ivan.said[-1].startswith("Part 1 is changed.")
