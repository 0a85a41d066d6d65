"""The clock's ticks: APScheduler says when, the repositories know what."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

# Seconds between two looks at what admins want to see tried again, and at files that are to be fetched.
RETRY_EVERY = 10
FETCH_EVERY = 15
# Seconds between two looks at the broadcasts that are under way: at thirty messages a second, some are always ready.
BROADCAST_EVERY = 2
# Seconds between two looks at who is due to be reminded; the sender has enough to do until the next one.
REMIND_EVERY = 3

Tick = Callable[[], Coroutine[Any, Any, None]]


def build_scheduler(
    database: Database, clock: Clock, often: Sequence[tuple[Tick, int]], hourly: Sequence[Tick] = ()
) -> AsyncIOScheduler:
    """Returns a scheduler, not started: it tidies the database every hour.

    It calls the ticks of `often` at once and every so many seconds, and those of `hourly` every hour.

    No job is ever dropped for being late: the default grace of one second loses a tick to a two-second stall.
    """

    async def tidy() -> None:
        try:
            async with database.transaction() as repos:
                forgotten = await repos.outbox.forget_sent(clock())
                await repos.throttles.forget_old(clock())
                await repos.shelf.forget_old(clock())
                await repos.attempts.forget_old(clock())
                await repos.broadcasts.forget_drafts(clock())
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("tidying waits for the next hour: the database is away")
        else:
            log.info("forgot %d rows that were sent two days ago", forgotten)

    scheduler = AsyncIOScheduler(timezone="UTC")
    never_dropped = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    for tick in (tidy, *hourly):
        scheduler.add_job(_until_the_end(tick), "interval", hours=1, **never_dropped)
    # At once, too: an earlier process may have left some.
    soon = dt.datetime.now(dt.UTC)
    for tick, seconds in often:
        scheduler.add_job(_until_the_end(tick), "interval", seconds=seconds, next_run_time=soon, **never_dropped)
    return scheduler


def tick_now(scheduler: AsyncIOScheduler) -> None:
    """Lets everything tick at once, whenever it was to: the clock has been moved."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=dt.datetime.now(dt.UTC))


def _until_the_end(tick: Tick) -> Tick:
    """Returns a tick that the end of the process may cut short: APScheduler would call that an error of the job."""

    async def cut_short() -> None:
        try:
            await tick()
        except asyncio.CancelledError:
            log.info("a tick was cut short; the next start has it again")

    return cut_short
