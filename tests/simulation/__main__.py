"""`python -m tests.simulation`: a year of reminders in some minutes, and a table of what became of each."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.lifetime import live
from db.migrate import upgrade
from tests.bench.table import table
from tests.haste import haste
from tests.simulation.year import Year

SHOWN = 20


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, help="repeats the choices of an earlier run")
    parser.add_argument("--database", help="the URL of an empty database; a file of its own by default")
    options = parser.parse_args()
    options.seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311 -- no secret
    return options


def report(year: Year) -> Iterator[str]:
    """Yields what became of the due things, what happened meanwhile, and what should not have been."""
    yield from table(
        ["what became of what was due", "things"], [[fate, f"{count:,}"] for fate, count in year.fates.most_common()]
    )
    yield ""
    yield from table(["what happened", "times"], [[event, f"{count:,}"] for event, count in year.events.most_common()])
    yield ""
    yield f"{len(year.quarrels)} times the bot and the oracle were of two minds."
    yield from year.quarrels[:SHOWN]


async def _play(options: argparse.Namespace, folder: Path) -> bool:
    url = options.database or f"sqlite+aiosqlite:///{folder}/year.sqlite3"
    await upgrade(url)
    year = Year(url, students=options.students, days=options.days, seed=options.seed)
    begun = time.monotonic()
    await year.play()
    seconds = time.monotonic() - begun
    sys.stdout.write(f"{options.students} students, {options.days} days, {year.ticks:,} looks in {seconds:,.0f} s\n\n")
    sys.stdout.writelines(line + "\n" for line in report(year))
    return not year.quarrels


def main() -> int:
    """Runs it; returns the exit status."""
    options = _options()
    sys.stderr.write(f"seed {options.seed}\n")
    good = []

    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            good.append(await _play(options, Path(folder)))

    with haste():
        live(play())
    return 0 if good == [True] else 1


if __name__ == "__main__":
    sys.exit(main())
