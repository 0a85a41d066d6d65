"""With a key, nothing about people can be read in the database; without it, nobody gets at it."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.playground.miniature import Miniature
from db.cipher import UnreadableError
from db.models import AuditEntry, ChatSession, Outgoing, Role, ShelvedUpdate, Throttle, User
from db.records import OutgoingRecord
from db.transaction import Database
from handlers.passwords import throttle_keys
from tests.chat import PASSWORD, FakeClock, World, open_world
from tests.db.raw import everything, execute

KEY, OTHER_KEY = "the-first-key-of-these-tests-aaaaaaaaaaaaaaa", "the-second-key-of-these-tests-bbbbbbbbbbbbbb"
NOW = FakeClock()()
# Long enough that no ciphertext has them by chance.
ADDRESS, FIRST_NAME, NAME = "ada.lovelace@example.org", "Adalberta", "Adalberta Lovelace"
ANSWER, UNSENT, SHELVED, TRACE = "a half-written title", "an unsent word", "a shelved word", "a traced word"
PERSONAL = (ADDRESS, FIRST_NAME, ANSWER, UNSENT, SHELVED, TRACE, "mallory@example.org")


async def fill(url: str, data_key: str = "") -> Miniature:
    """Lets Ada register and begin a course, leaves something of hers everywhere else, and returns her Telegram."""
    async with open_world(url, data_key=data_key) as world:
        ada = world.person(NAME, 9002)
        await ada.register(email=ADDRESS)
        await ada.send("/newcourse")
        await ada.send(ANSWER)
    database = Database(url, data_key)
    async with database.transaction() as repos:
        await repos.outbox.add([OutgoingRecord(7, "sendMessage", {"text": UNSENT}, "x", NOW, update_id=-1)])
        await repos.shelf.add(
            update_id=-2, telegram_id=7, content={"text": SHELVED}, traceback=TRACE, fingerprint="x", now=NOW
        )
        repos.audit.add(telegram_id=7, action="promote", subject=ADDRESS, now=NOW)
        await repos.throttles.count("mallory@example.org", 1, NOW)
    await database.close()
    return world.miniature


async def read(url: str, data_key: str) -> list[object]:
    """Returns what `fill` has left, as the bot reads it."""
    database = Database(url, data_key)
    try:
        async with database.transaction() as repos:
            session = repos._work.session
            user = await repos.users.get_by_email(ADDRESS.upper())
            assert user is not None
            chat = (await session.scalars(select(ChatSession))).one()
            assert chat.dialog is not None
            [unsent] = await repos.outbox.list_unsent(-1, "x")
            shelved = (await session.scalars(select(ShelvedUpdate))).one()
            subjects = [entry.subject for entry in await repos.audit.list_latest(5)]
            texts = [unsent.content, shelved.content, shelved.traceback]
            return [user.name, user.email, chat.first_name, ANSWER in str(chat.dialog), *texts, *subjects]
    finally:
        await database.close()


EXPECTED = [NAME, ADDRESS, FIRST_NAME, True, {"text": UNSENT}, {"text": SHELVED}, TRACE, ADDRESS]


async def test_without_a_key_everything_can_be_read(database_url: str) -> None:
    """Whoever has the files of a plain database has all of it: what the other tests look for is there."""
    await fill(database_url)
    stored = await everything(database_url)
    assert [words for words in PERSONAL if words not in stored] == []
    assert await read(database_url, "") == EXPECTED


async def test_with_a_key_nothing_can_be_read(database_url: str) -> None:
    """Names, addresses, answers, unsent words and the shelf stand nowhere in the files; the bot itself reads them."""
    await fill(database_url, KEY)
    stored = await everything(database_url)
    assert [words for words in PERSONAL if words in stored] == []
    assert await read(database_url, KEY) == EXPECTED


async def test_an_address_can_be_guessed_in_no_column(database_url: str) -> None:
    """Hashes of addresses, of those too who tried to log in, are of no use without the key."""
    async with open_world(database_url, data_key=KEY) as world:
        await world.person("Ada").register()
        mallory = world.person("Mallory")
        for words in ("/login ada@example.org", "wrong password", "/cancel"):
            await mallory.send(words)
        guesses = [key for who in (1001, 1002) for key in throttle_keys(who, "ada@example.org")]
        assert len(await world.rows(Throttle)) == 2
        stored = await everything(database_url)
        assert [guess for guess in guesses if guess.removeprefix("email:") in stored] == []


async def test_signing_in_works_as_ever(database_url: str) -> None:
    """With a key people register, leave, come back however they spell their address, and wait when they guess."""
    async with open_world(database_url, data_key=KEY) as world:
        ada = world.person("Ada")
        await ada.register()
        await ada.send("/logout")
        await ada.send("/login ADA@example.org")
        assert "Ada" in (await ada.send(PASSWORD)).text
        bob = world.person("Bob")
        await bob.send("/register")
        await bob.send("Bob")
        assert "already" in (await bob.send("Ada@Example.org")).text
        await bob.send("/cancel")
        await bob.send("/login ada@example.org")
        for _ in range(5):
            await bob.send("wrong password")
        assert "Too many wrong passwords" in (await bob.send(PASSWORD)).text


async def test_an_address_has_one_account(database_url: str) -> None:
    """Though its ciphertext is another one each time, a second account for an address is refused."""
    database = Database(database_url, KEY)
    for email in ("ada@example.org", "ADA@example.org"):
        adding = add(database, email)
        if email.islower():
            await adding
            continue
        with pytest.raises(IntegrityError):
            await adding
    await database.close()


async def add(database: Database, email: str) -> None:
    async with database.transaction() as repos:
        await repos.users.add(name="Ada", email=email, password_hash="x", role=Role.STUDENT, now=NOW)


@pytest.mark.parametrize("key", ["", OTHER_KEY])
async def test_the_wrong_key_reads_nothing(database_url: str, key: str) -> None:
    """Without the right key, what was written under it is an error, and what is written is not mixed up with it."""
    await fill(database_url, KEY)
    database = Database(database_url, key)
    async with database.transaction() as repos:
        assert await repos.users.get_by_email(ADDRESS) is None
        with pytest.raises(UnreadableError):
            await repos.sessions.open(9002, 1, NOW)
    await database.close()


GARBLED = {
    "plain words in the place of a name": "UPDATE users SET name = 'Eve'",
    "a cut name": "UPDATE users SET name = substr(name, 1, 40)",
    "plain answers": """UPDATE chat_sessions SET dialog = '{"name": "new_course"}'""",
    "garbled answers": """UPDATE chat_sessions SET dialog = '"gAAAAABn"'""",
}


@pytest.mark.parametrize("change", GARBLED.values(), ids=GARBLED)
async def test_what_was_garbled_is_an_error(database_url: str, change: str) -> None:
    """What somebody has written past the bot is not taken for a person's own."""
    await fill(database_url, KEY)
    await execute(database_url, change)
    database = Database(database_url, KEY)
    column = User.name if "users" in change else ChatSession.dialog
    async with database.transaction() as repos:
        with pytest.raises(UnreadableError) as refused:
            await repos._work.session.scalar(select(column))
    assert "gAAAA" not in str(refused.value)
    await database.close()


async def test_nothing_said_stays_nothing(database_url: str) -> None:
    """What is empty needs no cipher: an absent dialog and a sent row's content are NULL, and are found as such."""
    await fill(database_url, KEY)
    database = Database(database_url, KEY)
    async with database.transaction() as repos:
        await repos.sessions.close_dialog(9002)
    async with database.transaction() as repos:
        nothing = select(ChatSession.telegram_id).where(ChatSession.dialog.is_(None))
        assert (await repos._work.session.scalars(nothing)).all() == [9002]
        sent = select(Outgoing.content).where(Outgoing.sent_at.is_not(None))
        assert set((await repos._work.session.scalars(sent)).all()) == {None}
    await database.close()


async def test_admins_read_the_log(database_url: str) -> None:
    """Under a key the audit log still says who was promoted."""
    async with open_world(database_url, data_key=KEY) as world:
        await promote(world)
        [entry] = await world.rows(AuditEntry)
        assert entry.subject == "ada@example.org"
        assert "ada@example.org" not in await everything(database_url)


async def promote(world: World) -> None:
    """Lets Ada ask, and Grace agree."""
    grace = world.admin()
    await grace.send("/start")
    await world.person("Ada").register("Instructor")
    await grace.press("Approve")
