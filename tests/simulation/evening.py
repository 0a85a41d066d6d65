"""`python -m tests.simulation.evening`: a thousand are reminded at Telegram's rate, while somebody asks for answers."""

import argparse
import asyncio
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.lifetime import live
from bot.playground.errors import ApiError
from bot.scheduler import REMIND_EVERY
from db.migrate import upgrade
from db.models import CourseStatus, Role
from handlers.passwords import nobodys_hash
from tests.bench.table import milliseconds, table
from tests.chat import FakeClock, World, open_world

PER_SECOND = 30
FIRST_CHAT, CURIOUS = 5001, 4001
EVENING = dt.datetime(2026, 5, 4, 19, 15, tzinfo=dt.UTC)
# How often the one who asks looks whether the answer is there.
GLANCE = 0.002


class StrictTelegram:
    """Answers 429 to whatever is more than so many messages in any stretch of one second."""

    def __init__(self, per_second: int) -> None:
        """Has heard nothing yet."""
        self._per_second = per_second
        self._taken: deque[float] = deque()
        self.most = self.refused = 0

    def fault(self, method: str, _params: Mapping[str, object]) -> ApiError | None:
        """Returns the answer to one message too many."""
        if method != "sendMessage":
            return None
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - 1:
            self._taken.popleft()
        if len(self._taken) >= self._per_second:
            self.refused += 1
            return ApiError(429, "Too Many Requests", 1)
        self._taken.append(now)
        self.most = max(self.most, len(self._taken))
        return None


@dataclass
class Evening:
    """What was measured."""

    told: int
    seconds: float
    telegram: StrictTelegram
    answers: list[float] = field(default_factory=list)


async def spend(database_url: str, people: int) -> Evening:
    """Returns how an evening went on which so many are due at once."""
    clock = FakeClock()
    clock.now = EVENING - dt.timedelta(days=1)
    async with open_world(database_url, clock=clock, send_per_second=PER_SECOND, send_per_chat=1) as world:
        await _fill(world, people)
        clock.now = EVENING
        telegram = StrictTelegram(PER_SECOND)
        world.miniature.faults = telegram.fault
        evening = Evening(people, 0, telegram)
        marking = asyncio.create_task(world.application.sender.run())
        asking = asyncio.create_task(_ask(world, evening.answers))
        begun = time.monotonic()
        while await _count_told(world) < people:
            await world.application.reminder.look()
            await asyncio.sleep(min(REMIND_EVERY, 0.2 + people / PER_SECOND))
        evening.seconds = time.monotonic() - begun
        for task in (asking, marking):
            task.cancel()
        await asyncio.gather(asking, marking, return_exceptions=True)
        return evening


async def _fill(world: World, people: int) -> None:
    now = world.clock()
    async with world.application.database.transaction() as repos:
        known: dict[str, Any] = {"password_hash": nobodys_hash(4), "now": now}
        author = await repos.users.add(name="T", email="t@example.org", role=Role.INSTRUCTOR, **known)
        made = await repos.courses.add(code="C1", title="Compilers", description="", instructor_id=author.id, now=now)
        await repos.lessons.add(made.id, "Lexing", [], now)
        await repos.courses.set_status(made, CourseStatus.PUBLISHED, now)
        for chat in (CURIOUS, *range(FIRST_CHAT, FIRST_CHAT + people)):
            user = await repos.users.add(name="Ada", email=f"p{chat}@example.org", role=Role.STUDENT, **known)
            session = (await repos.sessions.open(chat, 0, now)).session
            session.user_id, session.signed_in_until = user.id, now + dt.timedelta(days=30)
            await repos.progress.enroll(user.id, made.id, now)
            if chat != CURIOUS:
                await repos.reminders.begin(user.id, EVENING - dt.timedelta(hours=1))
            world.miniature.add_person(chat, "Ada")
            world.miniature.say(chat, "/start")
    world.miniature.take_updates()


async def _count_told(world: World) -> int:
    return sum(str(call.params.get("text", "")).startswith("Good ") for call in world.miniature.calls)


async def _ask(world: World, answers: list[float]) -> None:
    """Asks each second how far they are, and waits for the answer."""
    while True:
        before, begun = len(world.miniature.chat(CURIOUS)) + 1, time.monotonic()
        await world.application.pipeline.process(world.miniature.say(CURIOUS, "/progress"))
        while len(world.miniature.chat(CURIOUS)) <= before:  # noqa: ASYNC110 -- a chat has no event for it
            await asyncio.sleep(GLANCE)
        answers.append(time.monotonic() - begun)
        await asyncio.sleep(1)


def report(evening: Evening) -> Iterator[str]:
    """Yields what was measured."""
    rows = [
        ["reminders sent", f"{evening.told:,}"],
        ["seconds", f"{evening.seconds:,.1f}"],
        ["reminders a second", f"{evening.told / evening.seconds:,.1f}"],
        ["most messages in any second", str(evening.telegram.most)],
        ["answered with 429", str(evening.telegram.refused)],
        ["/progress asked meanwhile", str(len(evening.answers))],
        ["/progress, the median in ms", milliseconds(statistics.median(evening.answers))],
        ["/progress, the slowest in ms", milliseconds(max(evening.answers))],
    ]
    return table(["an evening", "measured"], rows)


def main() -> None:
    """Spends it, and prints a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.evening", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    people = parser.parse_args().people

    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{Path(folder)}/evening.sqlite3"
            await upgrade(url)
            sys.stdout.writelines(line + "\n" for line in report(await spend(url, people)))

    live(play())


if __name__ == "__main__":
    main()
