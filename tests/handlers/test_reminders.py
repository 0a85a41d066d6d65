"""/reminders: whether, when and how often somebody is reminded, on one screen."""

import datetime as dt

import pytest

from db.models import ChatSession, DigestEvery, ReminderPlan
from handlers.kit.dates import Weekdays
from handlers.kit.text import Catalogs
from handlers.reminders.claiming import Silence
from tests.chat import World
from tests.factories import make_student
from tests.german import catalogs
from tests.reminded import (
    REMINDER,
    has_plan,
    meet_learner,
    plan_for,
    plan_of,
    remind,
    tick,
    user_id_of,
)

__all__ = ["catalogs"]
SCREEN = """Reminders
On: every day, soon after 19:00
Quiet: 22:00 to 08:00
Your clock: 09:00 in UTC"""


async def test_the_screen_says_how_it_is(world: World) -> None:
    """Whoever has said nothing reads what they begin with, and looking writes nothing down."""
    ada = await make_student(world)
    assert (await ada.send("/reminders")).text == SCREEN
    assert ada.labels[:8] == ["What is coming", "✓Mon", "✓Tue", "✓Wed", "✓Thu", "✓Fri", "✓Sat", "✓Sun"]
    assert ada.labels[8:] == ["Hour: 19:00", "Quiet hours", "Pause", "Time zone", "‹ Settings", "Turn off"]
    assert not await has_plan(world)


async def test_it_needs_an_account(world: World) -> None:
    """A stranger is shown the way to one."""
    assert "You need an account" in (await world.person("Eve").send("/reminders")).text


async def test_settings_lead_there_and_back(world: World) -> None:
    """It is one of the settings, on the same message."""
    ada = await make_student(world)
    said = await ada.send("/settings")
    assert (await ada.press("Reminders")).id == said.id
    assert (await ada.press("‹ Settings")).text.startswith("Settings")
    assert not await has_plan(world)


async def test_off_and_on_again(world: World) -> None:
    """Off, nobody looks at them; on, they are looked at again, and what they ignored is forgotten."""
    ada = await make_student(world)
    await plan_for(world, ada, ignored=3, asked_at=world.clock())
    said = await ada.send("/reminders")
    assert (await ada.press("Turn off")).text.startswith("Reminders\nOff: I remind you of nothing.")
    assert ada.last.id == said.id
    assert (await plan_of(world, ada)).next_due is None
    assert ada.labels[0] == "Turn on"
    assert (await ada.press("Turn on")).text == SCREEN
    plan = await plan_of(world, ada)
    assert (plan.is_on, plan.ignored, plan.asked_at) == (True, 0, None)
    assert plan.next_due is not None
    assert plan.next_due.date() == dt.date(2026, 5, 3)


async def test_what_was_put_off_is_not_what_comes_when_they_are_on_again(world: World) -> None:
    """A message that could not arrive is not made up for weeks later; whoever looks too early says nothing."""
    ada = await meet_learner(world)
    world.miniature.block(ada.id)
    await remind(world)
    world.miniature.unblock(ada.id)
    await ada.send("/reminders")
    await ada.press("Turn off")
    world.clock.advance(days=20, hours=-8)
    said = (await ada.press("Turn on")).text
    user_id = await user_id_of(world, ada)
    async with world.application.database.transaction() as repos:
        await repos.reminders.bring_forward([user_id], world.clock())
    [claim] = await tick(world)
    assert (claim.silence, ada.last.text) == (Silence.NOT_YET, said)
    await remind(world)
    assert ada.last.text == REMINDER


async def test_days_are_taken_and_left(world: World) -> None:
    """The next look is on a day that is chosen; it was Sunday."""
    ada = await make_student(world)
    await ada.send("/reminders")
    for day in ("✓Sun", "✓Mon", "✓Wed"):
        await ada.press(day)
    assert "On: Tue, Thu, Fri, and Sat, soon after 19:00" in ada.last.text
    plan = await plan_of(world, ada)
    assert plan.next_due is not None
    assert plan.next_due.date() == dt.date(2026, 5, 5)
    assert "On: Mon, Tue, Thu, Fri, and Sat, soon after 19:00" in (await ada.press("Mon")).text


async def test_one_day_stays(world: World) -> None:
    """The last day cannot be left, and nothing is changed by trying."""
    ada = await make_student(world)
    await plan_for(world, ada, days=0b0000100)
    said = await ada.send("/reminders")
    before = await plan_of(world, ada)
    assert (await ada.press("✓Wed")).text.startswith("One day has to stay. To hear nothing at all, turn reminders off.")
    assert ada.last.id == said.id
    assert await plan_of(world, ada) == before


async def test_a_forged_day_is_no_day(world: World) -> None:
    """There are seven."""
    ada = await make_student(world)
    said = await ada.send("/reminders")
    for data in ("rmd:7:1", "rmd:9:0", "rmd:-1:1"):
        assert (await ada.forge(said.id, data)).text == SCREEN
    assert (await plan_of(world, ada)).days == 0b1111111


def test_weekdays_are_the_readers(catalogs: Catalogs) -> None:
    """In German, too."""
    assert str(Weekdays([0, 2, 6]).render(catalogs.translator("de"))) == "Mo, Mi und So"
    assert str(Weekdays([0, 2, 6]).render(catalogs.translator("en"))) == "Mon, Wed, and Sun"


