"""The buttons under a reminder: open it, later, why, mute, go on; each also long after it came."""

import datetime as dt

import pytest

from db.models import ReminderMute, ReminderPlan
from tests.chat import Person, World, open_world
from tests.factories import add_lesson, enroll, make_course, make_student
from tests.reminded import REMINDER, has_plan, meet_learner, meet_reminded, plan_of, remind, shown, tick


async def test_a_reminder_opens_the_next_lesson(world: World) -> None:
    """It is the one that waits now, and opening it is an answer to the reminder."""
    ada = await meet_reminded(world)
    assert ada.last.text == REMINDER
    assert (await plan_of(world, ada)).ignored == 1
    said = await ada.press("Open Parsing")
    assert said.text.startswith("Compilers 101 · 2 of 3\nParsing")
    assert (await plan_of(world, ada)).ignored == 0


async def test_each_button_is_an_answer(world: World) -> None:
    """Whoever presses any of them has not ignored the reminder."""
    ada = await meet_reminded(world)
    said = ada.last
    for data in ("rla", "rmw:next:1", "rmm:next:1", "rmb", "rmo:1"):
        async with world.application.database.transaction() as repos:
            plan = await repos.reminders.lock(1)
            plan = plan or await plan_of(world, ada)
            plan.ignored, plan.asked_at = 3, world.clock()
            await repos.reminders.save([plan])
        await ada.forge(said.id, data)
        plan = await plan_of(world, ada)
        assert (plan.ignored, plan.asked_at) == (0, None), data


async def test_later_offers_what_is_ahead(world: World) -> None:
    """At noon there are three choices, each with its time; the screen stays the same message."""
    ada = await meet_reminded(world, hour=12)
    said = ada.last
    assert (await ada.press("Later")).text == "When shall I write again?"
    assert ada.last.id == said.id
    assert ada.labels == ["In 1 hour, 13:20", "Tonight, 20:00", "Tomorrow, 12:00", "‹ The reminder"]


async def test_later_begins_with_what_comes_first(world: World) -> None:
    """At twenty past seven, eight is sooner than in an hour."""
    ada = await meet_reminded(world)
    await ada.press("Later")
    assert ada.labels == ["Tonight, 20:00", "In 1 hour, 20:20", "Tomorrow, 19:00", "‹ The reminder"]


async def test_later_comes_later(world: World) -> None:
    """In an hour the same comes once more, though a reminder came today."""
    ada = await meet_reminded(world)
    await ada.press("Later")
    said = await ada.press("In 1 hour")
    assert said.text == "Until later, then. I write again today at 20:20, if something still waits."
    plan = await plan_of(world, ada)
    assert plan.next_due == plan.later_at == world.clock.now + dt.timedelta(hours=1)
    world.clock.advance(minutes=59)
    assert await tick(world) == []
    world.clock.advance(minutes=1)
    await tick(world)
    assert ada.last.text == REMINDER
    assert (await plan_of(world, ada)).later_at is None


async def test_tonight_is_at_eight(world: World) -> None:
    """Of the moment asked for and that of the habit, the earlier one is looked at first."""
    ada = await meet_reminded(world, hour=12)
    await ada.press("Later")
    assert "I write again today at 20:00" in (await ada.press("Tonight")).text
    plan = await plan_of(world, ada)
    assert plan.next_due == plan.later_at == dt.datetime(2026, 5, 3, 20, tzinfo=dt.UTC)


async def test_tomorrow_is_at_the_persons_hour(world: World) -> None:
    """Also on a day on which they would not be reminded."""
    ada = await meet_learner(world, days=0b1000000)
    await remind(world)
    await ada.press("Later")
    assert (await ada.press("Tomorrow")).text == (
        "Until tomorrow, then. I write again at 19:00, if something still waits."
    )
    plan = await plan_of(world, ada)
    assert plan.later_at is not None
    assert plan.next_due == plan.later_at
    assert (plan.later_at.date(), plan.later_at.hour) == (dt.date(2026, 5, 4), 19)
    world.clock.now = plan.later_at
    await tick(world)
    assert ada.last.text == REMINDER


