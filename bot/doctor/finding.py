"""A finding: how it stands with one thing, in one line."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How it is, in the words that begin the line."""

    GOOD = "good"
    CAREFUL = "careful"
    WRONG = "WRONG"
    SKIPPED = "skipped"


class Finding(NamedTuple):
    """One sentence or two for the person at the keyboard; what is not good says what to do."""

    level: Level
    words: str


def good(words: str) -> Finding:
    """Returns that nothing is to be done."""
    return Finding(Level.GOOD, words)


def careful(words: str) -> Finding:
    """Returns what the bot can work with, but had better not."""
    return Finding(Level.CAREFUL, words)


def wrong(words: str) -> Finding:
    """Returns what keeps the bot from its work."""
    return Finding(Level.WRONG, words)


def skipped(words: str) -> Finding:
    """Returns why it could not be looked at."""
    return Finding(Level.SKIPPED, words)
