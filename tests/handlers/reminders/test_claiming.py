"""What one look says to one person, or why it says nothing."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.reminders.claiming import LONGEST, Claim, Silence
from tests.handlers.reminders.clocks import APIA, BERLIN, NEW_YORK, ZONES, at, changes
from tests.handlers.reminders.somebody import LEARNING, TEACHING, URGENT, Somebody, due

DAY = dt.timedelta(days=1)


def asks(claim: Claim) -> bool:
    """Whether the one message of the day asks whether to go on."""
    [message] = claim.messages
    return not message.told


def test_one_message_comes_a_day() -> None:
    """Not before the hour, once at it, and no second time on that date."""
    ada = Somebody(due(), due())
    assert ada.silence(2026, 5, 3, 12) is Silence.NOT_YET
    assert ada.next == "2026-05-03 19:00"
    assert len(ada.look(2026, 5, 3, 19).messages) == 1
    assert ada.next == "2026-05-04 19:00"
    assert ada.silence(2026, 5, 3, 21) is Silence.TOLD_TODAY
    assert ada.hears(2026, 5, 4, 19)


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"is_on": False}, Silence.OFF),
        ({"paused_until": dt.date(2026, 5, 4)}, Silence.PAUSED),
        ({"quiet_from": 19, "quiet_until": 20}, Silence.QUIET),
        ({"days": 0b0111111}, Silence.NOT_THIS_DAY),
        ({"hour": 20}, Silence.NOT_YET),
        ({"told_on": dt.date(2026, 5, 3)}, Silence.TOLD_TODAY),
        ({"asked_at": at(BERLIN, 2026, 5, 2, 19), "told_at": at(BERLIN, 2026, 5, 2, 19)}, Silence.IGNORED),
    ],
)
def test_every_silence_has_a_reason(details: dict[str, Any], why: Silence) -> None:
    """A Sunday at seven in the evening, and a plan that says otherwise."""
    assert Somebody(**details).silence(2026, 5, 3, 19) is why


def test_who_cannot_be_written_to_is_looked_at_each_day() -> None:
    """Blocked by us, or having blocked the bot: they hear nothing, and the next look is tomorrow's."""
    ada = Somebody()
    ada.is_blocked = True
    assert ada.silence(2026, 5, 3, 19) is Silence.BLOCKED
    ada.is_blocked, ada.to = False, None
    assert ada.silence(2026, 5, 3, 19, 5) is Silence.UNREACHABLE
    assert ada.next == "2026-05-04 19:00"


def test_somebody_who_learned_today_is_left_alone() -> None:
    """What is of learning does not come; what is of teaching does. Yesterday's learning is no reason."""
    ada = Somebody(due())
    ada.acted_at = at(BERLIN, 2026, 5, 3, 9)
    assert ada.silence(2026, 5, 3, 19) is Silence.LEARNED_TODAY
    ada.found = (due(), due(TEACHING))
    [message] = ada.look(2026, 5, 3, 19).messages
    assert [kind for kind, _due in message.told] == [TEACHING]
    ada.found = (due(),)
    assert ada.hears(2026, 5, 4, 19)


def test_after_three_in_a_row_it_is_asked_once() -> None:
    """The fourth evening asks whether to go on; without an answer there is silence until they learn again."""
    ada = Somebody()
    claims = [ada.look(2026, 5, day, 19) for day in range(3, 10)]
    assert [[message.told != () for message in claim.messages] for claim in claims] == [[True]] * 3 + [
        [False],
        [],
        [],
        [],
    ]
    assert {claim.silence for claim in claims[4:]} == {Silence.IGNORED}
    ada.acted_at = at(BERLIN, 2026, 5, 10, 12)
    assert ada.silence(2026, 5, 10, 19) is Silence.LEARNED_TODAY
    assert [asks(ada.look(2026, 5, day, 19)) for day in range(11, 15)] == [False, False, False, True]


def test_go_on_begins_to_count_anew() -> None:
    """Whoever presses it is reminded three times more before the next question."""
    ada = Somebody(ignored=3)
    assert asks(ada.look(2026, 5, 3, 19))
    ada.plan.ignored, ada.plan.asked_at = 0, None
    assert [asks(ada.look(2026, 5, day, 19)) for day in range(4, 8)] == [False, False, False, True]


def test_learning_between_two_reminders_is_a_reaction() -> None:
    """Whoever does something after each reminder is never asked."""
    ada = Somebody()
    for day in range(3, 13):
        assert not asks(ada.look(2026, 5, day, 19))
        ada.acted_at = at(BERLIN, 2026, 5, day, 20)
    assert ada.plan.ignored == 1


def test_who_does_not_answer_still_hears_of_teaching() -> None:
    """An instructor who ignores what they should learn is not asked about what they want to know."""
    ada = Somebody(due(TEACHING), due(), ignored=3)
    assert not asks(ada.look(2026, 5, 3, 19))
    ada.plan.asked_at = ada.plan.told_at
    [message] = ada.look(2026, 5, 4, 19).messages
    assert [kind for kind, _due in message.told] == [TEACHING]


