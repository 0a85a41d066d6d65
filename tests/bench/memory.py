"""Memory: what is left in it of people who were here once."""

from collections.abc import AsyncIterator

from tests.bench.arena import arena
from tests.bench.pictures import Picture, draw
from tests.bench.plan import Plan
from tests.bench.seed import FIRST
from tests.bench.table import table

FEW = 1_000
STEPS, LONGEST_STEP = 10, 20_000


async def memory(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of the megabytes after a thousand different chats and after many, and draws all in between."""
    points = []
    async with plan.schools.opened("sqlite", plan.chats) as url, arena(plan.folder) as one:
        bot = await one.start_syllabot("Syllabot", url)
        plan.tell(f"{plan.chats:,} different people ask once")
        last = 0
        for after in _stops(plan.chats):
            await one.ask(bot, [(FIRST + n, "/progress") for n in range(last + 1, after + 1)], plan.flight)
            points.append((after, bot.memory))
            last = after
    few, many = points[0][1], points[-1][1]
    headings = (f"MB after {points[0][0]:,} chats", f"MB after {points[-1][0]:,} chats", "more")
    for line in table(headings, [[f"{few:.1f}", f"{many:.1f}", f"{many - few:.1f}"]], words=0):
        yield line
    picture = Picture("memory", "Resident memory", "different chats so far", "MB", {"polling, SQLite": points})
    for line in await draw(plan.pictures, picture):
        yield line


def _stops(chats: int) -> list[int]:
    step = min(LONGEST_STEP, max(FEW, chats // STEPS))
    return sorted({min(FEW, chats), *range(step, chats, step), chats})
