"""What a reader takes for one character, though Unicode spells it with several."""

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"


def shorten(text: str, most: int) -> str:
    """Return `text` if it has at most so many characters, else its beginning and an ellipsis, no character torn."""
    if len(text) <= most:
        return text
    whole = (at for at in range(most - 1, 0, -1) if not is_joined(text, at))
    return text[: next(whole, most - 1)].rstrip() + "…"


def is_joined(text: str, at: int) -> bool:
    """Return whether `text[at - 1]` and `text[at]` belong to one grapheme cluster.

    Covers what people send: accents, skin tones, joined emoji, flags of both sorts, keycaps and CR LF. Hangul in single
    letters and the Indic conjuncts of Unicode 15.1 are not known here: they would need tables that Python has not.
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (
        _extends(after)
        or before == _ZERO_WIDTH_JOINER
        or (before, after) == ("\r", "\n")
        or (_is_flag_letter(after) and _flag_letters_before(text, at) % 2 == 1)
    )


def _extends(character: str) -> bool:
    return (
        unicodedata.category(character).startswith("M")
        or character == _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # the tags that spell the flag of Scotland
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    """Count the flag letters that end at `at`: they pair from the left, so an odd number leaves a pair open."""
    first = at
    while first > 0 and _is_flag_letter(text[first - 1]):
        first -= 1
    return at - first