async def test_later_is_never_in_the_quiet_hours(world: World) -> None:
    """At nine in the evening neither an hour on nor what is over is offered; an old button for it asks again."""
    ada = await meet_reminded(world)
    await ada.press("Later")
    world.clock.advance(hours=2)
    said = await ada.press("In 1 hour")
    assert said.text == "That time is over, or one of your quiet hours. When shall I write instead?"
    assert ada.labels == ["Tomorrow, 19:00", "‹ The reminder"]
    assert (await plan_of(world, ada)).later_at is None
    assert "That time is over" in (await ada.forge(said.id, "rmt:tonight")).text


async def test_later_in_a_pause_or_with_reminders_off(world: World) -> None:
    """Nothing can come, so nothing is promised; the way on is there."""
    ada = await meet_reminded(world)
    said = ada.last
    await ada.send("/reminders")
    await ada.press("Pause")
    await ada.press("1 week")
    await ada.forge(said.id, "rla")
    assert shown(ada, said.id).text == "There is a pause: I write again from Sun 10 May on."
    assert [button.text for button in shown(ada, said.id).buttons] == ["End the pause", "‹ The reminder"]
    await ada.press("End the pause")
    await ada.press("Turn off")
    await ada.forge(said.id, "rmt:hour")
    assert shown(ada, said.id).text == "Reminders are off: nothing comes later, either."
    assert [button.text for button in shown(ada, said.id).buttons] == ["Turn on", "‹ The reminder"]
    assert (await plan_of(world, ada)).later_at is None


async def test_why_says_why(world: World) -> None:
    """The course, the reason, the habit, and what changes it; and back."""
    ada = await meet_reminded(world)
    said = ada.last
    assert (await ada.press("Why this?")).text == (
        "Compilers 101\n"
        "You have begun this course, and its next lesson waits for you.\n\n"
        "I write once a day at most: every day, soon after 19:00; not on a day on which you have learned, "
        "and nothing from 22:00 to 08:00.\n\n"
        "/reminders changes all of that."
    )
    assert ada.labels == ["‹ The reminder", "Reminders"]
    assert (await ada.press("‹ The reminder")).text == REMINDER
    assert ada.last.id == said.id


async def test_the_way_back_shows_what_is_so_now(world: World) -> None:
    """What was done meanwhile is not asked for again; with nothing left to do, that is said."""
    ada = await meet_reminded(world)
    said = await ada.press("Why this?")
    await ada.send("/lesson")
    await ada.press("Done")
    await ada.press("‹ The reminder")
    assert "Types is waiting in Compilers 101: 2 of 3 done." in shown(ada, said.id).text
    await ada.press("Later")
    await ada.press("Next: Types")
    await ada.press("Done")
    await ada.press("‹ The reminder")
    assert shown(ada, said.id).text == "Nothing waits for you any more, Ada. Enjoy your day!"
    assert [button.text for button in shown(ada, said.id).buttons] == ["My progress", "Browse courses"]


async def test_what_is_told_once_is_there_on_the_way_back(world: World) -> None:
    """New lessons of a finished course are told of once, and that telling can be looked at again."""
    ada = await meet_learner(world)
    course = await make_course(world, title="Statistics", code="STAT1", lessons=("One",))
    await enroll(world, ada, course)
    await ada.send("/lesson STAT1")
    await ada.press("Done")
    await add_lesson(world, course, "Two")
    world.clock.advance(days=1)
    await remind(world)
    news = "Statistics has something new since you finished it: Two."
    assert news in ada.last.text
    await ada.press("Why this?")
    assert news in (await ada.press("‹ The reminder")).text
    await remind(world)
    assert news not in ada.last.text


async def ignore_three(world: World) -> Person:
    """Returns somebody who has ignored three reminders, and is asked whether to go on."""
    ada = await meet_learner(world)
    for _day in range(4):
        await remind(world)
    assert ada.labels == ["Go on", "Stop"]
    return ada


async def test_three_ignored_and_then_go_on(world: World) -> None:
    """Without an answer nothing more comes; Go on, and it does, the next day."""
    ada = await ignore_three(world)
    count = len(ada.said)
    await remind(world)
    await remind(world)
    assert len(ada.said) == count
    assert (await ada.press("Go on")).text == "Gladly. I remind you every day, soon after 19:00."
    await remind(world)
    assert ada.last.text == REMINDER


