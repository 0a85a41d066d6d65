"""The page has a word for whatever the miniature may tell it of."""

import re
from pathlib import Path

from bot.playground import server
from bot.playground.calls import ACTIONS
from bot.playground.history import KINDS

PAGE = Path(server.__file__).with_name("page")


def names(script: str, constant: str) -> set[str]:
    """Returns the names that an object of a script has words for."""
    text = (PAGE / script).read_text(encoding="utf-8")
    [inside] = re.findall(rf"const {constant} = {{(.*?)}};", text, re.DOTALL)
    return set(re.findall(r"(\w+): \"", inside))


def test_every_kind_of_message_has_a_name() -> None:
    """Lists and quotes say what a message is that has no words."""
    assert names("media.js", "NAMES") == {*KINDS, "other"} - {"text"}


def test_every_action_has_its_words() -> None:
    """Whatever a bot may be doing is said in plain English."""
    assert names("status.js", "DOING") == ACTIONS
