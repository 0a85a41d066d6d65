"""Accounts: register, log in, log out."""

from db.models import Role, User
from tests.chat import PASSWORD, World


async def test_registration_asks_name_email_password_and_role(world: World) -> None:
    """Four answers make an account, signed in at once."""
    ada = world.person("Ada Lovelace")
    assert (await ada.send("/start")).text == (
        "Hi Ada! I teach short courses right here in the chat.\nPick a course, read a lesson, tap Done. I keep your place."
    )
    assert "New account · 1 of 4" in (await ada.press("Create an account")).text
    assert "Your email address?" in (await ada.send("Ada Lovelace")).text
    assert "Choose a password" in (await ada.send("Ada@Example.org")).text
    assert "to learn or to teach" in (await ada.send(PASSWORD)).text
    assert (await ada.press("Student")).text == "Welcome, Ada Lovelace! Your account is ready."
    [user] = await world.rows(User)
    assert (user.name, user.email, user.email_key, user.role) == (
        "Ada Lovelace",
        "Ada@example.org",
        "ada@example.org",
        Role.STUDENT,
    )
    assert "Ada Lovelace" in (await ada.send("/me")).text


async def test_the_password_message_is_deleted(world: World) -> None:
    """Nobody who looks over the shoulder later reads the password, and no table holds it."""
    ada = world.person("Ada")
    await ada.register()
    assert all(PASSWORD not in message.text for message in ada.chat)
    await ada.send("/logout")
    await ada.send("/login ada@example.org")
    await ada.send("wrong horse")
    assert "do not belong together" in ada.last.text
    assert all("wrong horse" not in message.text for message in ada.chat)
    assert (await ada.send(PASSWORD)).text == "Welcome back, Ada."
