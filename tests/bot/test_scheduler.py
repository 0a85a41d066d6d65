"""The clock's ticks."""

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence

import pytest
from apscheduler.job import Job

from bot.scheduler import BROADCAST_EVERY, RETRY_EVERY, build_scheduler
from db.engine import DatabaseAwayError
from db.models import Attempt, Outgoing, ShelvedUpdate, Throttle
from db.repositories.outbox import Outbox
from db.transaction import Database
from tests.bot.accidents import fail_first
from tests.chat import FakeClock, World
from tests.remote import PATIENCE

HOUR = 3600  # seconds, far more than any test waits


def row(sent_at: dt.datetime | None, now: dt.datetime) -> Outgoing:
    return Outgoing(chat_id=7, part=0, method="sendMessage", owner="me", created_at=now, sent_at=sent_at)


async def nothing() -> None:
    """Finds nothing to do."""


def jobs(database: Database) -> Sequence[Job]:
    """Returns the hourly job of the database, and one that comes often."""
    found: Sequence[Job] = build_scheduler(database, FakeClock(), [(nothing, RETRY_EVERY)]).get_jobs()
    return found


async def test_old_rows_are_tidied_away(world: World) -> None:
    """A sent row has proved enough after two days, the shelf is kept for thirty; what was never sent stays."""
    now = world.clock()
    database = world.application.database
    ages = (dt.timedelta(hours=48, seconds=1), dt.timedelta(hours=47), dt.timedelta())
    async with database.transaction() as repos:
        rows = [*(row(now - age, now) for age in ages), row(None, now - dt.timedelta(days=9))]
        repos._work.session.add_all(rows)
        await repos.throttles.count("old", 1, now - dt.timedelta(days=2))
        await repos.throttles.count("new", 2, now)
        await repos.attempts.begin(1, now - dt.timedelta(hours=49))
        await repos.attempts.begin(2, now - dt.timedelta(hours=47))
        for update_id, days in ((1, 31), (2, 29)):
            shelved_at = now - dt.timedelta(days=days)
            await repos.shelf.add(
                update_id=update_id, telegram_id=7, content={}, traceback="", fingerprint="", now=shelved_at
            )
    [tidy, _often] = jobs(database)
    await tidy.func()
    assert await world.count(Outgoing) == 3
    assert [throttle.key for throttle in await world.rows(Throttle)] == ["new"]
    assert [entry.update_id for entry in await world.rows(ShelvedUpdate)] == [2]
    assert [attempt.update_id for attempt in await world.rows(Attempt)] == [2]


def test_no_tick_is_dropped(database: Database) -> None:
    """A late tick runs late, several missed ones run once, and never two at a time."""
    for job in jobs(database):
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


async def test_what_was_left_is_looked_for_at_once_and_often(database: Database) -> None:
    """An earlier process may have left something: the first looks are not seconds away, and the next ones are."""
    retried, broadcast = asyncio.Event(), asyncio.Event()

    async def retry() -> None:
        retried.set()

    async def go_on() -> None:
        broadcast.set()

    # The next looks are an hour away: what comes sooner came at once.
    scheduler = build_scheduler(database, FakeClock(), [(retry, HOUR), (go_on, HOUR)])
    scheduler.start()
    async with asyncio.timeout(PATIENCE):
        await retried.wait()
        await broadcast.wait()
    scheduler.shutdown(wait=False)
    often = build_scheduler(database, FakeClock(), [(retry, RETRY_EVERY), (go_on, BROADCAST_EVERY)]).get_jobs()
    assert [job.trigger.interval.total_seconds() for job in often] == [HOUR, RETRY_EVERY, BROADCAST_EVERY]
    assert (RETRY_EVERY, BROADCAST_EVERY) == (10, 2)


async def test_the_end_cuts_a_tick_short(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """A process that ends in the middle of a tick says so, and calls it no error."""
    looking, cut = asyncio.Event(), asyncio.Event()

    async def look() -> None:
        looking.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()

    caplog.set_level(logging.INFO, "bot")
    scheduler = build_scheduler(database, FakeClock(), [(look, RETRY_EVERY)])
    scheduler.start()
    async with asyncio.timeout(PATIENCE):
        await looking.wait()
        scheduler.shutdown(wait=False)
        await cut.wait()
        await asyncio.sleep(0)
    assert [(record.levelname, record.name) for record in caplog.records] == [("INFO", "bot.scheduler")]


async def test_a_database_that_is_away_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next hour will do; any other error is loud."""
    [job, _often] = jobs(database)
    fail_first(monkeypatch, Outbox, "forget_sent", DatabaseAwayError(), ZeroDivisionError())
    await job.func()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    with pytest.raises(ZeroDivisionError):
        await job.func()