def test_three_are_shown_and_told() -> None:
    """Of five, the two that are only counted stay news."""
    ada = Somebody(*(due(thing=number) for number in range(5)))
    [message] = ada.look(2026, 5, 3, 19).messages
    assert [found.due.thing for found in message.told] == [0, 1, 2]


def test_what_cannot_wait_comes_on_its_own() -> None:
    """At its moment, also when the day's message is gone; it neither counts as ignored nor as the day's."""
    ada = Somebody(due(URGENT, thing=1), due(), told_on=dt.date(2026, 5, 3))
    claim = ada.look(2026, 5, 3, 12)
    assert ([message.told[0].kind for message in claim.messages], claim.silence) == ([URGENT], Silence.TOLD_TODAY)
    assert (ada.plan.told_at, ada.plan.ignored) == (None, 0)
    claim = ada.look(2026, 5, 4, 19)
    assert [message.told[0].kind for message in claim.messages] == [URGENT, LEARNING]
    assert len({message.at for message in claim.messages}) == 2


def test_what_cannot_wait_waits_for_the_end_of_the_quiet_hours() -> None:
    """And for the end of a pause, and then of that night."""
    ada = Somebody(due(URGENT, thing=1))
    assert (ada.silence(2026, 5, 3, 23), ada.next) == (Silence.QUIET, "2026-05-04 08:00")
    assert ada.hears(2026, 5, 4, 8)
    ada = Somebody(due(URGENT, thing=1), paused_until=dt.date(2026, 5, 20), days=1)
    assert (ada.silence(2026, 5, 3, 12), ada.next) == (Silence.PAUSED, "2026-05-11 12:00")
    assert (ada.silence(2026, 5, 19, 12), ada.next) == (Silence.PAUSED, "2026-05-20 00:00")
    assert (ada.silence(2026, 5, 20, 0), ada.next) == (Silence.QUIET, "2026-05-20 08:00")


def test_a_moment_that_cannot_wait_is_looked_at() -> None:
    """The next look is at what comes first; a moment that is over is no look any more."""
    ada, now = Somebody(due(URGENT, thing=1)), at(BERLIN, 2026, 5, 3, 12)
    ada.look_at(now, urgent=now + dt.timedelta(hours=1))
    assert ada.next == "2026-05-03 13:00"
    ada.look_at(now, urgent=now)
    assert ada.next == "2026-05-03 19:00"


def test_what_comes_at_once_needs_no_hour() -> None:
    """It makes the day's message come now, with all the rest, once; at night, in the morning."""
    nudge = due(TEACHING, at_once=True)
    ada = Somebody(nudge, due(), days=1)
    assert len(ada.look(2026, 5, 3, 12).messages[0].told) == 2
    assert ada.silence(2026, 5, 3, 13) is Silence.TOLD_TODAY
    ada = Somebody(nudge, days=1)
    assert (ada.silence(2026, 5, 3, 23), ada.next) == (Silence.QUIET, "2026-05-04 08:00")
    assert ada.hears(2026, 5, 4, 8)


def test_later_comes_once_more_on_the_same_date() -> None:
    """At the moment that the person wanted, and then no more until tomorrow."""
    ada = Somebody()
    assert ada.hears(2026, 5, 3, 19)
    ada.plan = replace(ada.plan, later_at=at(BERLIN, 2026, 5, 3, 20))
    assert ada.silence(2026, 5, 3, 19, 30) is Silence.TOLD_TODAY
    assert ada.next == "2026-05-03 20:00"
    assert ada.hears(2026, 5, 3, 20)
    assert ada.silence(2026, 5, 3, 21) is Silence.TOLD_TODAY


def test_later_than_the_quiet_hours_begin_is_their_end() -> None:
    """An hour after half past nine in the evening is eight in the morning; the evening's is then told."""
    ada = Somebody(hour=21)
    assert ada.hears(2026, 5, 3, 21)
    ada.plan.later_at = at(BERLIN, 2026, 5, 3, 22, 15)
    assert (ada.silence(2026, 5, 3, 22, 15), ada.next) == (Silence.QUIET, "2026-05-04 08:00")
    assert ada.hears(2026, 5, 4, 8)
    assert ada.silence(2026, 5, 4, 21) is Silence.TOLD_TODAY


def test_later_is_dropped_by_what_is_wanted_afterwards() -> None:
    """Whoever learned meanwhile, or paused, is not reminded: no look leaves the wish behind."""
    ada = Somebody(later_at=at(BERLIN, 2026, 5, 3, 20))
    ada.acted_at = at(BERLIN, 2026, 5, 3, 19, 30)
    assert ada.silence(2026, 5, 3, 20) is Silence.LEARNED_TODAY
    assert ada.plan.later_at is None
    ada = Somebody(later_at=at(BERLIN, 2026, 5, 3, 20), paused_until=dt.date(2026, 6, 1))
    assert ada.silence(2026, 5, 3, 20) is Silence.PAUSED
    assert ada.plan.later_at is None


