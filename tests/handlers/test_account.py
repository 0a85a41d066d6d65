"""Accounts: register, log in, log out."""

import pytest

from db.models import ChatSession, InstructorRequest, Role, Throttle, User
from handlers.passwords import check_password, hash_password
from tests.chat import APPOINTED_ID, PASSWORD, Person, World, open_world


async def test_registration_asks_name_email_password_and_role(world: World) -> None:
    """Four answers make an account, signed in at once."""
    ada = world.person("Ada Lovelace")
    await ada.send("/start")
    assert "New account · 1 of 4" in (await ada.press("Create an account")).text
    assert "Your email address?" in (await ada.send("Ada Lovelace")).text
    assert "Choose a password" in (await ada.send("Ada@Example.org")).text
    assert "to learn or to teach" in (await ada.send(PASSWORD)).text
    assert (await ada.press("Student")).text == "Welcome, Ada Lovelace! Your account is ready."
    [user] = await world.rows(User)
    assert (user.name, user.email_key, user.role) == ("Ada Lovelace", "ada@example.org", Role.STUDENT)
    assert "Ada Lovelace" in (await ada.send("/me")).text


async def test_the_password_message_is_deleted(world: World) -> None:
    """Nobody who looks over the shoulder later reads the password, right or wrong."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/logout")
    await ada.send("/login ada@example.org")
    await ada.send("wrong horse")
    assert "do not belong together" in ada.last.text
    assert (await ada.send(PASSWORD)).text == "Welcome back, Ada."
    assert all(word not in message.text for message in ada.chat for word in ("wrong horse", PASSWORD))


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("1234567", "8 characters at least"),
        ("12345678", "to learn or to teach"),
        ("ä" * 36, "to learn or to teach"),
        ("ä" * 36 + "x", "too long: 72 plain letters"),
    ],
)
async def test_a_password_has_8_characters_to_72_bytes(world: World, password: str, answer: str) -> None:
    """The limits hold at their edges, and a refused password is asked for again."""
    ada = world.person("Ada")
    for words in ("/register", "Ada", "ada@example.org", password):
        await ada.send(words)
    assert answer in ada.last.text
    assert all(message.text != password for message in ada.chat)


@pytest.mark.parametrize(
    "typed", ["ada", "ada@", "@example.org", "ada@localhost", f"{'a' * 65}@example.org", "a b@x.org"]
)
async def test_an_email_must_be_one(world: World, typed: str) -> None:
    """What is no address is asked for again, with an example."""
    ada = world.person("Ada")
    for words in ("/register", "Ada", typed):
        await ada.send(words)
    assert ada.last.text == "That does not look like an email address. Example: ada@example.org"


@pytest.mark.parametrize(("length", "answer"), [(80, "Your email address?"), (81, "81 characters long")])
async def test_a_name_has_at_most_80_characters(world: World, length: int, answer: str) -> None:
    """The limit holds at its edge."""
    ada = world.person("Ada")
    await ada.send("/register")
    assert answer in (await ada.send("n" * length)).text


async def test_an_email_is_unique_whatever_its_case(world: World) -> None:
    """A second account for the same address is refused, with the way to the first."""
    ada, eve = world.person("Ada"), world.person("Eve")
    await ada.register()
    for words in ("/register", "Eve", "ADA@EXAMPLE.ORG"):
        await eve.send(words)
    assert "has an account already" in eve.last.text
    assert await world.count(User) == 1


@pytest.mark.parametrize("letter", ["İ", "ΐ"])
async def test_the_longest_addresses_are_kept(world: World, letter: str) -> None:
    """An address that folding makes longer makes an account, too, and is refused when it is one sign longer."""
    room = 252 - 20 * len(letter.encode()) - 3 * 63
    ada, eve = world.person("Ada"), world.person("Eve")
    address = f"{letter * 20}@{'.'.join(['a' * 62] * 3)}.{'b' * (room - 2)}.org"
    await ada.register(email=address.replace("bb", "b", 1))
    assert await world.count(User) == 1
    for words in ("/register", "Eve", address):
        await eve.send(words)
    assert "does not look like an email address" in eve.last.text


async def test_an_email_taken_during_the_dialog_is_asked_again(world: World) -> None:
    """Who is slower with the same address is led back to that question, and finishes with another."""
    ada, eve = world.person("Ada"), world.person("Eve")
    for person in (ada, eve):
        for words in ("/register", person.name, "same@example.org", PASSWORD):
            await person.send(words)
    await ada.press("Student")
    assert "has an account already" in (await eve.press("Student")).text
    assert (await eve.send("eve@example.org")).text == "Welcome, Eve! Your account is ready."


async def test_an_approved_instructor_waits_for_an_admin(world: World) -> None:
    """The account is a student's, every admin reads the request, and the request waits in the database."""
    grace, ivan = world.admin(), world.person("Ivan")
    await grace.send("/start")
    await ivan.register("Instructor", "ivan@example.org")
    assert [user.role for user in await world.rows(User)] == [Role.STUDENT]
    assert "I have asked an admin" in ivan.last.text
    assert grace.last.text == "Ivan (ivan@example.org) would like to teach here."
    assert grace.labels == ["Approve", "Decline"]
    assert await world.count(InstructorRequest) == 1


@pytest.mark.parametrize(("signup", "role"), [("open", Role.INSTRUCTOR), ("closed", Role.STUDENT)])
async def test_instructor_signup_is_a_setting(database_url: str, signup: str, role: Role) -> None:
    """Open makes an instructor at once; closed does not even ask."""
    async with open_world(database_url, instructor_signup=signup) as world:
        ivan = world.person("Ivan")
        await ivan.register("Instructor")
        assert [user.role for user in await world.rows(User)] == [role]


