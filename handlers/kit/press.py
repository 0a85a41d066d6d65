"""Callback data: what a button carries, typed and checked both ways."""

import enum
from typing import Any, ClassVar, Self, dataclass_transform, get_type_hints

from msgspec import Struct

# Bot API, InlineKeyboardButton.callback_data: 1-64 bytes.
MAX_DATA_BYTES = 64
_MOST_DIGITS = 19
# No database has a larger number.
_LARGEST = 2**63 - 1
_INTEGERS = (int, int | None)
_SEPARATOR = ":"


class BadPress(ValueError):
    """Callback data that no button of this version carries."""


class Words(Struct, frozen=True):
    """Annotates a free text field of a press with its longest form, in UTF-8 bytes; only the last field has colons."""

    max_bytes: int


class Digits(Struct, frozen=True):
    """Annotates an `int` or `int | None` field with the most digits that it may have; 19 without."""

    most: int


@dataclass_transform(frozen_default=True)  # as Struct is one, and hands on that it is frozen
class Press(Struct, frozen=True):
    """The base of all presses: frozen structs with a `prefix`; fields are int, `int | None`, StrEnum or Words.

    What comes back from a chat may be forged: a press is only a wish, and is authorised like a typed command.
    """

    prefix: ClassVar[str] = ""

    def pack(self) -> str:
        """Returns the callback data, at most 64 bytes."""
        values = (getattr(self, name) for name in self.__struct_fields__)
        return _SEPARATOR.join((self.prefix, *("" if value is None else str(value) for value in values)))

    @classmethod
    def unpack(cls, data: str) -> Self:
        """Returns the press that packs to this data.

        Raises:
            BadPress: for any data that `pack` cannot have made.
        """
        hints = _hints(cls)
        words = data.split(_SEPARATOR, len(hints))
        if len(words) != len(hints) + 1 or words[0] != cls.prefix:
            raise BadPress(data)
        try:
            press = cls(*(_parse(hint, word) for hint, word in zip(hints.values(), words[1:], strict=True)))
        except ValueError as error:
            raise BadPress(data) from error
        # '007' and '+7' are numbers to Python, but no button of ours carries them.
        if press.pack() != data:
            raise BadPress(data)
        return press

    @classmethod
    def check(cls) -> None:
        """Checks the declaration.

        Raises:
            TypeError: when a field has another type, or some value would not fit in 64 bytes.
        """
        longest = len(cls.prefix.encode()) + sum(1 + _longest(hint) for hint in _hints(cls).values())
        if not cls.prefix or _SEPARATOR in cls.prefix or longest > MAX_DATA_BYTES:
            message = f"{cls.__name__}: a press needs a prefix and at most {MAX_DATA_BYTES} bytes, not {longest}"
            raise TypeError(message)


def _hints(cls: type[Press]) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(cls, include_extras=True).items() if name != "prefix"}


def _extra(hint: Any) -> Words | Digits | None:
    return next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Words | Digits)), None)


def _parse(hint: Any, word: str) -> object:
    extra, kind = _extra(hint), getattr(hint, "__origin__", hint)
    if isinstance(extra, Words):
        # PostgreSQL has no place for a zero byte in a text.
        if len(word.encode()) > extra.max_bytes or "\0" in word:
            raise BadPress(word)
        return word
    if kind in _INTEGERS:
        if not word and kind is not int:
            return None
        number = int(word)
        if abs(number) > (10**extra.most - 1 if extra else _LARGEST):
            raise BadPress(word)
        return number
    return kind(word)


def _longest(hint: Any) -> int:
    extra, kind = _extra(hint), getattr(hint, "__origin__", hint)
    if isinstance(extra, Words):
        return extra.max_bytes
    if kind in _INTEGERS:
        return 1 + (extra.most if extra else _MOST_DIGITS)
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return max(len(member.value.encode()) for member in kind)
    message = f"a press has no room for {hint}"
    raise TypeError(message)
