"""Progress as a picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.kit.bar import bar


@pytest.mark.parametrize(
    ("percent", "picture"),
    [
        (0, "░░░░░░░░░░"),
        (9, "░░░░░░░░░░"),
        (10, "▓░░░░░░░░░"),
        (40, "▓▓▓▓░░░░░░"),
        (99, "▓▓▓▓▓▓▓▓▓░"),
        (100, "▓▓▓▓▓▓▓▓▓▓"),
    ],
)
def test_a_bar_fills_with_whole_tens(percent: int, picture: str) -> None:
    """A cell is full for ten whole percent: only 100 fills the last one."""
    assert bar(percent) == picture


@given(percent=st.integers())
def test_a_bar_is_always_a_bar(percent: int) -> None:
    """Ten cells, full ones first, whatever the number."""
    picture = bar(percent)
    assert len(picture) == 10
    assert picture == "".join(sorted(picture, reverse=True))
