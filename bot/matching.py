"""Which view an update is for: PTB's handlers do the matching."""

from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn, cast

from telegram import Chat, Message, Update
from telegram.ext import BaseHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from handlers.kit.press import Press
from handlers.kit.router import Event, Route
from handlers.talk import Talk

# What may have lost its caption, or have come in the place of another file.
_EDITABLE_FILE = (
    filters.PHOTO | filters.VIDEO | filters.ANIMATION | filters.AUDIO | filters.VOICE | filters.Document.ALL
)


class Match(NamedTuple):
    """A route, and what the update brings for it."""

    route: Route
    args: str = ""
    press: Press | None = None
    # Whether it is the first update that is too much, so that its person is to be told.
    begins_flood: bool = False


class Matcher:
    """PTB handlers in match order. Only their `check_update` is used: the pipeline calls the view itself."""

    def __init__(self, talk: Talk, username: str) -> None:
        """Knows the routes of the talk, and what the bot is called in groups."""
        self._talk = talk
        self._username = username
        self._handlers = list(self._build())

    def find(self, update: Update) -> Match | None:
        """Returns the match of an update; none when it asks for no answer (a channel post, say)."""
        if update.callback_query is not None and update.callback_query.data is not None:
            message = update.callback_query.message
            # The bot offers no such button in a group: nobody's screens are shown to all of it.
            if message is not None and message.chat.type != Chat.PRIVATE:
                return Match(self._talk.events[Event.GROUP])
            press, found = self._talk.find_press(update.callback_query.data)
            return Match(found, press=press)
        for handler, route in self._handlers:
            check = handler.check_update(update)
            if check is not None and check is not False:
                return self._command(update) if route is None else Match(route)
        return None

    def _command(self, update: Update) -> Match:
        """Returns the match of a message that begins with a command of the talk's."""
        message = cast("Message", update.message)
        text = cast("str", message.text)
        # Where a command ends is for Telegram to say: "/help." has one.
        name = text[1 : message.entities[0].length].partition("@")[0].lower()
        return Match(self._talk.commands[name], args="".join(text.split(maxsplit=1)[1:]).strip())

    def _build(self) -> Iterator[tuple[BaseHandler[Any, Any, None], Route | None]]:
        """Yields the handlers; that of all commands has no route of its own."""
        events = self._talk.events
        private = filters.ChatType.PRIVATE
        yield ChatMemberHandler(_never, ChatMemberHandler.MY_CHAT_MEMBER), events[Event.CHAT_MEMBER]
        addressed = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & _Addressed(self._username)
        yield MessageHandler(addressed, _never), events[Event.GROUP]
        yield CommandHandler(self._talk.commands, _never, private & filters.UpdateType.MESSAGE), None
        # Not what moves by edits, as a live location does.
        edited = filters.UpdateType.EDITED_MESSAGE & (filters.TEXT | filters.CAPTION | _EDITABLE_FILE)
        yield MessageHandler(private & edited, _never), events[Event.EDITED]
        # Not what Telegram says itself: a message was pinned, a timer was set.
        said = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
        yield MessageHandler(private & said, _never), events[Event.WORDS]


class _Addressed(filters.MessageFilter):
    """Who chats in a group is not spoken to, nor remembered, unless they speak to the bot."""

    def __init__(self, username: str) -> None:
        super().__init__()
        self._username = username

    def filter(self, message: Message) -> bool:
        """Returns whether a message is a command, names the bot, or answers it."""
        text = message.text or message.caption or ""
        answered = message.reply_to_message.from_user if message.reply_to_message else None
        return (
            text.startswith("/")
            or f"@{self._username}".lower() in text.lower()
            or (answered is not None and answered.username == self._username)
        )


async def _never(*_args: object) -> NoReturn:
    """Stands where PTB wants a callback."""
    message = "views are called by the pipeline"
    raise AssertionError(message)
