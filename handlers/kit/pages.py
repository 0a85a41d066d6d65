"""Lists cut into pages: what a page shows, and the buttons that turn it."""

import enum
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, NamedTuple, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from handlers.kit.press import Digits, Press
from handlers.kit.reply import Button, Row
from handlers.kit.text import Text, Value, _

T = TypeVar("T")

# As many numbers as a thumb can hit side by side.
ROW = 5


def numbered(number: int, row: Value) -> Text:
    """Returns a row of a list under the number by which people pick it."""
    return _("{number}. {row}").format(number=number, row=row)


def in_rows(buttons: Sequence[Button], size: int = ROW) -> list[Row]:
    """Returns buttons so many in a row."""
    return [buttons[start : start + size] for start in range(0, len(buttons), size)]


class Page(Struct, Generic[T], frozen=True):
    """A page of a list: which one of how many, and its entries with the numbers that people see."""

    number: int
    pages: int
    shown: Sequence[tuple[int, T]]

    @classmethod
    def of(cls, entries: Sequence[T], wanted: int, size: int) -> Self:
        """Returns the wanted page, or the nearest one that there is."""
        pages = max(1, -(-len(entries) // size))
        number = min(max(wanted, 1), pages)
        return cls(number, pages, list(enumerate(entries, 1))[(number - 1) * size : number * size])

    def numbers(self, press: Callable[[T], Press]) -> list[Row]:
        """Returns a button for each entry, in rows."""
        return in_rows([Button(str(number), press(entry)) for number, entry in self.shown])

    def turning(self, press: Callable[[int], Press]) -> Row:
        """Returns the buttons that turn the pages; none when there is one page."""
        if self.pages == 1:
            return None
        return [
            Button("‹", press(self.number - 1)) if self.number > 1 else None,
            Button(f"{self.number} / {self.pages}", press(self.number)),
            Button("›", press(self.number + 1)) if self.number < self.pages else None,
        ]


class Cut(NamedTuple, Generic[T]):
    """A page of a list, and whether there is more of it on either side."""

    shown: Sequence[T]
    has_newer: bool
    has_older: bool


class Direction(enum.StrEnum):
    """Which way a list is turned."""

    AFTER = "a"
    BEFORE = "b"


class ListPress(Press):
    """The base of a long list's pages: from a key, this way or that; the page's number is for the eye."""

    direction: Direction = Direction.AFTER
    key: Annotated[int | None, Digits(12)] = None
    page: Annotated[int, Digits(4)] = 1

    @property
    def bounds(self) -> dict[str, int | None]:
        """The key as the repositories take it: `after` or `before`."""
        return {"after": self.key} if self.direction is Direction.AFTER else {"before": self.key}

    @property
    def first(self) -> Self:
        """The first page, for when what was on this one is gone."""
        return replace(self, direction=Direction.AFTER, key=None, page=1)

    def cut(self, entries: Sequence[T], size: int) -> "Cut[T]":
        """Returns a page of a list that nobody has counted; one entry more than its `size` was asked for."""
        is_more = len(entries) > size
        if self.direction is Direction.BEFORE:
            return Cut(entries[-size:], has_newer=is_more, has_older=True)
        return Cut(entries[:size], has_newer=self.key is not None, has_older=is_more)

    def stepping(self, back: int | None, on: int | None) -> Row:
        """Returns the buttons that go on after a key, and back to what is before another; absent ones vanish."""
        return [
            None if back is None else Button(_("‹ Newer"), replace(self, direction=Direction.BEFORE, key=back, page=1)),
            None if on is None else Button(_("Older ›"), replace(self, direction=Direction.AFTER, key=on, page=1)),
        ]

    def turning(self, keys: Sequence[int], total: int, size: int) -> Row:
        """Returns the buttons that turn this page, which shows these keys; none when all fit on one of this size."""
        pages = -(-total // size)
        if pages <= 1:
            return None
        back = replace(self, direction=Direction.BEFORE, key=keys[0], page=self.page - 1)
        on = replace(self, direction=Direction.AFTER, key=keys[-1], page=self.page + 1)
        return [
            Button("‹", back) if self.page > 1 else None,
            Button(f"{self.page} / {pages}", self),
            Button("›", on) if self.page < pages else None,
        ]
