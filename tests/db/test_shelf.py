"""The shelf: updates that could not be handled, each under a reference, for a month."""

import datetime as dt

from sqlalchemy import delete

from db.models import ShelvedUpdate
from db.repositories.upkeep import KEEP_SHELVED
from db.transaction import Database
from tests.chat import FakeClock

NOW = FakeClock()()
SECOND = dt.timedelta(seconds=1)


async def shelve(database: Database, update_id: int, traceback: str, now: dt.datetime = NOW) -> int:
    async with database.transaction() as repos:
        return await repos.shelf.add(
            update_id=update_id,
            telegram_id=7,
            content={"update_id": update_id},
            traceback=traceback,
            fingerprint="",
            now=now,
        )


async def entries(database: Database) -> dict[int, ShelvedUpdate | None]:
    async with database.transaction() as repos:
        found = [await repos._work.session.get(ShelvedUpdate, number) for number in range(1, 10)]
    return {entry.id: entry for entry in found if entry}


async def test_each_update_has_its_reference(database: Database) -> None:
    """The number that a person reads leads to their update."""
    first, second = await shelve(database, 50, "one"), await shelve(database, 51, "two")
    assert first != second
    assert {number: entry.traceback for number, entry in (await entries(database)).items() if entry} == {
        first: "one",
        second: "two",
    }


async def test_an_update_id_that_comes_back_replaces_the_old_entry(database: Database) -> None:
    """Telegram's numbers begin anew at random: the newer update is the one that is kept."""
    first = await shelve(database, 50, "old")
    again = await shelve(database, 50, "new", NOW + SECOND)
    [entry] = (await entries(database)).values()
    assert entry is not None
    assert first == again == entry.id
    assert (entry.traceback, entry.shelved_at) == ("new", NOW + SECOND)


async def test_the_shelf_forgets_after_a_month(database: Database) -> None:
    """What people wrote is not kept for ever, and not a day less than was said."""
    await shelve(database, 50, "old", NOW - KEEP_SHELVED - SECOND)
    kept = await shelve(database, 51, "new", NOW - KEEP_SHELVED)
    async with database.transaction() as repos:
        await repos.shelf.forget_old(NOW)
    assert [*await entries(database)] == [kept]


async def test_a_number_is_given_once(database: Database) -> None:
    """What was dropped leaves its number behind: an old button never opens another entry."""
    first = await shelve(database, 50, "one")
    async with database.transaction() as repos:
        await repos._work.session.execute(delete(ShelvedUpdate))
    assert await shelve(database, 51, "two") > first
