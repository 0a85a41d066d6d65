"""Blocking: who is blocked can do nothing but read why."""

import re

import pytest

from db.models import ChatSession, Completion, Progress, User
from handlers.admin_presses import BlockPerson, UnblockPerson
from handlers.presses import Desk, Done, ListCourses
from tests.chat import ADMIN_ID, PASSWORD, Person, World, open_world
from tests.factories import make_course
from tests.handlers.admin.facts import deeds

WHY = "Your account is blocked, Ada. The reason:\n“Sold the answers.”\n"


async def block(admin: Person, email: str = "ada@example.org", reason: str = "Sold the answers.") -> str:
    """Blocks somebody; returns what the admin reads in the end."""
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send(email)
    await admin.press("Block")
    return (await admin.send(reason)).text


async def test_a_block_is_told_with_its_reason(world: World) -> None:
    """The admin is asked why; the person reads it in each of their chats; log and page keep it."""
    admin, ada, tablet = world.admin(), world.person("Ada"), world.person("Tablet")
    await ada.register()
    await tablet.send("/login ada@example.org")
    await tablet.send(PASSWORD)
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("ada@example.org")
    assert (await admin.press("Block")).text == (
        "Ada (ada@example.org)\n\nBlock a person\nWhy? They read your words, so be exact. (up to 500 characters)"
    )
    said = await admin.send("Sold the answers.")
    assert said.text == (
        "Ada is blocked, and was told in 2 chats.\n\nAda\nada@example.org\nStudent\nHere since 3 May\n"
        "2 chats are signed in\nBlocked since 3 May: “Sold the answers.”"
    )
    assert admin.labels == ["Promote to instructor", "Unblock", "Release the address", "Find another", "‹ Admin"]
    for chat in (ada, tablet):
        assert chat.last.text.startswith(WHY)
    [user] = await world.rows(User)
    assert (user.blocked_at, user.blocked_reason) == (world.clock(), "Sold the answers.")
    assert await deeds(world) == [("look up", "ada@example.org"), ("block", "ada@example.org")]
    await admin.press("‹ Admin")
    assert "you · blocked ada@example.org: Sold the answers." in (await admin.press("Log")).text


async def test_a_blocked_student_can_do_nothing(world: World) -> None:
    """Commands, words, files, edits and buttons are answered with the reason, and change nothing; /help stays."""
    await make_course(world)
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    lesson = await ada.send("/lesson")
    await block(admin)
    for words in ("/start", "/lesson", "/done", "/progress", "/logout", "/login", "/me", "/cancel", "/nonsense", "hi"):
        assert (await ada.send(words)).text.startswith(WHY), words
    for press in (Done(1), ListCourses()):
        assert (await ada.forge(lesson.id, press.pack())).text.startswith(WHY)
    assert (await ada.forge(lesson.id, "nonsense")).text.startswith(WHY)
    assert (await ada.send_file("photo")).text.startswith(WHY)
    assert (await ada.edit(ada.chat[0].id, "/me")).text.startswith(WHY)
    said = (await ada.send("/help")).text or ""
    assert re.findall(r"/\w+", said) == ["/privacy", "/export", "/help"]
    assert await world.count(Completion) == 0
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == ada.id)
    assert session.user_id is not None


async def test_a_blocked_instructor_leaves_the_desk_and_the_students_stay(world: World) -> None:
    """The published course stays for its students; the admin is led to it, and the author's own buttons are dead."""
    admin, olga, ada = world.admin(), await world.teacher("Olga"), world.person("Ada")
    await olga.write_course("Rhetoric")
    await olga.write_lesson("Ethos")
    desk = await olga.press("Publish")
    assert "Their course stays open to its students." in await block(admin, "olga@example.org", "Spam.")
    assert "“Spam.”" in (await olga.press("Unpublish")).text
    assert "“Spam.”" in (await olga.forge(desk.id, Desk(1).pack())).text
    await ada.register()
    await ada.send("/enroll RHET10")
    assert await world.count(Progress) == 1
    await admin.press("Courses · 1")
    assert admin.last.text.splitlines()[1].startswith("1. Rhetoric · published · RHET10 · Olga")
    await admin.press("1")
    assert "Rhetoric · draft" in (await admin.press("Unpublish")).text


