"""Telegram counts text in UTF-16 code units: an emoji is two of them.

Source: https://core.telegram.org/api/entities#entity-length.
"""


def length(text: str) -> int:
    """Return how many UTF-16 code units *text* has."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, offset: int, size: int) -> str:
    """Return the *size* code units of *text* from *offset* on; half a pair becomes U+FFFD."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[offset * 2 : (offset + size) * 2].decode("utf-16-le", "replace")
