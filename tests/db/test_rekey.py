"""A database is encrypted, gets another key, or is decrypted: all of it or nothing."""

import datetime as dt
import sqlite3
from itertools import pairwise

import pytest
from sqlalchemy import func, make_url, select

from db import rekey as rekeying
from db.cipher import UnreadableError
from db.keyring import WrongKeyError, fit
from db.models import Base, Throttle
from db.rekey import BotAliveError, UncleanError, personal_columns, rekey
from db.transaction import Database
from tests.chat import PASSWORD, FakeClock, open_world
from tests.db.raw import everything, execute
from tests.db.test_encryption import ANSWER, EXPECTED, KEY, NAME, OTHER_KEY, PERSONAL, fill, read

NOW = FakeClock()()


def found_in(stored: str) -> list[str]:
    return [words for words in PERSONAL if words in stored]


async def test_there_and_back(database_url: str) -> None:
    """Encrypted, given another key and decrypted, it reads the same; only what is plain can be read without the key."""
    await fill(database_url)
    keys = ["", KEY, OTHER_KEY, ""]
    for old, new in pairwise(keys):
        assert await rekey(database_url, old, new, NOW) == 5
        await fit(database_url, new)
        assert await read(database_url, new) == EXPECTED
        if new:
            assert found_in(await everything(database_url)) == []
    assert len(found_in(await everything(database_url))) == len(PERSONAL) - 1


async def test_people_notice_nothing(database_url: str) -> None:
    """Who registered before logs in after, with the old password and address, and the dialog goes on."""
    miniature = await fill(database_url)
    await rekey(database_url, "", KEY, NOW)
    async with open_world(database_url, miniature=miniature, data_key=KEY) as world:
        ada = world.person(NAME, 9002)
        assert ANSWER in (await ada.send("A description.")).text
        await ada.send("/logout")
        await ada.send("/login ADA.lovelace@example.org")
        assert "Adalberta" in (await ada.send(PASSWORD)).text


async def test_many_rows(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are taken in batches, and none is forgotten between two of them or at the end."""
    monkeypatch.setattr(rekeying, "BATCH", 3)
    database = Database(database_url)
    async with database.transaction() as repos:
        for number in range(10):
            repos.audit.add(telegram_id=1, action="promote", subject=f"person {number} of ten", now=NOW)
    await database.close()
    assert await rekey(database_url, "", KEY, NOW) == 10
    assert "of ten" not in await everything(database_url)
    database = Database(database_url, KEY)
    async with database.transaction() as repos:
        entries = await repos.audit.list_latest(20)
        assert [entry.subject for entry in entries] == [f"person {number} of ten" for number in reversed(range(10))]
    await database.close()


async def test_a_wrong_old_key_changes_nothing(database_url: str) -> None:
    """Who does not know the present key changes it neither to another nor to none."""
    await fill(database_url)
    await rekey(database_url, "", KEY, NOW)
    before = await everything(database_url)
    for old, new in [(OTHER_KEY, ""), ("", OTHER_KEY), ("", "")]:
        with pytest.raises(WrongKeyError):
            await rekey(database_url, old, new, NOW)
    assert (await everything(database_url)).count("gAAAA") == before.count("gAAAA")
    assert await read(database_url, KEY) == EXPECTED


async def test_one_garbled_row_changes_nothing(database_url: str) -> None:
    """When one word cannot be read, the others stay as they were, too."""
    await fill(database_url)
    await rekey(database_url, "", KEY, NOW)
    await execute(database_url, "UPDATE shelf SET traceback = 'gAAAAABn'")
    with pytest.raises(UnreadableError):
        await rekey(database_url, KEY, OTHER_KEY, NOW)
    await fit(database_url, KEY)
    database = Database(database_url, KEY)
    async with database.transaction() as repos:
        assert (await repos.users.get_by_email(PERSONAL[0])) is not None
    await database.close()


async def test_again_is_no_harm(database_url: str) -> None:
    """Who is not sure whether it was done does it again: there is nothing left to do."""
    await fill(database_url)
    assert await rekey(database_url, "", KEY, NOW) > 0
    assert await rekey(database_url, "", KEY, NOW) == 0
    assert await read(database_url, KEY) == EXPECTED


async def test_a_living_bot_is_not_disturbed(database_url: str) -> None:
    """While a bot works on it, nothing is done; after its last word has lapsed, it is."""
    await fill(database_url)
    database = Database(database_url)
    async with database.transaction() as repos:
        await repos.outbox.renew_lease("x", NOW + dt.timedelta(seconds=15))
    with pytest.raises(BotAliveError):
        await rekey(database_url, "", KEY, NOW + dt.timedelta(seconds=14))
    assert await read(database_url, "") == EXPECTED
    assert await rekey(database_url, "", KEY, NOW + dt.timedelta(seconds=15)) > 0
    await database.close()


async def test_counts_of_wrong_passwords_begin_anew(database_url: str) -> None:
    """They are under hashes of the old key, which nobody could find any more."""
    await fill(database_url)
    await rekey(database_url, "", KEY, NOW)
    database = Database(database_url, KEY)
    async with database.transaction() as repos:
        assert await repos._work.session.scalar(select(func.count()).select_from(Throttle)) == 0
    await database.close()


async def test_somebody_who_reads_the_file_keeps_the_log(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    is_postgresql: bool,  # noqa: FBT001 -- a fixture
) -> None:
    """SQLite cannot empty its log while another program reads from it: that is said, and the next time mends it."""
    if is_postgresql:
        pytest.skip("PostgreSQL has no such file")
    monkeypatch.setattr("db.engine.PRAGMAS", ("PRAGMA busy_timeout = 10",))
    await fill(database_url)
    reader = sqlite3.connect(make_url(database_url).database or "", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM users").fetchall()
    with pytest.raises(UncleanError):
        await rekey(database_url, "", KEY, NOW)
    reader.execute("COMMIT")
    assert await rekey(database_url, "", KEY, NOW) == 0
    assert found_in(await everything(database_url)) == []
    reader.close()


def test_every_personal_column_is_known() -> None:
    """What is encrypted is what the README says, and each table with such columns has one number as its key."""
    tables = {table.name: table for table in Base.metadata.sorted_tables if personal_columns(table)}
    assert {name: [column.name for column in personal_columns(table)] for name, table in tables.items()} == {
        "users": ["name", "email", "blocked_reason"],
        "chat_sessions": ["first_name", "dialog"],
        "outbox": ["content"],
        "broadcasts": ["content"],
        "shelf": ["content", "traceback"],
        "audit_log": ["subject", "detail"],
        "instructors": ["bio"],
    }
    assert all(len(table.primary_key) == 1 for table in tables.values())
