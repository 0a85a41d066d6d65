"""The clock on the wall: hours that are skipped or come twice, quiet ones, and dates that are missing."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from db.records import PlanRecord
from handlers.reminders import habits
from tests.handlers.reminders.clocks import APIA, BERLIN, LORD_HOWE, NEW_YORK, ZONES, at, changes, plan, quarters

HOURS = st.integers(0, 23)


@st.composite
def places(draw: st.DrawFn) -> tuple[ZoneInfo, dt.datetime]:
    """Draws a place, and a moment within days of one at which its clocks are set."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return zone, draw(st.sampled_from(changes(zone))) + dt.timedelta(minutes=draw(st.integers(-4000, 2500)))


@st.composite
def plans(draw: st.DrawFn) -> PlanRecord:
    """Draws a plan of any days and hours."""
    return plan(days=draw(st.integers(1, 127)), hour=draw(HOURS), quiet_from=draw(HOURS), quiet_until=draw(HOURS))


def is_asleep(plan: PlanRecord, hour: int) -> bool:
    """Goes from hour to hour as a clock's hand does."""
    hand, hours = plan.quiet_from, set()
    while hand != plan.quiet_until:
        hours.add(hand)
        hand = (hand + 1) % 24
    return hour in hours


def moments_of(plan: PlanRecord, zone: ZoneInfo, now: dt.datetime) -> list[dt.datetime]:
    """Returns the first quarter of each date that is not before the person's hour."""
    hour = plan.quiet_until if is_asleep(plan, plan.hour) else plan.hour
    found: dict[dt.date, dt.datetime] = {}
    for quarter in quarters(now - dt.timedelta(days=3), 13):
        local = quarter.astimezone(zone)
        if local.hour >= hour:
            found.setdefault(local.date(), quarter)
    whole = list(found.items())[1:]
    return [moment for date, moment in whole if plan.days & 2 ** date.weekday()]


@settings(max_examples=150, deadline=None)
@given(places(), plans())
@example((APIA, dt.datetime(2011, 12, 29, 3, tzinfo=dt.UTC)), plan(hour=7))
def test_the_next_moment_is_the_first_one_on_the_wall(place: tuple[ZoneInfo, dt.datetime], plan: PlanRecord) -> None:
    """Whoever looks at the clock each quarter of an hour finds the same."""
    zone, now = place
    assert habits.next_moment(plan, zone, now) == min(each for each in moments_of(plan, zone, now) if each > now)


@settings(max_examples=150, deadline=None)
@given(places(), plans())
def test_quiet_hours_begin_and_end_when_the_wall_says_so(place: tuple[ZoneInfo, dt.datetime], plan: PlanRecord) -> None:
    """What may be said now may be said until the first quiet quarter, or the next date; the rest waits for its end."""
    zone, now = place
    later = [quarter for quarter in quarters(now, 3) if quarter > now]
    assert habits.is_quiet(plan, zone, now) == is_asleep(plan, now.astimezone(zone).hour)
    if habits.is_quiet(plan, zone, now):
        assert habits.quiet_ends(plan, zone, now) == next(
            each for each in later if not is_asleep(plan, each.astimezone(zone).hour)
        )
        return
    ends = next(
        each
        for each in later
        if is_asleep(plan, each.astimezone(zone).hour) or each.astimezone(zone).date() != now.astimezone(zone).date()
    )
    begins = habits.quiet_begins(plan, zone, now)
    # An hour that is skipped is no quiet one, and yet the end of what was said before.
    assert begins == ends or (now < begins < ends and begins.astimezone(zone).hour != plan.quiet_from)


def test_an_hour_that_is_skipped_comes_as_late_as_it_was_skipped() -> None:
    """In spring, half past two is half past three; where the clock is set by half an hour, it is that."""
    early = plan(hour=2, user_id=2, quiet_from=0, quiet_until=0)
    place = habits.moment_on(early, BERLIN, dt.date(2026, 3, 28)) - at(BERLIN, 2026, 3, 28, 2)
    assert dt.timedelta() < place < habits.WINDOW
    assert habits.moment_on(early, BERLIN, dt.date(2026, 3, 29)) == at(BERLIN, 2026, 3, 29, 3) + place
    assert habits.moment_on(early, LORD_HOWE, dt.date(2026, 10, 4)) == at(LORD_HOWE, 2026, 10, 4, 2, 30) + place


