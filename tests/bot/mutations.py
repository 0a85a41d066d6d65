"""What a bad wire makes of updates: parts that are missing, of another kind, or beyond all bounds."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.bot.updates import Update, every

Path = tuple[str | int, ...]
DROP = object()
SECRET = "what no log repeats"
# What Telegram would never put there, and a few things that it might.
EVIL: tuple[Any, ...] = (
    DROP,
    None,
    True,
    False,
    0,
    -1,
    -(2**31),
    2**31,
    2**63 - 1,
    2**63,
    2**70,
    10**400,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e\u2066abc",
    "e" * 5000,
    "\U0001f469\u200d" * 40,
    "%s %d {0} {name}",
    "<b>&",
    "/start",
    SECRET,
    "private",
    "channel",
    "1",
    [],
    [None],
    [[[]]],
    {},
    {"": {}},
    {SECRET: SECRET},
    ["x"] * 300,
)


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yields where the parts of an update are, the whole excluded."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*at, key)
        yield from paths(child, (*at, key))


def put(update: Update, at: Path, value: Any) -> None:
    """Replaces a part of an update, or drops it."""
    *way, last = at
    parent: Any = update
    for key in way:
        parent = parent[key]
    if value is DROP:
        del parent[last]
    else:
        parent[last] = copy.deepcopy(value)


@st.composite
def mutated(draw: st.DrawFn, telegram_id: int) -> Update:
    """Draws an update in which up to three parts are not what they should be."""
    update = copy.deepcopy(draw(st.sampled_from(every(telegram_id))))
    for _ in range(draw(st.integers(1, 3))):
        where = list(paths(update))
        if where:
            put(update, draw(st.sampled_from(where)), draw(st.sampled_from(EVIL)))
    return update
