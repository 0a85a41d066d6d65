"""Signing somebody out of all chats."""

from db.models import ChatSession, User
from handlers.admin_presses import SignOutPerson
from tests.chat import PASSWORD, Person, World
from tests.handlers.admin.facts import deeds


async def find(admin: Person, email: str) -> None:
    """Opens somebody's page."""
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send(email)


async def test_all_chats_are_signed_out_and_told(world: World) -> None:
    """The admin is asked first; the person comes back with the password, in a chat that blocked the bot, too."""
    admin, ada, tablet = world.admin(), world.person("Ada"), world.person("Tablet")
    await ada.register()
    await tablet.send("/login ada@example.org")
    await tablet.send(PASSWORD)
    world.miniature.block(tablet.id)
    await world.settle()
    await find(admin, "ada@example.org")
    assert (await admin.press("Sign out everywhere")).text.startswith("Sign Ada out of all chats?")
    await admin.press("Keep")
    assert "2 chats are signed in" in admin.last.text
    await admin.press("Sign out everywhere")
    said = await admin.press("Yes, sign out")
    assert said.text.startswith("Signed out of 2 chats.\n\nAda")
    assert "No chat is signed in" in said.text
    assert "Sign out everywhere" not in admin.labels
    assert ada.last.text.startswith("An admin has signed you out of all chats, Ada.")
    assert await world.count(ChatSession, ChatSession.signed_in_until > world.clock()) == 0
    assert "You need an account" in (await ada.send("/progress")).text
    await ada.send("/login ada@example.org")
    assert (await ada.send(PASSWORD)).text.startswith("Welcome back, Ada.")
    assert ("sign out", "ada@example.org") in await deeds(world)


async def test_an_admin_can_sign_out_their_own_account(world: World) -> None:
    """The chat in which the button is pressed is one of them."""
    admin = world.admin("Grace")
    await admin.register()
    await find(admin, "grace@example.org")
    await admin.press("Sign out everywhere")
    await admin.press("Yes, sign out")
    assert "You are not signed in." in (await admin.send("/me")).text


async def test_who_is_blocked_or_nowhere_stays_as_they_are(world: World) -> None:
    """Signed out, a blocked person's chat could be used for a new account; and an old button finds nothing to do."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await find(admin, "ada@example.org")
    page = admin.last
    [user] = await world.rows(User)
    await admin.press("Block")
    await admin.send("Spam.")
    await admin.forge(page.id, SignOutPerson(user.id, 1).pack())
    assert any(text.startswith("Ada is blocked, and that holds in all their chats") for text in admin.said)
    assert await world.count(ChatSession, ChatSession.signed_in_until > world.clock()) == 1
    await admin.press("Unblock")
    await ada.send("/logout")
    await admin.forge(page.id, SignOutPerson(user.id, 1).pack())
    assert any(text.startswith("Ada is signed in nowhere.") for text in admin.said)
    assert "sign out" not in [deed for deed, _subject in await deeds(world)]
