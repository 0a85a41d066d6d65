import pytest
from telegram import Bot, Update

from bot.playground.miniature import Miniature
from bot.playground.world import Toast
from tests.bot.playground.conftest import ADA, IVAN, Call, Clock, Refusal

KEYBOARD = {"inline_keyboard": [[{"text": "Done", "callback_data": "done"}], [{"text": "Next", "callback_data": "n"}]]}
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_updates_are_what_ptb_reads(miniature: Miniature, bot: Bot) -> None:
    """Whatever people do is an update that the library reads whole."""
    miniature.say(ADA, "/start c_PY101")
    miniature.send_album(ADA, [{"kind": "photo", "data": b"a"}, {"kind": "video", "data": b"b", "caption": "two"}])
    for kind in ("audio", "voice", "document", "animation", "sticker", "video_note"):
        miniature.send_file(ADA, kind, b"data", filename="a.bin")
    miniature.send_other(ADA, "contact", {"phone_number": "+123", "first_name": "Ada"})
    miniature.edit(ADA, miniature.chat(ADA)[0].id, "/start again")
    miniature.forge(ADA, 77, "x")
    miniature.block(ADA)

    updates = [Update.de_json(update, bot) for update in miniature.take_updates()]

    for update in updates:
        assert update.effective_user is not None
        assert update.effective_user.full_name == "Ada Lovelace"
        assert not update.api_kwargs
        if update.effective_message and update.message:
            assert not update.message.api_kwargs
            assert update.message.effective_attachment or update.message.text
    assert updates[0].message is not None
    assert updates[0].message.parse_entities() == {updates[0].message.entities[0]: "/start"}
    assert updates[-2].callback_query is not None
    assert updates[-2].callback_query.message is not None
    assert not updates[-2].callback_query.message.is_accessible
    assert updates[-1].my_chat_member is not None
    assert updates[-1].my_chat_member.new_chat_member.status == "kicked"


async def test_press(miniature: Miniature, call: Call) -> None:
    """A button that is there can be pressed; the query carries its message."""
    message = await call("sendMessage", chat_id=ADA, text="lesson", reply_markup=KEYBOARD)

    query = miniature.press(ADA, message["message_id"], "n")["callback_query"]

    assert (query["data"], query["message"]) == ("n", message)
    assert [button.data for button in miniature.chat(ADA)[-1].buttons] == ["done", "n"]
    with pytest.raises(ValueError, match="no button with 'other'"):
        miniature.press(ADA, message["message_id"], "other")
    with pytest.raises(ValueError, match="no message 999"):
        miniature.press(ADA, 999, "n")


