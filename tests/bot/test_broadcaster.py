"""The broadcaster: batch by batch, each person once, and its author knows how far it is."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace

import pytest

from bot import broadcaster
from bot import sender as senders
from bot.pace import BROADCAST_BURST, Bucket
from bot.playground.errors import ApiError
from db.engine import DatabaseAwayError
from db.models import BroadcastState, Outgoing
from db.repositories.broadcasts import Broadcasts
from tests.bot.accidents import fail_first
from tests.bot.letters import refuse
from tests.bot.naps import Naps, naps
from tests.chat import World, open_world
from tests.crowds import NEWS, begin, counts, crowd_of, end, go_on, heard, state_of
from tests.factories import make_student

__all__ = ["naps"]
UNSENT = Outgoing.broadcast_id.is_not(None), Outgoing.sent_at.is_(None)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes batches of five, of which two may wait."""
    monkeypatch.setattr(broadcaster, "BATCH", 5)
    monkeypatch.setattr(broadcaster, "LOW", 2)


@pytest.fixture
async def replica(world: World, database_url: str, is_postgresql: bool) -> AsyncIterator[World]:  # noqa: FBT001
    """Yields a second process of the same bot."""
    if not is_postgresql:
        pytest.skip("SQLite has no replicas")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as replica:
        yield replica


@pytest.mark.usefixtures("small")
async def test_everybody_gets_it_once(world: World) -> None:
    """However many batches it takes; afterwards it is done, and there is nothing more to do."""
    crowd = await crowd_of(world, 23)
    number = await begin(world)
    broadcast = await end(world, number)
    assert (broadcast.state, counts(broadcast), broadcast.total) == (BroadcastState.DONE, {"sent": 23}, 23)
    await go_on(world)
    assert heard(world, crowd) == [1] * 23
    assert await world.count(Outgoing, Outgoing.content.is_not(None)) == 0


@pytest.mark.usefixtures("small")
async def test_the_outbox_stays_small(world: World, naps: Naps) -> None:
    """The next batch is written when the last one is mostly sent, and not before."""
    crowd = await crowd_of(world, 23)
    number = await begin(world)
    late, hold = {str(each) for each in crowd[:4]}, naps.hold(17.0)
    left = list(late)

    def postpone(_method: str, params: Mapping[str, object]) -> ApiError | None:
        chat = str(params["chat_id"])
        if chat not in left:
            return None
        left.remove(chat)
        return ApiError(429, "Too Many Requests", 17)

    world.miniature.faults = postpone
    await world.application.broadcaster.look()
    await naps.begun(17.0, len(late))
    await world.application.sender.marks.write()
    for _ in range(2):
        await world.application.broadcaster.look()
        assert (await state_of(world, number)).written == 5
    hold.set()
    await world.settle()
    await world.application.broadcaster.look()
    assert (await state_of(world, number)).written == 10
    assert await world.count(Outgoing, *UNSENT) <= 5
    assert counts(await end(world, number)) == {"sent": 23}
    assert heard(world, crowd) == [1] * 23


@pytest.mark.usefixtures("small")
async def test_a_start_goes_on_where_a_kill_was(world: World, database_url: str) -> None:
    """A batch that was committed and never sent is sent by the next process, and the walk goes on behind it."""
    crowd = await crowd_of(world, 12)
    number = await begin(world)
    world.application.sender.deliver = lambda rows, behind=(): None  # type: ignore[method-assign]
    await world.application.broadcaster.look()
    assert heard(world, crowd) == [0] * 12
    async with world.application.database.transaction() as repos:
        await repos.outbox.release(world.application.sender.owner)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await end(again, number)
    assert heard(world, crowd) == [1] * 12


@pytest.mark.usefixtures("small")
async def test_two_replicas_share_it(world: World, replica: World) -> None:
    """Both go on with it as fast as they can; nobody gets it twice, and it is counted right."""
    crowd = await crowd_of(world, 60)
    numbers = [await begin(world), await begin(world, "More news")]
    for _ in range(40):
        await asyncio.gather(*(one.application.broadcaster.look() for one in (world, replica) for _ in range(2)))
        await asyncio.gather(*(one.application.sender.drain() for one in (world, replica)))
    for number, words in zip(numbers, (NEWS, "More news"), strict=True):
        assert counts(await state_of(world, number)) == {"sent": 60}
        assert heard(world, crowd, words) == [1] * 60
    owners = {row.owner for row in await world.rows(Outgoing, Outgoing.broadcast_id.is_not(None))}
    assert owners == {world.application.sender.owner, replica.application.sender.owner}


async def test_a_stop_reaches_what_the_sender_holds(world: World, naps: Naps) -> None:
    """A message that waits for its turn in the sender's hands is not sent after a stop."""
    admin, crowd = world.admin(), await crowd_of(world, 3)
    await admin.send("/start")
    number, hold = await begin(world), naps.hold(17.0)
    refuse(world, lambda _method, params: str(params["chat_id"]) == str(crowd[0]), ApiError(429, "Too Many", 17))
    await world.application.broadcaster.look()
    await naps.begun(17.0)
    # The three others are on their way, or sent and not yet marked.
    while world.application.sender.unsent > 1:
        await world.application.sender.marks.write()
        await asyncio.sleep(0)
    async with world.application.database.transaction() as repos:
        broadcast = await repos.broadcasts.lock(number)
        assert broadcast is not None
        await repos.broadcasts.stop(broadcast, world.clock())
    hold.set()
    await world.settle()
    assert heard(world, crowd) == [0, 1, 1]
    assert counts(await state_of(world, number)) == {"sent": 3, "withdrawn": 1}
    assert world.application.sender.unsent == 0


