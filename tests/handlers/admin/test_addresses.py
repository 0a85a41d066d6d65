"""Releasing an address that somebody else registered."""

from db.models import User
from handlers.admin_presses import ReleaseEmail
from tests.chat import PASSWORD, Person, World
from tests.handlers.admin.facts import deeds


async def release(admin: Person, email: str) -> None:
    """Takes an address from whoever has it."""
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send(email)
    await admin.press("Release the address")
    await admin.press("Yes, release it")


async def test_who_lost_an_address_takes_another(world: World) -> None:
    """They are told how, by a button; and can log in again with the new one."""
    eve = world.person("Eve")
    await eve.register(email="ada@example.org")
    await release(world.admin(), "ada@example.org")
    assert "Please give your account another address: tap Email, here or in /settings." in eve.last.text
    assert (await eve.press("Email")).text.endswith("Your new email address?")
    await eve.send("eve@example.org")
    assert "The address of your account is eve@example.org now." in (await eve.send(PASSWORD)).text
    await eve.send("/logout")
    await eve.send("/login eve@example.org")
    assert (await eve.send(PASSWORD)).text.startswith("Welcome back, Eve.")


async def test_who_has_no_address_deletes_the_account_by_the_password(world: World) -> None:
    """Nobody can send an address that there is not, not who registered either; nor is one told that is none."""
    eve = world.person("Eve")
    await eve.register()
    await release(world.admin(), "eve@example.org")
    await eve.send("/deleteme")
    assert "Your password, to be sure?" in (await eve.press("Delete it")).text
    assert (await eve.send(PASSWORD)).text.startswith("Your account is deleted, Eve")


async def test_an_address_that_goes_meanwhile_is_not_asked_for_any_more(world: World) -> None:
    """Who was just asked for it is asked for the password instead, and reads no address that is none."""
    eve = world.person("Eve")
    await eve.register()
    await eve.send("/deleteme")
    await eve.press("Delete it")
    await release(world.admin(), "eve@example.org")
    await eve.send("eve@example.org")
    assert "That is not your password." in eve.last.text
    assert all("released.invalid" not in text for text in eve.said)
    assert (await eve.send(PASSWORD)).text.startswith("Your account is deleted, Eve")


async def test_an_address_is_released_and_registered_anew(world: World) -> None:
    """Who has it loses it and is told, keeps the account where it is signed in, and cannot log in to it again."""
    admin, eve, ada = world.admin(), world.person("Eve"), world.person("Ada")
    await eve.register(email="ada@example.org")
    await ada.send("/register")
    await ada.send("Ada")
    assert "has an account already" in (await ada.send("ada@example.org")).text
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("ada@example.org")
    assert (await admin.press("Release the address")).text.startswith("Take ada@example.org from Eve's account?")
    said = await admin.press("Yes, release it")
    assert said.text.startswith(
        "ada@example.org is free: whoever it belongs to can register with it.\n\n"
        "Eve\nno address: an admin has released it\nStudent"
    )
    assert "Release the address" not in admin.labels
    assert eve.last.text.startswith("The address ada@example.org belongs to somebody else, Eve:")
    assert (await eve.send("/me")).text.startswith("Eve\nno address: an admin has released it\nStudent")
    await ada.send("ada@example.org")
    await ada.send(PASSWORD)
    await ada.press("Student")
    squatter, owner = await world.rows(User)
    assert (squatter.email, owner.email) == (f"{squatter.id}@released.invalid", "ada@example.org")
    await eve.send("/logout")
    await eve.send("/login")
    assert "does not look like an email" in (await eve.send(squatter.email)).text
    assert await deeds(world) == [("look up", "ada@example.org"), ("release", "ada@example.org")]
    await admin.press("Promote")
    assert (await deeds(world))[-1] == ("promote", "Eve")
    await admin.press("‹ Admin")
    assert "you · released the address ada@example.org: Eve" in (await admin.press("Log")).text


async def test_an_address_is_released_once(world: World) -> None:
    """An old button says so, and the person hears of it once."""
    admin, eve = world.admin(), world.person("Eve")
    await eve.register()
    [user] = await world.rows(User)
    said = await admin.send("/start")
    await admin.forge(said.id, ReleaseEmail(user.id, 1).pack())
    heard = len(eve.said)
    assert (await admin.forge(said.id, ReleaseEmail(user.id, 1).pack())).text.startswith(
        "Its address is released already."
    )
    assert len(eve.said) == heard


async def test_nothing_is_released_by_mistake(world: World) -> None:
    """The admin is asked first, and may keep it."""
    admin, eve = world.admin(), world.person("Eve")
    await eve.register()
    [user] = await world.rows(User)
    said = await admin.send("/start")
    await admin.forge(said.id, ReleaseEmail(user.id).pack())
    assert (await admin.press("Keep")).text.startswith("Eve\neve@example.org")
    [user] = await world.rows(User)
    assert user.email == "eve@example.org"
