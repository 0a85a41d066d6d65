"""The race: this bot, with its database, beside bare echo bots without any."""

import sys
from collections.abc import AsyncIterator, Sequence

from tests.bench.arena import BENCH_PYTHON, ROOT, Arena, Asks, Bot, arena, has_environment
from tests.bench.contest import Contest, Turn, cost, rate, wait
from tests.bench.counting import count_statements
from tests.bench.day import COMMANDS, LOGIN_PEOPLE, Day
from tests.bench.plan import Plan
from tests.bench.table import milliseconds, table

PTB, AIOGRAM = "echo: PTB as it comes", "echo: aiogram as it comes"
ECHOES: dict[str, tuple[str, ...]] = {
    PTB: (),
    "echo: PTB, concurrent updates": ("--concurrent",),
    "echo: PTB over our aiohttp client, uvloop": ("--aiohttp",),
    AIOGRAM: (),
    "echo: aiogram on uvloop": ("--uvloop",),
}
MIXED, LOGINS = "a mixed day", "a mixed day, two logins a second beside it"
# A day with logins has to last for some of them.
LONGER = 3
HEADINGS = (
    "bot or command",
    "updates/s",
    "to aiogram's echo",
    "to PTB's echo",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU µs",
    "statements",
    "MB",
)


async def race(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of updates per second, waits, and what an update costs."""
    students = students_for(plan)
    day = Day(students, plan.rng)
    async with plan.schools.opened("sqlite", students) as url, arena(plan.folder) as one:
        plan.tell("the race's bots start")
        echoes = {name: await _start(one, name, flags) for name, flags in ECHOES.items() if _is_here(name)}
        syllabot = await one.start_syllabot("Syllabot", url)
        contest = Contest(one, plan.rng, plan.flight)

        def deal(count: int) -> list[Sequence[Turn]]:
            said: Asks = [(person, "hello") for person in range(1, count + 1)]
            return [*([Turn(name, bot, said)] for name, bot in echoes.items()), *_syllabots(syllabot, day, count)]

        plan.tell(f"{plan.rounds} rounds of the race")
        await contest.play(plan.rounds, deal, plan.asks)
        memory = {name: bot.memory for name, bot in echoes.items()}
        own = syllabot.memory
    counts = await _count(plan)
    rows = contest.rows([*ECHOES, *COMMANDS, MIXED, LOGINS])
    for line in table(
        HEADINGS,
        [
            [*figures(contest, row), f"{counts[row]:.1f}" if row in counts else "-", f"{memory.get(row, own):.0f}"]
            for row in rows
        ],
    ):
        yield line


def students_for(plan: Plan) -> int:
    """Returns how many students it takes so that nobody runs out of lessons to do."""
    return max(plan.asks * LONGER + LOGIN_PEOPLE, plan.asks * plan.rounds // 5)


def _is_here(name: str) -> bool:
    return "aiogram" not in name or has_environment()


async def _start(one: Arena, name: str, flags: Sequence[str]) -> Bot:
    if "aiogram" in name:
        return await one.start(name, [BENCH_PYTHON, ROOT / "tests/bench/echo_aiogram.py", *flags])
    return await one.start(name, [sys.executable, "-m", "tests.bench.echo_ptb", *flags])


def _syllabots(bot: Bot, day: Day, count: int) -> list[Sequence[Turn]]:
    turns = [[Turn(command, bot, day.everybody(command, count))] for command in ("/start", "/courses", "/progress")]
    return [
        *turns,
        studies(bot, day, count),
        [Turn(MIXED, bot, day.mixed(count))],
        [Turn(LOGINS, bot, day.mixed(count * LONGER), day.logins())],
    ]


def studies(bot: Bot, day: Day, count: int, prefix: str = "") -> Sequence[Turn]:
    """Returns two turns of the same people: each opens a lesson, and each completes it."""
    people = day.people(count)
    return [Turn(prefix + command, bot, [(person, command) for person in people]) for command in ("/lesson", "/done")]


def figures(contest: Contest, row: str) -> list[str]:
    """Returns the cells of a row, up to the processor's time."""
    ratios = (contest.ratio(row, to, rate) for to in (AIOGRAM, PTB))
    return [
        row,
        f"{contest.figure(row, rate):,.0f}",
        *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
        *(milliseconds(contest.figure(row, wait(percent))) for percent in (50, 95, 99)),
        f"{contest.figure(row, cost) * 1e6:,.0f}",
    ]


async def _count(plan: Plan) -> dict[str, float]:
    plan.tell("statements are counted")
    count = 40
    students = students_for(plan)
    async with plan.schools.opened("sqlite", students) as url:
        day = Day(students, plan.rng)
        people = day.people(count)
        decks: dict[str, Asks] = {command: [(person, command) for person in people] for command in COMMANDS}
        return await count_statements(url, decks | {MIXED: day.mixed(count)})
