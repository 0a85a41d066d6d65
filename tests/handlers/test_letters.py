"""Messages from an instructor to one student."""

import datetime as dt

import pytest

from db.models import ChatSession, Letter, Progress
from handlers.letters import MAX_A_DAY, MAX_LETTER
from tests.chat import World
from tests.factories import make_student
from tests.handlers.admin.test_blocking import block
from tests.handlers.test_student import at_the_page, remove
from tests.handlers.test_students import leave

QUESTION = "Write it in one message."


async def test_a_message_reaches_the_student(world: World) -> None:
    """It says who writes, about which course, and that an answer reaches nobody; each signed-in phone gets it."""
    ivan, ada, _course = await at_the_page(world)
    tablet = await make_student(world, "Ada (tablet)", of="Ada")
    await tablet.send("/start")
    assert QUESTION in (await ivan.press("Message")).text
    await ivan.send("Well <b>done</b>!\nGo on.")
    told = (
        "Compilers 101 · a message from Ivan Petrov\n\n"
        "Well <b>done</b>!\nGo on.\n\n"
        "Answers that you write here do not reach Ivan Petrov."
    )
    assert (ada.last.text, tablet.last.text) == (told, told)
    assert ivan.last.text.startswith("Your message is on its way to Ada.\n\nAda\nCompilers 101")
    assert await world.count(Letter) == 1
    assert (await ada.press("See the course")).text.startswith("Compilers 101")


async def test_a_message_has_a_length(world: World) -> None:
    """So many characters and no more."""
    ivan, ada, _course = await at_the_page(world)
    await ivan.press("Message")
    assert "there is room for 1000" in (await ivan.send("x" * (MAX_LETTER + 1))).text
    await ivan.send("x" * MAX_LETTER)
    assert "x" * MAX_LETTER in ada.last.text


async def test_so_many_messages_a_day(world: World) -> None:
    """The last one goes out, the next is refused, before it is written and after; a day later there is room again."""
    ivan, ada, course = await at_the_page(world)
    async with world.application.database.transaction() as repos:
        for _number in range(MAX_A_DAY - 1):
            await repos.letters.add(course.id, world.clock(), forget=world.clock() - dt.timedelta(days=1))
    await ivan.press("Message")
    await ivan.send("The last one")
    assert "The last one" in ada.last.text
    full = "30 messages a day are the most for a course. Please go on tomorrow."
    assert (await ivan.press("Message")).text == full
    world.clock.advance(hours=23, minutes=59)
    await ivan.press("‹ Back")
    assert (await ivan.press("Message")).text == full
    world.clock.advance(minutes=1)
    await ivan.press("‹ Back")
    assert QUESTION in (await ivan.press("Message")).text
    await ivan.send("The next day")
    assert "The next day" in ada.last.text
    assert await world.count(Letter) == 1


@pytest.mark.parametrize("how", ["left", "removed", "signed out", "blocked"])
async def test_who_cannot_be_reached_is_said(world: World, how: str) -> None:
    """The instructor learns why nothing was sent, and nothing is counted."""
    ivan, ada, course = await at_the_page(world)
    await ivan.press("Message")
    if how == "left":
        await leave(ada, course)
    elif how == "removed":
        [progress] = await world.rows(Progress)
        async with world.application.database.transaction() as repos:
            locked = await repos.progress.lock(progress.user_id, course.id)
            assert locked is not None
            await repos.progress.leave(locked, world.clock(), is_removed=True)
    elif how == "signed out":
        await ada.send("/logout")
    else:
        async with world.application.database.transaction() as repos:
            await repos.sessions.mark_unreachable([ada.id], world.clock())
    count = len(ada.said)
    reason = "does not take" if how in {"left", "removed"} else "cannot be reached"
    assert reason in (await ivan.send("Hello")).text
    assert (len(ada.said), await world.count(Letter)) == (count, 0)
    await ivan.send("/cancel")
    assert await world.count(ChatSession, ChatSession.dialog.is_not(None)) == 0


async def test_an_admin_may_write_without_an_account(world: World) -> None:
    """Then the message is from an admin."""
    _ivan, ada, _course = await at_the_page(world)
    admin = world.admin()
    said = await admin.send("/start")
    [progress] = await world.rows(Progress)
    await admin.forge(said.id, f"wr:{progress.id}")
    await admin.send("Hello")
    assert ada.last.text.startswith("Compilers 101 · a message from an admin\n\nHello")


async def test_a_removed_student_is_not_written_to(world: World) -> None:
    """Their page has no button for it, and an old one is refused."""
    ivan, _ada, _course = await at_the_page(world)
    pressed = ivan.last.id
    await remove(ivan)
    [progress] = await world.rows(Progress)
    assert "does not take" in (await ivan.forge(pressed, f"wr:{progress.id}")).text


async def test_a_blocked_student_gets_no_message(world: World) -> None:
    """Neither when it is begun, nor when the block comes while it is written."""
    ivan, ada, _course = await at_the_page(world)
    await ivan.press("Message")
    await block(world.admin())
    told = ada.last.id
    refusal = "Ada cannot be reached: they are not signed in here, have blocked the bot, or are blocked."
    assert (await ivan.send("Well done!")).text == refusal
    await ivan.press("‹ Back")
    assert (await ivan.press("Message")).text == refusal
    await ivan.press("‹ Back")
    await ivan.press("Remove")
    await ivan.press("Remove")
    assert ada.last.id == told
    assert await world.count(Letter) == 0
