"""Name, address and password of an account."""

import pytest
from sqlalchemy import update

from db.models import ChatSession, Throttle, User
from db.repositories.users import Users
from handlers.passwords import check_password, hash_password
from tests.chat import PASSWORD, Person, World

NEW = "battery staple"


async def second(world: World, name: str = "Ada") -> Person:
    """Returns a second Telegram account, signed in with the password."""
    person = world.person(name)
    await person.send("/login ada@example.org")
    assert "Welcome back" in (await person.send(PASSWORD)).text
    return person


async def registered(world: World) -> Person:
    ada = world.person("Ada")
    await ada.register()
    return ada


async def is_password(world: World, words: str) -> bool:
    [user] = await world.rows(User)
    return check_password(words, user.password_hash)


async def test_a_name_can_change(world: World) -> None:
    """The screen comes back with the new name, and 81 characters are too many."""
    ada = await registered(world)
    await ada.send("/settings")
    await ada.press("Name")
    assert "81 characters long" in (await ada.send("n" * 81)).text
    said = await ada.send("Ada Lovelace")
    assert said.text.startswith("From now on you are Ada Lovelace.")
    assert "Account: Ada Lovelace, ada@example.org" in said.text
    assert [user.name for user in await world.rows(User)] == ["Ada Lovelace"]


async def test_an_address_changes_with_the_password(world: World) -> None:
    """A wrong password changes nothing; the right one moves the account, other chats are told, and login goes by it."""
    ada = await registered(world)
    tablet = await second(world)
    await ada.send("/settings")
    await ada.press("Email")
    await ada.send("Lovelace@example.org")
    assert "That is not your password" in (await ada.send("wrong horse")).text
    assert [user.email for user in await world.rows(User)] == ["ada@example.org"]
    assert "is Lovelace@example.org now" in (await ada.send(PASSWORD)).text
    assert tablet.last.text == "The address of your account is Lovelace@example.org now."
    assert [user.email_key for user in await world.rows(User)] == ["lovelace@example.org"]
    assert all(word not in message.text for message in ada.chat for word in (PASSWORD, "wrong horse"))
    assert await world.count(Throttle) == 0


async def test_an_address_of_somebody_else_is_refused(world: World) -> None:
    """Also when it was taken while the question was open."""
    ada = await registered(world)
    await world.person("Bob").register()
    await ada.send("/settings")
    await ada.press("Email")
    assert "has an account already" in (await ada.send("BOB@example.org")).text
    await ada.send("eve@example.org")
    await world.person("Eve").register()
    assert "has an account already" in (await ada.send(PASSWORD)).text
    assert "is ada2@example.org now" in (await ada.send("ada2@example.org")).text


async def test_the_registrant_needs_no_old_password(world: World) -> None:
    """Their Telegram account is proof enough; all other sign-ins end and are told, and only the new password fits."""
    ada = await registered(world)
    tablet = await second(world)
    await tablet.send("/settings")
    await tablet.press("Name")
    assert "Choose a new password" in (await ada.send("/password")).text
    assert (await ada.send(NEW)).text.startswith("Your password is changed, and your other sign-in has ended.")
    assert tablet.last.text == "You are signed out here: the password of your account was changed."
    assert tablet.labels == ["Log in"]
    assert "You are not signed in." in (await tablet.send("/me")).text
    sessions = {each.telegram_id: each for each in await world.rows(ChatSession)}
    assert sessions[ada.id].user_id is not None
    assert (sessions[tablet.id].user_id, sessions[tablet.id].dialog) == (None, None)
    assert await is_password(world, NEW)
    assert not await is_password(world, PASSWORD)
    assert all(NEW not in message.text for message in ada.chat)


async def test_everybody_else_gives_the_old_password(world: World) -> None:
    """Somebody at another Telegram account cannot shut the owner out without it; five wrong ones make them wait."""
    ada = await registered(world)
    tablet = await second(world)
    assert "New password · 1 of 2\nYour password so far?" in (await tablet.send("/password")).text
    for _try in range(5):
        assert "That is not your password" in (await tablet.send("wrong horse")).text
    assert "Too many wrong passwords" in (await tablet.send(PASSWORD)).text
    world.clock.advance(seconds=31)
    assert "Choose a new password" in (await tablet.send(PASSWORD)).text
    assert "Your password is changed" in (await tablet.send(NEW)).text
    assert await is_password(world, NEW)
    assert "You are signed out here" in ada.last.text
    assert all(word not in message.text for message in tablet.chat for word in (PASSWORD, NEW, "wrong horse"))


async def test_an_older_account_gives_the_old_password(world: World) -> None:
    """Where nobody knows who registered, the old password is asked for."""
    ada = await registered(world)
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("ada@example.org")
        assert user is not None
        user.registered_by = None
    assert "Your password so far?" in (await ada.send("/password")).text


@pytest.mark.parametrize("word", ["1234567", "ä" * 36 + "x"])
async def test_a_new_password_has_the_old_limits(world: World, word: str) -> None:
    """Too short or too long is asked for again, and what was sent is deleted."""
    ada = await registered(world)
    await ada.send("/password")
    await ada.send(word)
    assert await is_password(world, PASSWORD)
    assert all(message.text != word for message in ada.chat)


async def test_who_loses_the_sign_in_meanwhile_sets_nothing(world: World) -> None:
    """A question that was open when another chat ended this sign-in is gone, and so are its answers."""
    ada = await registered(world)
    tablet = await second(world)
    await tablet.send("/password")
    await tablet.send(PASSWORD)
    await ada.send("/password")
    await ada.send(NEW)
    await tablet.send("mallory's own")
    assert await is_password(world, NEW)


async def test_a_password_behind_the_command_is_deleted(world: World) -> None:
    """`/password word` sets nothing, and the word is taken out of the chat."""
    ada = await registered(world)
    assert "Never send a password with a command" in (await ada.send(f"/password {NEW}")).text
    assert await is_password(world, PASSWORD)
    assert all(NEW not in message.text for message in ada.chat)


async def test_a_password_that_changes_while_it_is_checked_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes with the old one at the moment when another is set is not signed in after all were signed out."""
    await registered(world)
    new_hash, get = hash_password(NEW, 4), Users.get

    async def meanwhile(users: Users, user_id: int, *, lock: bool = False) -> User | None:
        if lock:
            await users._session.execute(update(User).values(password_hash=new_hash))
        return await get(users, user_id, lock=lock)

    monkeypatch.setattr(Users, "get", meanwhile)
    eve = world.person("Eve")
    await eve.send("/login ada@example.org")
    assert "do not belong together" in (await eve.send(PASSWORD)).text
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == eve.id)
    assert session.user_id is None
