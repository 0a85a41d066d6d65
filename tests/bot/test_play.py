"""The playground beside its bot: one clock for both, and a beginning that can be had again."""

import asyncio
import datetime as dt
from pathlib import Path

import httpx
import pytest

from bot.clock import Clock, MovableClock, utc_now
from bot.play import play
from bot.playground.wire import heard
from bot.scheduler import build_scheduler, tick_now
from db.transaction import Database
from tests.chat import TOKEN, FakeClock
from tests.remote import PATIENCE

ADA, DAY = 1001, dt.timedelta(days=1)
HOUR = 3600  # seconds, far more than any test waits


class Bots:
    """Stands for the bot's side: a file of its own in the folder, and whatever clock it is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: asyncio.Queue[tuple[str, Clock]] = asyncio.Queue()
        self.ended = 0
        self.addresses: list[str] = []

    async def serve(self, address: str, clock: Clock) -> None:
        (self.folder / "bot.sqlite3").write_text("memories")
        self.started.put_nowait((address, clock))
        try:
            await asyncio.Event().wait()
        finally:
            self.ended += 1


@pytest.fixture
def bots(tmp_path: Path) -> Bots:
    return Bots(tmp_path / "data")


def playing(bots: Bots) -> asyncio.Task[None]:
    work = play(bots.serve, bots.folder, port=0, token=TOKEN, say=bots.addresses.append)
    return asyncio.create_task(work)


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_bot_goes_by_the_playgrounds_clock(bots: Bots) -> None:
    """A clock that is moved on the page is moved for the bot, also for one that is started later."""
    task = playing(bots)
    async with asyncio.timeout(PATIENCE):
        address, clock = await bots.started.get()
        assert abs(clock() - utc_now()) < DAY / 2
        moved = asyncio.Event()
        assert isinstance(clock, MovableClock)
        clock.when_moved(moved.set)
        async with httpx.AsyncClient(base_url=address) as page:
            await page.post("/play/clock", json={"seconds": int(DAY.total_seconds())})
        await moved.wait()
    assert abs(clock() - utc_now() - DAY) < DAY / 2
    await ended(task)

    task = playing(bots)
    async with asyncio.timeout(PATIENCE):
        _address, clock = await bots.started.get()
    assert abs(clock() - utc_now() - DAY) < DAY / 2
    await ended(task)


async def test_beginning_anew(bots: Bots) -> None:
    """Both end, their folder is emptied, and both start again at the same address, which is said once."""
    task = playing(bots)
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as page:
        address, _clock = await bots.started.get()
        page.base_url = address
        (bots.folder / "media").mkdir()
        (bots.folder / "media" / "picture").write_bytes(b"x")
        await page.post("/play/say", json={"person": ADA, "text": "hello"})
        await page.post("/play/clock", json={"seconds": 60})
        assert (await page.post("/play/reset", json={})).status_code == 200
        assert (await bots.started.get())[0] == address
        assert bots.ended == 1
        assert not (bots.folder / "media").exists()
        assert (await page.get(f"/play/chat/{ADA}")).json()["messages"] == []
        assert (await page.get("/play/state")).json()["ahead"] == 0
    assert bots.addresses == [address]
    await ended(task)
    assert bots.ended == 2


async def test_a_bot_that_fails_is_heard(bots: Bots) -> None:
    """What the bot raises ends the playground, too, and is passed on."""

    async def fail(address: str, clock: Clock) -> None:
        raise RuntimeError(address)

    with pytest.raises(RuntimeError, match=r"http://127\.0\.0\.1:"):
        await play(fail, bots.folder, port=0, token=TOKEN, say=bots.addresses.append)


def test_the_wire() -> None:
    """A line of the wire says what time it is, or that everything begins anew; others are of a later version."""

    class Listener:
        def __init__(self) -> None:
            self.said: list[object] = []

        def ahead(self, seconds: int) -> None:
            self.said.append(seconds)

        def reset(self) -> None:
            self.said.append("reset")

    listener = Listener()
    for line in ('{"ahead": 60}\n', '{"reset": true}\n', '{"weather": "fine"}\n'):
        heard(line, listener)
    assert listener.said == [60, "reset"]


async def test_what_ticks_ticks_when_the_clock_is_moved(database: Database) -> None:
    """Nobody waits an hour for what the moved clock has made late."""
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    scheduler = build_scheduler(database, FakeClock(), [(tick, HOUR)])
    scheduler.start()
    async with asyncio.timeout(PATIENCE):
        await ticked.wait()  # at once, at the start
        ticked.clear()
        tick_now(scheduler)
        await ticked.wait()
    scheduler.shutdown(wait=False)
