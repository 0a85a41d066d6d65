"""Admins: who wishes to teach, who may, and what was decided."""

import datetime as dt

from db.models import AuditEntry, Instructor, InstructorRequest, Role, User
from handlers.presses import DecideRequest, SetRole
from tests.chat import ADMIN_ID, World, open_world

PENDING = "I have asked an admin"


async def role_of(world: World, email: str) -> Role:
    """Returns what the database says that an account is."""
    [user] = await world.rows(User, User.email == email)
    return Role(user.role)


async def deeds(world: World) -> list[tuple[str, str]]:
    """Returns the audit log."""
    return [(entry.action, entry.subject) for entry in await world.rows(AuditEntry)]


async def test_only_admins_see_the_menu(world: World) -> None:
    """A stranger and an instructor learn who admins are; an admin needs no account."""
    admin, olga, eve = world.admin(), await world.teacher("Olga"), world.person("Eve")
    for person in (olga, eve):
        assert "Only admins can do that" in (await person.send("/admin")).text
    assert (await admin.send("/admin")).text == "Admin\nNobody waits for an answer."
    assert admin.labels == ["Find a person", "What was decided", "Broadcasts"]


async def test_a_request_is_approved_where_it_was_received(world: World) -> None:
    """The admin's message changes in place, and the person hears of it in every chat where they are signed in."""
    admin, ada, tablet = world.admin(), world.person("Ada"), world.person("Tablet")
    await admin.send("/start")
    await ada.register("Instructor")
    assert ada.last.text.startswith(PENDING)
    assert "Only instructors" in (await ada.send("/newcourse")).text
    await tablet.send("/login ada@example.org")
    await tablet.send("correct horse")
    asked = admin.last
    assert asked.text == "Ada (ada@example.org) would like to teach here."
    said = await admin.press("Approve")
    assert said.id == asked.id
    assert said.text == "Ada (ada@example.org) asked to teach here: approved by you, 3 May."
    for chat in (ada, tablet):
        assert chat.last.text.startswith("You can write courses here now, Ada.")
    assert (await ada.press("Write a course")).text.startswith("New course · 1 of 2")
    assert await role_of(world, "ada@example.org") is Role.INSTRUCTOR
    assert await world.count(Instructor) == 1
    assert await deeds(world) == [("approve", "ada@example.org")]


async def test_a_request_is_declined(world: World) -> None:
    """The person stays a student, and is told kindly."""
    admin, ada = world.admin(), world.person("Ada")
    await admin.send("/start")
    await ada.register("Instructor")
    assert "declined by you, 3 May" in (await admin.press("Decline")).text
    assert ada.last.text.startswith("Thank you for offering to teach here, Ada.")
    assert await role_of(world, "ada@example.org") is Role.STUDENT
    assert await deeds(world) == [("decline", "ada@example.org")]


async def test_requests_wait_in_the_menu(world: World) -> None:
    """Who asked while no admin was there is found in /admin, oldest first, one row of buttons each."""
    ada, eve = world.person("Ada"), world.person("Eve <b>")
    await ada.register("Instructor")
    world.clock.advance(days=2)
    await eve.register("Instructor", email="eve@example.org")
    admin = world.admin()
    assert "2 people would like to teach here." in (await admin.send("/admin")).text
    said = await admin.press("Requests · 2")
    assert said.text == (
        "2 people would like to teach here.\n"
        "1. Ada (ada@example.org), since 3 May\n"
        "2. Eve <b> (eve@example.org), since 5 May"
    )
    assert admin.labels == ["Approve 1", "Decline 1", "Approve 2", "Decline 2", "‹ Admin"]
    await admin.press("Decline 2")
    assert "declined by you, 5 May" in admin.last.text
    await admin.press("Requests")
    assert admin.last.text.startswith("1 person would like to teach here.\n1. Ada")
    await admin.press("Approve 1")
    assert (await admin.press("Requests")).text == "Nobody waits for an answer."
    assert await role_of(world, "ada@example.org") is Role.INSTRUCTOR
    assert await role_of(world, "eve@example.org") is Role.STUDENT


async def test_the_first_admin_decides(database_url: str) -> None:
    """The second one, and a second press of the first, read what was decided, and nothing changes or is told again."""
    async with open_world(database_url, admin_ids=f"{ADMIN_ID},9003") as world:
        grace, linus, ada = world.admin(), world.person("Linus", 9003), world.person("Ada")
        await grace.send("/start")
        await linus.send("/start")
        await ada.register("Instructor")
        await grace.press("Approve")
        world.clock.advance(days=1)
        heard = len(ada.said)
        assert (await linus.press("Decline")).text == (
            "Ada (ada@example.org) asked to teach here: approved by another admin, 3 May."
        )
        again = await grace.forge(grace.last.id, DecideRequest(1, 0).pack())
        assert "approved by you, 3 May" in again.text
        assert await role_of(world, "ada@example.org") is Role.INSTRUCTOR
        assert len(ada.said) == heard
        assert [action for action, _subject in await deeds(world)] == ["approve", "in vain", "in vain"]


async def test_a_request_that_is_not_there(world: World) -> None:
    """A forged number is answered, and nothing is written."""
    admin = world.admin()
    await admin.send("/start")
    assert "This request is gone" in (await admin.forge(admin.last.id, DecideRequest(99, 1).pack())).text
    assert "This account is gone" in (await admin.forge(admin.last.id, SetRole(99, 1).pack())).text
    assert await deeds(world) == []


