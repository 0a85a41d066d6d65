"""Files are copied in the background, each once."""

import asyncio

import pytest
from telegram.error import BadRequest

from bot.api import Api
from bot.fetcher import PATIENCE
from bot.playground.files import DOWNLOAD_LIMIT
from bot.store import Store
from db.models import FileId, Medium, MediumState
from db.transaction import Database
from tests.bot.accidents import leap
from tests.bot.fetching import Refusing, Telegram, fetcher, found, register
from tests.chat import FakeClock, World


async def test_what_a_lesson_shows_is_kept(world: World) -> None:
    """A saved lesson's file is copied as soon as somebody looks, and known under this bot's id."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Notes")
    await ivan.send_file("document", b"notes", filename="notes.txt")
    await ivan.send("A text.")
    assert not world.application.fetcher._nudged.is_set()
    await ivan.press("Finish")
    assert world.application.fetcher._nudged.is_set()
    assert [medium.state for medium in await world.rows(Medium)] == [MediumState.PENDING]
    await world.application.fetcher.fetch()
    [medium], [name] = await world.rows(Medium), await world.rows(FileId)
    assert (medium.state, medium.size, medium.file_name, medium.reason) == (MediumState.KEPT, 5, "notes.txt", None)
    assert (name.bot_id, name.file_id) == (42, medium.file_id)


async def test_what_is_too_big_says_so(world: World) -> None:
    """Of 20 MB there is a copy, of a byte more there never is, and the reason is kept."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Films")
    for more in (0, 1):
        await ivan.send_file("document", bytes(DOWNLOAD_LIMIT + more))
    await ivan.press("Finish")
    await world.application.fetcher.fetch()
    media = {medium.state: medium for medium in await world.rows(Medium)}
    assert media[MediumState.KEPT].size == DOWNLOAD_LIMIT
    assert media[MediumState.TOO_BIG].reason == "File is too big"
    world.clock.advance(days=9)
    world.miniature.calls.clear()
    await world.application.fetcher.fetch()
    assert not world.miniature.calls
    assert await world.count(FileId) == 2


async def test_two_replicas_fetch_each_file_once(database_url: str, store: Store, clock: FakeClock) -> None:
    """However many look at once, a file is asked for by one of them."""
    one, other = Database(database_url), Database(database_url)
    try:
        await register(one, clock, 40)
        telegrams = [Telegram(), Telegram()]
        pairs = zip(telegrams, (one, other), strict=True)
        await asyncio.gather(*(fetcher(each, database, store.directory, clock).fetch() for each, database in pairs))
        assert sorted(telegrams[0].fetched + telegrams[1].fetched) == sorted(f"F{number}" for number in range(40))
        assert {known.medium.state for known in await found(one)} == {MediumState.KEPT}
    finally:
        await one.close()
        await other.close()


async def test_a_start_takes_over_at_once(
    database: Database,
    store: Store,
    clock: FakeClock,
    is_postgresql: bool,  # noqa: FBT001 -- a fixture
) -> None:
    """On SQLite every earlier process is dead, so nobody waits for the end of what it claimed."""
    if is_postgresql:
        pytest.skip("PostgreSQL may have other processes, whose claims hold until they end")
    fetched = asyncio.Event()

    class Noting(Telegram):
        async def download(self, path: str) -> bytes:
            fetched.set()
            return await super().download(path)

    await register(database, clock)
    async with database.transaction() as repos:
        assert await repos.media.claim(clock(), 1)
    at_work = fetcher(Noting(), database, store.directory, clock)
    at_work.nudge()
    running = asyncio.create_task(at_work.run())
    async with asyncio.timeout(20):
        await fetched.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_file_sent_again_is_tried_at_once(database: Database, store: Store, clock: FakeClock) -> None:
    """What could not be fetched by its old file id may be by the new one, when the instructor sends it anew."""
    await register(database, clock)
    await fetcher(Refusing(BadRequest("wrong file_id")), database, store.directory, clock).fetch()
    telegram = Telegram()
    async with database.transaction() as repos:
        await repos.media.register([{"file_unique_id": "U0", "kind": "photo", "file_id": "NEW"}], clock())
    await fetcher(telegram, database, store.directory, clock).fetch()
    assert telegram.fetched == ["NEW"]


async def test_a_file_without_a_path_is_left(database: Database, store: Store, clock: FakeClock) -> None:
    """The Bot API may name none: then there is nothing to fetch, and the file is asked for later."""
    await register(database, clock)
    telegram = Telegram(names_paths=False)
    await fetcher(telegram, database, store.directory, clock).fetch()
    assert telegram.fetched == []
    clock.advance(days=1)
    later = Telegram()
    await fetcher(later, database, store.directory, clock).fetch()
    assert later.fetched == ["F0"]


async def test_people_are_answered_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that does not come holds nobody up, and is put off when it takes too long."""
    ivan = await world.instructor()
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Notes")
    await ivan.send_file("document", b"notes")
    await ivan.press("Finish")
    asked = asyncio.Event()

    async def never(_api: Api, _path: str) -> bytes:
        asked.set()
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(Api, "download", never)
    fetching = asyncio.create_task(world.application.fetcher.fetch())
    await asked.wait()
    assert "Ivan" in (await ivan.send("/me")).text
    assert not fetching.done()
    leap(monkeypatch, PATIENCE + 1)
    await fetching
    assert (await world.rows(Medium))[0].reason == "Telegram cannot be reached: too slow"
