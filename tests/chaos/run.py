"""One run: people, a bot that is killed again and again, a time to settle, and a verdict."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from db.migrate import upgrade
from tests.chaos.books import Books
from tests.chaos.crowd import FIRST_TEACHER, Crowd, seed_courses
from tests.chaos.keeper import Bot, DiedError, Keeper
from tests.chaos.ledger import Ledger
from tests.chaos.referee import Referee, Verdict
from tests.chaos.tally import Tally
from tests.chaos.telegram import telegram

TOKEN = "42:CHAOS-TOKEN"
# Where a bot may die; the first at a moment that only chance chooses.
POINTS = (
    "at any moment",
    "arrived",
    "before the commit",
    "after the commit",
    "before the send",
    "after the send",
    "before the mark's commit",
    "before it is confirmed",
)
# How often it is the first one.
CHANCE = 0.3
# Passed so often before it strikes. An update that is at work whenever the bot is killed would be a killer.
LONGEST_COUNTDOWN = 40
# Seconds until a trap that nobody stepped into is replaced by a plain kill.
TRAP_PATIENCE = 3.0
# In this time, what a dead bot had begun at Telegram's is at its end, too.
AFTERLIFE = 0.1
# A lease of fifteen seconds and a beat of five pass before a living bot sends what a dead one left, and again.
SETTLE_PATIENCE = 90.0
SETTLE_LOOK = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted of a run."""

    name: str
    kills: int
    students: int
    teachers: int
    seed: int


@dataclass(slots=True)
class Result:
    """What came of it."""

    name: str
    verdict: Verdict
    updates: int
    kills: Counter[str]
    errors: list[str]


class Run:
    """A run with one bot that polls. Others kill differently, or put something in between."""

    command = "run"
    # Seconds from the beginning of a bot's work to its end, where only chance chooses it.
    lives = 0.2, 1.5

    def __init__(self, plan: Plan, database_url: str, folder: Path, tell: Callable[[str], None]) -> None:
        """Keeps logs in the folder, and says with `tell` how it goes."""
        self.plan = plan
        self.tell = tell
        self.dice = random.Random(plan.seed)  # noqa: S311 -- chance, not secrets
        self.kills: Counter[str] = Counter()
        self.other: list[str] = []
        self.books = Books(database_url)
        self._database_url = database_url
        self._folder = folder
        self.tally = Tally()

    @property
    def title(self) -> str:
        """What the run is called in the table."""
        return self.plan.name

    async def play(self) -> Result:
        """Runs it from an empty database to the verdict."""
        await upgrade(self._database_url)
        courses = await seed_courses(self.books.database)
        ledger = Ledger()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.books.close)
            self.telegram = await stack.enter_async_context(telegram(TOKEN))
            people = {"students": self.plan.students, "teachers": self.plan.teachers, "seed": self.plan.seed}
            crowd = Crowd(self.telegram, ledger, **people)
            environment = self._environment() | await self.between(stack)
            self.keeper = Keeper(self._folder, self.command, environment)
            stack.push_async_callback(self.keeper.close)
            stack.push_async_callback(crowd.leave)
            crowd.come(courses)
            last = await self.hunt()
            await self.settle(crowd)
            await self._stop(last)
            state, rows = await self.books.state(), await self.books.rows()
            verdict = Referee(self.telegram, ledger, courses, state, rows).judge(crowd.people, self.tally.allowed)
        verdict.other += [*self.other, *crowd.failures]
        return Result(self.title, verdict, len(ledger.acts), self.kills, self.keeper.errors)

    def _environment(self) -> dict[str, str]:
        teachers = range(FIRST_TEACHER, FIRST_TEACHER + self.plan.teachers)
        return {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": self.telegram.url,
            "DATABASE_URL": self._database_url,
            "BCRYPT_ROUNDS": "4",
            "SEND_PER_SECOND": "0",
            "SEND_PER_CHAT": "0",
            "METRICS_PORT": "0",
            "INSTRUCTOR_IDS": ",".join(map(str, teachers)),
        }

    async def between(self, stack: contextlib.AsyncExitStack) -> dict[str, str]:
        """Puts something between the bot and Telegram; returns the settings that it takes."""
        return {}

    async def hunt(self) -> list[Bot]:
        """Kills as often as planned; returns the bots that live on."""
        while self.kills.total() < self.plan.kills:
            point = self.choose_point()
            bot = await self.begin(point)
            await self.strike(bot, point)
        return [await self.begin(POINTS[0])]

    def choose_point(self) -> str:
        """Returns where the next bot is to die."""
        return POINTS[0] if self.dice.random() < CHANCE else self.dice.choice(POINTS[1:])

    async def begin(self, point: str) -> Bot:
        """Returns a bot that works, or has met its trap."""
        bot = await self.keeper.start(point, self.dice.randint(1, LONGEST_COUNTDOWN))
        await bot.work()
        return bot

    async def strike(self, bot: Bot, point: str) -> None:
        """Sees that a bot dies, and counts what it had sent and not marked.

        Raises:
            DiedError: when it ended by itself before.
        """
        if point == POINTS[0]:
            await asyncio.sleep(self.dice.uniform(*self.lives))
        elif not await bot.ended(TRAP_PATIENCE):
            point = POINTS[0]
        await bot.kill()
        bot.check_killed()
        self.kills[point] += 1
        if self.kills.total() % 10 == 0:
            self.tell(f"{self.plan.name}: {self.kills.total()} of {self.plan.kills} kills")
        await self.count(bot)

    async def count(self, bot: Bot) -> None:
        """Counts what a dead bot had sent and not marked."""
        await asyncio.sleep(AFTERLIFE)
        rows = await self.books.rows()
        self.tally.count_kill(self.telegram.said, rows, self.telegram.unconfirmed(), None)

    async def settle(self, crowd: Crowd) -> None:
        """Waits until everybody went home, nothing waits at Telegram, and nothing is left to be sent."""
        crowd.go_home()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_PATIENCE):
                # The database sends no events.
                while crowd.is_busy or self.telegram.unconfirmed() or await self.books.count_unsent():  # noqa: ASYNC110
                    await asyncio.sleep(SETTLE_LOOK)

    async def _stop(self, bots: list[Bot]) -> None:
        for bot in bots:
            try:
                await bot.stop()
            except DiedError as error:
                self.other.append(str(error))
