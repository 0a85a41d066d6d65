"""A database is opened with its own key or not at all."""

import asyncio
import datetime as dt

import pytest

from db.keyring import WrongKeyError, fit
from db.models import DataKey
from db.rekey import rekey
from db.transaction import Database
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
