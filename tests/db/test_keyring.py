"""A database is opened with its own key or not at all."""

import asyncio
import datetime as dt

import pytest

from db.keyring import WrongKeyError, fit
from db.models import DataKey
from db.rekey import rekey
from db.transaction import Database, is_away
from tests.chat import FakeClock
from tests.db.raw import everything
from tests.db.test_encryption import KEY, OTHER_KEY, fill

NOW = FakeClock()()


async def test_an_empty_database_takes_the_key(database_url: str) -> None:
    """The first start says under which key it is; from then on no other fits, and neither does none."""
    await fit(database_url, KEY)
    await fit(database_url, KEY)
    for (key,) in [(OTHER_KEY,), ("",)]:
        with pytest.raises(WrongKeyError) as refused:
            await fit(database_url, key)
        assert refused.value.is_encrypted
    await fit(database_url, KEY)


async def test_without_a_key_nothing_is_decided(database_url: str) -> None:
    """A bot that was started once without a key, and that nobody wrote to, may still get one."""
    await fit(database_url, "")
    await fit(database_url, KEY)
    with pytest.raises(WrongKeyError) as refused:
        await fit(database_url, "")
    assert refused.value.is_encrypted, "the key is that of the database from now on"


async def test_a_plain_database_takes_no_key(database_url: str) -> None:
    """What was written without a key is not mixed with what is written under one."""
    await fill(database_url)
    with pytest.raises(WrongKeyError) as refused:
        await fit(database_url, KEY)
    assert not refused.value.is_encrypted
    await fit(database_url, "")


async def test_a_database_that_a_bot_works_on_takes_no_key(database_url: str) -> None:
    """However empty it is: that bot writes plainly in a moment."""
    database = Database(database_url)
    async with database.transaction() as repos:
        await repos.outbox.renew_lease("x", NOW + dt.timedelta(seconds=15))
    await database.close()
    with pytest.raises(WrongKeyError):
        await fit(database_url, KEY)


async def test_replicas_that_start_together_agree(database_url: str) -> None:
    """The first of them writes the key down, the others find it."""
    await asyncio.gather(*(fit(database_url, KEY) for _ in range(4)))
    database = Database(database_url, KEY)
    async with database.transaction() as repos:
        row = await repos._work.session.get_one(DataKey, 1)
        assert len(row.fingerprint) == 32
    await database.close()


async def test_the_database_does_not_tell_its_key(database_url: str) -> None:
    """The fingerprint is not the key in another form."""
    await fit(database_url, KEY)
    assert KEY not in await everything(database_url)


@pytest.mark.parametrize(("old", "new"), [("", KEY), (KEY, OTHER_KEY), (KEY, "")])
async def test_a_key_that_changes_before_the_first_connection(database_url: str, old: str, new: str) -> None:
    """A bot that waited for the network while the database got another key writes nothing under its own."""
    await fit(database_url, old)
    waiting = Database(database_url, old)
    await rekey(database_url, old, new, NOW)
    with pytest.raises(WrongKeyError) as refused:
        async with waiting.transaction():
            pass
    assert refused.value.is_encrypted is bool(new)
    await waiting.close()


@pytest.mark.parametrize(("old", "new"), [("", KEY), (KEY, OTHER_KEY), (KEY, "")])
async def test_a_key_that_changes_behind_a_suspended_bot(database_url: str, old: str, new: str) -> None:
    """A bot that slept while its lease ended and the key was changed writes no word more, however it was connected."""
    await fit(database_url, old)
    asleep = Database(database_url, old)
    async with asleep.transaction() as repos:
        repos.audit.add(telegram_id=1, action="promote", subject="written before", now=NOW)
    await rekey(database_url, old, new, NOW)
    for _ in range(2):
        with pytest.raises(WrongKeyError) as refused:
            async with asleep.transaction() as repos:
                repos.audit.add(telegram_id=1, action="promote", subject="written after", now=NOW)
        assert refused.value.is_encrypted is bool(new)
    await asleep.close()
    awake = Database(database_url, new)
    async with awake.transaction() as repos:
        assert [entry.subject for entry in await repos.audit.list_latest(5)] == ["written before"]
    await awake.close()


async def test_a_bot_that_was_suspended_in_the_middle_of_its_work(database_url: str, database: Database) -> None:
    """Its locks keep no key from being changed, and what it had begun is taken back."""
    if not database.has_replicas:
        pytest.skip("SQLite's lock is the whole file, and waited for")
    changed: list[str] = []
    with pytest.raises(Exception) as caught:  # noqa: PT011, PT012 -- which one it is, is the question
        async with database.transaction() as repos:
            repos.audit.add(telegram_id=1, action="promote", subject="half written", now=NOW)
            await repos._work.session.flush()
            await rekey(database_url, "", KEY, NOW)
            changed.append(KEY)
    assert changed
    assert is_away(caught.value)
    awake = Database(database_url, KEY)
    async with awake.transaction() as repos:
        assert await repos.audit.list_latest(5) == []
    await awake.close()