def test_an_hour_that_comes_twice_counts_once() -> None:
    """In autumn, the first half past two is taken; at the second one, the next is a day away."""
    early = plan(hour=2, quiet_from=0, quiet_until=0)
    first = habits.next_moment(early, BERLIN, at(BERLIN, 2026, 10, 24, 12))
    assert first == at(BERLIN, 2026, 10, 25, 2)
    for fold in (0, 1):
        assert habits.next_moment(early, BERLIN, at(BERLIN, 2026, 10, 25, 2, fold=fold)) == at(BERLIN, 2026, 10, 26, 2)


def test_a_date_that_is_missing_has_no_moment() -> None:
    """Samoa went to bed on Thursday, the 29th of December 2011, and got up on Saturday."""
    friday = plan(days=1 << 4)
    assert habits.next_moment(friday, APIA, at(APIA, 2011, 12, 29, 20)) == at(APIA, 2012, 1, 6, 19)
    assert habits.next_moment(plan(), APIA, at(APIA, 2011, 12, 29, 20)) == at(APIA, 2011, 12, 31, 19)
    assert habits.quiet_ends(plan(), APIA, at(APIA, 2011, 12, 29, 23)) == at(APIA, 2011, 12, 31, 8)
    assert not habits.has_come(friday, APIA, at(APIA, 2011, 12, 31, 20), at(APIA, 2011, 12, 29, 20))


def test_another_zone_moves_the_next_moment_and_not_the_last() -> None:
    """Who was told today is told tomorrow, wherever that is."""
    told = plan(told_on=dt.date(2026, 5, 3))
    evening = at(BERLIN, 2026, 5, 3, 19, 5)
    assert habits.next_moment(told, BERLIN, evening) == at(BERLIN, 2026, 5, 4, 19)
    assert habits.next_moment(told, NEW_YORK, evening) == at(NEW_YORK, 2026, 5, 4, 19)
    assert habits.next_moment(told, APIA, evening) == at(APIA, 2026, 5, 4, 19)


def test_an_hour_that_is_quiet_waits_for_its_dates_first() -> None:
    """Eleven at night, when nothing may be said, is eight in the morning of each day."""
    assert habits.moment_on(plan(hour=23), BERLIN, dt.date(2026, 5, 3)) == at(BERLIN, 2026, 5, 3, 8)
    siesta = plan(hour=14, quiet_from=13, quiet_until=16)
    assert habits.moment_on(siesta, BERLIN, dt.date(2026, 5, 3)) == at(BERLIN, 2026, 5, 3, 16)


@pytest.mark.parametrize(
    ("since", "came"),
    [
        ((2026, 5, 2, 19), True),  # nobody looked at seven in the evening
        ((2026, 5, 2, 20), False),  # somebody did
        ((2026, 5, 3, 9), False),
        ((2026, 1, 1, 0), True),
    ],
)
def test_what_has_passed_while_nobody_looked_has_come(since: tuple[int, ...], *, came: bool) -> None:
    """On the next morning, last evening's is there, unless it was looked at."""
    assert habits.has_come(plan(), BERLIN, at(BERLIN, 2026, 5, 3, 9), at(BERLIN, *since)) is came


def test_a_pause_ends_with_its_date() -> None:
    """Nothing comes before it, and on it as on any day."""
    paused = plan(paused_until=dt.date(2026, 5, 10))
    assert habits.next_moment(paused, BERLIN, at(BERLIN, 2026, 5, 3, 9)) == at(BERLIN, 2026, 5, 10, 19)
    assert habits.pause_ends(paused, BERLIN) == at(BERLIN, 2026, 5, 10, 0)


@pytest.mark.parametrize("details", [{"is_on": False}, {"days": 0}, {"paused_until": dt.date(2030, 1, 1)}])
def test_nothing_comes_when_none_is_wanted(details: dict[str, object]) -> None:
    """Off, on no day, or paused for longer than anybody can mean."""
    assert habits.next_moment(plan(**details), BERLIN, at(BERLIN, 2026, 5, 3, 9)) is None


def test_people_of_the_same_hour_are_spread_over_the_window() -> None:
    """A thousand neighbours by number take each of the fifteen minutes about equally."""
    date = dt.date(2026, 5, 3)
    places = [habits.moment_on(plan(user_id=each), BERLIN, date) - at(BERLIN, 2026, 5, 3, 19) for each in range(1000)]
    minutes = [int(place.total_seconds() // 60) for place in places]
    assert all(60 <= minutes.count(minute) <= 74 for minute in range(15))
