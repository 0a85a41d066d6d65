"""Pictures: any words, on any thread."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from handlers.kit.picture import DPI, MISSING, drawable, new_figure, png, write
from tests.remote import ROOT

WORDS = [
    "$x^2$ and $ 5 \\frac",
    "Разбор",
    "ελληνικά",
    "الأنواع",
    "字句解析",
    "👩‍🚀🇩🇪",
    "<b>&",
    "",
    "%s {0}",
    "a\x00\x1f\u200fb",
]


@pytest.mark.parametrize("words", WORDS)
def test_any_words_can_be_drawn(words: str) -> None:
    """Formulas, right-to-left letters and signs that the font lacks are no error, and no warning."""
    figure = new_figure(2, 1)
    write(figure.add_axes((0, 0, 1, 1)), 0.1, 0.5, words)
    assert png(figure).startswith(b"\x89PNG")


def test_a_box_stands_for_what_the_font_lacks() -> None:
    """Line breaks become spaces."""
    assert drawable("字 and\nя") == f"{MISSING} and я"


def test_pictures_are_drawn_side_by_side() -> None:
    """Threads do not get into each other's figures."""

    def draw(width: int) -> bytes:
        figure = new_figure(width, 1)
        write(figure.add_axes((0, 0, 1, 1)), 0.1, 0.5, "words")
        return png(figure)

    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(draw, [1, 2, 3, 4] * 3))
    assert [int.from_bytes(each[16:20]) for each in pictures] == [DPI, 2 * DPI, 3 * DPI, 4 * DPI] * 3


def test_the_bot_starts_without_it() -> None:
    """What draws is loaded when something is drawn."""
    code = "import sys, bot.app; sys.exit(any(name in sys.modules for name in ('matplotlib', 'segno')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
