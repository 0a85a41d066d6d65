"""Lengths and offsets in UTF-16 code units, the measure of every limit and entity of the Bot API."""

from itertools import accumulate


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units.

    A character outside the basic plane (most emoji) counts two. Bot API, MessageEntity: 'Offset in UTF-16 code units'.
    """
    # Half of a surrogate pair, which no text of Telegram's has, is one unit.
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_offsets(text: str) -> list[int]:
    """Return the offset in UTF-16 code units of every character of `text`, and last that of its end."""
    return [*accumulate((1 + (character > "\uffff") for character in text), initial=0)]