async def test_query_is_answered_once(miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """A query has one answer, which the person sees."""
    query_id = miniature.forge(ADA, 5, "x")["callback_query"]["id"]

    await call("answerCallbackQuery", callback_query_id=query_id, text="Done!", show_alert=True)

    assert miniature.toasts(ADA) == [Toast("Done!", alert=True)]
    assert await refusal("answerCallbackQuery", callback_query_id=query_id) == TOO_OLD
    assert await refusal("answerCallbackQuery", callback_query_id="5") == TOO_OLD


async def test_query_is_answered_in_time(clock: Clock, miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """A query can be answered for 150 seconds; an answer without words shows nothing."""
    early, late = (miniature.forge(ADA, 5, "x")["callback_query"]["id"] for _ in range(2))

    clock.advance(150)
    await call("answerCallbackQuery", callback_query_id=early)
    clock.advance(1)
    assert await refusal("answerCallbackQuery", callback_query_id=late) == TOO_OLD
    assert miniature.toasts(ADA) == []


async def test_answers_that_are_refused(miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """A toast has 200 characters, and its link leads to the bot itself."""
    query_id = miniature.forge(ADA, 5, "x")["callback_query"]["id"]

    words = await refusal("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
    assert words == "Bad Request: MESSAGE_TOO_LONG"
    words = await refusal("answerCallbackQuery", callback_query_id=query_id, url="https://a.example")
    assert words == "Bad Request: URL_INVALID"
    await call("answerCallbackQuery", callback_query_id=query_id, url="https://t.me/syllabot_bot?start=x")
    assert miniature.toasts(ADA)[-1].url == "https://t.me/syllabot_bot?start=x"


def test_edit(miniature: Miniature, clock: Clock) -> None:
    """People edit their texts and captions; the update has the new content."""
    message_id = miniature.say(ADA, "old /help")["message"]["message_id"]
    photo_id = miniature.send_file(ADA, "photo", b"x", caption="old")["message"]["message_id"]
    clock.advance(60)

    edited = miniature.edit(ADA, message_id, "new")["edited_message"]
    caption = miniature.edit(ADA, photo_id, "new")["edited_message"]["caption"]

    assert (edited["text"], edited["edit_date"] - edited["date"], "entities" in edited) == ("new", 60, False)
    assert caption == "new"
    assert [(seen.text or seen.caption, seen.edited) for seen in miniature.chat(ADA)[1:]] == [("new", True)] * 2


async def test_impossible_acts(miniature: Miniature, call: Call) -> None:
    """What nobody can do in Telegram is a mistake of the test."""
    theirs = (await call("sendMessage", chat_id=ADA, text="a"))["message_id"]
    for act in (
        lambda: miniature.say(99, "hello"),
        lambda: miniature.say(ADA, "  "),
        lambda: miniature.say(ADA, "x" * 4097),
        lambda: miniature.say(ADA, "hello", reply_to=999),
        lambda: miniature.send_file(ADA, "photo", b"x", caption="x" * 1025),
        lambda: miniature.send_album(ADA, [{"kind": "photo", "data": b"x"}]),
        lambda: miniature.edit(ADA, theirs, "mine now"),
        lambda: miniature.unblock(ADA),
        lambda: miniature.add_group(5, "Course", [ADA]),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            act()
    miniature.take_updates()
    miniature.block(ADA)
    with pytest.raises(ValueError, match=r"has blocked the bot"):
        miniature.say(ADA, "hello")


def test_first_act_starts_the_chat(miniature: Miniature) -> None:
    """The bot may write to a person from their first message on."""
    assert not miniature.world.people.person(IVAN).started

    miniature.say(IVAN, "/start")

    assert miniature.world.people.person(IVAN).started


async def test_commands(miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """Menus are kept by scope and language, and a person sees the narrowest."""
    commands = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    own = {"scope": {"type": "chat", "chat_id": ADA}}

    await call("setMyCommands", commands=commands[:100])
    await call("setMyCommands", commands=commands[:1], **own)
    assert len(await call("getMyCommands")) == 100
    assert await call("getMyCommands", **own) == commands[:1]
    assert await call("getMyCommands", language_code="de") == []
    assert len(miniature.world.menus.shown(ADA, "en")) == 1
    assert len(miniature.world.menus.shown(IVAN, "en")) == 100

    await call("deleteMyCommands", **own)
    assert len(miniature.world.menus.shown(ADA, "en")) == 100
    assert await refusal("setMyCommands", commands=commands) == "Bad Request: BOT_COMMANDS_TOO_MUCH"


@pytest.mark.parametrize(
    ("command", "description", "reason"),
    [
        ("Start", "x", "BOT_COMMAND_INVALID"),
        ("new-course", "x", "BOT_COMMAND_INVALID"),
        ("", "x", "command must be non-empty"),
        ("x" * 33, "x", "command length must not exceed 32"),
        ("start", " ", "command description must be non-empty"),
        ("start", "x" * 257, "command description length must not exceed 256"),
    ],
)
async def test_bad_commands(refusal: Refusal, command: str, description: str, reason: str) -> None:
    """Names are 1 to 32 lower-case letters, digits and underscores; descriptions have 1 to 256 characters."""
    commands = [{"command": command, "description": description}]

    assert await refusal("setMyCommands", commands=commands) == f"Bad Request: {reason}"


async def test_descriptions(miniature: Miniature, call: Call, refusal: Refusal) -> None:
    """The description is shown in the person's language, else the common one."""
    await call("setMyDescription", description="Courses")
    await call("setMyDescription", description="Kurse", language_code="de")
    await call("setMyShortDescription", short_description="x" * 120)

    assert miniature.world.menus.description("description", "de") == "Kurse"
    assert miniature.world.menus.description("description", "fr") == "Courses"
    assert await refusal("setMyDescription", description="x" * 513) == "Bad Request: description is too long"
    assert await refusal("setMyShortDescription", short_description="x" * 121) == (
        "Bad Request: short_description is too long"
    )