async def test_a_person_is_found_by_email_and_promoted(world: World) -> None:
    """The address may be typed in any case; the account's screen offers what can be changed."""
    admin, ada = world.admin(), world.person("Ada <b>")
    await ada.register(email="ada@example.org")
    await admin.send("/admin")
    assert (await admin.press("Find a person")).text == "Find a person\nWhose account? Send its email address."
    assert "does not look like an email" in (await admin.send("ada")).text
    assert "Nobody here has the address eve@example.org." in (await admin.send("eve@example.org")).text
    found = await admin.send("ADA@example.org")
    assert found.text == "Ada <b>\nada@example.org\nStudent"
    assert admin.labels == ["Promote to instructor", "Find another", "‹ Admin"]
    changed = await admin.press("Promote")
    assert (changed.id, changed.text) == (found.id, "Ada <b>\nada@example.org\nInstructor")
    assert ada.last.text.startswith("You can write courses here now, Ada <b>.")
    assert await role_of(world, "ada@example.org") is Role.INSTRUCTOR
    assert await deeds(world) == [("look up", "ada@example.org"), ("promote", "ada@example.org")]


async def test_a_promotion_answers_the_request(world: World) -> None:
    """Who is promoted from the menu waits no longer."""
    admin, ada = world.admin(), world.person("Ada")
    await admin.send("/start")
    await ada.register("Instructor")
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("ada@example.org")
    await admin.press("Promote")
    [wish] = await world.rows(InstructorRequest)
    assert (wish.approved, wish.decided_by, wish.decided_at) == (True, ADMIN_ID, world.clock.now)
    assert "Nobody waits" in (await admin.send("/admin")).text


async def test_a_demoted_instructor_keeps_nothing_but_the_students_do(world: World) -> None:
    """The courses stay published for their students, admins can change them, their author cannot."""
    admin, olga = world.admin(), await world.teacher("Olga")
    await olga.send("/newcourse")
    await olga.send("Rhetoric")
    await olga.press("Skip")
    await olga.press("Add lesson")
    await olga.send("Ethos")
    await olga.send("Words.")
    await olga.press("Finish")
    await olga.press("Publish")
    await admin.send("/admin")
    await admin.press("Find a person")
    assert "Instructor\n1 course" in (await admin.send("olga@example.org")).text
    assert (await admin.press("Demote")).text == "Olga\nolga@example.org\nStudent\n1 course"
    assert olga.last.text.startswith("You no longer teach here, Olga.")
    assert "Only instructors can do that" in (await olga.press("Unpublish")).text
    assert "Rhetoric" in (await olga.send("/courses")).text
    await admin.send("/start c_RHET10")
    await admin.press("Desk")
    assert "Rhetoric · draft" in (await admin.press("Unpublish")).text


async def test_the_environment_wins_over_a_demotion(world: World) -> None:
    """Who is named in INSTRUCTOR_IDS stays an instructor, and the admin reads why."""
    admin, ivan = world.admin(), await world.instructor("Ivan")
    heard = len(ivan.said)
    await admin.send("/admin")
    await admin.press("Find a person")
    assert (await admin.send("ivan@example.org")).text == "Ivan\nivan@example.org\nInstructor, named in INSTRUCTOR_IDS"
    said = await admin.press("Demote")
    assert said.text.startswith(
        "Nothing changed: INSTRUCTOR_IDS in the bot's settings names a Telegram account of Ivan"
    )
    assert await role_of(world, "ivan@example.org") is Role.INSTRUCTOR
    assert len(ivan.said) == heard
    assert (await ivan.send("/newcourse")).text.startswith("New course")
    assert await deeds(world) == [("look up", "ivan@example.org"), ("in vain", "ivan@example.org")]


async def test_a_role_that_one_has_is_not_given_again(world: World) -> None:
    """An old button says how things are, and tells nobody."""
    admin, olga = world.admin(), await world.teacher("Olga")
    await admin.send("/admin")
    await admin.press("Find a person")
    said = await admin.send("olga@example.org")
    heard = len(olga.said)
    [user] = await world.rows(User)
    assert (await admin.forge(said.id, SetRole(user.id, 1).pack())).text.startswith("Olga is an instructor.")
    await admin.press("Demote")
    assert (await admin.forge(said.id, SetRole(user.id, 0).pack())).text.startswith("Olga is a student.")
    assert len(olga.said) == heard + 1


async def test_the_log_shows_what_was_decided(world: World) -> None:
    """The last fifteen entries, newest first, each with its day and its admin."""
    admin = world.admin()
    await admin.send("/admin")
    assert "Nothing has been decided yet." in (await admin.press("What was decided")).text
    async with world.application.database.transaction() as repos:
        for number in range(20):
            at = world.clock() + dt.timedelta(days=number)
            repos.audit.add(telegram_id=77, action="something new", subject=f"<b>{number}", now=at)
    await admin.press("‹ Admin")
    await admin.press("Find a person")
    await world.teacher("Olga")
    await admin.send("olga@example.org")
    await admin.press("‹ Admin")
    rows = (await admin.press("What was decided")).text.splitlines()
    assert rows[1:3] == ["3 May · you · looked up olga@example.org", "22 May · 77 · something new <b>19"]
    assert len(rows) == 1 + 15


async def test_someone_who_is_no_admin_any_more_finds_nobody(world: World, database_url: str) -> None:
    """A search that was open when ADMIN_IDS changed tells nothing: not even whether an address is known."""
    admin = world.admin()
    await world.teacher("Olga")
    await admin.send("/admin")
    await admin.press("Find a person")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock, admin_ids="") as later:
        world.miniature.say(admin.id, "olga@example.org")
        world.miniature.say(admin.id, "nobody@example.org")
        await later.settle()
    assert [text for text in admin.said if "Olga" in text or "Nobody here" in text] == []
    assert admin.last.text.startswith("Only admins can do that.")
