"""A pause of reminders: tapped or typed, until a date; and the end of it."""

import datetime as dt

import pytest

from handlers.reminders.calendar import in_a_year, next_month, read_date
from tests.chat import World
from tests.factories import make_student
from tests.reminded import has_plan, plan_for, plan_of

TODAY = dt.date(2026, 5, 3)


@pytest.mark.parametrize(
    ("label", "until", "said"),
    [
        ("3 days", dt.date(2026, 5, 6), "Wed 6 May"),
        ("1 week", dt.date(2026, 5, 10), "Sun 10 May"),
        ("2 weeks", dt.date(2026, 5, 17), "Sun 17 May"),
        ("1 month", dt.date(2026, 6, 3), "Wed 3 Jun"),
    ],
)
async def test_a_pause_is_a_tap(world: World, label: str, until: dt.date, said: str) -> None:
    """Nobody looks before its end, and it is said when that is."""
    ada = await make_student(world)
    screen = await ada.send("/reminders")
    assert (await ada.press("Pause")).text == "How long shall I be silent? After that I go on by myself."
    answer = await ada.press(label)
    assert answer.id == screen.id
    assert answer.text.startswith(f"A pause, then. I write again from {said} on.")
    assert f"Paused: I write again from {said} on." in answer.text
    plan = await plan_of(world, ada)
    assert plan.paused_until == until
    assert plan.next_due is not None
    assert (plan.next_due.date(), plan.next_due.hour) == (until, 19)


async def test_a_pause_ends_when_the_person_says_so(world: World) -> None:
    """Today's hour is theirs again; the end of a pause is on the screen only while there is one."""
    ada = await make_student(world)
    await plan_for(world, ada, paused_until=dt.date(2026, 5, 20), ignored=2)
    await ada.send("/reminders")
    assert "Pause" not in ada.labels
    assert (await ada.press("End the pause")).text.startswith("Welcome back!")
    assert "Pause" in ada.labels
    plan = await plan_of(world, ada)
    assert (plan.paused_until, plan.ignored) == (None, 0)
    assert plan.next_due is not None
    assert plan.next_due.date() == TODAY


async def test_a_pause_that_is_over_is_none(world: World) -> None:
    """On its last date the screen says nothing of it any more."""
    ada = await make_student(world)
    await plan_for(world, ada, paused_until=TODAY)
    assert "Paused" not in (await ada.send("/reminders")).text
    assert "Pause" in ada.labels


async def test_a_date_may_be_typed(world: World) -> None:
    """What is no date, is over, or is too far away, is asked again with the reason."""
    ada = await make_student(world)
    await ada.send("/reminders")
    await ada.press("Pause")
    assert "From which date on may I write again?" in (await ada.press("Until a date")).text
    for typed, reason in (
        ("when I am back", "I cannot read that as a date."),
        ("30 Feb", "I cannot read that as a date."),
        ("3 May", "Sun 3 May is not ahead of us."),
        ("2026-05-02", "Sat 2 May is not ahead of us."),
        ("2027-05-04", "Tue 4 May 2027 is more than a year away. Please send one until Mon 3 May 2027"),
    ):
        assert reason in (await ada.send(typed)).text, typed
        assert ada.labels == ["Cancel"]
    assert not await has_plan(world)
    assert "I write again from Thu 24 Dec on." in (await ada.send("24.12.")).text
    assert (await plan_of(world, ada)).paused_until == dt.date(2026, 12, 24)


@pytest.mark.parametrize(("typed", "until"), [("2026-05-04", dt.date(2026, 5, 4)), ("3.5.2027", dt.date(2027, 5, 3))])
async def test_the_first_and_the_last_date_are_taken(world: World, typed: str, until: dt.date) -> None:
    """From tomorrow on, and up to a year from today."""
    ada = await make_student(world)
    await ada.send("/reminders")
    await ada.press("Pause")
    await ada.press("Until a date")
    await ada.send(typed)
    assert (await plan_of(world, ada)).paused_until == until


async def test_today_is_the_readers(world: World) -> None:
    """Late in the evening in London, tomorrow is today in Auckland, and is refused there."""
    world.clock.advance(hours=13)
    ada = await make_student(world)
    await ada.send("/settings")
    await ada.press("Time zone")
    await ada.press("Type my city")
    await ada.send("Auckland")
    await ada.send("/reminders")
    await ada.press("Pause")
    await ada.press("Until a date")
    assert "not ahead of us" in (await ada.send("4 May")).text
    assert "from Tue 5 May on" in (await ada.send("5 May")).text


async def test_a_pause_that_is_no_button_is_refused(world: World) -> None:
    """A forged length changes nothing."""
    ada = await make_student(world)
    said = await ada.send("/reminders")
    assert "earlier visit" in (await ada.forge(said.id, "rps:9y")).text
    assert not await has_plan(world)


@pytest.mark.parametrize(
    ("typed", "language", "date"),
    [
        ("2026-12-24", "en", dt.date(2026, 12, 24)),
        ("24 Dec", "en", dt.date(2026, 12, 24)),
        ("24 december", "en", dt.date(2026, 12, 24)),
        ("24. Dezember", "de-AT", dt.date(2026, 12, 24)),
        ("24. Dezember", "en", None),
        ("1 Sept. 2026", "en", dt.date(2026, 9, 1)),
        ("1 März", "de", dt.date(2027, 3, 1)),
        ("Dec 24, 2026", "en", dt.date(2026, 12, 24)),
        ("24.12.", "en", dt.date(2026, 12, 24)),
        ("24.12", "en", dt.date(2026, 12, 24)),
        ("24. 12. 2026", "en", dt.date(2026, 12, 24)),
        ("2 May", "en", dt.date(2027, 5, 2)),
        ("3 May", "xx", dt.date(2026, 5, 3)),
        ("4 May", "en", dt.date(2026, 5, 4)),
        ("29 Feb", "en", None),
        ("29.02.2028", "en", dt.date(2028, 2, 29)),
        ("24.13.", "en", None),
        ("0.1.", "en", None),
        ("24 ma", "en", None),
        ("24/12", "en", None),
        ("0000-01-01", "en", None),
        ("tomorrow", "en", None),
        ("", "en", None),
    ],
)
def test_dates_are_read_as_people_type_them(typed: str, language: str, date: dt.date | None) -> None:
    """As ISO, by numbers, by names in English and one's own language; without a year, the one ahead."""
    assert read_date(typed, TODAY, language) == date


def test_a_year_and_a_month_end_where_the_calendar_does() -> None:
    """A leap day has no anniversary, and some months no thirty-first."""
    assert in_a_year(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)
    assert in_a_year(TODAY) == dt.date(2027, 5, 3)
    assert next_month(dt.date(2027, 1, 31)) == dt.date(2027, 2, 28)
    assert next_month(dt.date(2026, 12, 31)) == dt.date(2027, 1, 31)
