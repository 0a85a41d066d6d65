"""Roles: who teaches by an admin's word, and who no longer does."""

from db.models import InstructorRequest, Role, User
from handlers.admin_presses import SetRole
from tests.chat import ADMIN_ID, World
from tests.handlers.admin.facts import deeds, role_of


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
    assert "Instructor\nHere since 3 May\nTeaches 1 course" in (await admin.send("olga@example.org")).text
    assert "Student\nHere since 3 May\nTeaches 1 course" in (await admin.press("Demote")).text
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
    assert "Instructor, named in INSTRUCTOR_IDS" in (await admin.send("ivan@example.org")).text
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


async def test_a_person_is_promoted_from_their_page(world: World) -> None:
    """The page changes in place, the person is told, and both are written down."""
    admin, ada = world.admin(), world.person("Ada <b>")
    await ada.register(email="ada@example.org")
    await admin.send("/admin")
    await admin.press("Find a person")
    found = await admin.send("ada@example.org")
    changed = await admin.press("Promote")
    assert (changed.id, changed.text.splitlines()[:3]) == (found.id, ["Ada <b>", "ada@example.org", "Instructor"])
    assert ada.last.text.startswith("You can write courses here now, Ada <b>.")
    assert await role_of(world, "ada@example.org") is Role.INSTRUCTOR
    assert await deeds(world) == [("look up", "ada@example.org"), ("promote", "ada@example.org")]
