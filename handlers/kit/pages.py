"""Lists cut into pages: what a page shows, and the buttons that turn it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from handlers.kit.press import Press
from handlers.kit.reply import Button, Row

T = TypeVar("T")

# As many numbers as a thumb can hit side by side.
ROW = 5


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
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
        buttons = [Button(str(number), press(entry)) for number, entry in self.shown]
        return [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]

    def turning(self, press: Callable[[int], Press]) -> Row:
        """Returns the buttons that turn the pages; none when there is one page."""
        if self.pages == 1:
            return None
        return [
            Button("‹", press(self.number - 1)) if self.number > 1 else None,
            Button(f"{self.number} / {self.pages}", press(self.number)),
            Button("›", press(self.number + 1)) if self.number < self.pages else None,
        ]
