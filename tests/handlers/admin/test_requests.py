"""Instructor requests: who wishes to teach, and who decides."""

from db.models import Instructor, Role
from handlers.admin_presses import DecideRequest, SetRole
from tests.chat import ADMIN_ID, World, open_world
from tests.handlers.admin.facts import deeds, role_of
from tests.handlers.admin.test_addresses import release

PENDING = "I have asked an admin"


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


async def test_no_inner_address_is_shown(world: World) -> None:
    """Of who lost their address while they wait for an answer, admins read that, in the list and in the answer."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register("Instructor")
    await release(admin, "ada@example.org")
    await admin.press("‹ Admin")
    lost = "Ada (no address: an admin has released it)"
    assert f"1. {lost}, since 3 May" in (await admin.press("Requests")).text
    assert (await admin.press("Approve 1")).text == f"{lost} asked to teach here: approved by you, 3 May."


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
