"""`python -m tests.chaos`: all runs, one after the other, and a table of what came of them."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.lifetime import live
from tests.chaos import databases
from tests.chaos.databases import MissingError
from tests.chaos.keeper import DiedError
from tests.chaos.report import findings, summary, table
from tests.chaos.run import Plan, Result, Run
from tests.chaos.variants import Replicas, Restarts, Storm

RUNS = ("sqlite", "postgresql", "replicas", "restarts", "storm")
QUICK = ("sqlite", "replicas")


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="kills in each run (the last two take a fifth)")
    parser.add_argument("--students", type=int, default=40, help="how many learn at once; a fifth as many teach")
    parser.add_argument("--seed", type=int, help="repeats the choices of an earlier run")
    parser.add_argument("--only", choices=RUNS, action="append", help="this run; may be given more than once")
    parser.add_argument("--storm", action="store_const", const=["storm"], dest="only", help="the same as --only storm")
    parser.add_argument("--quick", action="store_true", help="few kills and few people; SQLite and replicas only")
    parser.add_argument("--keep", action="store_true", help="keep the logs, also when all is good")
    options = parser.parse_args()
    if options.quick:
        options.kills, options.students = min(options.kills, 6), min(options.students, 12)
    options.only = options.only or (QUICK if options.quick else RUNS)
    options.seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311 -- no secret
    return options


class Chaos:
    """All the runs."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        """Keeps a folder for each run in this one."""
        self._options = options
        self._folder = folder
        self._server = os.environ.get("TEST_DATABASE_URL") or databases.DEFAULT_SERVER
        self.results: list[Result] = []
        self.missing: list[str] = []
        self.broken: list[str] = []
        # False also when somebody pressed Ctrl-C.
        self.is_complete = False

    async def play(self) -> None:
        """Makes the runs that were asked for."""
        for name in self._options.only:
            folder = self._folder / name
            folder.mkdir()
            try:
                async with self._opened(name, folder) as run:
                    self.results.append(await run.play())
            except MissingError as error:
                self.missing.append(f"The run {name!r} was left out: {error}.")
            except (DiedError, TimeoutError) as error:
                self.broken.append(f"The run {name!r} broke off: {type(error).__name__}: {error}")
        self.is_complete = True

    @asynccontextmanager
    async def _opened(self, name: str, folder: Path) -> AsyncIterator[Run]:
        if name == "sqlite":
            yield Run(self._plan("SQLite, one process"), databases.sqlite(folder), folder, _tell)
        elif name == "storm":
            yield Storm(self._plan("SQLite, faults on the wire", 5), databases.sqlite(folder), folder, _tell)
        elif name == "restarts":
            async with databases.cluster() as cluster:
                yield Restarts(self._plan("PostgreSQL, stopped", 5), cluster, folder, _tell)
        else:
            async with databases.postgresql(self._server) as url:
                if name == "replicas":
                    yield Replicas(self._plan("PostgreSQL, two replicas"), url, folder, _tell)
                else:
                    yield Run(self._plan("PostgreSQL, one process"), url, folder, _tell)

    def _plan(self, name: str, part: int = 1) -> Plan:
        options = self._options
        teachers = max(3, options.students // 5)
        return Plan(name, max(1, options.kills // part), options.students, teachers, options.seed)


def main() -> int:
    """Runs it all; returns the exit status."""
    options = _options()
    _tell(f"seed {options.seed}")
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    chaos = Chaos(options, folder)
    live(chaos.play())
    figures = [*table(chaos.results), ""] if chaos.results else []
    for line in [*figures, *summary(chaos.results), *chaos.missing, *chaos.broken]:
        sys.stdout.write(line + "\n")
    is_good = all(result.verdict.is_good for result in chaos.results) and not chaos.broken
    if is_good and chaos.is_complete:
        if options.keep:
            _tell(f"logs are kept in {folder}")
        else:
            shutil.rmtree(folder)
        return 0
    for line in findings(chaos.results):
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"NOT good. Logs are kept in {folder}; the same again: --seed {options.seed}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
