import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto, InputMediaVideo

from bot.playground.errors import ApiError
from bot.playground.images import PIXEL
from bot.playground.miniature import Miniature
from tests.bot.playground.conftest import ADA, IVAN, TOKEN, Call, Refusal

GROUP = -5


def button(**facts: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "press", **facts}]]}


async def test_message_is_in_the_chat(miniature: Miniature, bot: Bot) -> None:
    """A sent message is what the bot gets back and what the person sees."""
    message = await bot.send_message(ADA, "<b>Hi</b> &amp; welcome", parse_mode="HTML")

    seen = miniature.chat(ADA)[-1]
    assert (seen.id, seen.text, seen.from_bot, seen.kind) == (message.message_id, "Hi & welcome", True, "text")
    assert message.text_html == "<b>Hi</b> &amp; welcome"
    assert message.date.isoformat() == "2026-05-03T09:00:00+00:00"
    assert message.from_user is not None
    assert message.from_user.is_bot


async def test_wrong_token(miniature: Miniature) -> None:
    """Another bot's token is refused."""
    with pytest.raises(ApiError) as caught:
        await miniature.call("43:OTHER", "getMe", {})

    assert (caught.value.error_code, caught.value.description) == (401, "Unauthorized")


async def test_chats_that_the_bot_cannot_write_to(miniature: Miniature, refusal: Refusal) -> None:
    """Nobody, somebody who never wrote, and somebody who blocked the bot are each refused in their way."""
    assert await refusal("sendMessage", chat_id=5, text="a") == "Bad Request: chat not found"
    assert await refusal("sendMessage", chat_id="@nobody", text="a") == "Bad Request: chat not found"
    assert (
        await refusal("sendMessage", chat_id=IVAN, text="a") == "Forbidden: bot can't initiate conversation with a user"
    )
    miniature.block(ADA)
    assert await refusal("sendMessage", chat_id=ADA, text="a") == "Forbidden: bot was blocked by the user"
    miniature.unblock(ADA)
    await miniature.call(TOKEN, "sendMessage", {"chat_id": ADA, "text": "a"})


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"callback_data": "🏟" * 16 + "x"}, "BUTTON_DATA_INVALID"),
        (
            {"callback_data": ""},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"url": "not-a-url"}, "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
        (
            {"url": "ftp://a.example"},
            "inline keyboard button URL 'ftp://a.example' is invalid: Unsupported URL protocol",
        ),
        ({"copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"pay": True}, "buttons with pay are not supported by the playground"),
        (
            {"callback_data": "a", "url": "https://a.example"},
            "buttons with callback_data and url are not supported by the playground",
        ),
    ],
)
async def test_bad_buttons(refusal: Refusal, facts: dict[str, object], reason: str) -> None:
    """A button that Telegram does not take, or that the page could not show, is refused."""
    assert await refusal("sendMessage", chat_id=ADA, text="a", reply_markup=button(**facts)) == f"Bad Request: {reason}"


async def test_button_limits(call: Call, refusal: Refusal) -> None:
    """64 bytes of data and 100 buttons are the most."""
    await call("sendMessage", chat_id=ADA, text="a", reply_markup=button(callback_data="🏟" * 16))
    rows = [[{"text": str(number), "callback_data": "x"}] for number in range(101)]
    await call("sendMessage", chat_id=ADA, text="a", reply_markup={"inline_keyboard": rows[:100]})

    words = await refusal("sendMessage", chat_id=ADA, text="a", reply_markup={"inline_keyboard": rows})
    assert words == "Bad Request: reply markup is too long"


async def test_reply_keyboards_are_not_supported(refusal: Refusal) -> None:
    """A keyboard that the page does not show is refused rather than lost."""
    words = await refusal("sendMessage", chat_id=ADA, text="a", reply_markup={"keyboard": [[{"text": "A"}]]})

    assert words == "Bad Request: only inline keyboards are supported by the playground"


