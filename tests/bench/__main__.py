"""`python -m tests.bench`: how fast the bot is, part by part, as tables in Markdown.

Its processor time and memory are read from /proc, as Linux has it. Absolute figures are those of the machine; ratios
are medians of rounds in which all that is compared takes turns.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.bench.arena import has_environment
from tests.bench.growth import growth
from tests.bench.logins import logins
from tests.bench.memory import memory
from tests.bench.pictures import PICTURES
from tests.bench.plan import Plan
from tests.bench.queries import queries
from tests.bench.race import race
from tests.bench.reminders import reminders
from tests.bench.schools import Schools
from tests.bench.start import start
from tests.bench.ways import ways
from tests.chaos.databases import DEFAULT_SERVER

# Each with what it is about.
PARTS: dict[str, tuple[str, Callable[[Plan], AsyncIterator[str]]]] = {
    "race": ("Beside bare echo bots", race),
    "ways": ("Ways to run it", ways),
    "growth": ("Growth", growth),
    "memory": ("Memory", memory),
    "start": ("Start", start),
    "database": ("In the database", queries),
    "logins": ("Beside logins", logins),
    "reminders": ("Reminders", reminders),
}


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    # What is measured can be read while the rest still is.
    sys.stdout.flush()


def _at_least(fewest: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if int(text) < fewest:
            raise argparse.ArgumentTypeError(f"{fewest} at least")
        return int(text)

    return number


def _sizes(text: str) -> list[int]:
    return sorted({_at_least(300)(size) for size in text.split(",")})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    add = parser.add_argument
    add("--only", choices=PARTS, action="append", help="this part; may be given more than once")
    add("--rounds", type=_at_least(1), default=10, help="rounds of the race, and of growth; the other parts take fewer")
    add("--asks", type=_at_least(80), default=400, help="how many people ask in each round of the race")
    add("--flight", type=_at_least(1), default=50, help="how many of them wait for an answer at a time")
    add(
        "--users",
        type=_sizes,
        default=[1_000, 30_000],
        help="students of the schools of growth, database and reminders: 1000,30000",
    )
    add("--growth-on", choices=("sqlite", "postgresql"), default="sqlite", help="the database of growth")
    add("--chats", type=_at_least(1_000), default=20_000, help="different chats of memory")
    add("--keep", type=Path, help="a folder that keeps the schools on SQLite, for a million students take a while")
    add("--postgres", default=os.environ.get("TEST_DATABASE_URL") or DEFAULT_SERVER, help="the server's URL")
    add("--seed", type=int, help="repeats the choices of an earlier run")
    return parser.parse_args()


async def _run(options: argparse.Namespace, folder: Path) -> None:
    seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311 -- no secret
    _tell(f"seed {seed}")
    schools = Schools(folder, (options.keep or folder).resolve(), options.postgres, _tell)
    plan = Plan(
        rounds=options.rounds,
        asks=options.asks,
        flight=options.flight,
        users=options.users,
        growth_on=options.growth_on,
        chats=options.chats,
        rng=random.Random(seed),  # noqa: S311 -- no secret
        schools=schools,
        folder=folder,
        pictures=PICTURES,
        tell=_tell,
    )
    try:
        for name in options.only or PARTS:
            title, part = PARTS[name]
            _say(f"\n## {title}\n")
            async for line in part(plan):
                _say(line)
    finally:
        await schools.close()


def main() -> None:
    """Runs what was asked for."""
    options = _options()
    if not has_environment():
        _say("aiogram and the pictures are left out: `make bench` could not install them into .venv-bench.")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        asyncio.run(_run(options, Path(folder)))


if __name__ == "__main__":
    main()
