"""/upcoming: what would come in the next 14 days, and why; held against what then really comes."""

import datetime as dt
import re

import pytest

from tests.chat import World
from tests.factories import add_lesson, enroll, make_course, make_student
from tests.reminded import has_plan, meet_learner, plan_for, plan_of, remind, tick

WHAT = "Parsing is waiting in Compilers 101: 1 of 3 done."
WHY = "Why: You have begun this course, and its next lesson waits for you."
WAYS_ON = "On a day on which you learn I stay silent, and begin to count anew."
HOUR = re.compile(r"about 19:\d\d")


def paragraphs(text: str) -> list[str]:
    """Returns what stands on the screen, with the hour for each moment in it: who is due when, is chance."""
    return HOUR.sub("about 19", text).split("\n\n")


async def test_three_reminders_and_a_question(world: World) -> None:
    """Whoever does nothing hears of the lesson three times, is asked once, and then nothing comes."""
    ada = await meet_learner(world)
    assert paragraphs((await ada.send("/upcoming")).text) == [
        "What is coming · 14 days\nevery day, soon after 19:00",
        f"Today – Tue 5 May, about 19\n{WHAT}\n{WHY}",
        "Wed 6 May, about 19\nI ask whether to go on, if three in a row have had no answer.",
        "Thu 7 May – Sat 16 May\nNothing, until you answer that or learn again.",
        WAYS_ON,
    ]
    assert ada.labels == ["‹ Reminders"]


async def test_what_is_foreseen_is_what_comes(world: World) -> None:
    """Day by day, the reminders are those that were foretold, on the minute."""
    ada = await meet_learner(world, days=0b0110101)
    text = (await ada.send("/upcoming")).text
    foretold = re.findall(r"about (\d\d):(\d\d)", text)
    assert len(set(foretold)) == 1
    came = []
    for _day in range(14):
        for claim in await remind(world):
            came += [(claim.person.plan.told_on, bool(one.told)) for one in claim.messages]
    assert came == [(dt.date(2026, 5, day), day != 9) for day in (4, 6, 8, 9)]
    assert "Tomorrow – Fri 8 May, about" in text
    assert "Sat 9 May, about" in text
    assert "Mon 11 May – Sat 16 May\nNothing, until you answer that or learn again." in text


async def test_looking_changes_nothing(world: World) -> None:
    """Nothing that is foreseen is written down."""
    ada = await meet_learner(world)
    before = await plan_of(world, ada)
    await ada.send("/upcoming")
    assert await plan_of(world, ada) == before


async def test_days_that_are_not_chosen_take_no_line(world: World) -> None:
    """The heading has them, and the screen stays short."""
    ada = await meet_learner(world, days=0b0000001)
    parts = paragraphs((await ada.send("/upcoming")).text)
    assert parts[0] == "What is coming · 14 days\nMon, soon after 19:00"
    assert parts[1].startswith("Tomorrow – Mon 11 May, about 19")
    assert len(parts) == 3


async def test_without_courses_nothing_waits(world: World) -> None:
    """One line says so, and a look begins no plan."""
    ada = await make_student(world)
    assert paragraphs((await ada.send("/upcoming")).text)[1:] == [
        "Today – Sat 16 May\nNothing: no lesson waits for you."
    ]
    assert not await has_plan(world)


async def test_off_is_one_tap_from_on(world: World) -> None:
    """Nothing comes, and the button turns it on."""
    ada = await meet_learner(world, is_on=False)
    await ada.send("/reminders")
    assert (await ada.send("/upcoming")).text == "Nothing is coming: reminders are off."
    assert ada.labels == ["Turn on", "‹ Reminders"]


async def test_a_pause_has_its_end(world: World) -> None:
    """Up to its last day nothing comes; from its date on it does."""
    ada = await meet_learner(world, paused_until=dt.date(2026, 5, 10))
    parts = paragraphs((await ada.send("/upcoming")).text)
    assert parts[1] == "Today – Sat 9 May\nNothing: there is a pause until Sun 10 May."
    assert parts[2].startswith("Sun 10 May – Tue 12 May, about 19")
    assert ada.labels == ["End the pause", "‹ Reminders"]


async def test_today_when_something_was_learned(world: World) -> None:
    """Whoever learns today hears nothing today, and reads why."""
    ada = await meet_learner(world)
    await ada.send("/lesson")
    await ada.press("Done")
    parts = paragraphs((await ada.send("/upcoming")).text)
    assert parts[1] == "Today\nNothing: you have learned today."
    assert parts[2].startswith("Tomorrow – Wed 6 May, about 19\nTypes is waiting in Compilers 101")


