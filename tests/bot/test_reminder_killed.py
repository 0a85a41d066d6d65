"""Two replicas of the reminder, of which one is killed: real processes, `kill -9`, and a count of what comes twice."""

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.playground.server import HOST, listen
from db.models import CourseStatus, Outgoing, ReminderPlan, Role
from db.transaction import Database
from handlers.passwords import nobodys_hash
from tests.chaos.keeper import Bot, Keeper
from tests.chaos.telegram import Telegram, telegram
from tests.chat import TOKEN
from tests.crowds import come

# More than one replica takes into its hands: there is something for both.
PEOPLE = 400
# A lease of fifteen seconds and a beat of five pass before a living bot sends what a dead one left.
PATIENCE = 90.0


@pytest.fixture
async def server(is_postgresql: bool) -> AsyncIterator[Telegram]:  # noqa: FBT001
    """Yields a Telegram that listens."""
    if not is_postgresql:
        pytest.skip("SQLite has no replicas")
    async with telegram(TOKEN) as server:
        yield server


def settings(server: Telegram, database_url: str) -> dict[str, str]:
    """Returns the environment of a replica; nobody calls its webhook."""
    return {
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": server.url,
        "DATABASE_URL": database_url,
        "BCRYPT_ROUNDS": "4",
        "SEND_PER_SECOND": "60",
        "SEND_PER_CHAT": "0",
        "METRICS_PORT": "0",
        "LISTEN_HOST": HOST,
        "WEBHOOK_URL": f"http://{HOST}:1",
        "WEBHOOK_SECRET": "a-secret-of-this-test",
    }


async def take_a_course(database: Database, crowd: list[int], now: dt.datetime) -> None:
    """Lets all of them take a course, since yesterday; their reminders are off."""
    yesterday = now - dt.timedelta(days=2)
    known: dict[str, Any] = {"password_hash": nobodys_hash(4)}
    async with database.transaction() as repos:
        author = await repos.users.add(name="T", email="t@example.org", role=Role.INSTRUCTOR, now=now, **known)
        course = await repos.courses.add(code="C1", title="C", description="", instructor_id=author.id, now=now)
        await repos.lessons.add(course.id, "Lexing", [], now)
        await repos.courses.set_status(course, CourseStatus.PUBLISHED, now)
        for chat in crowd:
            user = await repos.users.add(name="P", email=f"p{chat}@example.org", role=Role.STUDENT, now=now, **known)
            session = (await repos.sessions.open(chat, 0, now)).session
            session.user_id, session.signed_in_until = user.id, now + dt.timedelta(days=3)
            await repos.progress.enroll(user.id, course.id, yesterday)
            await repos.reminders.begin(user.id, now + dt.timedelta(days=1))


async def fall_due(database: Database, now: dt.datetime) -> None:
    """Makes all of them due: an hour of theirs has passed since yesterday, and no hour is quiet."""
    async with database.transaction() as repos:
        for user_id in await repos._work.session.scalars(select(ReminderPlan.user_id)):
            plan = await repos.reminders.lock(user_id)
            assert plan is not None
            plan.quiet_from = plan.quiet_until = 0
            plan.next_due = now - dt.timedelta(days=1, hours=1)
            await repos.reminders.save([plan])


async def unmarked(database: Database, bot: Bot) -> set[int]:
    """Returns the chats of what a dead bot has claimed and not marked as sent."""
    async with database.transaction() as repos:
        waiting = select(Outgoing.chat_id).where(Outgoing.owner == bot.owner, Outgoing.sent_at.is_(None))
        return set(await repos._work.session.scalars(waiting))


def told(server: Telegram) -> Counter[int]:
    """Returns how many reminders have come to each chat."""
    return Counter(said.chat_id for said in server.said if said.text.startswith("Good "))


@pytest.mark.parametrize(("point", "countdown"), [("after the commit", 1), ("after the send", 20)])
async def test_each_reminder_comes_also_when_a_replica_dies(  # noqa: PLR0917 -- fixtures
    server: Telegram, database: Database, database_url: str, tmp_path: Path, point: str, countdown: int
) -> None:
    """Killed between its claim and its sending, or in the middle of that: only what it had in hand may come twice."""
    now = dt.datetime.now(dt.UTC)
    crowd = await come(database, server, PEOPLE, now)
    await take_a_course(database, crowd, now)
    keeper = Keeper(tmp_path, "serve", settings(server, database_url))
    try:
        doomed, survivor = [await _start(keeper, *trap) for trap in ((point, countdown), ("", 0))]
        await fall_due(database, now)
        assert await doomed.ended(PATIENCE)
        doomed.check_killed()
        in_hand = await unmarked(database, doomed)
        async with asyncio.timeout(PATIENCE):
            while set(told(server)) < set(crowd) or await unmarked(database, survivor):  # noqa: ASYNC110 -- no event
                await asyncio.sleep(0.2)
    finally:
        await keeper.close()
    twice = {chat for chat, times in told(server).items() if times > 1}
    assert set(told(server)) == set(crowd)
    assert in_hand
    assert twice <= in_hand
    assert bool(twice) is (point == "after the send")
    assert max(told(server).values()) <= 2
    assert keeper.errors == []


async def _start(keeper: Keeper, point: str, countdown: int) -> Bot:
    with contextlib.closing(listen(0)) as listening:
        port = str(listening.getsockname()[1])
    bot = await keeper.start(point, countdown, LISTEN_PORT=port)
    await bot.work()
    return bot