async def test_replies(miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """A reply quotes its message; a missing one is refused unless it is optional."""
    asked = miniature.say(ADA, "why?")["message"]["message_id"]

    message = await call("sendMessage", chat_id=ADA, text="because", reply_parameters={"message_id": asked})
    assert message["reply_to_message"]["text"] == "why?"
    assert miniature.chat(ADA)[-1].reply_to == asked

    gone = {"message_id": 999}
    words = await refusal("sendMessage", chat_id=ADA, text="a", reply_parameters=gone)
    assert words == "Bad Request: message to be replied not found"
    await call("sendMessage", chat_id=ADA, text="a", reply_parameters=gone | {"allow_sending_without_reply": True})


@pytest.mark.parametrize(
    ("param", "reason"),
    [
        ({"business_connection_id": "x"}, "business connection not found"),
        ({"message_thread_id": 5}, "message thread not found"),
        ({"allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
    ],
)
async def test_parameters_without_use(refusal: Refusal, param: dict[str, object], reason: str) -> None:
    """What this bot may not use is refused as the real server would."""
    assert await refusal("sendMessage", chat_id=ADA, text="a", **param) == f"Bad Request: {reason}"


async def test_album(miniature: Miniature, bot: Bot) -> None:
    """Photos and videos are one album, and the first caption is the album's."""
    messages = await bot.send_media_group(
        ADA, [InputMediaPhoto(PIXEL, caption="<i>one</i>", parse_mode="HTML"), InputMediaVideo(b"film")]
    )

    seen = miniature.chat(ADA)[-2:]
    assert [message.media_group_id for message in messages] == [one.album for one in seen]
    assert len({one.album for one in seen}) == 1
    assert [(one.kind, one.caption) for one in seen] == [("photo", "one"), ("video", "")]


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ([], "there are no messages to send"),
        (["photo"], 'parameter "media" must include 2-10 items'),
        (["photo"] * 11, "too many messages to send as an album"),
        (["photo", "document"], "document can't be mixed with other media types"),
        (["audio", "video"], "audio can't be mixed with other media types"),
        (["photo", "animation"], 'can\'t parse InputMedia: type "animation" is unsupported'),
    ],
)
async def test_bad_albums(miniature: Miniature, refusal: Refusal, kinds: list[str], reason: str) -> None:
    """An album has 2 to 10 files that go together; a refused one sends nothing."""
    before = miniature.chat(ADA)
    media = [{"type": kind, "media": "attach://x"} for kind in kinds]

    assert await refusal("sendMediaGroup", chat_id=ADA, media=media) == f"Bad Request: {reason}"
    assert miniature.chat(ADA) == before


async def test_album_with_a_missing_upload(miniature: Miniature, bot: Bot, refusal: Refusal) -> None:
    """A file that is named but not attached refuses the whole album."""
    sent = await bot.send_photo(ADA, PIXEL)
    before = len(miniature.chat(ADA))
    media = [{"type": "photo", "media": sent.photo[-1].file_id}, {"type": "photo", "media": "attach://missing"}]

    words = await refusal("sendMediaGroup", chat_id=ADA, media=media)

    assert words == "Bad Request: can't parse InputMedia: media not found"
    assert len(miniature.chat(ADA)) == before


async def test_album_of_documents(bot: Bot) -> None:
    """Documents are grouped with documents."""
    messages = await bot.send_media_group(ADA, [InputMediaDocument(b"a", filename="a.txt"), InputMediaDocument(b"b")])

    assert [message.document and message.document.file_size for message in messages] == [1, 1]


async def test_group(miniature: Miniature, bot: Bot) -> None:
    """In a group everybody's messages are in the one chat."""
    miniature.add_group(GROUP, "Course", [ADA])

    update = miniature.say(ADA, "/help@syllabot_bot", chat_id=GROUP)
    await bot.send_message(GROUP, "Hello, all")

    assert update["message"]["chat"] == {"id": GROUP, "type": "group", "title": "Course"}
    assert [seen.text for seen in miniature.chat(GROUP)] == ["/help@syllabot_bot", "Hello, all"]
    with pytest.raises(ValueError, match="Ivan is not in Course"):
        miniature.say(IVAN, "hello", chat_id=GROUP)


async def test_chat_action(call: Call, refusal: Refusal) -> None:
    """Only the Bot API's actions can be shown."""
    assert await call("sendChatAction", chat_id=ADA, action="typing") is True
    assert (
        await refusal("sendChatAction", chat_id=ADA, action="thinking")
        == "Bad Request: wrong parameter action in request"
    )


async def test_faults(miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """A fault that a test sets is the answer, the call is logged, and nothing happens."""
    before = miniature.chat(ADA)
    fault = ApiError(429, "Too Many Requests: retry after 3", 3)
    miniature.faults = lambda method, params: fault if method == "sendMessage" else None

    assert await refusal("sendMessage", chat_id=ADA, text="hello") == "Too Many Requests: retry after 3"

    assert miniature.chat(ADA) == before
    assert (miniature.calls[-1].method, miniature.calls[-1].error) == ("sendMessage", fault)
    assert fault.payload()["parameters"] == {"retry_after": 3}
    assert await call("getMe")


async def test_results_are_the_callers_own(call: Call) -> None:
    """Whoever changes a result changes nothing in the miniature."""
    message = await call("sendMessage", chat_id=ADA, text="<b>a</b>", parse_mode="HTML")
    message["entities"].clear()

    again = await call("sendMessage", chat_id=ADA, text="b", reply_parameters={"message_id": message["message_id"]})
    assert len(again["reply_to_message"]["entities"]) == 1