async def test_three_ignored_and_then_stop(world: World) -> None:
    """Stop turns all off, and an old Go on turns it on, weeks later."""
    ada = await ignore_three(world)
    said = ada.last
    await ada.press("Stop")
    assert not (await plan_of(world, ada)).is_on
    world.clock.advance(days=20)
    await ada.forge(said.id, "rmg")
    plan = await plan_of(world, ada)
    assert (plan.is_on, plan.ignored, plan.asked_at) == (True, 0, None)


async def test_buttons_work_after_a_week(world: World) -> None:
    """Time that has passed changes what is so, not what a button does."""
    ada = await meet_reminded(world)
    world.clock.advance(days=7)
    await ada.press("Later")
    assert ada.labels[-1] == "‹ The reminder"
    assert (await ada.press("‹ The reminder")).text == REMINDER
    await ada.press("Mute")
    await ada.press("‹ The reminder")
    assert (await ada.press("Open Parsing")).text.startswith("Compilers 101 · 2 of 3")


async def test_buttons_work_after_a_restart(world: World, database_url: str) -> None:
    """Nothing of a reminder is kept in the process that sent it."""
    ada = await meet_reminded(world)
    await ada.press("Later")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        ada.world = again
        assert "today at 20:00" in (await ada.press("Tonight")).text
        assert (await ada.press("‹ The reminder")).text == REMINDER
        assert (await ada.press("Open Parsing")).text.startswith("Compilers 101 · 2 of 3")


@pytest.mark.parametrize(
    "data", ["rmo:1", "rla", "rmt:hour", "rmw:next:1", "rmm:next:1", "rmn::1", "rmb", "rmg", "rmx"]
)
async def test_buttons_of_who_is_signed_out(world: World, data: str) -> None:
    """They lead to the way in, and change nothing."""
    ada = await meet_reminded(world)
    said = ada.last
    [before] = await world.rows(ReminderPlan)
    await ada.send("/logout")
    assert "You need an account for that" in (await ada.forge(said.id, data)).text
    [after] = await world.rows(ReminderPlan)
    assert (after.is_on, after.ignored, after.later_at) == (before.is_on, before.ignored, before.later_at)
    assert await world.count(ReminderMute) == 0


async def test_another_persons_course_is_none(world: World) -> None:
    """Its title is not told, it cannot be muted, and it does not open."""
    await make_course(world, title="Secret", code="SECR1")
    ada = await meet_learner(world)
    await remind(world)
    said = ada.last
    assert "Secret" not in (await ada.forge(said.id, "rmw:next:1")).text
    await ada.forge(said.id, "rmm:next:1")
    assert ada.labels == ["the next lesson, everywhere", "Turn all reminders off", "‹ The reminder"]
    for data in ("rmn::1", "rmn::999", "rmn::0", "rmn:next:1", "rmn:next:2", "rmn:quiz:0"):
        assert (await ada.forge(said.id, data)).text == "I do not remind you of that, so there is nothing to mute.", (
            data
        )
    assert await world.count(ReminderMute) == 0
    assert "not enrolled" in (await ada.forge(said.id, "rmo:1")).text
    assert "no such course" in (await ada.forge(said.id, "rmo:999")).text


async def test_a_kind_that_is_no_more(world: World) -> None:
    """An old button of it still says how reminders come, and mutes the course."""
    ada = await meet_reminded(world)
    said = ada.last
    answer = await ada.forge(said.id, "rmw:quiz:1")
    assert answer.text.startswith("Compilers 101\nReminders of this kind do not come any more.")
    await ada.forge(said.id, "rmm:quiz:1")
    assert ada.labels == ["Compilers 101, all of it", "Turn all reminders off", "‹ The reminder"]


async def test_a_button_pressed_without_a_plan(world: World) -> None:
    """Whoever signs in where another was reminded is answered from their own facts."""
    ada = await make_student(world)
    said = await ada.send("/start")
    assert "Nothing waits for you any more" in (await ada.forge(said.id, "rmb")).text
    assert (await ada.forge(said.id, "rla")).text == "When shall I write again?"
    assert not await has_plan(world)