async def test_another_hour(world: World) -> None:
    """Those that are quiet are not offered, and the next look moves along."""
    ada = await make_student(world)
    await ada.send("/reminders")
    assert (await ada.press("Hour: 19:00")).text == "At which hour shall I remind you?"
    assert ada.labels == [*(f"{'✓ ' * (hour == 19)}{hour:02}:00" for hour in range(8, 22)), "‹ Reminders"]
    assert "On: every day, soon after 12:00" in (await ada.press("12:00")).text
    plan = await plan_of(world, ada)
    assert plan.next_due is not None
    assert (plan.hour, plan.next_due.date(), plan.next_due.hour) == (12, dt.date(2026, 5, 3), 12)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("rhs:22", "22:00 is in your quiet hours, 22:00 to 08:00."),
        ("rhs:7", "07:00 is in your quiet hours, 22:00 to 08:00."),
        ("rhs:24", "There is no such hour."),
        ("rhs:-1", "There is no such hour."),
        ("rqn:19:8", "Quiet from 19:00 to 08:00 would leave no room for your hour, 19:00."),
        ("rqn:20:19", None),
        ("rqn:18:20", "Quiet from 18:00 to 20:00 would leave no room for your hour, 19:00."),
        ("rqn:20:20", None),
        ("rqn:0:24", "There is no such hour."),
    ],
)
async def test_quiet_hours_and_the_hour_leave_each_other_room(world: World, data: str, reason: str | None) -> None:
    """What would swallow the hour is refused in place, with the reason, and changes nothing."""
    ada = await make_student(world)
    await plan_for(world, ada)
    said = await ada.send("/reminders")
    before = await plan_of(world, ada)
    answer = await ada.forge(said.id, data)
    assert answer.id == said.id
    if reason is None:
        assert await plan_of(world, ada) != before
    else:
        assert answer.text.startswith(reason)
        assert answer.text.endswith(SCREEN)
        assert await plan_of(world, ada) == before


async def test_quiet_hours_are_set_end_by_end(world: World) -> None:
    """From, until, and never; from and until one hour would be never, and is not offered as such."""
    ada = await make_student(world)
    await ada.send("/reminders")
    assert (await ada.press("Quiet hours")).text == "Nothing comes from 22:00 to 08:00."
    assert (await ada.press("From 22:00")).text == "Quiet from?"
    assert "08:00" not in ada.labels
    assert "✓ 22:00" in ada.labels
    assert "Quiet: 23:00 to 08:00" in (await ada.press("23:00")).text
    await ada.press("Quiet hours")
    await ada.press("Until 08:00")
    assert "23:00" not in ada.labels
    assert "Quiet: 23:00 to 06:00" in (await ada.press("06:00")).text
    await ada.press("Quiet hours")
    assert "Quiet: never" in (await ada.press("Never quiet")).text
    assert (await ada.press("Quiet hours")).text == "You have no quiet hours."
    assert ada.labels == ["From 22:00", "Until 08:00", "‹ Reminders"]


async def test_the_hours_are_those_of_the_readers_zone(world: World) -> None:
    """The zone is asked as in the settings, which lead back; then seven in the evening is seven there."""
    ada = await make_student(world)
    await ada.send("/reminders")
    assert (await ada.press("Time zone")).text == "Is it 09:00 for you?"
    await ada.press("Type my city")
    await ada.send("Kathmandu")
    assert "Your clock: 14:45 in Kathmandu" in (await ada.press("Reminders")).text
    await ada.press("Hour")
    await ada.press("18:00")
    plan = await plan_of(world, ada)
    assert plan.next_due is not None
    assert dt.timedelta() <= plan.next_due - dt.datetime(2026, 5, 3, 12, 15, tzinfo=dt.UTC) < dt.timedelta(minutes=15)


async def test_another_chat_of_the_same_person_sees_it(world: World) -> None:
    """The plan is the person's, not the chat's."""
    ada, tablet = await make_student(world), await make_student(world, "Ada's tablet", of="Ada")
    await ada.send("/reminders")
    await ada.press("Hour")
    await ada.press("08:00")
    assert "soon after 08:00" in (await tablet.send("/reminders")).text
    assert await world.count(ReminderPlan) == 1


async def test_instructors_choose_how_often_they_hear_of_their_courses(world: World) -> None:
    """Never, every day or every week; nobody else is asked, and a forged choice is refused."""
    ivan = await world.instructor()
    assert "News of your courses: every week" in (await ivan.send("/reminders")).text
    await ivan.press("News of my courses")
    assert ivan.labels == ["never", "every day", "✓ every week", "‹ Reminders"]
    assert "News of your courses: every day" in (await ivan.press("every day")).text
    assert (await plan_of(world, ivan)).digest is DigestEvery.DAY
    ada = await make_student(world)
    said = await ada.send("/reminders")
    assert "News" not in said.text
    for data in ("rds:never", "rda"):
        assert "Only instructors" in (await ada.forge(said.id, data)).text
    assert await world.count(ReminderPlan) == 1


async def test_a_change_keeps_what_is_about_to_come(world: World) -> None:
    """Whoever is due at this moment is looked at, whatever they change; and Later stays what they asked for."""
    ada = await meet_learner(world)
    world.clock.advance(hours=11)
    due = (await plan_of(world, ada)).next_due
    await ada.send("/reminders")
    await ada.press("✓Tue")
    assert (await plan_of(world, ada)).next_due == due
    world.clock.advance(hours=-11)
    later = world.clock.now + dt.timedelta(hours=1)
    await plan_for(world, ada, later_at=later)
    await ada.press("✓Wed")
    assert (await plan_of(world, ada)).next_due == later


async def test_buttons_work_when_nobody_is_signed_in_any_more(world: World) -> None:
    """A month later, an old button leads to the way in, and changes nothing."""
    ada = await make_student(world)
    await plan_for(world, ada)
    await ada.send("/reminders")
    [before] = await world.rows(ReminderPlan)
    world.clock.advance(days=31)
    assert "You need an account" in (await ada.press("Turn off")).text
    [after] = await world.rows(ReminderPlan)
    assert after.is_on is before.is_on is True
    assert await world.count(ChatSession) == 1
