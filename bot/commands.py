"""What Telegram itself shows of the bot: the command menus, and its description in an empty chat."""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from telegram.error import TelegramError

from bot.api import Api
from db.models import Role
from db.transaction import Database, is_temporary
from handlers.kit.router import Command
from handlers.kit.text import Catalogs, Translator, _, say
from handlers.policies import Who, may

log = logging.getLogger(__name__)

# Bot API, setMyDescription and setMyShortDescription: 512 and 120 characters.
DESCRIPTION = _("I teach short courses right here in the chat. Pick one, read a lesson, tap Done. I keep your place.")
SHORT_DESCRIPTION = _("Courses that live in a chat: read a lesson, tap Done.")

_STRANGER = Who(None, is_instructor=False, is_admin=False)


class Menus:
    """Which commands are offered to whom: a student's to everybody, and to staff, in their own chats, their own too."""

    def __init__(self, commands: Iterable[Command], admin_ids: frozenset[int]) -> None:
        """Knows all commands, and who the admins are."""
        self._commands = list(commands)
        self.admin_ids = admin_ids

    def everybodys(self, to: Translator) -> list[dict[str, str]]:
        """Returns the menu of who is no staff, as the Bot API takes it."""
        return self._menu(to, teaches=False, is_admin=False)

    def of(self, chat_id: int, to: Translator, *, teaches: bool) -> tuple[str, dict[str, Any]]:
        """Returns the Bot API call that gives a private chat its menu, by method and parameters."""
        scope, is_admin = {"type": "chat", "chat_id": chat_id}, chat_id in self.admin_ids
        if not teaches and not is_admin:
            return "deleteMyCommands", {"scope": scope}
        return "setMyCommands", {"commands": self._menu(to, teaches=teaches, is_admin=is_admin), "scope": scope}

    def _menu(self, to: Translator, *, teaches: bool, is_admin: bool) -> list[dict[str, str]]:
        # Signed in or not: a menu is not changed by every login.
        whose = (_STRANGER, Who(0, is_instructor=teaches, is_admin=is_admin))
        return [
            {"command": one.name, "description": str(one.description.render(to).unescape())}
            for one in self._commands
            if any(may(who, one.action) for who in whose)
        ]


async def introduce(api: Api, menus: Menus, catalogs: Catalogs, database: Database, now: dt.datetime) -> None:
    """Sets everybody's menu and the descriptions in each language, and the menus of the admins who wrote to the bot.

    Instructors got theirs when they became one. A menu is a convenience: what Telegram refuses is logged, and all of it
    works typed.
    """
    for code, translator in languages(catalogs):
        named = {"language_code": code} if code else {}
        words = (
            ("setMyCommands", "commands", menus.everybodys(translator)),
            ("setMyDescription", "description", say(DESCRIPTION, translator).unescape()),
            ("setMyShortDescription", "short_description", say(SHORT_DESCRIPTION, translator).unescape()),
        )
        for method, name, value in words:
            await _try(api, method, {name: value, **named})
    try:
        async with database.reading() as repos:
            admins = await repos.sessions.list_staff(menus.admin_ids, now)
    except Exception as error:
        if not is_temporary(error):
            raise
        log.info("the admins' menus stay as they were: the database is away")
        return
    for to, role in admins:
        teaches = role is Role.INSTRUCTOR
        await _try(api, *menus.of(to.telegram_id, catalogs.translator(to.language), teaches=teaches))


def languages(catalogs: Catalogs) -> Iterator[tuple[str, Translator]]:
    """Yields English, for whoever has no catalog, then each language with one, under the Bot API's two letters."""
    yield "", catalogs.translator("en")
    # A language before its dialects, which have no menu of their own.
    codes = {tag.partition("_")[0]: tag for tag in sorted(catalogs.languages, reverse=True)}
    for code, tag in sorted(codes.items()):
        if len(code) == len("en") and code != "en":
            yield code, catalogs.translator(tag)


async def _try(api: Api, method: str, params: dict[str, Any]) -> None:
    try:
        await api.call(method, params)
    except TelegramError as error:
        log.info("%s was refused: %s", method, error.message)
