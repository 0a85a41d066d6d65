"""Habits: at which moments somebody may be reminded, by the clock on their wall.

Dates and hours are local, moments are not. An hour that a clock skips in spring comes as late as it was skipped, and
of one that comes twice in autumn the first counts (PEP 495, fold 0).
"""

import datetime as dt
from zoneinfo import ZoneInfo

from db.records import PlanRecord

# Those with the same hour are not all written to at its first second: each has a place of their own in so much time.
WINDOW = dt.timedelta(minutes=15)
# A year and a day: longer than any pause.
HORIZON = 367
_WEEK = 7


def next_moment(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    """Returns the next moment at which reminders that can wait may come; None when none ever will.

    It is after `now`, and on another date than the last one that was used.
    """
    if not plan.is_on or not plan.days:
        return None
    today = now.astimezone(zone).date()
    for ahead in range(HORIZON + _WEEK):
        date = today + dt.timedelta(days=ahead)
        if is_open(plan, date) and (moment := moment_on(plan, zone, date)) > now:
            return moment
    return None


def is_open(plan: PlanRecord, date: dt.date) -> bool:
    """Whether a date is one of the plan's days, not paused, and after the last one that was used."""
    is_free = plan.told_on is None or date > plan.told_on
    return is_free and not is_paused(plan, date) and bool(plan.days >> date.weekday() & 1)


def is_paused(plan: PlanRecord, date: dt.date) -> bool:
    """Whether there is a pause on a date."""
    return plan.paused_until is not None and date < plan.paused_until


def moment_on(plan: PlanRecord, zone: ZoneInfo, date: dt.date) -> dt.datetime:
    """Returns the moment on a date at which this person is due."""
    wall = dt.datetime.combine(date, dt.time(plan.hour)) + _place(plan.user_id)
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)


def _place(user_id: int) -> dt.timedelta:
    """Returns a person's place in the window: neighbours by number are far from each other there."""
    # Knuth, The Art of Computer Programming, volume 3, 6.4: the golden ratio spreads successive numbers evenly.
    return WINDOW * ((user_id * 2654435769 % 2**32) / 2**32)


def is_quiet(plan: PlanRecord, zone: ZoneInfo, moment: dt.datetime) -> bool:
    """Whether a moment is in the quiet hours."""
    return is_quiet_hour(plan, moment.astimezone(zone).hour)


def is_quiet_hour(plan: PlanRecord, hour: int) -> bool:
    """Whether an hour of the day is one of the quiet ones."""
    if plan.quiet_from <= plan.quiet_until:
        return plan.quiet_from <= hour < plan.quiet_until
    return hour >= plan.quiet_from or hour < plan.quiet_until


def quiet_begins(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Returns the end of what may be said now: when the quiet hours begin, or the next local day."""
    local = now.astimezone(zone)
    midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), zone)
    if plan.quiet_from == plan.quiet_until:
        return midnight.astimezone(dt.UTC)
    begins = dt.datetime.combine(local.date(), dt.time(plan.quiet_from), zone)
    return min(begins if begins > local else midnight, midnight).astimezone(dt.UTC)


def quiet_ends(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Returns when something that may not be said now may be said: the end of the quiet hours."""
    local = now.astimezone(zone)
    ends = dt.datetime.combine(local.date(), dt.time(plan.quiet_until), zone)
    if ends <= local:
        ends = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(plan.quiet_until), zone)
    return ends.astimezone(dt.UTC)
