"""What Telegram itself finds in a text: commands, links, addresses, mentions and hashtags.

Simpler than ``find_entities`` of tdlib/td: a bare domain is found for the usual endings only, and
phone numbers, bank cards and cashtags are left alone.
"""

import re
from collections.abc import Iterable, Iterator

from bot.playground import utf16
from bot.playground.entities import VERBATIM, Entity, end, in_order

_TLDS = "com|org|net|edu|gov|int|info|io|dev|app|me|ai|co|eu|uk|de|fr|ru|ua|nl|pl|es|it|ch|at|se"
_HOST = r"(?:[\w-]+\.)+"
_PATTERNS = (
    (
        "email",
        re.compile(rf"(?<![\w.+-])[a-zA-Z0-9][\w.+-]*@{_HOST}[a-zA-Z]{{2,24}}(?![\w-])", re.ASCII),
    ),
    (
        "url",
        re.compile(
            rf"(?<![\w@./-])(?:https?://(?:{_HOST}\w+|localhost|[\d.]+)|{_HOST}(?:{_TLDS})(?![\w@-]))"
            r"(?::\d{1,5})?(?:[/?#][^\s<>\"“”«»]*)?"
        ),
    ),
    (
        "bot_command",
        re.compile(r"(?<![\w<>/])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w<>/@])", re.ASCII),
    ),
    ("mention", re.compile(r"(?<![\w@/])@[a-zA-Z][a-zA-Z0-9_]{2,31}(?![\w@])", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\d*[^\W\d])\w{1,256}(?![\w#])")),
)
# A sentence may end with an address: its full stop is not of the address.
_TRAILING = ".,;:!?'\")]}"


def detect(text: str, given: Iterable[Entity]) -> list[Entity]:
    """Return *given* and what is found in *text* beside it, in order.

    Nothing is found inside code or a link, as in Telegram's clients.
    """
    kept = list(given)
    taken = [entity for entity in kept if entity["type"] in VERBATIM | {"text_link", "text_mention"}]
    found: list[Entity] = []
    for entity in _matches(text):
        if not any(_overlap(entity, other) for other in [*taken, *found]):
            found.append(entity)
    return in_order([*kept, *found])


def _matches(text: str) -> Iterator[Entity]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            words = match[0].rstrip(_TRAILING) if kind == "url" else match[0]
            yield {
                "type": kind,
                "offset": utf16.length(text[: match.start()]),
                "length": utf16.length(words),
            }


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < end(other) and other["offset"] < end(one))
