"""Message entities: their order, which may overlap, and what Telegram finds by itself.

Follows ``fix_entities`` and ``sort_entities`` of tdlib/td (``td/telegram/MessageEntity.cpp``).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.playground import utf16
from bot.playground.errors import bad_request
from bot.playground.links import LinkError, check_url

Entity = dict[str, Any]

# Bold and the like may be cut in pieces around an entity that cannot contain them.
SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
VERBATIM = frozenset({"code", "pre"})
FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "date_time"})
WITH_FIELD = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
TYPES = SPLITTABLE | QUOTES | VERBATIM | FOUND | frozenset(WITH_FIELD)

# Which of two entities with the same place comes first.
_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


def end(entity: Entity) -> int:
    """Return the offset of the first code unit after *entity*."""
    return int(entity["offset"] + entity["length"])


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """Return *entities* sorted: by place, outer before inner."""
    return sorted(
        entities,
        key=lambda entity: (
            entity["offset"],
            -entity["length"],
            _PRIORITY.get(entity["type"], 50),
        ),
    )


def checked(text: str, entities: Iterable[Entity]) -> list[Entity]:
    """Return the entities that a bot gave for *text*, in order.

    Raises:
        ApiError: 400 for an unknown type, a missing field, a bad link or a place outside *text*.
    """
    size = utf16.length(text)
    kept = []
    for entity in entities:
        _check_kind(entity)
        offset, length = entity["offset"], entity["length"]
        if offset < 0:
            raise bad_request(f"Receive an entity with incorrect offset {offset}")
        if length < 0:
            raise bad_request(f"Receive an entity with incorrect length {length}")
        if offset > size:
            raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + length > size:
            raise bad_request(
                f"Entity beginning at UTF-16 offset {offset} ends after the end of the text "
                f"at UTF-16 offset {offset + length}"
            )
        if length and entity["type"] not in FOUND:
            kept.append(entity)
    return in_order(kept)


def _check_kind(entity: Entity) -> None:
    kind = entity["type"]
    if kind not in TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    field = WITH_FIELD.get(kind)
    if field and field not in entity:
        raise bad_request(f"can't parse MessageEntity: Can't find field \"{field}\"")
    if kind == "text_link":
        try:
            entity["url"] = check_url(entity["url"])
        except LinkError as bad:
            raise bad_request(f"Entity URL '{entity['url']}' is invalid: {bad}") from None


def disjoint(entities: Iterable[Entity]) -> list[Entity]:
    """Return *entities* as Telegram keeps them: links and code do not nest, bold is cut around code."""
    ordered = in_order(entities)
    quotes = _without_overlaps([entity for entity in ordered if entity["type"] in QUOTES])
    solid = _without_overlaps([entity for entity in ordered if entity["type"] not in SPLITTABLE | QUOTES])
    verbatim = [entity for entity in solid if entity["type"] in VERBATIM]
    split = [piece for entity in ordered if entity["type"] in SPLITTABLE for piece in _around(entity, verbatim)]
    return in_order([*quotes, *solid, *split])


def _without_overlaps(ordered: Sequence[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ordered:
        if not kept or entity["offset"] >= end(kept[-1]):
            kept.append(entity)
    return kept


def _around(entity: Entity, holes: Sequence[Entity]) -> list[Entity]:
    pieces, begin = [], int(entity["offset"])
    for hole in holes:
        if hole["offset"] >= end(entity) or end(hole) <= begin:
            continue
        if hole["offset"] > begin:
            pieces.append(entity | {"offset": begin, "length": hole["offset"] - begin})
        begin = end(hole)
    if begin < end(entity):
        pieces.append(entity | {"offset": begin, "length": end(entity) - begin})
    return pieces
