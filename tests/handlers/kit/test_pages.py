"""Pages: which entries are shown, and how one turns to the others."""

from typing import ClassVar

import pytest

from handlers.kit.pages import Direction, ListPress, Page
from handlers.kit.press import Press


class Turn(Press):
    prefix: ClassVar[str] = "t"
    page: int


@pytest.mark.parametrize(
    ("wanted", "number", "shown"),
    [
        (1, 1, [(1, "a"), (2, "b")]),
        (3, 3, [(5, "e")]),
        (0, 1, [(1, "a"), (2, "b")]),
        (-7, 1, [(1, "a"), (2, "b")]),
        (99, 3, [(5, "e")]),
    ],
)
def test_a_page_that_is_not_there_is_the_nearest(wanted: int, number: int, shown: list[tuple[int, str]]) -> None:
    """Entries keep the numbers that they have in the whole list."""
    page = Page.of("abcde", wanted, 2)
    assert (page.number, page.pages, page.shown) == (number, 3, shown)


@pytest.mark.parametrize(("number", "buttons"), [(1, ["1 / 3", "›"]), (2, ["‹", "2 / 3", "›"]), (3, ["‹", "3 / 3"])])
def test_pages_turn_where_there_is_another(number: int, buttons: list[str]) -> None:
    """The arrows stand where they lead somewhere, around the page's own number."""
    row = Page.of("abcde", number, 2).turning(Turn)
    assert isinstance(row, list)
    assert [button.text for button in row if button] == buttons


def test_one_page_does_not_turn() -> None:
    """Neither a full page nor an empty list has arrows."""
    assert Page.of("ab", 1, 2).turning(Turn) is None
    assert Page.of("", 1, 2) == Page(1, 1, [])
    assert Page.of("", 1, 2).turning(Turn) is None


def test_numbers_stand_in_rows() -> None:
    """Seven entries are a row of five and one of two."""
    rows = Page.of("abcdefg", 1, 10).numbers(lambda letter: Turn(ord(letter)))
    assert [[button.text for button in row if button] for row in rows if isinstance(row, list)] == [
        ["1", "2", "3", "4", "5"],
        ["6", "7"],
    ]


class Listed(ListPress):
    prefix: ClassVar[str] = "ls"


@pytest.mark.parametrize(
    ("number", "total", "labels"),
    [(1, 2, []), (1, 5, ["1 / 3", "›"]), (2, 5, ["‹", "2 / 3", "›"]), (3, 5, ["‹", "3 / 3"])],
)
def test_a_list_by_key_turns_where_there_is_more(number: int, total: int, labels: list[str]) -> None:
    """The arrows stand where they lead somewhere, and one page has none."""
    row = Listed(page=number).turning([7, 8], total, 2)
    assert [button.text for button in (row if isinstance(row, list) else []) if button] == labels


def test_a_list_by_key_goes_on_from_what_it_shows() -> None:
    """Back ends before the first key of the page, and on begins after the last one."""
    row = Listed(page=2).turning([7, 8], 9, 2)
    assert isinstance(row, list)
    back, here, on = [button.press for button in row if button]
    assert (back, here) == (Listed(Direction.BEFORE, 7, 1), Listed(page=2))
    assert isinstance(on, ListPress)
    assert (on, on.bounds) == (Listed(Direction.AFTER, 8, 3), {"after": 8})