async def test_an_unblocked_person_goes_on_where_they_were(world: World) -> None:
    """They are told, and what they were in the middle of is still open."""
    admin, olga = world.admin(), await world.teacher("Olga")
    await olga.send("/newcourse")
    await block(admin, "olga@example.org")
    assert "is blocked" in (await olga.send("Rhetoric")).text
    await admin.press("Unblock")
    assert "Blocked" not in admin.last.text
    assert olga.last.text == "Your account is not blocked any more, Olga. All is as you left it."
    assert "Describe it" in (await olga.send("Rhetoric")).text
    assert [deed for deed, _subject in await deeds(world)] == ["look up", "block", "unblock"]


async def test_a_block_outlives_the_sign_in(world: World) -> None:
    """Nobody waits thirty days to begin anew in the same chat, and no waiting signs anybody in after the block."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await block(admin)
    world.clock.advance(days=31)
    assert (await ada.send("/register")).text.startswith(WHY)
    await admin.press("Unblock")
    assert (await ada.send("/me")).text.startswith("You are not signed in.")


async def test_a_blocked_account_cannot_be_logged_in_to(world: World) -> None:
    """Only who knows the password reads why; the chat stays a stranger's."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await ada.send("/logout")
    await block(admin)
    await ada.send("/login ada@example.org")
    assert "do not belong together" in (await ada.send("wrong password")).text
    assert (await ada.send(PASSWORD)).text.startswith(WHY)
    assert (await ada.send("/me")).text.startswith("You are not signed in.")


async def test_a_password_of_a_blocked_person_is_still_deleted(world: World) -> None:
    """Whose time ran out in the middle of a login, and who was blocked then, leaves no password in the chat."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    world.clock.advance(days=31)
    await ada.send("/login ada@example.org")
    await block(admin)
    assert (await ada.send(PASSWORD)).text.startswith(WHY)
    assert PASSWORD not in [message.text for message in ada.chat]


async def test_in_a_group_nobody_reads_why(world: World) -> None:
    """There a blocked person is invited to the private chat, like everybody."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await block(admin)
    world.miniature.add_group(-100, "Class", [ada.id])
    world.miniature.say(ada.id, "/start", chat_id=-100)
    await world.settle()
    assert [message.text for message in world.miniature.chat(-100) if message.from_bot] == [
        "I teach in private, one chat a person. Come over:"
    ]


async def test_the_environment_wins_over_a_block(database_url: str) -> None:
    """An admin's account is not blocked; one that was blocked before its person became an admin is free."""
    async with open_world(database_url) as world:
        admin = world.admin("Grace")
        await admin.register()
        said = await block(admin, "grace@example.org")
        assert said.startswith("Nothing changed: ADMIN_IDS in the bot's settings names a Telegram account of Grace")
        ada = world.person("Ada", 9003)
        await ada.register()
        await block(admin)
        assert (await ada.send("/me")).text.startswith(WHY)
    async with open_world(
        database_url, miniature=world.miniature, clock=world.clock, admin_ids=f"{ADMIN_ID},9003"
    ) as later:
        ada.world = later
        assert (await ada.send("/me")).text.startswith("Ada\nada@example.org")


async def test_what_is_blocked_already_is_not_blocked_again(world: World) -> None:
    """The first reason stands; an old button to unblock says how things are; both are in the log."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await block(admin)
    heard = len(ada.said)
    [user] = await world.rows(User)
    await admin.forge(admin.last.id, BlockPerson(user.id).pack())
    assert (await admin.send("Another one.")).text.startswith("Ada is blocked already.")
    await admin.press("Unblock")
    said = await admin.forge(admin.last.id, UnblockPerson(user.id).pack())
    assert said.text.startswith("Ada is not blocked.")
    assert len(ada.said) == heard + 1
    assert [deed for deed, _subject in await deeds(world)][1:] == ["block", "in vain", "unblock", "in vain"]


@pytest.mark.parametrize(("length", "answer"), [(500, "Ada is blocked"), (501, "there is room for 500")])
async def test_a_reason_has_room_for_five_hundred(world: World, length: int, answer: str) -> None:
    """A longer one is asked for again; no reason at all is none."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    assert answer in await block(admin, reason="x" * length)


async def test_someone_who_is_no_admin_any_more_blocks_nobody(world: World, database_url: str) -> None:
    """A reason that was asked for before ADMIN_IDS changed is not taken."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("ada@example.org")
    await admin.press("Block")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock, admin_ids="") as later:
        world.miniature.say(admin.id, "Because.")
        await later.settle()
    assert admin.last.text.startswith("Only admins can do that.")
    assert await world.count(User, User.blocked_at.is_not(None)) == 0
