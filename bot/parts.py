"""The files of a call, and the ways in which each can be sent."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct, field

from handlers.kit.content import Kind

# Of a file that stands alone, what belongs to it and not to its message.
_LOOKS = ("caption", "caption_entities", "has_spoiler", "show_caption_above_media")
_KINDS = {kind.value: kind for kind in Kind}


class Copy(NamedTuple):
    """A copy in the store, and what Telegram is to be told of it."""

    name: str
    file_name: str
    facts: Mapping[str, Any]


Way: TypeAlias = str | Copy


class Part(Struct):
    """A file of a call, with the ways in which it can be sent, the best one first; without one, it is missing."""

    kind: Kind
    medium: str | None
    missing: str
    looks: dict[str, Any]
    ways: list[Way] = field(default_factory=list)
    # What this bot calls it, as far as is known.
    own: str | None = None
    file_name: str = ""


def split(params: Mapping[str, Any]) -> tuple[list[Part], dict[str, Any]]:
    """Returns the files of a call if any is a reference, and what is not about them."""
    media = params.get("media")
    if isinstance(media, list) and any(isinstance(each["media"], Mapping) for each in media):
        parts = [_part(Kind(each["type"]), each["media"], _without(each, {"type", "media"})) for each in media]
        return parts, _without(params, {"media"})
    for name in params.keys() & _KINDS.keys():
        if isinstance(params[name], Mapping):
            looks = {look: params[look] for look in _LOOKS if look in params}
            return [_part(_KINDS[name], params[name], looks)], _without(params, {name, *_LOOKS})
    return [], dict(params)


def _without(params: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in names}


def _part(kind: Kind, file: Any, looks: dict[str, Any]) -> Part:
    if not isinstance(file, Mapping):
        return Part(kind, None, "", looks, [file])
    return Part(kind, file["medium"], file["missing"], looks, [file["file_id"]] if "file_id" in file else [])


def steps(parts: Sequence[Part]) -> list[list[Way]]:
    """Returns the ways that are left to each part of a refused call: file ids are given up before copies."""
    if any(isinstance(part.ways[0], str) for part in parts):
        return [part.ways[1:] if isinstance(part.ways[0], str) else part.ways for part in parts]
    return [part.ways[1:] for part in parts]


def file_id_in(message: Any, kind: Kind) -> str | None:
    """Returns what a sent message calls its file; nothing when Telegram made something else of it."""
    file = message.get(kind.value) if isinstance(message, dict) else None
    if isinstance(file, list):  # the sizes of a photo
        file = max(file, key=lambda size: size["width"] * size["height"], default=None)
    return file["file_id"] if file else None
