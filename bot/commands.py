"""The command menus that Telegram shows beside the text box."""

import logging

from telegram.error import TelegramError

from bot.api import Api
from handlers.kit.router import Command
from handlers.kit.text import Catalogs
from handlers.policies import Action
from handlers.talk import Talk

log = logging.getLogger(__name__)


async def register_commands(api: Api, talk: Talk, catalogs: Catalogs, admin_ids: frozenset[int]) -> None:
    """Sets the menus: students' commands for everyone, all of them for each admin who has written to the bot.

    A menu is a convenience: what Telegram refuses is logged, and everything works typed.
    """
    everyone = [command for command in talk.commands.values() if command.action is not Action.ADMINISTER]
    await _set(api, everyone, catalogs, {"type": "default"})
    for admin_id in sorted(admin_ids):
        await _set(api, list(talk.commands.values()), catalogs, {"type": "chat", "chat_id": admin_id})


async def _set(api: Api, commands: list[Command], catalogs: Catalogs, scope: dict[str, object]) -> None:
    english = catalogs.translator("en")
    menu = [{"command": one.name, "description": str(one.description.render(english).unescape())} for one in commands]
    try:
        await api.call("setMyCommands", {"commands": menu, "scope": scope})
    except TelegramError as error:
        log.info("the command menu for %s is not set: %s", scope["type"], error.message)
