"""One chat answered by two processes: what was said first arrives first."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot import sender as sending
from bot.lease import LEASE
from bot.playground.errors import ApiError
from db.engine import DatabaseAwayError
from db.models import Outgoing
from db.models.outgoing import CONTENT_VERSION
from db.repositories.outbox import Outbox
from tests.bot.accidents import fail_first
from tests.bot.letters import left_behind, letter, meet, post, refuse, write
from tests.bot.naps import Naps, naps
from tests.chat import World, open_world

__all__ = ["naps"]


@pytest.fixture
async def replica(world: World, database_url: str, is_postgresql: bool) -> AsyncIterator[World]:  # noqa: FBT001
    """Yields a second process of the same bot."""
    if not is_postgresql:
        pytest.skip("SQLite has no replicas")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as replica:
        yield replica


async def test_a_replica_lets_the_other_finish(world: World, replica: World, naps: Naps) -> None:
    """While one process still has parts of a lesson to send, the answer of the other waits its turn."""
    [ada] = await meet(world, "Ada")
    hold = naps.hold(17.0)
    refuse(world, lambda _method, params: params["text"] == "two", ApiError(429, "Too Many Requests", 17))
    await post(world, (ada, "one"), (ada, "two"), (ada, "three"))
    await naps.begun(17.0)
    await replica.application.pipeline.process(world.miniature.say(ada.id, "/me"))
    await naps.begun(sending.BEHIND_PAUSE, 3)
    assert ada.said[1:] == ["one"]
    hold.set()
    await world.application.sender.drain()
    await replica.application.sender.drain()
    assert ada.said[1:] == ["one", "two", "three", f"You are not signed in.\nTelegram id {ada.id}"]


async def test_a_replica_takes_over_before_it_goes_on(world: World, replica: World, naps: Naps) -> None:
    """When the other died with parts unsent, they are sent by the living one, and its own answer after them."""
    [ada] = await meet(world, "Ada")
    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("dying", world.clock() + LEASE)
    await left_behind(world, ada, 3, "dying")
    update = world.miniature.say(ada.id, "/me")
    await replica.application.pipeline.process(update)
    await naps.begun(sending.BEHIND_PAUSE, 3)
    assert ada.said[1:] == []
    world.clock.advance(seconds=16)
    await replica.application.sender._renew_lease()
    await replica.application.sender._take_over()
    await replica.application.sender.drain()
    assert ada.said[1:] == ["0", "1", "2", f"You are not signed in.\nTelegram id {ada.id}"]


async def test_a_chat_behind_another_process_survives_anything(
    world: World, replica: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at the other's rows that fails, for whatever reason, is taken again: nobody else would send these."""
    [ada] = await meet(world, "Ada")
    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("other", world.clock() + LEASE)
    await left_behind(world, ada, 1, "other")
    await replica.application.pipeline.process(world.miniature.say(ada.id, "/me"))
    fail_first(monkeypatch, Outbox, "list_taken", ZeroDivisionError(), DatabaseAwayError())
    await naps.begun(sending.BEHIND_PAUSE, 2)
    async with world.application.database.transaction() as repos:
        await repos._work.session.execute(
            update(Outgoing).where(Outgoing.owner == "other").values(sent_at=world.clock())
        )
    await replica.application.sender.drain()
    assert ada.said[1:] == [f"You are not signed in.\nTelegram id {ada.id}"]


async def test_a_broadcast_keeps_nobody_waiting(world: World, replica: World) -> None:
    """An answer does not queue behind a broadcast, whichever process sends that."""
    [ada] = await meet(world, "Ada")
    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("other", world.clock() + LEASE)
    await write(world, [letter(ada.id, "news", "other", at=world.clock(), priority=1)])
    await replica.application.pipeline.process(world.miniature.say(ada.id, "/me"))
    async with asyncio.timeout(10):
        await replica.application.sender.drain()
    assert ada.said[1:] == [f"You are not signed in.\nTelegram id {ada.id}"]


async def test_an_answer_overtakes_a_broadcast(world: World, naps: Naps) -> None:
    """While a chat's part in a broadcast waits for its turn, its person is answered."""
    [ada] = await meet(world, "Ada")
    hold = naps.hold(17.0)
    refuse(world, lambda _method, params: params["text"] == "news", ApiError(429, "Too Many Requests", 17))
    await post(world, (ada, "news"), priority=1)
    await naps.begun(17.0)
    await post(world, (ada, "answer"))
    # One task is left: the broadcast's, which waits.
    async with asyncio.timeout(10):
        while len(world.application.sender._mailboxes.tasks()) > 1:  # noqa: ASYNC110 -- it has no event for it
            await asyncio.sleep(0)
    assert ada.said[1:] == ["answer"]
    hold.set()
    await world.application.sender.drain()
    assert ada.said[1:] == ["answer", "news"]


async def test_a_newer_versions_rows_are_left_to_it(world: World, database_url: str) -> None:
    """A process that is older than a row does not know how to send it."""
    [ada] = await meet(world, "Ada")
    await write(
        world,
        [
            letter(ada.id, "strange", "dead", at=world.clock(), version=CONTENT_VERSION + 1),
            letter(ada.id, "known", "dead", at=world.clock()),
        ],
    )
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await again.application.sender.drain()
        assert ada.said[1:] == ["known"]
        assert await again.count(Outgoing, Outgoing.sent_at.is_(None)) == 1


async def test_two_heirs_keep_the_order(
    world: World, replica: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When two living processes share what a dead one left in a chat, the later rows wait for the earlier ones."""
    monkeypatch.setattr(sending, "CLAIM_LIMIT", 3)
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 5, "dead")
    first, second = world.application.sender, replica.application.sender
    hold = naps.hold(17.0)
    refuse(world, lambda _method, params: params["text"] == "1", ApiError(429, "Too Many Requests", 17))
    first.deliver(*await first.lease.claim(3))
    await naps.begun(17.0)
    await second._take_over()
    await naps.begun(sending.BEHIND_PAUSE, 3)
    assert ada.said[1:] == ["0"]
    hold.set()
    await first.drain()
    await second.drain()
    assert ada.said[1:] == ["0", "1", "2", "3", "4"]