async def test_an_appointed_instructor_is_one_at_once(world: World) -> None:
    """Who is named in the environment is not asked, and is an instructor."""
    ivan = world.person("Ivan", APPOINTED_ID)
    await ivan.register()
    assert "Welcome, Ivan!" in ivan.last.text
    assert [user.role for user in await world.rows(User)] == [Role.INSTRUCTOR]


async def test_a_password_behind_a_command_is_refused_and_deleted(world: World) -> None:
    """`/login mail word` signs nobody in and leaves no word in the chat."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/logout")
    for typed in ("/login ada@example.org correct", "/register ada@example.org correct horse", "/login correct"):
        assert "Never send a password" in (await ada.send(typed)).text
        assert all("correct" not in message.text for message in ada.chat)
    assert "You are not signed in." in (await ada.send("/me")).text


async def log_in(person: Person, email: str, password: str) -> str:
    """Tries to log in from the beginning; returns the bot's last word."""
    await person.send("/cancel")
    await person.send(f"/login {email}")
    return (await person.send(password)).text


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
async def test_wrong_passwords_are_throttled(world: World, email: str) -> None:
    """After five wrong ones even the right one waits, known email or not, and not for ever."""
    ada, eve = world.person("Ada"), world.person("Eve")
    await ada.register()
    for _try in range(5):
        assert "do not belong together" in await log_in(eve, email, "wrong horse")
    assert await log_in(eve, email, PASSWORD) == "Too many wrong passwords. Please try again in 1 minute."
    world.clock.advance(seconds=31)
    said = await log_in(eve, "ada@example.org", PASSWORD)
    assert said == "Welcome back, Ada."


async def test_an_account_is_throttled_from_all_sides(world: World) -> None:
    """Five Telegram accounts that try one password each share the account's count."""
    ada = world.person("Ada")
    await ada.register()
    for number in range(5):
        await log_in(world.person(f"Eve{number}"), "ada@example.org", "wrong horse")
    assert "Too many wrong passwords" in await log_in(world.person("Last"), "Ada@example.org", "wrong horse")


async def test_a_right_password_ends_the_count(world: World) -> None:
    """Counts are forgotten after a successful sign-in."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/logout")
    await log_in(ada, "ada@example.org", "wrong horse")
    assert await world.count(Throttle) == 2
    assert await log_in(ada, "ada@example.org", PASSWORD) == "Welcome back, Ada."
    assert await world.count(Throttle) == 0


async def test_a_try_is_counted_before_bcrypt_runs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash while the password is being checked does not give a free try."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/logout")
    await ada.send("/login ada@example.org")
    counted: list[int] = []

    def interrupted(password: str, password_hash: str) -> bool:
        del password, password_hash
        raise MemoryError

    monkeypatch.setattr("handlers.credentials.check_password", interrupted)
    await ada.send(PASSWORD)
    counted = [row.failures for row in await world.rows(Throttle)]
    assert counted == [1, 1]


async def test_a_session_ends_after_thirty_days_without_use(world: World) -> None:
    """Use renews it; thirty days of silence end it."""
    ada = world.person("Ada")
    await ada.register()
    for _visit in range(3):
        world.clock.advance(days=29)
        assert ada.name in (await ada.send("/me")).text
    world.clock.advance(days=30, seconds=1)
    assert "You are not signed in." in (await ada.send("/me")).text


async def test_logging_out_ends_this_telegram_account_only(world: World) -> None:
    """The same person's other phone stays signed in."""
    phone, tablet = world.person("Ada"), world.person("Ada")
    await phone.register()
    await log_in(tablet, "ada@example.org", PASSWORD)
    await phone.send("/logout")
    assert "You are not signed in." in (await phone.send("/me")).text
    assert "ada@example.org" in (await tablet.send("/me")).text
    assert [row.user_id is None for row in await world.rows(ChatSession, ChatSession.telegram_id == phone.id)] == [True]


async def test_registering_twice_is_answered(world: World) -> None:
    """Who is signed in is told so, and how to sign out."""
    ada = world.person("Ada")
    await ada.register()
    for command in ("/register", "/login"):
        assert (await ada.send(command)).text == "You are signed in as Ada already. /logout signs you out."


def test_passwords_are_hashed_with_bcrypt() -> None:
    """The right password fits, others do not, and one over 72 bytes is merely wrong."""
    hashed = hash_password(PASSWORD, 4)
    assert hashed.startswith("$2b$04$")
    assert check_password(PASSWORD, hashed)
    assert not check_password(PASSWORD + "x", hashed)
    assert not check_password("x" * 73, hash_password("x" * 72, 4))


async def test_a_sign_up_that_is_closed_meanwhile_asks_nobody(database_url: str) -> None:
    """Who chose to teach just before the sign-up was closed becomes a student, and no admin is asked."""
    async with open_world(database_url) as world:
        ivan = world.person("Ivan")
        for words in ("/register", "Ivan", "ivan@example.org", PASSWORD):
            await ivan.send(words)
        _message, data = ivan.find_button("Instructor")
    async with open_world(
        database_url, miniature=world.miniature, clock=world.clock, instructor_signup="closed"
    ) as closed:
        await Person(closed, ivan.id, ivan.name).forge(1, data)
        assert await closed.count(InstructorRequest) == 0


async def test_similar_domains_are_two(world: World) -> None:
    """Only the case of an address is ignored: straße.de is not strasse.de."""
    ada, eve = world.person("Ada"), world.person("Eve")
    await ada.register(email="info@straße.de")
    await eve.register(email="info@strasse.de")
    assert await world.count(User) == 2
