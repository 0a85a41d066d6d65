"""Text with Telegram's formatting, kept exactly as its author sent it."""

import json
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, Self, TypedDict

from msgspec import Struct
from telegram import MessageEntity
from telegram.constants import MessageLimit

from handlers.kit.cuts import MAX_ENTITIES, Cutter, Span, is_counted
from handlers.kit.utf16 import utf16_length, utf16_offsets

__all__ = ["Entity", "RichText", "RichTextJson", "utf16_length"]

_SMALLEST_LIMIT = 2
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


class Entity(TypedDict):
    """A MessageEntity as the Bot API writes it in JSON; `offset` and `length` are UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: NotRequired[str]
    user: NotRequired[dict[str, Any]]
    language: NotRequired[str]
    custom_emoji_id: NotRequired[str]
    unix_time: NotRequired[int]
    date_time_format: NotRequired[str]


class RichTextJson(TypedDict):
    """A `RichText` as JSON data."""

    text: str
    entities: list[Entity]


class RichText(Struct, frozen=True):
    """A text and its formatting entities, ready for `text` and `entities` of a Bot API call."""

    text: str
    entities: tuple[Entity, ...] = ()

    @classmethod
    def from_message(cls, text: str, entities: Sequence[MessageEntity]) -> Self:
        """Return the formatted text of a message, or of its caption."""
        # Through JSON, for `to_dict` leaves enum members behind, and what is stored must be plain data.
        return cls(text, tuple(json.loads(entity.to_json()) for entity in entities))

    @classmethod
    def styled(cls, text: str, *kinds: str) -> Self:
        """Return `text` with every one of `kinds` ('bold', 'italic', ...) over the whole of it."""
        length = utf16_length(text)
        return cls(text, tuple(Entity(type=kind, offset=0, length=length) for kind in kinds if length))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the text that `to_json` wrote; without `entities` it is plain.

        Raises KeyError when `text` is missing.
        """
        return cls(data["text"], tuple(data.get("entities", ())))

    def to_json(self) -> RichTextJson:
        """Return JSON data, a copy: changing it changes no text."""
        return RichTextJson(text=self.text, entities=[entity.copy() for entity in self.entities])

    @property
    def length(self) -> int:
        """The length in UTF-16 code units, as Telegram counts."""
        return utf16_length(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to see; Telegram refuses such a text ('Message must be non-empty')."""
        return all(unicodedata.category(character) in _INVISIBLE for character in self.text)

    def __add__(self, other: "RichText") -> "RichText":
        """Return both texts as one, each with its own formatting."""
        by = self.length
        shifted = (_moved(entity, entity["offset"] + by, entity["length"]) for entity in other.entities)
        return RichText(self.text + other.text, (*self.entities, *shifted))

    def fits(self, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> bool:
        """Return whether one message of at most `limit` UTF-16 units shows it whole, formatting included."""
        counted = sum(is_counted(entity["type"]) for entity in self.entities)
        return self.length <= limit and counted <= MAX_ENTITIES

    def split(self, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> "list[RichText]":
        """Return the text in pieces that fit messages of at most `limit` UTF-16 units, none for a blank text.

        Cuts lie between paragraphs, else lines, sentences, words, and only then characters, and spare code and
        quotations where they can. Whitespace at a cut is dropped, and a piece with nothing to see; an entity across
        a cut goes on in the next piece. A text that fits is returned as it is.

        The default is the limit of sendMessage, '1-4096 characters after entities parsing'; a caption's is 1024.
        Raises ValueError for a limit below 2, the size of an emoji.
        """
        if limit < _SMALLEST_LIMIT:
            raise ValueError(f"no emoji fits into {limit} UTF-16 units")
        if self.fits(limit):
            return [] if self.is_blank else [self]
        units = utf16_offsets(self.text)
        cutter = Cutter.of(self.text, [_span(entity, units) for entity in self.entities], units)
        pieces = [self._between(start, end, units) for start, end in cutter.ranges(limit)]
        return [piece for piece in pieces if not piece.is_blank]

    def _between(self, start: int, end: int, units: Sequence[int]) -> "RichText":
        """Return the characters from `start` to `end`, with what formatting they have."""
        clipped = (_clipped(entity, units[start], units[end]) for entity in self.entities)
        return RichText(self.text[start:end], tuple(entity for entity in clipped if entity["length"] > 0))


def _span(entity: Entity, units: Sequence[int]) -> Span:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    return Span(entity["type"], bisect_left(units, start), bisect_left(units, end))


def _clipped(entity: Entity, start: int, end: int) -> Entity:
    """Return the part of `entity` within two offsets, seen from the first one; its length is below 1 if it has none."""
    first = max(entity["offset"], start)
    last = min(entity["offset"] + entity["length"], end)
    return _moved(entity, first - start, last - first)


def _moved(entity: Entity, offset: int, length: int) -> Entity:
    return {**entity, "offset": offset, "length": length}
