"""The clock's ticks: APScheduler says when, the repositories know what."""

import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from db.transaction import Database, is_away

log = logging.getLogger(__name__)


def build_scheduler(database: Database, clock: Clock) -> AsyncIOScheduler:
    """Returns a scheduler, not started, that tidies the database every hour.

    No job is ever dropped for being late: the default grace of one second loses a tick to a two-second stall.
    """

    async def tidy() -> None:
        try:
            async with database.transaction() as repos:
                forgotten = await repos.outbox.forget_sent(clock())
                await repos.throttles.forget_old(clock())
                await repos.shelf.forget_old(clock())
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("tidying waits for the next hour: the database is away")
        else:
            log.info("forgot %d rows that were sent two days ago", forgotten)

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(tidy, "interval", hours=1, misfire_grace_time=None, coalesce=True, max_instances=1)
    return scheduler
