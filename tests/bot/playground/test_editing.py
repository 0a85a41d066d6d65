import pytest
from telegram import Bot
from telegram.error import BadRequest

from bot.playground.images import PIXEL
from bot.playground.miniature import Miniature
from tests.bot.playground.conftest import ADA, Call, Clock, Refusal

KEYBOARD = {"inline_keyboard": [[{"text": "press", "callback_data": "x"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
HOURS = 3600


@pytest.fixture
async def sent(call: Call) -> dict[str, int]:
    message = await call("sendMessage", chat_id=ADA, text="<b>old</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    return {"chat_id": ADA, "message_id": message["message_id"]}


async def test_edit_text(miniature: Miniature, call: Call, sent: dict[str, int]) -> None:
    """A new text takes the place of the old, and a keyboard that is not given goes."""
    message = await call("editMessageText", **sent, text="new")

    seen = miniature.chat(ADA)[-1]
    assert (seen.text, seen.entities, seen.keyboard, seen.edited) == ("new", [], [], True)
    assert message["edit_date"] == message["date"]
    assert "reply_markup" not in message


async def test_same_content_is_refused(call: Call, refusal: Refusal, sent: dict[str, int]) -> None:
    """An edit must change text, formatting or keyboard."""
    same = {"text": "<b>old</b>", "parse_mode": "HTML", "reply_markup": KEYBOARD}
    assert await refusal("editMessageText", **sent, **same) == NOT_MODIFIED
    assert await refusal("editMessageReplyMarkup", **sent, reply_markup=KEYBOARD) == NOT_MODIFIED

    await call("editMessageText", **sent, **same | {"parse_mode": None, "text": "old"})
    await call("editMessageReplyMarkup", **sent)
    assert await refusal("editMessageReplyMarkup", **sent) == NOT_MODIFIED


async def test_edit_keyboard_only(miniature: Miniature, call: Call, sent: dict[str, int]) -> None:
    """A new keyboard under the old text is not shown as an edit."""
    await call("editMessageReplyMarkup", **sent)

    seen = miniature.chat(ADA)[-1]
    assert (seen.text, seen.keyboard, seen.edited) == ("old", [], False)


async def test_what_cannot_be_edited(miniature: Miniature, bot: Bot, refusal: Refusal, sent: dict[str, int]) -> None:
    """Missing messages, other people's, and the wrong kind are each refused in Telegram's words."""
    theirs = miniature.say(ADA, "mine")["message"]["message_id"]
    photo = await bot.send_photo(ADA, PIXEL)

    async def words(message_id: int, method: str = "editMessageText") -> str:
        content = {"text": "new"} if method == "editMessageText" else {"caption": "new"}
        return await refusal(method, chat_id=ADA, message_id=message_id, **content)

    assert await words(999) == "Bad Request: message to edit not found"
    assert await words(theirs) == "Bad Request: message can't be edited"
    assert await words(photo.message_id) == "Bad Request: there is no text in the message to edit"
    assert (
        await words(sent["message_id"], "editMessageCaption")
        == "Bad Request: there is no caption in the message to edit"
    )
    assert await refusal("editMessageText", text="a") == "Bad Request: chat_id is empty"
    assert await refusal("editMessageText", chat_id=ADA, text="a") == "Bad Request: message identifier is not specified"
    assert await refusal("editMessageText", inline_message_id="x", text="a") == "Bad Request: MESSAGE_ID_INVALID"


async def test_edit_caption(miniature: Miniature, bot: Bot) -> None:
    """A caption can be added, changed and taken away."""
    photo = await bot.send_photo(ADA, PIXEL)

    await photo.edit_caption("one")
    assert miniature.chat(ADA)[-1].caption == "one"
    await photo.edit_caption(None)
    assert miniature.chat(ADA)[-1].caption == ""
    with pytest.raises(BadRequest, match="caption is too long"):
        await photo.edit_caption("x" * 1025)


async def test_blocked_chats_are_not_edited(miniature: Miniature, refusal: Refusal, sent: dict[str, int]) -> None:
    """What somebody has who blocked the bot stays as it is."""
    miniature.block(ADA)

    assert await refusal("editMessageText", **sent, text="new") == "Forbidden: bot was blocked by the user"


async def test_delete(miniature: Miniature, call: Call, refusal: Refusal, sent: dict[str, int]) -> None:
    """The bot's and the person's messages can be deleted, once."""
    theirs = miniature.say(ADA, "my password")["message"]["message_id"]

    assert await call("deleteMessage", **sent) is True
    assert await call("deleteMessage", chat_id=ADA, message_id=theirs) is True

    assert [seen.text for seen in miniature.chat(ADA)] == ["/start"]
    assert await refusal("deleteMessage", **sent) == "Bad Request: message to delete not found"


async def test_delete_for_48_hours(clock: Clock, miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """A message can be deleted for 48 hours."""
    early, late = (miniature.say(ADA, text)["message"]["message_id"] for text in ("a", "b"))

    clock.advance(48 * HOURS - 1)
    await call("deleteMessage", chat_id=ADA, message_id=early)
    clock.advance(1)
    words = await refusal("deleteMessage", chat_id=ADA, message_id=late)
    assert words == "Bad Request: message can't be deleted for everyone"


async def test_delete_in_a_group(miniature: Miniature, refusal: Refusal) -> None:
    """In a group a plain member deletes its own messages only."""
    miniature.add_group(-5, "Course", [ADA])
    theirs = miniature.say(ADA, "hello", chat_id=-5)["message"]["message_id"]

    assert await refusal("deleteMessage", chat_id=-5, message_id=theirs) == "Bad Request: message can't be deleted"
