"""The logins: how long `/progress` takes while many people log in at once.

A login costs a quarter of a second of pure computing (bcrypt at cost 12). Rounds of one person's `/progress` alone and
the same beside twenty logins take turns; each round gives a 95th percentile, and the medians of these are compared.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from bot.clock import utc_now
from bot.playground.course import CODE, seed_course
from db.migrate import upgrade
from db.transaction import Database
from tests.bench.arena import ROOT, free_port
from tests.bench.plan import Plan
from tests.bench.table import milliseconds, table
from tests.chaos.telegram import Telegram, telegram

TOKEN = "42:BENCH-TOKEN"
PASSWORD = "correct horse"
LOGINS, QUESTIONS = 20, 40
PATIENCE = 60.0


class Person:
    """Somebody who acts, and waits for the bot's words."""

    def __init__(self, server: Telegram, number: int) -> None:
        """Has an account at Telegram; the seeded course has a person of its own at 1002."""
        self.id = 5001 + number
        self.email = f"p{number}@example.org"
        self._server = server
        self._inbox = server.inbox(self.id)
        server.add_person(self.id, f"P{number}")

    async def ask(self, text: str, words: str) -> float:
        """Says something; returns the seconds until the bot says these words."""
        seen, begun = len(self._inbox.said), perf_counter()
        self._server.say(self.id, text)
        async with asyncio.timeout(PATIENCE):
            while not any(words in said.text for said in self._inbox.said[seen:]):
                self._inbox.news.clear()
                await self._inbox.news.wait()
        return perf_counter() - begun

    async def register(self) -> None:
        """Makes an account."""
        await self.ask("/register", "What is your name")
        await self.ask(f"P{self.id}", "Your email address")
        await self.ask(self.email, "Choose a password")
        await self.ask(PASSWORD, "Welcome")

    async def come_to_the_password(self) -> None:
        """Logs out, and in again up to the question for the password."""
        await self.ask("/logout", "You are logged out")
        await self.ask("/login", "Your email address")
        await self.ask(self.email, "Your password")


async def measure(command: str, rounds: int) -> tuple[list[float], list[float]]:
    """Returns the 95th percentiles of `/progress` in seconds, one a round: alone, and beside the logins."""
    alone, beside = [], []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.sqlite3"
        await upgrade(url)
        database = Database(url)
        await seed_course(database, utc_now())
        await database.close()
        async with telegram(TOKEN) as server, _bot(command, server, url, Path(folder)):
            asker, *others = [Person(server, number) for number in range(LOGINS + 1)]
            await asyncio.gather(*(person.register() for person in (asker, *others)))
            await asker.ask(f"/enroll {CODE}", "enrolled")
            for _ in range(rounds):
                alone.append(_p95([await asker.ask("/progress", "%") for _ in range(QUESTIONS)]))
                await asyncio.gather(*(person.come_to_the_password() for person in others))
                logins = [asyncio.create_task(person.ask(PASSWORD, "Welcome back")) for person in others]
                waits = []
                while not all(login.done() for login in logins):
                    waits.append(await asker.ask("/progress", "%"))
                beside.append(_p95(waits))
                await asyncio.gather(*logins)
    return alone, beside


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


@asynccontextmanager
async def _bot(command: str, server: Telegram, database_url: str, folder: Path) -> AsyncIterator[None]:
    """Runs `python -m bot run` or `serve`, and yields when it answers."""
    port = free_port()
    environment = {
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": server.url,
        "DATABASE_URL": database_url,
        "INSTRUCTOR_SIGNUP": "closed",
        "SEND_PER_SECOND": "0",
        "SEND_PER_CHAT": "0",
        "LOG_LEVEL": "WARNING",
        "WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "WEBHOOK_SECRET": "a-secret-for-the-benchmark",
        "LISTEN_PORT": str(port),
        "METRICS_PORT": "0",
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", command, cwd=folder, env={**os.environ, **environment}
    )
    try:
        await Person(server, -1).ask("/start", "")
        yield
    finally:
        process.terminate()
        await process.wait()


async def logins(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of 95th percentiles, by long polling and behind a webhook."""
    rows = []
    for command, way in (("run", "long polling"), ("serve", "webhook")):
        plan.tell(f"{plan.fewer_rounds} rounds of logins by {way}")
        alone, beside = map(median, await measure(command, plan.fewer_rounds))
        rows.append([way, f"{milliseconds(alone)} ms", f"{milliseconds(beside)} ms", f"{beside / alone:.2f}"])
    for line in table(("p95 of /progress", "alone", f"beside {LOGINS} logins", "ratio"), rows):
        yield line
