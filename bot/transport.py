"""Replies as Bot API calls: what a view said, as rows of the outbox."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from telegram import Message
from telegram.constants import MessageLimit

from bot.commands import Menus
from db.models.outgoing import CALL, RENDERED
from db.records import OutgoingRecord, SessionRecord
from handlers.kit.content import Content, Kind, sends_for
from handlers.kit.reply import Blocks, Document, Erase, Keyboard, Menu, Notice, Part, Picture, Rekey, Reply, Screen
from handlers.kit.request import Request
from handlers.kit.tags import rich
from handlers.kit.text import Catalogs, Translator, say
from handlers.lessons import MISSING_FILE

# Bot API, answerCallbackQuery: 0-200 characters.
MAX_TOAST = 200
# The one method of a lesson that takes no buttons (Bot API, sendMediaGroup).
_ALBUM = "sendMediaGroup"


class Call(Struct, frozen=True):
    """One Bot API call to one chat."""

    chat_id: int
    method: str
    params: dict[str, Any]
    remember: str | None = None
    edits: str | None = None
    version: int = CALL


class Transport:
    """Turns replies into outbox rows, each in its reader's language."""

    def __init__(self, catalogs: Catalogs, owner: str, menus: Menus) -> None:
        """Writes rows that this owner will send."""
        self._menus = menus
        self._catalogs = catalogs
        self._owner = owner

    def rows(self, reply: Reply, request: Request) -> list[OutgoingRecord]:
        """Returns the rows of a reply, in order."""
        calls = [call for part in reply.parts for call in self._calls(part, request)]
        return [self.row(call, part, request.update.update_id, request.now) for part, call in enumerate(calls)]

    def row(self, call: Call, part: int, update_id: int | None, now: dt.datetime) -> OutgoingRecord:
        """Returns the outbox row of a call."""
        return OutgoingRecord(
            update_id=update_id,
            part=part,
            chat_id=call.chat_id,
            method=call.method,
            content=call.params,
            owner=self._owner,
            remember=call.remember,
            edits=call.edits,
            version=call.version,
            created_at=now,
        )

    def notice(self, notice: Notice, now: dt.datetime) -> OutgoingRecord:
        """Returns the row of a message that answers nobody's update, and so has no id to be known by."""
        there = self._catalogs.translator(notice.to.language, notice.to.zone)
        return self.row(self._screen(notice.screen, notice.to.telegram_id, there, pressed=None), 0, None, now)

    def toast(self, reply: Reply, request: Request) -> str | None:
        """Returns the short word that answers a press, if the reply has one."""
        if reply.toast is None:
            return None
        here = self._catalogs.translator(request.session.language, request.session.zone)
        return say(reply.toast, here).unescape()[:MAX_TOAST]

    def _calls(self, part: Part, request: Request) -> Iterator[Call]:
        chat_id = request.update.effective_chat.id if request.update.effective_chat else request.telegram_id
        here = self._catalogs.translator(request.session.language, request.session.zone)
        match part:
            case Screen(photo=Content() as photo):
                yield from self._pictured(part, photo, chat_id, here)
            case Screen():
                yield self._screen(part, chat_id, here, pressed=None if part.is_new else _pressed(request))
            case Notice():
                there = self._catalogs.translator(part.to.language, part.to.zone)
                yield self._screen(part.screen, part.to.telegram_id, there, pressed=None)
            case Menu():
                there = self._catalogs.translator(part.to.language)
                yield Call(part.to.telegram_id, *self._menus.of(part.to.telegram_id, there, teaches=part.teaches))
            case Blocks():
                yield from self._blocks(part, chat_id, here)
            case Document():
                yield self._file(part, chat_id, here, request.session)
            case Rekey():
                if (message := _pressed(request)) is not None:
                    params = {"message_id": message.message_id, "reply_markup": markup(part.keyboard, here)}
                    yield Call(chat_id, "editMessageReplyMarkup", params)
            case Erase():
                yield Call(chat_id, "deleteMessage", {"message_id": part.message_id})

    def _blocks(self, part: Blocks, chat_id: int, to: Translator) -> Iterator[Call]:
        contents = [one if isinstance(one, Content) else Content(Kind.TEXT, rich(one, to)) for one in part.contents]
        missing = say(MISSING_FILE, to).unescape()
        *first, (method, params) = sends_for(contents, header=rich(part.heading, to), missing=missing)
        for each, its_params in first:
            yield Call(chat_id, each, its_params)
        if part.keyboard and method != _ALBUM:
            params = {**params, "reply_markup": markup(part.keyboard, to)}
        yield Call(chat_id, method, params)
        if part.keyboard and method == _ALBUM:
            yield self._screen(Screen(part.footer, part.keyboard), chat_id, to, pressed=None)

    def _file(self, part: Document, chat_id: int, to: Translator, reader: SessionRecord) -> Call:
        """Returns the call of a file that is to be made: `bot.rendering` puts it in the place of `file`."""
        file = {"renderer": part.renderer.name, "arguments": dict(part.arguments), "name": part.file_name}
        params: dict[str, Any] = {"file": {**file, "language": reader.language, "zone": reader.zone}}
        # Without parse_mode, nothing of it can be refused.
        for caption in rich(part.caption, to).split(MessageLimit.CAPTION_LENGTH)[:1] if part.caption else ():
            params |= {"caption": caption.text, "caption_entities": caption.to_json()["entities"]}
        if part.keyboard:
            params["reply_markup"] = markup(part.keyboard, to)
        return Call(chat_id, "sendPhoto" if isinstance(part, Picture) else "sendDocument", params, version=RENDERED)

    def _pictured(self, part: Screen, photo: Content, chat_id: int, to: Translator) -> Iterator[Call]:
        """Yields the photo with the text as its caption, or under it; the last message has the buttons."""
        *first, (method, params) = sends_for([replace(photo, text=rich(part.text, to))])
        for each, its_params in first:
            yield Call(chat_id, each, its_params)
        buttons = {"reply_markup": markup(part.keyboard, to)} if part.keyboard else {}
        yield Call(chat_id, method, {**params, **buttons}, part.remember)

    def _screen(self, part: Screen, chat_id: int, to: Translator, *, pressed: Message | None) -> Call:
        params: dict[str, Any] = {"text": str(part.text.render(to)), "parse_mode": "HTML"}
        params["link_preview_options"] = {"is_disabled": True}
        if part.keyboard:
            params["reply_markup"] = markup(part.keyboard, to)
        if part.edits is not None:
            return Call(chat_id, "editMessageText", params, part.remember, part.edits)
        # Only a text can become another text; under a photo the screen is a new message.
        if pressed is not None and pressed.text is not None:
            return Call(chat_id, "editMessageText", {"message_id": pressed.message_id, **params}, part.remember)
        return Call(chat_id, "sendMessage", params, part.remember)


def _pressed(request: Request) -> Message | None:
    """Returns the message whose button was pressed, when Telegram still lets it be changed."""
    message = request.update.callback_query.message if request.update.callback_query else None
    # PTB makes a Message of every one, also of an InaccessibleMessage, which only its date tells.
    return message if isinstance(message, Message) and message.is_accessible else None


def markup(keyboard: Keyboard, to: Translator) -> dict[str, Any]:
    """Returns the Bot API's InlineKeyboardMarkup of a keyboard."""
    rows = []
    for row in keyboard:
        buttons = []
        for button in row:
            target = {"callback_data": button.press.pack()} if button.press else {"url": button.url}
            buttons.append({"text": say(button.text, to).unescape(), **target})
        rows.append(buttons)
    return {"inline_keyboard": rows}
