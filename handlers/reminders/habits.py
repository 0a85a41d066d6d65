"""Habits: at which moments somebody may be reminded, by the clock on their wall.

Dates and hours are local, moments are not, and only moments are compared: on the wall, an hour may come twice. An hour
that a clock skips in spring comes as late as it was skipped, and of one that comes twice in autumn the first counts
(PEP 495, fold 0). A date that a place skips, as Samoa did when it moved to the other side of the date line, has none.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from db.records import PlanRecord

# Those with the same hour are not all written to at its first second: each has a place of their own in so much time.
WINDOW = dt.timedelta(minutes=15)
# A year and a day, which is longer than any pause, and a week, in which there is each day.
HORIZON = 374
# After an absence of the bot, what was to come is looked for so many days back: longer than that is long over.
LONG_OVER = 7
_DAY = dt.timedelta(days=1)


def next_moment(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    """Returns the next moment at which reminders that can wait may come; None when none ever will.

    It is after `now`, and on another date than the last one that was used.
    """
    if not plan.is_on or not plan.days:
        return None
    date = date_in(zone, now)
    for _ahead in range(HORIZON):
        moment = open_moment(plan, zone, date)
        if moment is not None and moment > now:
            return moment
        date += _DAY
    return None


def has_come(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime, since: dt.datetime) -> bool:
    """Whether a moment of the plan has passed since then: today's, or an earlier one while nobody looked."""
    today = date_in(zone, now)
    days = min(max((today - date_in(zone, since)).days, 0), LONG_OVER)
    moments = (open_moment(plan, zone, today - ago * _DAY) for ago in range(days + 1))
    return any(moment is not None and since <= moment <= now for moment in moments)


def open_moment(plan: PlanRecord, zone: ZoneInfo, date: dt.date) -> dt.datetime | None:
    """Returns the moment of a date; None when nothing comes on it, or there is no such date."""
    moment = moment_on(plan, zone, date)
    return moment if is_open(plan, date) and date_in(zone, moment) == date else None


def is_open(plan: PlanRecord, date: dt.date) -> bool:
    """Whether a date is one of the plan's days, not paused, and after the last one that was used."""
    is_free = plan.told_on is None or date > plan.told_on
    return is_free and not is_paused(plan, date) and bool(plan.days >> date.weekday() & 1)


def is_paused(plan: PlanRecord, date: dt.date) -> bool:
    """Whether there is a pause on a date."""
    return plan.paused_until is not None and date < plan.paused_until


def pause_ends(plan: PlanRecord, zone: ZoneInfo) -> dt.datetime | None:
    """Returns when the pause is over."""
    return moment_of(zone, plan.paused_until) if plan.paused_until else None


def moment_on(plan: PlanRecord, zone: ZoneInfo, date: dt.date) -> dt.datetime:
    """Returns the moment on a date at which this person is due; an hour that is quiet waits for that date's first."""
    hour = plan.quiet_until if is_quiet_hour(plan, plan.hour) else plan.hour
    return moment_of(zone, date, hour, _place(plan.user_id))


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
    midnight = _next(zone, now, 0)
    if plan.quiet_from == plan.quiet_until:
        return midnight
    return min(midnight, _next(zone, now, plan.quiet_from))


def quiet_ends(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Returns when something that may not be said now may be said: the end of the quiet hours."""
    return _next(zone, now, plan.quiet_until)


def _next(zone: ZoneInfo, now: dt.datetime, hour: int) -> dt.datetime:
    """Returns when it is this hour there for the next time."""
    date = date_in(zone, now)
    while (moment := moment_of(zone, date, hour)) <= now:
        date += _DAY
    return moment


def date_in(zone: ZoneInfo, moment: dt.datetime) -> dt.date:
    """Returns the date of a moment there."""
    return moment.astimezone(zone).date()


def moment_of(zone: ZoneInfo, date: dt.date, hour: int = 0, past: dt.timedelta = dt.timedelta()) -> dt.datetime:
    """Returns when it is this hour of a date there, and so long past it."""
    wall = dt.datetime.combine(date, dt.time(hour)) + past
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)
