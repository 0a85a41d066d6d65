"""Wrong passwords in a row make the next try wait."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.repositories.upkeep import FREE_FAILURES, LONGEST_WAIT, SKEW, wait_after
from db.transaction import Database
from tests.chat import FakeClock

NOW = FakeClock()()
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (10_000, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(failures: int, seconds: int) -> None:
    """A few tries are free, then each costs twice the last, and nobody is locked out for ever."""
    assert wait_after(failures) == dt.timedelta(seconds=seconds)


@given(failures=st.integers(0, 10**9))
def test_more_failures_never_wait_less(failures: int) -> None:
    """The wait only grows, and has an end."""
    assert wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT


async def count(database: Database, key: str, times: int, first_update: int = 1) -> None:
    """Counts so many tries, each of another update."""
    async with database.transaction() as repos:
        for number in range(times):
            await repos.throttles.count(key, first_update + number, NOW)


async def wait(database: Database, *keys: str, update_id: int = 99, after: dt.timedelta = dt.timedelta()) -> float:
    """Returns the seconds that a try has to wait."""
    async with database.transaction() as repos:
        return (await repos.throttles.wait(keys, update_id, NOW + after)).total_seconds()


async def test_a_few_tries_are_free(database: Database) -> None:
    """Up to four wrong ones nobody waits; after the fifth the wait runs from the last try."""
    assert await wait(database, "a") == 0
    await count(database, "a", FREE_FAILURES - 1)
    assert await wait(database, "a") == 0
    await count(database, "a", 1, first_update=50)
    assert await wait(database, "a") == 30
    assert await wait(database, "a", after=29 * SECOND) == 1
    assert await wait(database, "a", after=30 * SECOND) == 0
    assert await wait(database, "a", after=3000 * SECOND) == 0


async def test_the_longer_wait_counts(database: Database) -> None:
    """Somebody is held up by their own tries and by those on the account."""
    await count(database, "telegram", FREE_FAILURES)
    await count(database, "account", FREE_FAILURES + 2)
    assert await wait(database, "telegram", "account") == 120
    assert await wait(database, "telegram", "nobody") == 30
    assert await wait(database, "nobody") == 0


async def test_an_update_is_counted_once(database: Database) -> None:
    """However often an update is handled, it is one try, and does not hold itself up."""
    for _ in range(3):
        await count(database, "a", 1, first_update=7)
    async with database.transaction() as repos:
        assert await repos.throttles.is_counted("a", 7)
        assert not await repos.throttles.is_counted("a", 8)
        assert not await repos.throttles.is_counted("b", 7)
    await count(database, "a", FREE_FAILURES - 2, first_update=8)
    assert await wait(database, "a") == 0
    await count(database, "a", 1, first_update=77)
    assert await wait(database, "a") == 30
    assert await wait(database, "a", update_id=77) == 0


async def test_a_right_password_ends_the_count(database: Database) -> None:
    """Afterwards the free tries are back, for these keys only."""
    await count(database, "a", 9)
    await count(database, "b", 9)
    async with database.transaction() as repos:
        await repos.throttles.reset(["a", "x"])
    assert await wait(database, "a") == 0
    assert await wait(database, "b") > 0


async def test_forgetting_helps_nobody_who_still_waits(database: Database) -> None:
    """What is forgotten after a day holds nobody up any more."""
    await count(database, "a", 10_00)
    async with database.transaction() as repos:
        await repos.throttles.forget_old(NOW + LONGEST_WAIT)
    assert await wait(database, "a") == 3600
    async with database.transaction() as repos:
        await repos.throttles.forget_old(NOW + dt.timedelta(days=1, seconds=1))
        assert not await repos.throttles.is_counted("a", 1000)


async def test_a_clock_that_is_set_back_locks_nobody_out(database: Database) -> None:
    """Counts from the future hold nobody up; those of a replica whose clock is a little ahead do."""
    await count(database, "a", FREE_FAILURES)
    for back, waits in ((dt.timedelta(days=1), 0), (SKEW, 0), (SKEW - dt.timedelta(seconds=1), 89)):
        async with database.transaction() as repos:
            left = await repos.throttles.wait(["a"], 999, NOW - back)
        assert left.total_seconds() == waits
