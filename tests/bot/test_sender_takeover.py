"""What a sender left is sent by another: everything, in order, by one of them."""

import asyncio
import datetime as dt
from collections.abc import Mapping

import pytest
from sqlalchemy import Select, text, update
from sqlalchemy.ext.asyncio import AsyncTransaction

from bot import sender as sending
from bot.lease import LEASE
from bot.playground.errors import ApiError
from bot.retries import Retries
from db.models import Outgoing, SenderLease, ShelvedUpdate
from db.records import OutgoingRecord
from db.repositories.outbox import Outbox
from db.transaction import Database
from tests.bot.accidents import fail_first
from tests.bot.letters import arrived, left_behind, meet, post, refuse, row_of
from tests.bot.naps import Naps, naps
from tests.bot.ovens import Oven, ask, look, numbers
from tests.chat import Person, World, open_world

__all__ = ["naps"]

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def test_the_next_start_sends_what_a_dead_sender_left(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything, in order, and before anything new, however much there is."""
    monkeypatch.setattr(sending, "CLAIM_LIMIT", 4)
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 10, "dead")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await Person(again, ada.id, "Ada").send("/me")
    assert ada.said[1:] == [*map(str, range(10)), f"You are not signed in.\nTelegram id {ada.id}"]


async def test_a_living_senders_rows_are_its_own(world: World, database_url: str, is_postgresql: bool) -> None:  # noqa: FBT001
    """A replica that lives sends its own rows; when its lease is over, another does. SQLite has no replicas."""
    [ada] = await meet(world, "Ada")
    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("busy", world.clock() + LEASE)
    await left_behind(world, ada, 2, "busy")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await again.application.sender.drain()
        assert ada.said[1:] == ([] if is_postgresql else ["0", "1"])
    world.clock.advance(seconds=16)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await again.application.sender.drain()
    assert ada.said[1:] == ["0", "1"]


async def test_the_heartbeat_takes_over_and_renews(world: World, naps: Naps) -> None:
    """While it runs, a sender keeps its own lease and sends what others left when theirs is over."""
    [ada] = await meet(world, "Ada")
    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("other", world.clock() + LEASE)
    await left_behind(world, ada, 2, "other")
    world.clock.advance(seconds=14)
    beat = naps.hold(sending.HEARTBEAT)
    running = asyncio.create_task(world.application.sender.run())
    await naps.begun(sending.HEARTBEAT)
    world.clock.advance(seconds=14)
    beat.set()
    await naps.begun(sending.HEARTBEAT, 2)
    beat.clear()
    running.cancel()
    await asyncio.wait([running])
    await world.application.sender.drain()
    assert ada.said[1:] == ["0", "1"]


async def test_claims_never_overlap(world: World, database_url: str) -> None:
    """Senders that take over at the same moment share the rows, none twice and none forgotten."""
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 60, "dead")
    databases = [Database(database_url) for _ in range(4)]

    async def claim(number: int, database: Database) -> list[int]:
        owner, claimed = f"heir {number}", []
        async with database.transaction() as repos:
            await repos.outbox.renew_lease(owner, world.clock() + LEASE)
        for _ in range(30):
            async with database.transaction() as repos:
                claimed += [row.id for row in await repos.outbox.claim_abandoned(owner, 2)]
        return claimed

    shares = await asyncio.gather(*(claim(number, database) for number, database in enumerate(databases)))
    for database in databases:
        await database.close()
    claimed = [row_id for share in shares for row_id in share]
    assert len(claimed) == len(set(claimed)) == 60


async def test_a_claim_that_came_second_finds_nothing(
    world: World,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    is_postgresql: bool,  # noqa: FBT001
) -> None:
    """PostgreSQL looks at a row again that another sender has just taken: by then it belongs to a living one."""
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 3, "dead")
    lock = Select.with_for_update
    # Waiting stands for the moment between the look at a row and its lock.
    monkeypatch.setattr(Select, "with_for_update", lambda statement, *, of, skip_locked: lock(statement, of=of))
    other = Database(database_url)

    async def claim() -> list[OutgoingRecord]:
        async with other.transaction() as repos:
            return await repos.outbox.claim_abandoned("second", 500)

    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("first", world.clock() + LEASE)
    async with world.application.database.transaction() as repos, asyncio.timeout(10):
        first = await repos.outbox.claim_abandoned("first", 500)
        second = asyncio.create_task(claim())
        while is_postgresql and not await repos._work.session.scalar(text(WAITING)):
            pass
    assert (len(first), await second) == (3, [])
    await other.close()


async def test_a_stalled_sender_leaves_what_was_taken(world: World, naps: Naps) -> None:
    """Who comes to again after another took its rows sends none of them, and takes its lease anew for those to come."""
    sender = world.application.sender
    ada, bob = await meet(world, "Ada", "Bob")
    wait = naps.hold(17.0)
    refuse(world, lambda _method, _params: True, *[ApiError(429, "Too Many Requests", 17)] * 2)
    rows = await post(world, (ada, "one"), (ada, "two"))
    await post(world, (bob, "three"))
    await naps.begun(17.0, 2)
    async with world.application.database.transaction() as repos:
        await repos.outbox.release(sender.owner)
        await repos.outbox.renew_lease("heir", world.clock() + LEASE)
        theirs = update(Outgoing).where(Outgoing.id.in_([row.id for row in rows])).values(owner="heir")
        await repos._work.session.execute(theirs)
    await sender._renew_lease()
    wait.set()
    await sender.drain()
    assert (ada.said[1:], bob.said[1:]) == ([], ["three"])
    assert [(await row_of(world, row)).sent_at for row in rows] == [None, None]
    async with world.application.database.transaction() as repos:
        assert await repos.outbox.renew_lease(sender.owner, world.clock() + LEASE)
    await post(world, (ada, "four"))
    await sender.drain()
    assert ada.said[1:] == ["four"]


async def test_a_stall_that_nobody_noticed_costs_nothing(world: World, naps: Naps) -> None:
    """A lease that was over, but taken by nobody, is renewed, and everything waiting is sent."""
    sender = world.application.sender
    [ada] = await meet(world, "Ada")
    wait = naps.hold(17.0)
    refuse(world, lambda _method, _params: True, ApiError(429, "Too Many Requests", 17))
    await post(world, (ada, "one"), (ada, "two"))
    await naps.begun(17.0)
    async with world.application.database.transaction() as repos:
        await repos.outbox.release(sender.owner)
    await sender._renew_lease()
    wait.set()
    await sender.drain()
    assert ada.said[1:] == ["one", "two"]


async def test_a_stalled_sender_may_be_in_the_middle_of_a_row(world: World) -> None:
    """The one row that was on its way when it was found taken may arrive twice; none behind it is forgotten."""
    sender = world.application.sender
    [ada] = await meet(world, "Ada")

    def lose(method: str, params: Mapping[str, object]) -> None:
        """Happens between the call and its answer."""
        if params["text"] == "one":
            sender._mailboxes._boxes[ada.id, False].rows.popleft()

    world.miniature.faults = lose
    await post(world, (ada, "one"), (ada, "two"))
    await sender.drain()
    assert ada.said[1:] == ["one", "two"]
    assert await world.count(Outgoing, Outgoing.sent_at.is_(None)) == 0


def lose_confirmations(monkeypatch: pytest.MonkeyPatch, count: int = 1) -> None:
    """Breaks the connection between each of the next commits and its confirmation."""
    errors = [ConnectionResetError("the server is gone") for _ in range(count)]
    fail_first(monkeypatch, AsyncTransaction, "__aexit__", *errors, after=True)


@pytest.mark.parametrize("count", [1, 3])
async def test_a_claim_whose_confirmation_was_lost_is_carried_out(
    world: World, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Rows that are this sender's without its knowing are found by a later beat, and sent before what came after."""
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 2, "dead")
    lose_confirmations(monkeypatch, count)
    for _ in range(count):
        with pytest.raises(ConnectionResetError):
            await world.application.sender._take_over()
    await world.application.sender._take_over()
    await post(world, (ada, "2"))
    await world.application.sender.drain()
    assert ada.said[1:] == ["0", "1", "2"]
    assert not world.application.sender.lease.is_unsure


