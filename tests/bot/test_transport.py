"""What a view said becomes Bot API calls, in each reader's language."""

import datetime as dt
from typing import Any, ClassVar

import pytest
from telegram import Update

from bot.commands import Menus
from bot.playground.miniature import Miniature
from bot.transport import Transport
from db.records import OutgoingRecord, SessionRecord
from db.repositories.chat_sessions import Recipient
from handlers.kit.content import Content, Kind
from handlers.kit.press import Press
from handlers.kit.reply import Button, Erase, Notice, Rekey, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.rich import RichText
from handlers.kit.rules import Rules
from handlers.kit.text import Bold, Catalogs, Text
from tests.chat import TOKEN
from tests.german import catalogs

__all__ = ["catalogs"]

NOW = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)
ADA, BOB = 7, 8


class Go(Press):
    prefix: ClassVar[str] = "go"


@pytest.fixture
def telegram() -> Miniature:
    telegram = Miniature(token=TOKEN)
    telegram.add_person(ADA, "Ada")
    return telegram


@pytest.fixture
def transport(catalogs: Catalogs) -> Transport:
    return Transport(catalogs, "me", Menus([], frozenset()))


def request_of(update: dict[str, Any], language: str = "en") -> Request:
    """Returns the request of an update from somebody with this language."""
    session = SessionRecord(
        telegram_id=ADA,
        first_name="Ada",
        language=language,
        keeps_language=False,
        zone=None,
        user_id=None,
        signed_in_at=None,
        signed_in_until=None,
        dialog=None,
        course_id=None,
        lesson_id=None,
        undo_lesson_id=None,
        wanted_code=None,
        unreachable_since=None,
        seen_at=NOW,
    )
    read = Update.de_json(update, None)
    return Request(update=read, session=session, user=None, rules=Rules("bot"), now=NOW)


def typed(telegram: Miniature, language: str = "en") -> Request:
    """Returns the request of a message."""
    return request_of(telegram.say(ADA, "hello"), language)


def pressed(telegram: Miniature, **message: Any) -> Request:
    """Returns the request of a button under a message of the bot."""
    person = telegram.world.people.person(ADA)
    shown = telegram.world.post(telegram.world.bot(), person.chat(), message)
    return request_of(telegram.forge(ADA, shown["message_id"], "go"))


def calls(rows: list[OutgoingRecord]) -> list[tuple[int, str]]:
    return [(row.chat_id, row.method) for row in rows]


SCREEN = screen(Text("Hello {name}!").format(name="<Ada>"), Button(Text("Help"), Go()))


def test_after_words_a_screen_is_a_new_message(transport: Transport, telegram: Miniature) -> None:
    """It has the words as HTML, the buttons, and no preview of links."""
    [row] = transport.rows(SCREEN, typed(telegram))
    assert (row.chat_id, row.method, row.owner, row.created_at, row.part) == (ADA, "sendMessage", "me", NOW, 0)
    assert row.content == {
        "text": "Hello &lt;Ada&gt;!",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {"inline_keyboard": [[{"text": "Help", "callback_data": "go"}]]},
    }


def test_after_a_press_a_screen_takes_its_message(transport: Transport, telegram: Miniature) -> None:
    """The pressed text becomes the new one, unless the screen is to be fresh."""
    request = pressed(telegram, text="Old")
    [row] = transport.rows(SCREEN, request)
    assert request.update.callback_query
    assert request.update.callback_query.message
    assert row.method == "editMessageText"
    assert (row.content or {})["message_id"] == request.update.callback_query.message.message_id
    [fresh] = transport.rows(reply(Screen(Text("Hi"), fresh=True)), request)
    assert fresh.method == "sendMessage"


def test_a_screen_cannot_take_a_photos_place(transport: Transport, telegram: Miniature) -> None:
    """Under a photo the screen is a new message."""
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    [row] = transport.rows(SCREEN, pressed(telegram, photo=photo, caption="Old"))
    assert row.method == "sendMessage"


PICTURE = Content(Kind.PHOTO, RichText(""), file_id="F1")


@pytest.mark.parametrize(("length", "methods"), [(1024, ["sendPhoto"]), (1025, ["sendPhoto", "sendMessage"])])
def test_a_screen_can_be_a_photo(transport: Transport, telegram: Miniature, length: int, methods: list[str]) -> None:
    """Its words are the caption, or follow it when they are too many; it is new, for a text becomes no photo."""
    said = reply(Screen(Bold("x" * length), keyboard(Button("Help", Go())), photo=PICTURE))
    rows = transport.rows(said, pressed(telegram, text="Old"))
    assert [row.method for row in rows] == methods
    first, last = rows[0].content or {}, rows[-1].content or {}
    assert first["photo"] == "F1"
    assert last.get("caption", last.get("text")) == "x" * length
    assert (last.get("caption_entities") or last["entities"])[0]["type"] == "bold"
    assert last["reply_markup"] == {"inline_keyboard": [[{"text": "Help", "callback_data": "go"}]]}


