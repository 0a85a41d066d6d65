"""Reminders: what a tick takes when nobody is due, and how soon many who are due have been looked at and told."""

import datetime as dt
import os
from collections.abc import AsyncIterator, Iterable
from statistics import quantiles
from time import perf_counter, process_time

from sqlalchemy import bindparam, text

from bot.app import Application
from bot.clock import utc_now
from bot.reminder import BATCH, Reminder
from db.engine import create_engine
from db.models.base import UtcDateTime
from db.records import OutgoingRecord
from tests.bench.arena import resident
from tests.bench.plan import Plan
from tests.bench.schools import NAMES
from tests.bench.table import milliseconds, table
from tests.chaos.databases import MissingError
from tests.chat import FakeClock, open_world

TICKS = 300
# So many are due at once; all of a smaller school.
DUE = 10_000
_HEADINGS = (
    *("database", "students", "tick with nobody due, ms", "95 %, ms", "due", "told", "people a second"),
    *("a second of processor time", "slowest batch, ms", "MB before", "MB after"),
)
# Everybody's hour is nine, and it is noon: so it does not matter when this runs. The last ones are due.
_PLANS = """INSERT INTO reminder_plans
(user_id, is_on, days, hour, quiet_from, quiet_until, digest, ignored, next_due)
SELECT id, :is_on, 127, 9, 0, 0, 'week', 0, CASE WHEN id > :last THEN :due ELSE :later END FROM users"""
_LONG_AGO = ("UPDATE completions SET completed_at = :ago", "UPDATE progress SET enrolled_at = :ago")


async def reminders(plan: Plan) -> AsyncIterator[str]:
    """Yields a table with a line for each database and size."""
    rows = []
    for students in plan.users:
        for kind, name in NAMES.items():
            try:
                async with plan.schools.opened(kind, students) as url:
                    plan.tell(f"reminders in a school of {students:,} on {name}")
                    rows.append([name, f"{students:,}", *await _measure(url, students)])
            except MissingError as error:
                yield f"{name}: left out, {error}.\n"
    for line in table(_HEADINGS, rows, words=1):
        yield line


async def _measure(url: str, students: int) -> list[str]:
    clock = FakeClock()
    clock.now = utc_now().replace(hour=12)
    due = min(DUE, students)
    await _begin_plans(url, students - due, clock.now)
    async with open_world(url, clock=clock) as world:
        reminder = _deaf(world.application)
        noon, clock.now = clock.now, clock.now.replace(hour=7)
        ticks = [await _time(reminder) for _ in range(TICKS)]
        clock.now = noon
        before, told, batches, begun, computed = resident(os.getpid()), 0, [], perf_counter(), process_time()
        for _ in range(-(-due // BATCH)):
            seconds, messages = await _step(reminder)
            batches.append(seconds)
            told += messages
        took, computed = perf_counter() - begun, process_time() - computed
        assert not await reminder.step()
    cuts = quantiles(ticks, n=20)
    rates = (f"{due / took:,.0f}", f"{due / computed:,.0f}", milliseconds(max(batches)))
    megabytes = (f"{before:.1f}", f"{resident(os.getpid()):.1f}")
    return [milliseconds(cuts[9]), milliseconds(cuts[18]), f"{due:,}", f"{told:,}", *rates, *megabytes]


async def _begin_plans(url: str, last: int, now: dt.datetime) -> None:
    """Lets all but the first so many be due, and everybody have learned three days ago."""
    known = {
        "due": now.replace(hour=8),
        "later": now + dt.timedelta(days=1),
        "ago": now - dt.timedelta(days=3),
    }
    engine = create_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM reminder_plans"))
        moments = [bindparam(name, moment, UtcDateTime) for name, moment in known.items()]
        statement = text(_PLANS).bindparams(*moments[:2], bindparam("is_on", value=True), bindparam("last", last))
        await connection.execute(statement)
        for each in _LONG_AGO:
            await connection.execute(text(each).bindparams(moments[2]))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        # As a database that has been there for a while.
        await connection.execute(text("ANALYZE"))
    await engine.dispose()


def _deaf(application: Application) -> Reminder:
    """Returns the reminder of a bot whose sender takes rows and sends none: what Telegram takes is not measured."""
    reminder = application.reminder
    application.sender.deliver = _take  # type: ignore[method-assign]
    return reminder


def _take(rows: Iterable[OutgoingRecord], behind: object = ()) -> None:
    del rows, behind


async def _time(reminder: Reminder) -> float:
    begun = perf_counter()
    await reminder.look()
    return perf_counter() - begun


async def _step(reminder: Reminder) -> tuple[float, int]:
    """Returns the seconds that a batch takes, and how many messages come of it."""
    begun = perf_counter()
    claims = await reminder.step()
    return perf_counter() - begun, sum(len(one.messages) for one in claims)
