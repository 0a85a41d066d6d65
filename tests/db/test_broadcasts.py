"""Broadcasts as the database keeps them: a walk through an audience, and counters that add up."""

import datetime as dt

import pytest
from msgspec.structs import replace

from db.models import Audience, AudienceKind, Broadcast, BroadcastState, Outgoing, Role
from db.records import OutgoingRecord
from db.repositories import Repositories
from db.repositories.broadcasts import name_of
from db.repositories.outbox import Sent
from db.transaction import Database
from tests.chat import FakeClock
from tests.crowds import EVERYBODY, counts

NOW = FakeClock()()
DAY = dt.timedelta(days=1)


async def begin(repos: Repositories, audience: Audience = EVERYBODY) -> Broadcast:
    """Returns a broadcast that is under way."""
    broadcast = await repos.broadcasts.add(telegram_id=1, audience=audience, content={}, total=0, now=NOW)
    repos.broadcasts.start(broadcast, by=1, now=NOW)
    return broadcast


async def come(repos: Repositories, *telegram_ids: int, user_id: int | None = None) -> None:
    """Opens sessions, signed in to an account if one is given."""
    for telegram_id in telegram_ids:
        session = (await repos.sessions.open(telegram_id, 0, NOW)).session
        session.user_id, session.signed_in_until = user_id, NOW + DAY if user_id else None
    await repos.sessions.save()


async def walk(repos: Repositories, broadcast: Broadcast, limit: int = 2) -> list[int]:
    """Walks one stretch."""
    return await repos.broadcasts.walk(broadcast, limit=limit, appointed=(), now=NOW)


async def write_rows(repos: Repositories, broadcast: Broadcast, count: int) -> list[int]:
    """Writes rows of a broadcast; returns their ids."""
    rows = [
        OutgoingRecord(number, "sendMessage", {"text": "News"}, "me", NOW, priority=1, broadcast_id=broadcast.id)
        for number in range(1, count + 1)
    ]
    await repos.outbox.add(rows)
    broadcast.written += count
    return [row.id for row in rows]


async def test_a_walk_meets_everybody_once(database: Database) -> None:
    """Whoever comes before the place that was reached is too late, who comes behind it is not, who is gone is out."""
    async with database.transaction() as repos:
        broadcast = await begin(repos)
        await come(repos, 10, 20, 30, 40)
        assert await walk(repos, broadcast) == [10, 20]
        await come(repos, 15, 35)
        await repos.sessions.mark_unreachable([30], NOW)
        assert (await walk(repos, broadcast), broadcast.is_written) == ([35], False)
        assert (await walk(repos, broadcast), broadcast.is_written) == ([40], True)
        assert await walk(repos, broadcast) == []
        assert broadcast.written == 4


async def test_the_students_of_a_course(database: Database) -> None:
    """Each person who has not left once, in the chat that they used last, whoever signs in where meanwhile."""
    async with database.transaction() as repos:
        users = [
            await repos.users.add(name=name, email=name, password_hash="x", role=Role.INSTRUCTOR, now=NOW)
            for name in ("ada", "bob", "eve", "dan", "cleo")
        ]
        course = await repos.courses.add(
            code="COMP1", title="Compilers", description="", instructor_id=users[0].id, now=NOW
        )
        for user in users:
            await repos.progress.enroll(user.id, course.id, NOW)
        left = await repos.progress.lock(users[2].id, course.id)
        assert left is not None
        await repos.progress.leave(left, NOW)
        repos.users.block(users[3], "spam", NOW)
        for user, chats in zip(users, ((10, 50), (20,), (30,), (60,), (70,)), strict=True):
            await come(repos, *chats, user_id=user.id)
        await come(repos, 40)
        (await repos.sessions.open(10, 0, NOW + DAY / 2)).session.seen_at = NOW + DAY / 2
        await repos.sessions.save()
        audience = Audience(AudienceKind.COURSE, course.id)
        assert await repos.broadcasts.count_audience(audience, (), NOW) == 3
        assert await repos.broadcasts.count_audience(audience, (), NOW + DAY) == 0
        broadcast = await begin(repos, audience)
        assert await walk(repos, broadcast, limit=1) == [10]
        row = OutgoingRecord(10, "sendMessage", {"text": "News"}, "me", NOW, priority=1, broadcast_id=broadcast.id)
        await repos.outbox.add([replace(row, remember=name_of(broadcast))])
        # Ada takes up her tablet, and lends Cleo the phone, which has it already.
        await come(repos, 10, user_id=users[4].id)
        await repos.sessions.mark_unreachable([70], NOW)
        assert await walk(repos, broadcast, limit=9) == [20]
        assert (broadcast.written, broadcast.is_written) == (2, True)


