"""The start: how soon the bot asks for updates."""

from collections.abc import AsyncIterator
from statistics import median

from tests.bench.arena import arena
from tests.bench.plan import Plan
from tests.bench.table import table


async def start(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of the seconds from the start of the process to its first getUpdates."""
    students = plan.users[0]
    async with plan.schools.opened("sqlite", students) as url, arena(plan.folder) as one:
        plan.tell(f"{plan.fewer_rounds} starts, and as many on new databases")
        # What was never imported before is compiled first, once for all time.
        await one.time_start(url)
        again = [await one.time_start(url) for _ in range(plan.fewer_rounds)]
        new = [await one.time_start(f"sqlite:///{plan.folder}/new-{n}.sqlite3") for n in range(plan.fewer_rounds)]
    rows = [
        [f"again, with {students:,} students", *_row(again)],
        ["on a new database, with all migrations", *_row(new)],
    ]
    for line in table(("start", "seconds, median", "worst"), rows):
        yield line


def _row(seconds: list[float]) -> list[str]:
    return [f"{median(seconds):.2f}", f"{max(seconds):.2f}"]
