"""What the bot says of itself: its command menus by scope and language, its descriptions.

Limits: https://core.telegram.org/bots/api#botcommand, #setmycommands, #setmydescription.
"""

import json
import re
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.store import Memory

COMMANDS_LIMIT = 100
_NAME_LIMIT = 32
_DESCRIPTION_LIMIT = 256
_COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")
_LANGUAGE = re.compile(r"^[a-z]{2}$")
_DEFAULT: dict[str, Any] = {"type": "default"}

Commands = list[dict[str, Any]]


class Menus:
    """The command menus and descriptions that the bot has set."""

    def __init__(self, memory: Memory) -> None:
        self._menus = memory.table("menus")
        self._words = memory.table("descriptions")

    def set(self, params: dict[str, Any]) -> None:
        """Set the commands of a scope and language.

        Raises:
            ApiError: 400 for over 100 commands, a bad name, a missing or long description.
        """
        commands = [_command(command) for command in params["commands"]]
        if len(commands) > COMMANDS_LIMIT:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self._menus.put(_key(params), commands)

    def get(self, params: dict[str, Any]) -> Commands:
        """Return the commands of exactly this scope and language."""
        found: Commands = self._menus.get(_key(params), [])
        return found

    def delete(self, params: dict[str, Any]) -> None:
        """Forget the commands of this scope and language."""
        self._menus.remove(_key(params))

    def shown(self, person_id: int, language_code: str) -> Commands:
        """Return the menu of a person's chat with the bot: the narrowest scope that has one.

        Source: https://core.telegram.org/bots/api#determining-list-of-commands.
        """
        chat = {"type": "chat", "chat_id": person_id}
        for scope in (chat, {"type": "all_private_chats"}, _DEFAULT):
            for language in (language_code, ""):
                found = self.get({"scope": scope, "language_code": language})
                if found:
                    return found
        return []

    def describe(self, name: str, limit: int, params: dict[str, Any]) -> None:
        """Set a description of at most *limit* characters; ApiError 400 for a longer one."""
        text = params.get(name, "")
        if len(text) > limit:
            raise bad_request(f"{name} is too long")
        self._words.put(f"{name} {params.get('language_code', '')}", text)

    def description(self, name: str, language_code: str) -> str:
        """Return a description in the language, or the one for all languages."""
        everybody = self._words.get(f"{name} ", "")
        return str(self._words.get(f"{name} {language_code}", everybody))


def _key(params: dict[str, Any]) -> str:
    language = params.get("language_code", "")
    if language and not _LANGUAGE.match(language):
        raise bad_request("invalid language code specified")
    scope = dict(params.get("scope", _DEFAULT))
    if "chat_id" in scope:
        scope["chat_id"] = str(scope["chat_id"])
    return f"{json.dumps(scope, sort_keys=True)} {language}"


def _command(command: dict[str, Any]) -> dict[str, Any]:
    name = command["command"].strip().removeprefix("/")
    description = command["description"].strip()
    if not name:
        raise bad_request("command must be non-empty")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(name) > _NAME_LIMIT:
        raise bad_request("command length must not exceed 32")
    if len(description) > _DESCRIPTION_LIMIT:
        raise bad_request("command description length must not exceed 256")
    if not _COMMAND.match(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}