async def test_the_counters_add_up(database: Database) -> None:
    """Each row counts once, whoever marks it again; answers to people count nowhere."""
    async with database.transaction() as repos:
        broadcast = await begin(repos)
        sent, refused, gone, _waiting = await write_rows(repos, broadcast, 4)
        results = [
            Sent(sent, NOW, 7, broadcast_id=broadcast.id),
            Sent(refused, NOW, error="no", broadcast_id=broadcast.id),
            Sent(gone, NOW, error="blocked", broadcast_id=broadcast.id, is_unreachable=True),
        ]
        for _ in range(2):
            await repos.broadcasts.mark_sent(results)
    async with database.transaction() as repos:
        found = await repos.broadcasts.get(broadcast.id)
        assert found is not None
        assert counts(found) == {"sent": 1, "failed": 1, "unreachable": 1, "waiting": 1}
        row = await repos._work.session.get(Outgoing, sent)
        assert row is not None
        assert (row.content, row.message_id, row.sent_at) == (None, 7, NOW)


async def test_what_was_on_its_way_at_a_stop_counts_as_sent(database: Database) -> None:
    """A stop takes out what waits; a mark that comes later puts right what had left already."""
    async with database.transaction() as repos:
        broadcast = await begin(repos)
        first, second, third = await write_rows(repos, broadcast, 3)
        await repos.broadcasts.mark_sent([Sent(first, NOW, 7, broadcast_id=broadcast.id)])
    async with database.transaction() as repos:
        found = await repos.broadcasts.lock(broadcast.id)
        assert found is not None
        await repos.broadcasts.stop(found, NOW)
        assert counts(found) == {"sent": 1, "withdrawn": 2}
        assert not await repos.outbox.is_unsent(second)
    async with database.transaction() as repos:
        for _ in range(2):
            await repos.broadcasts.mark_sent([Sent(second, NOW, 8, broadcast_id=broadcast.id)])
        await repos.broadcasts.mark_sent([Sent(third, NOW, error="no", broadcast_id=broadcast.id)])
    async with database.transaction() as repos:
        found = await repos.broadcasts.get(broadcast.id)
        assert found is not None
        assert counts(found) == {"sent": 2, "withdrawn": 1}


async def test_one_that_is_locked_is_left_to_who_has_it(database: Database, is_postgresql: bool) -> None:  # noqa: FBT001
    """Of two replicas, one goes on with a broadcast, and the other passes it by without waiting."""
    if not is_postgresql:
        pytest.skip("SQLite has no replicas")
    async with database.transaction() as repos:
        number = (await begin(repos)).id
    async with database.transaction() as repos, database.transaction() as others:
        assert await repos.broadcasts.lock(number) is not None
        assert await others.broadcasts.lock(number, skip=True) is None


@pytest.mark.parametrize(("age", "kept"), [(DAY, True), (DAY + dt.timedelta(seconds=1), False)])
async def test_an_old_draft_is_forgotten(database: Database, age: dt.timedelta, kept: bool) -> None:  # noqa: FBT001
    """After a day, and only a draft."""
    async with database.transaction() as repos:
        draft = await repos.broadcasts.add(telegram_id=1, audience=EVERYBODY, content={}, total=1, now=NOW - age)
        await begin(repos)
        await repos.broadcasts.forget_drafts(NOW)
    async with database.transaction() as repos:
        assert (await repos.broadcasts.get(draft.id) is not None) is kept
        assert await repos.broadcasts.count() == 1 + kept
        assert len(await repos.broadcasts.list_running()) == 1


async def test_a_number_is_never_given_again(database: Database) -> None:
    """The button of a draft that was thrown away cannot come to send another message."""
    async with database.transaction() as repos:
        first = await repos.broadcasts.add(telegram_id=1, audience=EVERYBODY, content={}, total=1, now=NOW)
        await repos.broadcasts.drop(first)
        second = await repos.broadcasts.add(telegram_id=1, audience=EVERYBODY, content={}, total=1, now=NOW)
        assert second.id > first.id
        assert second.state is BroadcastState.DRAFT
