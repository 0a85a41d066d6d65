"""The ways to run it: polling and webhook, SQLite and PostgreSQL, one process and two."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from tests.bench.arena import arena
from tests.bench.contest import Contest, Turn, cost, rate, wait
from tests.bench.day import Day
from tests.bench.plan import Plan
from tests.bench.race import MIXED, students_for, studies
from tests.bench.table import milliseconds, table
from tests.chaos.databases import MissingError

FIRST = "SQLite, polling"
# The database, and how many processes are behind a webhook; none polls.
WAYS = {
    FIRST: ("sqlite", 0),
    "SQLite, webhook": ("sqlite", 1),
    "PostgreSQL, polling": ("postgresql", 0),
    "PostgreSQL, webhook": ("postgresql", 1),
    "PostgreSQL, webhook, two processes": ("postgresql", 2),
}
# There are many of them, and some take their time.
FEWER = 2
ASKED = ("/progress", "/done", MIXED)
HEADINGS = ("way", "asked", "updates/s", f"to {FIRST}", "p50 ms", "p95 ms", "p99 ms", "CPU µs")


async def ways(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of updates per second, waits and the bot's own processor time, for each way to run it."""
    students = students_for(plan)
    day = Day(students, plan.rng)
    async with contextlib.AsyncExitStack() as stack:
        one = await stack.enter_async_context(arena(plan.folder))
        bots = {}
        for way, (kind, processes) in WAYS.items():
            try:
                url = await stack.enter_async_context(plan.schools.opened(kind, students))
            except MissingError as error:
                yield f"{way}: left out, {error}.\n"
                continue
            plan.tell(f"{way} starts")
            bots[way] = await one.start_syllabot(way, url, processes=processes)
        contest = Contest(one, plan.rng, plan.flight)

        def deal(count: int) -> list[Sequence[Turn]]:
            groups: list[Sequence[Turn]] = []
            for way, bot in bots.items():
                groups += [
                    [Turn(f"{way}|/progress", bot, day.everybody("/progress", count))],
                    studies(bot, day, count, f"{way}|"),
                    [Turn(f"{way}|{MIXED}", bot, day.mixed(count))],
                ]
            return groups

        plan.tell(f"{plan.fewer_rounds} rounds of {len(bots)} ways")
        await contest.play(plan.fewer_rounds, deal, plan.asks // FEWER)
        # In here, for they are stopped before their databases go.
        await one.close()
    for line in table(HEADINGS, [_row(contest, way, asked) for way in bots for asked in ASKED], words=2):
        yield line


def _row(contest: Contest, way: str, asked: str) -> list[str]:
    row = f"{way}|{asked}"
    return [
        way,
        asked,
        f"{contest.figure(row, rate):,.0f}",
        f"{contest.ratio(row, f'{FIRST}|{asked}', rate) or 0:.2f}",
        *(milliseconds(contest.figure(row, wait(percent))) for percent in (50, 95, 99)),
        f"{contest.figure(row, cost) * 1e6:,.0f}",
    ]
