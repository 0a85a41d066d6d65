"""The Bot API's schema: does a call have the parameters and types that the real server takes?

The real server ignores parameters that it does not know and is lenient about some types. The
playground is not: a misspelt parameter is a mistake of ours, and better found here.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.playground.errors import ApiError, bad_request

# How the real server names the object in which it could not read a field. Objects that are not
# here are refused with the bare reason. Source: ``Client.cpp`` of tdlib/telegram-bot-api.
_WHERE = {
    "MessageEntity": "can't parse MessageEntity: ",
    "InlineKeyboardButton": "can't parse inline keyboard button: ",
    "KeyboardButton": "can't parse keyboard button: ",
    "InputMediaAudio": "can't parse InputMedia: ",
    "InputMediaDocument": "can't parse InputMedia: ",
    "InputMediaPhoto": "can't parse InputMedia: ",
    "InputMediaVideo": "can't parse InputMedia: ",
    "BotCommand": "can't parse BotCommand: ",
}

_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
}

# Required, and yet empty to take away what was set.
_MEANT_EMPTY = frozenset({"url"})

_IDENTIFIERS = (["InputFile", "String"], ["Integer", "String"])
# The real server's largest are of 64 bits.
_INTEGERS = range(-(2**63), 2**63)
_TRUE = {"true", "yes", "1"}
_FALSE = {"false", "no", "0"}


class MismatchError(Exception):
    """A value that is not of the type that the schema wants; says what it should be."""


class Schema:
    """The methods and types of ``schema.json``."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self.version: str = described["version"]
        self._methods: Mapping[str, Any] = described["methods"]
        self._types: Mapping[str, Any] = described["types"]
        self._unsupported = frozenset(described["unsupported"])

    def read(self, method: str, params: Mapping[str, object]) -> dict[str, Any]:
        """Return *params* with every value decoded to the type that *method* declares.

        Values may be strings (a form or a query) or JSON values, as with the real server.

        Raises:
            ApiError: 404 for a method that is not supported, 400 for an unknown or missing
                parameter or a wrong type.
        """
        if method not in self._methods:
            known = method in self._unsupported
            reason = "method not supported by the playground" if known else "method not found"
            raise ApiError(404, f"Not Found: {reason}")
        described = self._methods[method]
        given = {name: value for name, value in params.items() if value is not None}
        return {
            name: self._parameter(method, described["fields"], name, value) for name, value in given.items()
        } | self._require(described["required"], given)

    def _require(self, required: list[str], given: Mapping[str, object]) -> dict[str, Any]:
        for name in required:
            # An upload counts: its value is put in before the parameters are read.
            if name not in given or (given[name] == "" and name not in _MEANT_EMPTY):
                raise bad_request(_MISSING.get(name, f'parameter "{name}" is required'))
        return {}

    def _parameter(self, method: str, fields: Mapping[str, str], name: str, value: object) -> Any:
        if name not in fields:
            raise bad_request(f'parameter "{name}" is not known to {method}')
        try:
            return self._value(fields[name], value, f'parameter "{name}"')
        except MismatchError as mismatch:
            raise bad_request(str(mismatch)) from None

    def _value(self, spelt: str, value: object, label: str) -> Any:
        kinds = spelt.split(" or ")
        if kinds in _IDENTIFIERS:
            return _identifier(value, label)
        if isinstance(value, str) and not any(kind.startswith("String") for kind in kinds):
            value = _decoded(value, label)
        if len(kinds) > 1 and isinstance(value, list | tuple):
            inner = " or ".join(kind.removeprefix("Array of ") for kind in kinds)
            return [self._value(inner, item, label) for item in value]
        return self._one(self._suited(kinds, value), value, label)

    def _one(self, kind: str, value: object, label: str) -> Any:
        if kind.startswith("Array of "):
            return self._array(kind.removeprefix("Array of "), value, label)
        if kind.startswith("String"):
            return _string(kind, value, label)
        if kind in _PRIMITIVES:
            return _PRIMITIVES[kind](value, label)
        return self._object(kind, value, label)

    def _array(self, kind: str, value: object, label: str) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise MismatchError(f"{label} must be of type Array")
        return [self._one(kind, item, label) for item in value]

    def _object(self, kind: str, value: object, label: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise MismatchError(f"{_WHERE.get(kind, '')}{label} must be an Object")
        described = self._types[kind]
        if "one_of" in described:
            return self._object(self._suited(described["one_of"], value), value, label)
        where = _WHERE.get(kind, "")
        fields = described["fields"]
        given = {name: inner for name, inner in value.items() if inner is not None}
        for name in described["required"]:
            if name not in given:
                raise MismatchError(f'{where}Can\'t find field "{name}"')
        for name in given:
            if name not in fields:
                raise MismatchError(f'{where}Field "{name}" is not known to {kind}')
        try:
            return {name: self._value(fields[name], inner, f'Field "{name}"') for name, inner in given.items()}
        except MismatchError as mismatch:
            # The innermost object names itself; outer ones add nothing, as on the real server.
            reason = str(mismatch)
            raise MismatchError(reason if reason.startswith("can't") else where + reason) from None

    def _suited(self, kinds: list[str], value: object) -> str:
        """Return the alternative that *value* means to be: the most of its fields are of it."""
        if len(kinds) == 1 or not isinstance(value, Mapping):
            return kinds[0]
        return max(kinds, key=lambda kind: self._likeness(kind, value))

    def _likeness(self, kind: str, value: Mapping[str, object]) -> tuple[bool, int]:
        fields: Mapping[str, str] = self._types[kind]["fields"]
        constants = (
            value.get(name) == spelt.removeprefix("String = ")
            for name, spelt in fields.items()
            if spelt.startswith("String = ")
        )
        return all(constants), sum(name in fields for name in value)


@cache
def load() -> Schema:
    """Return the schema that is shipped beside this module."""
    text = Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
    return Schema(json.loads(text))


def _decoded(value: str, label: str) -> object:
    """Return what a form's *value* says; words that are no JSON stay for the type's own check."""
    try:
        return json.loads(value)
    except ValueError:
        if value[:1] in "[{":
            raise MismatchError(f"can't parse {label} JSON object") from None
        return value


def _identifier(value: object, label: str) -> int | str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return _integer(value, label)
    raise MismatchError(f"{label} must be of type Integer or String")


def _string(kind: str, value: object, label: str) -> str:
    if not isinstance(value, str):
        raise MismatchError(f"{label} must be of type String")
    constant = kind.removeprefix("String").removeprefix(" = ")
    if constant and value != constant:
        raise MismatchError(f'type "{value}" is unsupported')
    return value


def _integer(value: object, label: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INTEGERS:
        raise MismatchError(f"{label} must be a valid Number")
    return value


def _float(value: object, label: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MismatchError(f"{label} must be a valid Number")
    return value


def _boolean(value: object, label: str) -> bool:
    word = str(value).lower()
    if isinstance(value, str | int) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise MismatchError(f"{label} must be of type Boolean")


_PRIMITIVES = {"Integer": _integer, "Float": _float, "Boolean": _boolean}
