"""What Telegram itself shows of the bot: the command menus, and its description in an empty chat."""

import logging

from telegram.error import TelegramError

from bot.api import Api
from handlers.kit.router import Command
from handlers.kit.text import Catalogs, _, say
from handlers.policies import Action
from handlers.talk import Talk

log = logging.getLogger(__name__)

# Bot API, setMyDescription and setMyShortDescription: 512 and 120 characters.
DESCRIPTION = _("I teach short courses right here in the chat. Pick one, read a lesson, tap Done. I keep your place.")
SHORT_DESCRIPTION = _("Courses that live in a chat: read a lesson, tap Done.")


async def register_commands(api: Api, talk: Talk, catalogs: Catalogs, admin_ids: frozenset[int]) -> None:
    """Sets the menus (admins' commands only for admins who have written to the bot) and the descriptions.

    A menu is a convenience: what Telegram refuses is logged, and everything works typed.
    """
    everyone = [command for command in talk.commands.values() if command.action is not Action.ADMINISTER]
    await _set(api, everyone, catalogs, {"type": "default"})
    for admin_id in sorted(admin_ids):
        await _set(api, list(talk.commands.values()), catalogs, {"type": "chat", "chat_id": admin_id})
    english = catalogs.translator("en")
    await _try(api, "setMyDescription", {"description": say(DESCRIPTION, english).unescape()})
    await _try(api, "setMyShortDescription", {"short_description": say(SHORT_DESCRIPTION, english).unescape()})


async def _set(api: Api, commands: list[Command], catalogs: Catalogs, scope: dict[str, object]) -> None:
    english = catalogs.translator("en")
    menu = [{"command": one.name, "description": str(one.description.render(english).unescape())} for one in commands]
    await _try(api, "setMyCommands", {"commands": menu, "scope": scope})


async def _try(api: Api, method: str, params: dict[str, object]) -> None:
    try:
        await api.call(method, params)
    except TelegramError as error:
        log.info("%s was refused: %s", method, error.message)