async def test_today_when_it_has_come(world: World) -> None:
    """One a day: the next is tomorrow's; and this one counts among the three."""
    ada = await meet_learner(world)
    await remind(world)
    parts = paragraphs((await ada.send("/upcoming")).text)
    assert parts[1] == "Today\nNothing more: the reminder of the day has come."
    assert parts[2].startswith("Tomorrow – Tue 5 May, about 19")
    assert parts[3].startswith("Wed 6 May, about 19\nI ask whether to go on")


async def test_later_is_foreseen_on_the_minute(world: World) -> None:
    """What was asked for once more stands at its own time."""
    ada = await meet_learner(world)
    await remind(world)
    await ada.press("Later")
    await ada.press("In 1 hour")
    parts = paragraphs((await ada.send("/upcoming")).text)
    assert parts[1] == f"Today, about 20:20\n{WHAT}\nYou asked for it at this time.\n{WHY}"
    world.clock.advance(hours=1)
    assert [len(claim.messages) for claim in await tick(world)] == [1]


async def test_whoever_was_asked_can_answer_here(world: World) -> None:
    """The question waits, and Go on is a tap."""
    ada = await meet_learner(world, ignored=3, asked_at=dt.datetime(2026, 5, 2, 19, tzinfo=dt.UTC))
    parts = paragraphs((await ada.send("/upcoming")).text)
    assert parts[1:] == ["Today – Sat 16 May\nNothing: I have asked whether to go on, and wait for your answer."]
    assert ada.labels == ["Go on", "‹ Reminders"]
    await ada.press("Go on")
    assert WHAT in (await ada.press("What is coming")).text


async def test_what_is_muted_is_named(world: World) -> None:
    """It does not come, and it is said that it would."""
    ada = await meet_learner(world)
    said = await ada.send("/start")
    await ada.forge(said.id, "rmn::1")
    assert paragraphs((await ada.send("/upcoming")).text)[1:] == [
        "Today – Sat 16 May\nNothing: no lesson waits for you.",
        "Muted, so nothing comes of it: Compilers 101",
    ]


async def test_several_courses_come_as_one(world: World) -> None:
    """The most useful first, each reason once; what is new is told of once, and then the rest goes on."""
    ada = await meet_learner(world)
    course = await make_course(world, title="Statistics", code="STAT1", lessons=("One",))
    for number in range(1, 4):
        await enroll(world, ada, await make_course(world, title=f"Course {number}", code=f"C{number}"))
    await enroll(world, ada, course)
    await ada.send("/lesson STAT1")
    await ada.press("Done")
    await add_lesson(world, course, "Two")
    await remind(world)
    world.clock.advance(hours=14)
    parts = paragraphs((await ada.send("/upcoming")).text)
    first = parts[1].splitlines()
    assert first[0] == "Today, about 19"
    assert first[1] == WHAT
    assert first[2] == "Statistics has something new since you finished it: Two."
    assert first[4] == "And 2 more."
    assert [line for line in first if line.startswith("Why")] == [
        WHY,
        "Why: You have finished this course, and something new is in it.",
        "Why: You have enrolled in this course and not begun it yet.",
    ]
    assert parts[2].splitlines()[0] == "Tomorrow – Wed 6 May, about 19"
    assert "Why" not in parts[2]


@pytest.mark.parametrize("city", ["Auckland", "Honolulu"])
async def test_days_are_the_readers(world: World, city: str) -> None:
    """Today is where the reader is, and seven in the evening, too."""
    world.clock.advance(hours=4)
    ada = await meet_learner(world)
    await ada.send("/settings")
    await ada.press("Time zone")
    await ada.press("Type my city")
    await ada.send(city)
    await ada.send("/reminders")
    await ada.press("Hour")
    await ada.press("21:00")
    await ada.press("Hour")
    await ada.press("19:00")
    first = paragraphs((await ada.send("/upcoming")).text)[1].splitlines()[0]
    assert (
        first
        == {
            "Auckland": "Today – Wed 6 May, about 19",
            "Honolulu": "Today – Tue 5 May, about 19",
        }[city]
    )


async def test_a_plan_with_nothing_left_to_say_is_short(world: World) -> None:
    """Fourteen days on which nothing waits are one line."""
    ada = await make_student(world)
    await plan_for(world, ada)
    assert len((await ada.send("/upcoming")).text.splitlines()) == 5
