"""Who may announce: a course's instructor, whoever that is at the moment, and admins."""

from db.models import AuditEntry, BroadcastState
from handlers.broadcast_presses import DropBroadcast, ListBroadcasts, SendBroadcast, ShowBroadcast, StopBroadcast
from tests.chat import World
from tests.crowds import NEWS, begin, end, state_of
from tests.factories import give_course
from tests.handlers.test_announce import HEADING, at_the_desk, news_of


async def test_only_ones_own_are_shown_and_pressed(world: World) -> None:
    """Another instructor sees none of them, and no button of a broadcast, to a course or to all, does anything."""
    ivan, (ada,), course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ivan.send(NEWS)
    to_all = await begin(world, "News for all")
    olga = await world.teacher("Olga")
    said = await olga.send("/start")
    assert (await olga.forge(said.id, ListBroadcasts().pack())).text.startswith("Announcements · 0")
    for press in (ShowBroadcast, SendBroadcast, StopBroadcast, DropBroadcast):
        assert "Only the course's instructor" in (await olga.forge(said.id, press(1).pack())).text
        assert "Only admins" in (await olga.forge(said.id, press(to_all).pack())).text
    assert (await ivan.forge(ivan.last.id, ListBroadcasts().pack())).text.startswith("Announcements · 1\n1 · 3 May")
    assert (await state_of(world, 1)).state is BroadcastState.DRAFT
    assert (await state_of(world, to_all)).state is BroadcastState.RUNNING
    assert "Only the course's instructor" in (await olga.send(f"/announce {course.code}")).text
    assert news_of(ada) == []


async def test_a_handover_hands_it_over_too(world: World) -> None:
    """Who gave the course away stops and sends nothing of it any more; whose it is by now does, and sees it listed."""
    ivan, (ada,), course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ivan.send(NEWS)
    olga = await world.teacher("Olga")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("olga@example.org")
        assert user is not None
        await repos.users.ensure_instructor(user.id)
    await give_course(world, course.id, user.id)
    said = await olga.send("/start")
    assert "Only the course's instructor" in (await ivan.press("Send to")).text
    assert "Announcements · 1" in (await olga.forge(said.id, ListBroadcasts().pack())).text
    await olga.press("1")
    await olga.press("Send to 1 person")
    assert "Only the course's instructor" in (await ivan.forge(ivan.last.id, StopBroadcast(1).pack())).text
    await end(world, 1)
    assert "1 person got it." in olga.last.text
    assert news_of(ada) == [f"{HEADING}\n\n{NEWS}"], "under the name of whoever wrote it"


async def test_an_instructor_no_more_sends_nothing(world: World) -> None:
    """In the middle of the dialog, and with a draft in the chat."""
    await at_the_desk(world, "Ada")
    olga = await world.teacher("Olga")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("olga@example.org")
        assert user is not None
    await give_course(world, 1, user.id)
    await olga.send("/announce")
    await olga.send(NEWS)
    await olga.send("/announce")
    async with world.application.database.transaction() as repos:
        instructor = await repos.users.get(user.id)
        assert instructor is not None
        repos.users.demote(instructor)
    assert "Only instructors" in (await olga.send("Words")).text
    assert "Only instructors" in (await olga.press("Send to")).text
    assert (await state_of(world, 1)).state is BroadcastState.DRAFT


async def test_an_admin_may_without_an_account(world: World) -> None:
    """By the course's code; the heading names the course alone, and the deed is written down."""
    _ivan, (ada,), course = await at_the_desk(world, "Ada")
    admin = world.admin()
    assert "/announce PY101" in (await admin.send("/announce")).text
    await admin.send(f"/announce {course.code}")
    await admin.send(NEWS)
    await admin.press("Send to")
    await end(world, 1)
    assert news_of(ada) == [f"📣 Compilers 101\n\n{NEWS}"]
    assert [entry.action for entry in await world.rows(AuditEntry)] == ["broadcast"]
    assert "Broadcasts · 1" in (await admin.press("‹ Announcements")).text
