"""Whatever goes wrong while files are fetched, none is lost, and none is half there."""

import asyncio
import logging
import signal
import sys
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.store import OLD, Store
from db.models import Medium, MediumState
from db.transaction import Database
from tests.bot.fetching import Refusing, Telegram, fetcher, found, register
from tests.bot.killed_fetch import MOMENTS
from tests.bot.test_store import age
from tests.chat import FakeClock
from tests.remote import ROOT


async def test_a_refused_file_waits_longer_each_time(database: Database, store: Store, clock: FakeClock) -> None:
    """What Telegram does not hand out is asked for after half a minute, a minute and so on, at least once a day."""
    await register(database, clock)
    telegram = Refusing(BadRequest("Wrong file_id or the file is temporarily unavailable"))
    at_work = fetcher(telegram, database, store.directory, clock)
    pauses: list[float] = []
    for _ in range(14):
        await at_work.fetch()
        async with database.transaction() as repos:
            due_at = await repos._work.session.scalar(select(Medium.due_at))
        assert due_at is not None
        pauses.append((due_at - clock()).total_seconds())
        clock.advance(seconds=pauses[-1] - 1)
        await at_work.fetch()
        clock.advance(seconds=1)
    assert len(telegram.fetched) == 14
    assert pauses[:5] == [30, 60, 120, 240, 480]
    assert pauses[-2:] == [24 * 3600, 24 * 3600]
    [known] = await found(database)
    assert (known.medium.state, known.own) == (MediumState.PENDING, None)


@pytest.mark.parametrize("error", [NetworkError("Bad Gateway"), TimedOut(), RetryAfter(9)])
async def test_a_network_that_is_away_is_not_the_files_fault(
    error: TelegramError, database: Database, store: Store, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """All wait for a minute, and one line says so."""
    await register(database, clock, 3)
    telegram = Refusing(error)
    await fetcher(telegram, database, store.directory, clock).fetch()
    assert len(telegram.fetched) == 1
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert [known.medium.failures for known in await found(database)] == [0, 0, 0]
    clock.advance(seconds=59)
    healthy = Telegram()
    await fetcher(healthy, database, store.directory, clock).fetch()
    assert healthy.fetched == []
    clock.advance(seconds=1)
    await fetcher(healthy, database, store.directory, clock).fetch()
    assert sorted(healthy.fetched) == ["F0", "F1", "F2"]


async def test_a_path_that_is_gone_is_asked_for_again(database: Database, store: Store, clock: FakeClock) -> None:
    """A 404, which PTB takes for a wrong token, puts off one file and no other."""

    class Forgetful(Telegram):
        async def download(self, path: str) -> bytes:
            if path == "F0":
                raise InvalidToken("Not Found")
            return await super().download(path)

    await register(database, clock, 2)
    await fetcher(Forgetful(), database, store.directory, clock).fetch()
    states = [known.medium.state for known in await found(database)]
    assert states == [MediumState.PENDING, MediumState.KEPT]


async def test_half_a_file_is_none(database: Database, store: Store, clock: FakeClock) -> None:
    """When fewer bytes come than Telegram announced, nothing is kept."""

    class Hasty(Telegram):
        async def call(self, method: str, params: dict[str, Any]) -> Any:
            return {**await super().call(method, params), "file_size": 9}

    await register(database, clock)
    await fetcher(Hasty(), database, store.directory, clock).fetch()
    assert not list(store.directory.rglob("*"))
    assert (await found(database))[0].medium.state is MediumState.PENDING


async def test_a_full_disk_is_said_and_waited_for(
    database: Database,
    store: Store,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log names the directory and the reason; when there is room again, all is fetched."""

    def no_room(_store: Store, data: bytes) -> str:
        raise OSError(28, "No space left on device")

    await register(database, clock, 3)
    with monkeypatch.context() as context:
        context.setattr(Store, "keep", no_room)
        await fetcher(Telegram(), database, store.directory, clock).fetch()
    [record] = caplog.records
    assert f"{store.directory} takes no files: No space left on device" in record.getMessage()
    clock.advance(minutes=1)
    await fetcher(Telegram(), database, store.directory, clock).fetch()
    assert {known.medium.state for known in await found(database)} == {MediumState.KEPT}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_kill_loses_nothing(moment: str, database_url: str, store: Store, clock: FakeClock) -> None:
    """Whenever the process is killed, the next one has the whole file once the claim is over, and never half of it."""
    database = Database(database_url)
    await register(database, clock)
    await database.close()
    command = [sys.executable, "-m", "tests.bot.killed_fetch", moment, database_url, str(store.directory)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    assert await process.wait() == -signal.SIGKILL
    clock.advance(minutes=5)
    database = Database(database_url)
    telegram = Telegram()
    await fetcher(telegram, database, store.directory, clock).fetch()
    [known] = await found(database)
    await database.close()
    assert telegram.fetched == ([] if moment == "committed" else ["F0"])
    assert known.medium.state is MediumState.KEPT
    whole = [path for path in store.directory.glob("*/*") if path.is_file()]
    assert [path.read_bytes() for path in whole] == [b"F0"]
    assert [path.name for path in whole] == [known.medium.sha256]
    leftovers = list(store.directory.glob(".new-*"))
    assert len(leftovers) == (moment == "written")
    for path in leftovers:
        age(path, OLD + 60)
    store.clear_leftovers()
    assert not list(store.directory.glob(".new-*"))
