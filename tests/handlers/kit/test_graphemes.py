"""Characters as readers count them."""

import pytest

from handlers.kit.graphemes import shorten


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Types", "Types"),
        ("Twelve signs", "Twelve signs"),
        ("Thirteen sign", "Thirteen si…"),
        ("Ten signs, and more", "Ten signs,…"),
        ("0123456789🇩🇪", "0123456789🇩🇪"),
        ("0123456789🇩🇪!", "0123456789…"),
        ("012345678👩‍👩‍👧‍👦", "012345678…"),
    ],
)
def test_a_long_text_is_shortened(text: str, expected: str) -> None:
    """At most twelve characters are left, with no flag or family torn apart and no space before the dots."""
    assert shorten(text, 12) == expected


def test_what_is_one_single_character_is_cut_all_the_same() -> None:
    """A letter with a hundred accents fits no button."""
    assert len(shorten("a" + "\u0301" * 100, 12)) == 12
