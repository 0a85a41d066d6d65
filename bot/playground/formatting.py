"""A text as Telegram stores it: parsed, trimmed, measured, with its entities."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from bot.playground import utf16
from bot.playground.detection import detect
from bot.playground.entities import Entity, checked, disjoint, end
from bot.playground.errors import bad_request
from bot.playground.html import parse_html

# Sources: https://core.telegram.org/bots/api#sendmessage and #sendphoto.
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

# ``clean_input_string`` of tdlib/td: other control characters become spaces, \r goes.
_CONTROL = re.compile(r"[\0-\x09\x0b\x0c\x0e-\x1f]")
_TRIMMED = " \n"


class Formatted(Struct, frozen=True):
    """A text and its entities, offsets in UTF-16 code units."""

    text: str
    entities: list[Entity] = field(default_factory=list)


def message_text(params: Mapping[str, Any]) -> Formatted:
    """Return the text of a call that sends or edits one.

    Raises:
        ApiError: 400 when it is empty, over 4096 code units or badly formatted.
    """
    if not params.get("text"):
        raise bad_request("message text is empty")
    found = _read(params, "text", "entities")
    if not found.text:
        raise bad_request("text must be non-empty")
    if utf16.length(found.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return found


def caption(params: Mapping[str, Any]) -> Formatted:
    """Return the caption of a call that sends or edits one; empty when there is none.

    Raises:
        ApiError: 400 when it is over 1024 code units or badly formatted.
    """
    found = _read(params, "caption", "caption_entities")
    if utf16.length(found.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return found


def typed(text: str, entities: list[Entity]) -> Formatted:
    """Return what a person's client sends for *text*: trimmed, with what Telegram finds in it."""
    return _finished(text, checked(text, [dict(entity) for entity in entities]))


def _read(params: Mapping[str, Any], text_name: str, entities_name: str) -> Formatted:
    text = params.get(text_name, "")
    mode = params.get("parse_mode", "")
    if not mode or mode.lower() == "none":
        given = [dict(entity) for entity in params.get(entities_name, ())]
        return _finished(text, checked(text, given))
    if mode.lower() != "html":
        # Telegram would take Markdown; this bot writes HTML or entities only.
        raise bad_request("unsupported parse_mode")
    text, parsed = parse_html(text)
    return _finished(text, parsed)


def _finished(text: str, entities: list[Entity]) -> Formatted:
    text, entities = _without_returns(_CONTROL.sub(" ", text), entities)
    text, entities = _trimmed(text, entities)
    return Formatted(text, detect(text, disjoint(entities)))


def _without_returns(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    if "\r" not in text:
        return text, entities

    def moved(offset: int) -> int:
        return offset - utf16.cut(text, 0, offset).count("\r")

    kept = [_placed(entity, moved(entity["offset"]), moved(end(entity))) for entity in entities]
    return text.replace("\r", ""), kept


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Trim white space at both ends; at the beginning only up to the first entity."""
    text = text.rstrip(_TRIMMED)
    size = utf16.length(text)
    lead = len(text) - len(text.lstrip(_TRIMMED))
    lead = min([lead, *(entity["offset"] for entity in entities)])
    kept = [_placed(entity, entity["offset"] - lead, min(end(entity), size) - lead) for entity in entities]
    return text[lead:], [entity for entity in kept if entity["length"] > 0]


def _placed(entity: Entity, begin: int, stop: int) -> Entity:
    return entity | {"offset": begin, "length": stop - begin}
