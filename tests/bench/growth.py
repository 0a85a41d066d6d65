"""Growth: what a command takes in schools of different sizes."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence

from tests.bench.arena import Bot, arena
from tests.bench.contest import Contest, Turn, wait
from tests.bench.day import COMMANDS, Day
from tests.bench.pictures import Picture, draw
from tests.bench.plan import Plan
from tests.bench.schools import NAMES
from tests.bench.table import milliseconds, table
from tests.chaos.databases import MissingError

# Few, so that it is the bot's time that is taken, not that of waiting for others.
FLIGHT = 4
# Many short rounds: what is compared lies close together, and a few percent are looked for.
ASKS, ROUNDS = 25, 8


async def growth(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of each command's median time in milliseconds, by the number of students, and draws it."""
    days = {students: Day(students, plan.rng) for students in plan.users}
    async with contextlib.AsyncExitStack() as stack:
        one = await stack.enter_async_context(arena(plan.folder))
        bots = {}
        for students in plan.users:
            try:
                url = await stack.enter_async_context(plan.schools.opened(plan.growth_on, students))
            except MissingError as error:
                yield f"Left out: {error}."
                return
            plan.tell(f"a bot for {students:,} students starts")
            bots[students] = await one.start_syllabot(str(students), url)
        contest = Contest(one, plan.rng, FLIGHT)
        plan.tell(f"{plan.rounds * ROUNDS} rounds of {len(bots)} schools")
        await contest.play(plan.rounds * ROUNDS, lambda count: _deal(bots, days, count, plan), ASKS)
        await one.close()
    first, *others = plan.users
    headings = ("command", *(f"{students:,} students, ms" for students in plan.users))
    rows = [_row(contest, command, first, others) for command in COMMANDS]
    for line in table((*headings, *(f"{students:,} to {first:,}" for students in others)), rows):
        yield line
    curves = {
        command: [(n, contest.figure(f"{command}|{n}", wait(50)) * 1000) for n in plan.users] for command in COMMANDS
    }
    title = f"Median time of a command on {NAMES[plan.growth_on]}"
    for line in await draw(
        plan.pictures, Picture(f"growth-{plan.growth_on}", title, "students", "milliseconds", curves)
    ):
        yield line


def _deal(bots: Mapping[int, Bot], days: Mapping[int, Day], count: int, plan: Plan) -> list[Sequence[Turn]]:
    """Returns the turns of a round: the sizes take theirs at a command one right after the other, in any order."""
    groups: list[Sequence[Turn]] = []
    for command in COMMANDS:
        if command == "/done":
            continue
        sizes = plan.rng.sample(list(bots), len(bots))
        people = {size: days[size].people(count) for size in sizes}
        groups.append(
            [
                Turn(f"{each}|{size}", bots[size], [(person, each) for person in people[size]])
                for each in ((command, "/done") if command == "/lesson" else (command,))
                for size in sizes
            ]
        )
    return groups


def _row(contest: Contest, command: str, first: int, others: Sequence[int]) -> list[str]:
    ratios = (contest.ratio(f"{command}|{size}", f"{command}|{first}", wait(50)) for size in others)
    return [
        command,
        *(milliseconds(contest.figure(f"{command}|{size}", wait(50))) for size in (first, *others)),
        *(f"{ratio:.2f}" for ratio in ratios if ratio is not None),
    ]