async def test_who_blocks_the_bot_is_counted_and_remembered(world: World) -> None:
    """Unreachable once, and left out the next time; somebody who comes back is not."""
    ada, *others = await crowd_of(world, 3)
    world.miniature.block(ada)
    world.miniature.take_updates()
    assert counts(await end(world, await begin(world))) == {"sent": 2, "unreachable": 1}
    second = await end(world, await begin(world, "More news"))
    assert (second.total, counts(second)) == (2, {"sent": 2})
    world.miniature.unblock(ada)
    await world.settle()
    world.miniature.say(ada, "/start")
    await world.settle()
    assert counts(await end(world, await begin(world, "Even more"))) == {"sent": 3}
    assert heard(world, [ada, *others]) == [0, 1, 1]


@pytest.mark.usefixtures("small")
async def test_progress_is_shown_now_and_then(world: World) -> None:
    """Its message changes every five seconds at most, and not while an earlier change still waits to be sent."""
    admin, _crowd = world.admin(), await crowd_of(world, 30)
    await admin.send("/start")
    number = await begin(world)
    changes = Outgoing.edits == f"broadcast/{number}"
    await go_on(world)
    assert await world.count(Outgoing, changes) == 0
    world.clock.advance(seconds=4.9)
    await go_on(world)
    assert await world.count(Outgoing, changes) == 0
    world.clock.advance(seconds=0.1)
    await go_on(world)
    await go_on(world)
    assert await world.count(Outgoing, changes) == 1
    assert "10 of 31 sent" in admin.last.text
    world.clock.advance(seconds=5)
    world.application.sender.has_room = lambda chat_id, most=100: False  # type: ignore[method-assign]
    await go_on(world)
    assert await world.count(Outgoing, changes) == 1


async def test_an_author_who_left_is_not_told(world: World) -> None:
    """Nothing is written to whoever blocked the bot, and the broadcast comes to its end."""
    admin, crowd = world.admin(), await crowd_of(world, 2)
    await admin.send("/start")
    number = await begin(world)
    world.miniature.block(admin.id)
    await world.settle()
    assert counts(await end(world, number)) == {"sent": 2}
    assert heard(world, crowd) == [1, 1]
    assert await world.count(Outgoing, Outgoing.edits.is_not(None)) == 0


@pytest.mark.usefixtures("small")
async def test_one_after_the_other(world: World) -> None:
    """A broadcast that was started later is written when the earlier one is, in every chat in this order."""
    crowd = await crowd_of(world, 12)
    first, second = await begin(world), await begin(world, "More news")
    await go_on(world)
    assert [(await state_of(world, number)).written for number in (first, second)] == [5, 0]
    await end(world, second)
    assert (await state_of(world, first)).state is BroadcastState.DONE
    for each in crowd:
        assert [message.text for message in world.miniature.chat(each)][-2:] == [NEWS, "More news"]


async def test_one_that_cannot_be_read_blocks_no_other(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What a newer version began waits for that one; the log says so once, and its admin can look at it and stop it."""
    admin, crowd = world.admin(), await crowd_of(world, 3)
    await admin.send("/start")
    first, second = await begin(world), await begin(world, "More news")
    async with world.application.database.transaction() as repos:
        broadcast = await repos.broadcasts.lock(first)
        assert broadcast is not None
        broadcast.content = {"version": 99}
    assert counts(await end(world, second)) == {"sent": 4}
    await go_on(world)
    assert heard(world, crowd) == [0, 0, 0]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        f"broadcast {first} waits: this version cannot read it"
    ]
    await admin.send("/admin")
    await admin.press("Broadcasts")
    assert "what another version of this bot wrote" in (await admin.press(str(first))).text
    await admin.press("Stop")
    assert (await state_of(world, first)).state is BroadcastState.STOPPED


async def test_a_database_that_is_away_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next tick goes on; any other error is loud."""
    crowd = await crowd_of(world, 2)
    number = await begin(world)
    fail_first(monkeypatch, Broadcasts, "walk", DatabaseAwayError(), ZeroDivisionError())
    await go_on(world)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    with pytest.raises(ZeroDivisionError):
        await go_on(world)
    await end(world, number)
    assert heard(world, crowd) == [1, 1]


async def test_people_are_answered_in_the_middle_of_it(
    database_url: str, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks something is answered at once, while the rest of a broadcast waits for its turn."""
    monkeypatch.setattr(senders, "time", SimpleNamespace(monotonic=lambda: 0.0))
    # Of the 20 messages of a second, 16 are a broadcast's: the first leaves at once, and the second has to wait.
    bucket = Bucket(16, 16 * BROADCAST_BURST, lambda: 0.0)
    assert not bucket.take()
    second = bucket.take()
    hold = naps.hold(second)
    async with open_world(database_url, send_per_second=20) as world:
        ada = await make_student(world)
        crowd = [ada.id, *await crowd_of(world, 40)]
        await ada.send("/start")
        world.miniature.calls.clear()
        await begin(world)
        await world.application.broadcaster.look()

        def said() -> list[object]:
            return [call.params.get("text") for call in world.miniature.calls if call.method == "sendMessage"]

        async with asyncio.timeout(30):
            await naps.begun(second)
            while not said():  # noqa: ASYNC110 -- the calls have no event for it
                await asyncio.sleep(0)
            await world.application.pipeline.process(world.miniature.say(ada.id, "/progress"))
            while said()[-1] == NEWS:  # noqa: ASYNC110
                await asyncio.sleep(0)
        world.miniature.take_updates()
        hold.set()
        await world.application.sender.drain()
        assert [place for place, text in enumerate(said()) if text != NEWS] == [1]
        assert heard(world, crowd) == [1] * len(crowd)
