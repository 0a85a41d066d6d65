"""Make ``schema.json`` from a machine-readable Bot API.

``python -m bot.playground.extract API_JSON`` reads a file in the format of
https://github.com/PaulSonOfLars/telegram-bot-api-spec (``methods`` and ``types``, each with
``fields`` of ``name``, ``types``, ``required`` and ``description``) and writes, beside this
module, the methods that the playground supports and the types that their parameters reach. The
names of all other methods are kept, so that calling one is told apart from a misspelt name.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SUPPORTED = (
    "answerCallbackQuery",
    "deleteMessage",
    "deleteMyCommands",
    "deleteWebhook",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "editMessageText",
    "getFile",
    "getMe",
    "getMyCommands",
    "getUpdates",
    "getWebhookInfo",
    "sendAnimation",
    "sendAudio",
    "sendChatAction",
    "sendDocument",
    "sendMediaGroup",
    "sendMessage",
    "sendPhoto",
    "sendVideo",
    "sendVoice",
    "setMyCommands",
    "setMyDescription",
    "setMyShortDescription",
    "setWebhook",
)

TARGET = Path(__file__).with_name("schema.json")

# "Type of the media, must be photo", "Scope type, must be all_private_chats"
_CONSTANT = re.compile(r"must be (\w+)$")


def extract(api: dict[str, Any]) -> dict[str, Any]:
    """Return the part of *api* that the playground checks calls against."""
    methods = {name: _fields(api["methods"][name]) for name in SUPPORTED}
    return {
        "version": api["version"],
        "methods": methods,
        "types": dict(sorted(_reached(api["types"], methods.values()))),
        "unsupported": sorted(set(api["methods"]) - set(SUPPORTED)),
    }


def _fields(described: dict[str, Any]) -> dict[str, Any]:
    fields = described.get("fields", [])
    return {
        "required": [field["name"] for field in fields if field["required"]],
        "fields": {field["name"]: _type(field) for field in fields},
    }


def _type(field: dict[str, Any]) -> str:
    """Spell a field's type as the Bot API's pages do; a constant as ``String = photo``."""
    constant = _CONSTANT.search(field["description"])
    if field["types"] == ["String"] and field["required"] and constant:
        return f"String = {constant[1]}"
    return " or ".join(field["types"])


def _reached(types: dict[str, Any], roots: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: set[str] = set()
    waiting = [name for root in roots for name in _names(root)]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in types:
            continue
        seen.add(name)
        described = types[name]
        if "subtypes" in described:
            found: dict[str, Any] = {"one_of": described["subtypes"]}
            waiting += described["subtypes"]
        else:
            found = _fields(described)
            waiting += _names(found)
        yield name, found


def _names(fields: dict[str, Any]) -> list[str]:
    return [part.replace("Array of ", "") for spelt in fields["fields"].values() for part in spelt.split(" or ")]


def main(arguments: list[str]) -> int:
    """Write the schema; return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m bot.playground.extract API_JSON\n")
        return 2
    api = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    TARGET.write_text(_dumps(extract(api)), encoding="utf-8")
    return 0


def _dumps(schema: dict[str, Any]) -> str:
    """One method or type a line: compact, and a new version of the Bot API reads well in a diff."""
    groups = []
    for group in ("methods", "types"):
        lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in schema[group].items()]
        groups.append(f'"{group}": {{\n' + ",\n".join(lines) + "\n}")
    return (
        f'{{"version": {json.dumps(schema["version"])},\n'
        + ",\n".join(groups)
        + f',\n"unsupported": {json.dumps(schema["unsupported"])}}}\n'
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