async def test_a_notice_whose_confirmation_was_lost_is_sent(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An admin who asked for another try hears of its end, also when the commit's own end was not heard of."""
    oven, settle = Oven(KeyError("flour")), Retries._settle

    async def settle_and_lose(retries: Retries, entry: ShelvedUpdate, *, is_handled: bool) -> None:
        lose_confirmations(monkeypatch)
        await settle(retries, entry, is_handled=is_handled)

    async with oven.open_world(database_url) as world:
        admin = world.admin()
        await world.person("Ada").send("/bake bread")
        oven.error = None
        await ask(admin)
        monkeypatch.setattr(Retries, "_settle", settle_and_lose)
        await look(world)
        assert await numbers(world) == []
        await world.application.sender._take_over()
        await world.settle()
        assert admin.last.text == "Number 1 is done."


async def test_a_look_for_forgotten_rows_sends_no_other_again(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits, and what was sent a moment ago, is found and left; no mark comes between the look and that."""
    sender, list_own = world.application.sender, Outbox.list_own
    ada, bob = await meet(world, "Ada", "Bob")
    wait = naps.hold(17.0)
    refuse(world, lambda _method, params: params["text"] == "one", ApiError(429, "Too Many Requests", 17))
    await post(world, (ada, "one"), (bob, "two"))
    await naps.begun(17.0)
    await arrived(world, bob)

    async def list_unmarked(outbox: Outbox, owner: str) -> list[OutgoingRecord]:
        assert sender.marks.writing.locked()
        return await list_own(outbox, owner)

    monkeypatch.setattr(Outbox, "list_own", list_unmarked)
    sender.lease.is_unsure = True
    await sender._take_over()
    wait.set()
    await sender.drain()
    assert (ada.said[1:], bob.said[1:]) == (["one"], ["two"])


async def test_a_lease_from_the_future_keeps_nothing(world: World, database_url: str) -> None:
    """Rows of a sender that died while its clock was a year ahead are sent by the next beat of a living one."""
    [ada] = await meet(world, "Ada")
    await left_behind(world, ada, 2, "dead")
    async with world.application.database.transaction() as repos:
        await repos.outbox.renew_lease("dead", world.clock() + dt.timedelta(days=365))
        await repos.outbox.renew_lease("a little ahead", world.clock() + dt.timedelta(seconds=110))
    await world.application.sender._renew_lease()
    await world.application.sender._take_over()
    await world.application.sender.drain()
    assert ada.said[1:] == ["0", "1"]
    leases = {lease.owner for lease in await world.rows(SenderLease)}
    assert leases == {world.application.sender.owner, "a little ahead"}
