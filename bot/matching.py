"""Which view an update is for: PTB's handlers do the matching."""

from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from telegram import Update
from telegram.ext import BaseHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from handlers.kit.press import Press
from handlers.kit.router import Event, Route
from handlers.talk import Talk


class Match(NamedTuple):
    """A route, and what the update brings for it."""

    route: Route
    args: str = ""
    press: Press | None = None


class Matcher:
    """PTB handlers in match order. Only their `check_update` is used: the pipeline calls the view itself."""

    def __init__(self, talk: Talk) -> None:
        """Knows the routes of the talk."""
        self._talk = talk
        self._handlers = list(self._build())

    def find(self, update: Update) -> Match | None:
        """Returns the match of an update; none when it asks for no answer (a channel post, say)."""
        if update.callback_query is not None and update.callback_query.data is not None:
            press, route = self._talk.find_press(update.callback_query.data)
            return Match(route, press=press)
        for handler, route in self._handlers:
            check = handler.check_update(update)
            if check is not None and check is not False:
                return Match(route, args=_words_after_command(update) if isinstance(handler, CommandHandler) else "")
        return None

    def _build(self) -> Iterator[tuple[BaseHandler[Any, Any, None], Route]]:
        events = self._talk.events
        private = filters.ChatType.PRIVATE
        yield ChatMemberHandler(_never, ChatMemberHandler.MY_CHAT_MEMBER), events[Event.CHAT_MEMBER]
        yield MessageHandler(filters.ChatType.GROUPS & filters.UpdateType.MESSAGE, _never), events[Event.GROUP]
        for command in self._talk.commands.values():
            yield CommandHandler(command.name, _never, private & filters.UpdateType.MESSAGE), command
        yield MessageHandler(private & filters.UpdateType.EDITED_MESSAGE, _never), events[Event.EDITED]
        yield MessageHandler(private & filters.UpdateType.MESSAGE, _never), events[Event.WORDS]


async def _never(*_args: object) -> NoReturn:
    """Stands where PTB wants a callback."""
    message = "views are called by the pipeline"
    raise AssertionError(message)


def _words_after_command(update: Update) -> str:
    text = update.message.text if update.message else None
    return text.split(maxsplit=1)[1].strip() if text and len(text.split(maxsplit=1)) > 1 else ""