def test_a_look_that_comes_too_late_waits_for_the_morning() -> None:
    """The bot was away until after ten: eight in the morning has it, and that evening has no second one."""
    ada = Somebody(next_due=at(BERLIN, 2026, 5, 3, 19))
    assert (ada.silence(2026, 5, 3, 22, 5), ada.next) == (Silence.QUIET, "2026-05-04 08:00")
    assert ada.hears(2026, 5, 4, 8)
    assert ada.silence(2026, 5, 4, 19) is Silence.TOLD_TODAY
    assert ada.next == "2026-05-05 19:00"


def test_after_days_of_absence_one_message_comes() -> None:
    """Whatever was missed, at the next look; for those of Mondays only, too."""
    ada = Somebody(next_due=at(BERLIN, 2026, 5, 4, 19), days=1)
    assert ada.hears(2026, 5, 7, 10)
    assert ada.next == "2026-05-11 19:00"
    ada = Somebody(next_due=at(BERLIN, 2026, 5, 4, 19), days=1)
    assert (ada.silence(2026, 5, 7, 3), ada.next) == (Silence.QUIET, "2026-05-07 08:00")
    assert ada.hears(2026, 5, 7, 8)


def test_a_message_is_good_until_the_quiet_hours_begin() -> None:
    """Or until the date ends: it would be another day's."""
    [evening, night] = Somebody().look(2026, 5, 3, 19), Somebody(quiet_from=0, quiet_until=0).look(2026, 5, 3, 19)
    assert (evening.good_until, night.good_until) == (at(BERLIN, 2026, 5, 3, 22), at(BERLIN, 2026, 5, 4, 0))


def test_a_clock_that_is_put_back_says_nothing_twice() -> None:
    """What was told yesterday by a clock that was a day ahead is told on that date, and on no earlier one."""
    ada = Somebody()
    assert ada.hears(2026, 5, 4, 19)
    assert ada.silence(2026, 5, 3, 19) is Silence.TOLD_TODAY
    assert ada.silence(2026, 5, 4, 19) is Silence.TOLD_TODAY
    assert ada.hears(2026, 5, 5, 19)


def test_a_clock_that_was_years_ahead_silences_nobody_for_years() -> None:
    """Today counts as told, and tomorrow is as any day."""
    ada = Somebody()
    assert ada.hears(2036, 5, 3, 19)
    assert ada.silence(2026, 5, 3, 19) is Silence.TOLD_TODAY
    assert ada.hears(2026, 5, 4, 19)


def test_a_traveller_has_one_a_date() -> None:
    """Told in Samoa, they live through the same date once more in New York, and are not told again on it."""
    ada = Somebody(zone=APIA)
    assert ada.hears(2026, 5, 4, 19)
    ada.zone = NEW_YORK
    assert ada.silence(2026, 5, 4, 19) is Silence.TOLD_TODAY
    assert ada.hears(2026, 5, 5, 19)
    ada.zone = APIA
    assert ada.hears(2026, 5, 6, 19)


def test_half_past_two_comes_once_in_autumn() -> None:
    """At the first of two, also when there is nothing to say at it."""
    ada = Somebody(hour=2, quiet_from=0, quiet_until=0)
    assert ada.look(2026, 10, 25, 2, 0).messages
    assert not ada.look(2026, 10, 25, 2, 0, fold=1).messages
    assert ada.next == "2026-10-26 02:00"


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.lists(st.integers(0, 60 * 50), min_size=1, max_size=12),
    st.fixed_dictionaries(
        {
            "days": st.integers(0, 127),
            **dict.fromkeys(("hour", "quiet_from", "quiet_until"), st.integers(0, 23)),
            "paused_until": st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2040, 1, 1)),
        }
    ),
    st.integers(-3000, 3000),
)
def test_no_look_is_followed_by_one_at_once(zone: str, pauses: list[int], details: dict[str, Any], begin: int) -> None:
    """Nor by none at all, nor by a second message on a date or one in the quiet hours: whatever the plan says."""
    ada = Somebody(due(), due(URGENT, thing=1), zone=ZoneInfo(zone), **details)
    now, dates = changes(ada.zone)[0] + dt.timedelta(minutes=begin), []
    for late in pauses:
        claim = ada.look_at(now)
        assert ada.plan.next_due is not None
        assert now < ada.plan.next_due <= now + LONGEST
        if claim.messages:
            hour, quiet = now.astimezone(ada.zone).hour, ada.plan
            assert not (quiet.quiet_from <= hour < quiet.quiet_until)
            assert claim.good_until is not None
            assert now < claim.good_until <= now + DAY + dt.timedelta(hours=1)
        dates += [now.astimezone(ada.zone).date()] * (claim.silence is None)
        now = ada.plan.next_due + dt.timedelta(minutes=late)
    assert len(dates) == len(set(dates))
