"""A sign-in that ends while somebody is in the middle of a dialog."""

from db.models import ChatSession, Lesson
from tests.chat import PASSWORD, Person, World


async def sign_in_ends(world: World) -> Person:
    """Returns an instructor who has sent a lesson, and taps Finish a month too late."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    for words in ("Lexing", "one", "two"):
        await ivan.send(words)
    world.clock.advance(days=31)
    await ivan.press("Finish")
    return ivan


async def test_signing_in_again_keeps_an_open_dialog(world: World) -> None:
    """The lesson waits while its author logs in, and then goes on where it was."""
    ivan = await sign_in_ends(world)
    assert ivan.labels == ["Create an account", "Log in"]
    assert "Your email address?" in (await ivan.press("Log in")).text
    await ivan.send("ivan@example.org")
    await ivan.send(PASSWORD)
    assert ivan.said[-2] == "Welcome back, Ivan Petrov."
    assert ivan.last.text == "New lesson · 2 of 2\nGot it, 2 parts so far. Send more, or tap Finish."
    await ivan.send("three")
    assert "Lesson 1 “Lexing” added." in (await ivan.press("Finish")).text
    assert [lesson.title for lesson in await world.rows(Lesson)] == ["Lexing"]


async def test_giving_up_signing_in_keeps_it_too(world: World) -> None:
    """Cancel leaves the sign-in only."""
    ivan = await sign_in_ends(world)
    await ivan.press("Log in")
    await ivan.press("Cancel")
    assert "Got it, 2 parts so far." in ivan.last.text
    await ivan.press("Finish")
    assert ivan.labels == ["Create an account", "Log in"]


async def test_somebody_else_does_not_go_on_with_it(world: World) -> None:
    """Who signs in on the same Telegram account as another person begins with nothing."""
    await world.person("Olga").register()
    ivan = await sign_in_ends(world)
    await ivan.press("Log in")
    await ivan.send("olga@example.org")
    await ivan.send(PASSWORD)
    assert ivan.last.text.startswith("Welcome back, Olga.")
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == ivan.id)
    assert session.dialog is None


async def test_a_new_sign_in_waits_for_another_to_be_left(world: World) -> None:
    """Only what was begun before is kept; of two ways in, one is open at a time."""
    ada = world.person("Ada")
    await ada.send("/start")
    await ada.send("/register")
    await ada.press("Log in")
    assert any(said.startswith("You are in the middle of “New account”. Leave it?") for said in ada.said)
