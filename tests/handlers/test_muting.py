"""Mute: a course or a kind of reminder is heard of no more, until it is brought back."""

from db.models import ReminderMute
from tests.chat import World
from tests.reminded import REMINDER, meet_reminded, plan_of, remind


async def test_a_course_is_muted_and_heard_again(world: World) -> None:
    """What is muted is named; it does not come any more, until that is undone."""
    ada = await meet_reminded(world)
    said = ada.last
    assert (await ada.press("Mute")).text == "Of what shall I remind you no more?"
    assert ada.labels == [
        "Compilers 101, all of it",
        "the next lesson, everywhere",
        "Turn all reminders off",
        "‹ The reminder",
    ]
    assert (await ada.press("Compilers 101")).text == (
        "I remind you no more of Compilers 101. Undo takes that back; later, /reminders does."
    )
    assert ada.last.id == said.id
    assert "Nothing waits for you any more" in (await ada.press("‹ The reminder")).text
    count = len(ada.said)
    await remind(world)
    assert len(ada.said) == count
    await ada.forge(said.id, "rmn::1")
    assert (await ada.press("Undo")).text == "Good, I remind you of it again."
    assert (await ada.press("‹ The reminder")).text == REMINDER
    assert await world.count(ReminderMute) == 0


async def test_a_kind_is_muted_and_heard_again_from_the_list(world: World) -> None:
    """What is muted stands in /reminders, and a tap there brings it back."""
    ada = await meet_reminded(world)
    await ada.press("Mute")
    assert "I remind you no more of the next lesson." in (await ada.press("the next lesson")).text
    await ada.send("/reminders")
    assert (await ada.press("Muted · 1")).text == "I remind you of none of these. A tap brings it back."
    assert ada.labels == ["Unmute the next lesson", "‹ Reminders"]
    assert (await ada.press("Unmute the next lesson")).text == "Nothing is muted."
    await ada.press("‹ Reminders")
    assert not any(label.startswith("Muted") for label in ada.labels)
    await remind(world)
    assert ada.last.text == REMINDER


async def test_a_muted_course_is_listed_also_when_it_was_left(world: World) -> None:
    """What is muted can always be taken back by its name."""
    ada = await meet_reminded(world)
    await ada.press("Mute")
    await ada.press("Compilers 101")
    said = await ada.send("/reminders")
    await ada.forge(said.id, "lv:1:1")
    await ada.send("/reminders")
    await ada.press("Muted · 1")
    assert ada.labels == ["Unmute Compilers 101", "‹ Reminders"]


async def test_all_is_turned_off_and_on_again(world: World) -> None:
    """Off is one of the choices of Mute, and Undo stands below."""
    ada = await meet_reminded(world)
    await ada.press("Mute")
    said = await ada.press("Turn all reminders off")
    assert said.text == "Reminders are off: I stay silent. Undo, or /reminders, turns them on again."
    assert (await plan_of(world, ada)).next_due is None
    assert (await ada.press("Undo")).text == "Gladly. I remind you every day, soon after 19:00."
    assert (await plan_of(world, ada)).next_due is not None
