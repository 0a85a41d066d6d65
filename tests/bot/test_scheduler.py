"""The clock's ticks."""

import datetime as dt
import logging

import pytest

from bot.scheduler import build_scheduler
from db.models import Outgoing, ShelvedUpdate, Throttle
from db.repositories.outbox import Outbox
from db.transaction import Database, DatabaseAwayError
from tests.chat import FakeClock, World


def row(sent_at: dt.datetime | None, now: dt.datetime) -> Outgoing:
    return Outgoing(chat_id=7, part=0, method="sendMessage", owner="me", created_at=now, sent_at=sent_at)


async def test_old_rows_are_tidied_away(world: World) -> None:
    """A sent row has proved enough after two days, the shelf is kept for thirty; what was never sent stays."""
    now = world.clock()
    database = world.application.database
    ages = (dt.timedelta(hours=48, seconds=1), dt.timedelta(hours=47), dt.timedelta())
    async with database.transaction() as repos:
        await repos.outbox.add([*(row(now - age, now) for age in ages), row(None, now - dt.timedelta(days=9))])
        await repos.throttles.count("old", 1, now - dt.timedelta(days=2))
        await repos.throttles.count("new", 2, now)
        for update_id, days in ((1, 31), (2, 29)):
            shelved_at = now - dt.timedelta(days=days)
            await repos.shelf.add(
                update_id=update_id, telegram_id=7, content={}, traceback="", fingerprint="", now=shelved_at
            )
    [job] = build_scheduler(database, world.clock).get_jobs()
    await job.func()
    assert await world.count(Outgoing) == 3
    assert [throttle.key for throttle in await world.rows(Throttle)] == ["new"]
    assert [entry.update_id for entry in await world.rows(ShelvedUpdate)] == [2]


def test_no_tick_is_dropped(database: Database) -> None:
    """A late tick runs late, several missed ones run once, and never two at a time."""
    [job] = build_scheduler(database, FakeClock()).get_jobs()
    assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


async def test_a_database_that_is_away_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next hour will do; any other error is loud."""

    async def away(outbox: Outbox, now: dt.datetime) -> int:
        raise DatabaseAwayError

    async def broken(outbox: Outbox, now: dt.datetime) -> int:
        raise ZeroDivisionError

    [job] = build_scheduler(database, FakeClock()).get_jobs()
    monkeypatch.setattr(Outbox, "forget_sent", away)
    await job.func()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    monkeypatch.setattr(Outbox, "forget_sent", broken)
    with pytest.raises(ZeroDivisionError):
        await job.func()
