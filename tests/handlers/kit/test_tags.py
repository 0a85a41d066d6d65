"""The bot's own sentences above what others wrote."""

from zoneinfo import ZoneInfo

import pytest

from handlers.kit.tags import rich
from handlers.kit.text import Bold, Catalogs, Text, lines

TRANSLATOR = Catalogs(ZoneInfo("UTC")).translator("en")


def test_a_sentence_becomes_text_and_entities() -> None:
    """Offsets count UTF-16 units, and what people wrote is no formatting."""
    said = rich(
        lines(Text("{place} &amp; 🙂").format(place="<b>R&D"), Bold(Text("A {x}").format(x=Bold("🙂<i>")))), TRANSLATOR
    )
    assert said.text == "<b>R&D & 🙂\nA 🙂<i>"
    assert said.entities == (
        {"type": "bold", "offset": 12, "length": 2},
        {"type": "bold", "offset": 14, "length": 5},
        {"type": "bold", "offset": 14, "length": 5},
    )


def test_a_plain_sentence_has_no_entities() -> None:
    """Nothing is added to it, and nothing is lost at its end."""
    assert (rich(Text("4 > 3 & a"), TRANSLATOR).text, rich(Text("4 > 3 & a"), TRANSLATOR).entities) == ("4 > 3 & a", ())


def test_a_tag_that_is_not_ours_is_an_error() -> None:
    """A catalog with a tag that nobody reads is found at once."""
    with pytest.raises(KeyError):
        rich(Text("<blink>No</blink>"), TRANSLATOR)