def test_a_message_that_is_gone_is_not_edited(transport: Transport, telegram: Miniature) -> None:
    """A press under a message that Telegram shows no more is answered with a new one."""
    telegram.say(ADA, "hello")
    request = request_of(telegram.forge(ADA, 4711, "go"))
    assert calls(transport.rows(SCREEN, request)) == [(ADA, "sendMessage")]
    assert transport.rows(reply(Rekey()), request) == []


def test_only_buttons_can_change(transport: Transport, telegram: Miniature) -> None:
    """Other buttons under the pressed message leave its words alone; none takes them away."""
    request = pressed(telegram, text="Old")
    [row] = transport.rows(reply(Rekey(keyboard(Button("More", Go())))), request)
    assert row.method == "editMessageReplyMarkup"
    assert (row.content or {})["reply_markup"] == {"inline_keyboard": [[{"text": "More", "callback_data": "go"}]]}
    [bare] = transport.rows(reply(Rekey()), request)
    assert (bare.content or {})["reply_markup"] == {"inline_keyboard": []}


def test_everybody_reads_their_own_language(transport: Transport, telegram: Miniature) -> None:
    """A notice speaks its recipient's language, whatever the sender's; so do labels, which are no HTML."""
    said = SCREEN.with_parts(Notice(Recipient(BOB, "de-AT"), Screen(Text("Good morning"), SCREEN.parts[0].keyboard)))  # type: ignore[union-attr]
    english, german = transport.rows(said, typed(telegram, "xx"))
    assert (english.content or {})["text"] == "Hello &lt;Ada&gt;!"
    assert (german.chat_id, (german.content or {})["text"]) == (BOB, "Guten Morgen")
    assert (german.content or {})["reply_markup"]["inline_keyboard"][0][0]["text"] == "Hilfe <3"
    [turned] = transport.rows(SCREEN, typed(telegram, "de"))
    assert (turned.content or {})["text"] == "Hallo &lt;Ada&gt;!"


def test_a_notice_is_never_an_edit(transport: Transport, telegram: Miniature) -> None:
    """What another person gets is new to them, though it was caused by a press."""
    said = reply(Notice(Recipient(BOB, "en"), Screen(Text("Hi"))))
    assert calls(transport.rows(said, pressed(telegram, text="Old"))) == [(BOB, "sendMessage")]


def test_parts_are_numbered_in_order(transport: Transport, telegram: Miniature) -> None:
    """The rows of an update carry its id and their place, which together are unique."""
    request = typed(telegram)
    said = reply(Erase(5), Screen(Text("One")), Screen(Text("Two"), remember="x"), Screen(Text("Three"), edits="x"))
    rows = transport.rows(said, request)
    assert [(row.update_id, row.part) for row in rows] == [(request.update.update_id, part) for part in range(4)]
    assert calls(rows)[0] == (ADA, "deleteMessage")
    assert [(row.remember, row.edits) for row in rows[2:]] == [("x", None), (None, "x")]


def test_a_group_is_answered_in_the_group(transport: Transport, telegram: Miniature) -> None:
    """The answer goes where the person spoke."""
    telegram.add_group(-100, "Class", [ADA])
    assert calls(transport.rows(SCREEN, request_of(telegram.say(ADA, "/start", chat_id=-100)))) == [
        (-100, "sendMessage")
    ]


@pytest.mark.parametrize(
    ("said", "language", "shown"),
    [
        (Reply(), "en", None),
        (Reply(toast=Text("Hello {name}!").format(name="<Ada> & Co")), "de", "Hallo <Ada> & Co!"),
        (Reply(toast=Text("x" * 300)), "en", "x" * 200),
        (Reply(toast=Text("{name}").format(name="&" * 300)), "en", "&" * 200),
    ],
)
def test_a_toast_is_short_and_plain(
    transport: Transport, telegram: Miniature, said: Reply, language: str, shown: str | None
) -> None:
    """The word over the chat has no tags, the reader's language, and at most 200 characters."""
    assert transport.toast(said, typed(telegram, language)) == shown


def test_links_are_buttons_too(transport: Transport, telegram: Miniature) -> None:
    """A button with a link carries no callback data."""
    [row] = transport.rows(screen(Text("Hi"), Button("Open", url="https://t.me/bot")), typed(telegram))
    assert (row.content or {})["reply_markup"]["inline_keyboard"] == [[{"text": "Open", "url": "https://t.me/bot"}]]
