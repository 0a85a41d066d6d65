"""The outbox: what is still to be sent, by whom, and what was."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, insert, null, select, update

from db.models import Outgoing, SenderLease
from db.models.outgoing import CONTENT_VERSION
from db.records import OutgoingRecord, columns
from db.repositories.base import Repository
from db.statement import Statement

# Telegram offers an unconfirmed update for 24 hours; rows that prove one done stay for twice that.
KEEP_SENT = dt.timedelta(hours=48)
# No lease is so long: one that ends later is from a clock that was ahead, and would keep its rows from everybody.
LONGEST_LEASE = dt.timedelta(minutes=2)

_outbox = Outgoing.__table__
_OUTGOING = columns(OutgoingRecord, Outgoing)
_GIVEN = tuple(str(each.key) for each in _OUTGOING if each.key != "id")
_add = Statement(
    insert(Outgoing)
    .values({name: bindparam(name) for name in _GIVEN})
    .returning(_outbox.c.id, sort_by_parameter_order=True)
)
_mark = Statement(
    update(Outgoing)
    .where(_outbox.c.id == bindparam("row_id"))
    .values(sent_at=bindparam("sent_at"), message_id=bindparam("message_id"), error=bindparam("error"), content=null())
)
# On PostgreSQL every update asks for it, so it is put together once. No `Statement`: its SQL depends on how many chats.
_taken = (
    select(_outbox.c.chat_id)
    .where(
        _outbox.c.chat_id.in_(bindparam("chats", expanding=True)),
        _outbox.c.sent_at.is_(None),
        _outbox.c.owner != bindparam("owner"),
        _outbox.c.priority == 0,
        _outbox.c.version <= CONTENT_VERSION,
    )
    .distinct()
)
_taken_before = _taken.where(_outbox.c.id < bindparam("before"))
_look_for = Statement(select(_outbox.c.id).where(_outbox.c.id == bindparam("row_id"), _outbox.c.sent_at.is_(None)))


class Untold(NamedTuple):
    """Somebody who was to be told something, and the moment at which it was written down as told."""

    user_id: int
    told_at: dt.datetime


class Sent(NamedTuple):
    """How sending a row ended: the id of the message that it became, or the reason why there is none."""

    row_id: int
    sent_at: dt.datetime
    message_id: int | None = None
    error: str | None = None
    # Of a row that is one of many, and of a chat that takes no messages.
    broadcast_id: int | None = None
    is_unreachable: bool = False
    # Of a reminder that did not arrive.
    untold: Untold | None = None


class Outbox(Repository):
    """The outbox rows and their senders."""

    async def add(self, rows: Sequence[OutgoingRecord]) -> None:
        """Writes down what is to be sent, in order.

        Raises:
            sqlalchemy.exc.IntegrityError: when a replica has answered the same update meanwhile.
        """
        if not rows:
            return
        keys = await self._work.fetch_each(_add, [{name: getattr(row, name) for name in _GIVEN} for row in rows])
        for row, (key,) in zip(rows, keys, strict=True):
            row.id = key

    async def list_unsent(self, update_id: int, owner: str) -> list[OutgoingRecord]:
        """Returns the replies to an update that this sender has not marked as sent, in order."""
        statement = select(*_OUTGOING).where(
            Outgoing.update_id == update_id, Outgoing.owner == owner, Outgoing.sent_at.is_(None)
        )
        return await self._read(statement)

    async def list_own(self, owner: str) -> list[OutgoingRecord]:
        """Returns all that a sender has not marked as sent, in order."""
        statement = select(*_OUTGOING).where(Outgoing.owner == owner, Outgoing.sent_at.is_(None))
        return await self._read(statement)

    async def mark_sent(self, results: Collection[Sent]) -> None:
        """Marks rows as sent and forgets their content."""
        names = "row_id", "sent_at", "message_id", "error"
        await self._work.run(_mark, [{name: getattr(result, name) for name in names} for result in results])

    async def is_unsent(self, row_id: int) -> bool:
        """Whether a row still waits to be sent: it may have been taken out meanwhile."""
        return bool(await self._work.fetch(_look_for, row_id=row_id))

    async def get_remembered(self, chat_id: int, name: str) -> int | None:
        """Returns the id of the newest message of a chat that was sent under this name."""
        statement = (
            select(Outgoing.message_id)
            .where(Outgoing.chat_id == chat_id, Outgoing.remember == name, Outgoing.message_id.is_not(None))
            .order_by(Outgoing.id.desc())
            .limit(1)
        )
        return await self._session.scalar(statement)

    async def renew_lease(self, owner: str, until: dt.datetime) -> bool:
        """Says that a sender lives until then at least; returns False when it had no lease (any more)."""
        renewal = update(SenderLease).where(SenderLease.owner == owner).values(alive_until=until)
        if await self._session.scalar(renewal.returning(SenderLease.owner)):
            return True
        self._session.add(SenderLease(owner=owner, alive_until=until))
        await self._session.flush()
        return False

    async def list_lost(self, owner: str, row_ids: Collection[int]) -> set[int]:
        """Returns those of the rows that another sender has taken, or sent."""
        # Not the ids in an IN: there may be more of them than a statement takes parameters.
        kept = select(Outgoing.id).where(Outgoing.owner == owner, Outgoing.sent_at.is_(None))
        return set(row_ids) - set(await self._session.scalars(kept))

    async def list_taken(self, chat_ids: Collection[int], owner: str, before: int | None = None) -> frozenset[int]:
        """Returns those of the chats for which other senders have answers to send; `before` is a row's id."""
        values = {"chats": list(chat_ids), "owner": owner}
        if before is None:
            return frozenset(await self._work.connection.scalars(_taken, values))
        return frozenset(await self._work.connection.scalars(_taken_before, {**values, "before": before}))

    async def end_leases(self, now: dt.datetime, *, everyone: bool) -> None:
        """Forgets the senders whose time is over, or cannot be what it says; or every one."""
        statement = delete(SenderLease)
        if not everyone:
            living = SenderLease.alive_until.between(now, now + LONGEST_LEASE)
            statement = statement.where(~living)
        await self._session.execute(statement)

    async def release(self, owner: str) -> None:
        """Ends one sender's lease; what it has not sent may be taken at once."""
        await self._session.execute(delete(SenderLease).where(SenderLease.owner == owner))

    async def claim_abandoned(self, owner: str, limit: int) -> list[OutgoingRecord]:
        """Returns unsent rows of senders that live no more, oldest first, now owned by this one."""
        # Not a join: when another sender has just claimed a row, PostgreSQL checks its new owner against the conditions
        # again, but would not look for that owner's lease again
        # (https://www.postgresql.org/docs/current/transaction-iso.html, 13.2.1).
        living = select(SenderLease.owner)
        abandoned = (
            select(Outgoing.id)
            .where(
                Outgoing.sent_at.is_(None),
                Outgoing.owner.not_in(living),
                Outgoing.owner != owner,
                # What a newer version has written is for a newer version to send.
                Outgoing.version <= CONTENT_VERSION,
            )
            .order_by(Outgoing.id)
            .limit(limit)
            .with_for_update(of=Outgoing, skip_locked=True)
        )
        ids = list(await self._session.scalars(abandoned))
        if not ids:
            return []
        await self._session.execute(update(Outgoing).where(Outgoing.id.in_(ids)).values(owner=owner))
        return await self._read(select(*_OUTGOING).where(Outgoing.id.in_(ids)))

    async def _read(self, rows: Select[Any]) -> list[OutgoingRecord]:
        return [OutgoingRecord(*row) for row in await self._session.execute(rows.order_by(Outgoing.id))]

    async def forget_sent(self, now: dt.datetime) -> int:
        """Deletes rows that were sent long enough ago; returns how many."""
        result = await self._session.execute(delete(Outgoing).where(Outgoing.sent_at < now - KEEP_SENT))
        return int(result.rowcount)  # type: ignore[attr-defined]
