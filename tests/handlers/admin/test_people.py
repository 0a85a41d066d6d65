"""People, found by an admin."""

from db.models import Role
from tests.chat import World, open_world
from tests.handlers.admin.facts import deeds, role_of


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
