"""Throttles, the shelf, attempts."""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, null, select, update

from db.models import Attempt, Outgoing, ShelvedUpdate, Throttle
from db.repositories.base import Repository
from db.statement import Upsert

# A first few wrong passwords are free; then the wait doubles up to a limit, so that nobody is locked out for ever.
FREE_FAILURES = 5
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=1)
# So far apart the clocks of replicas may be.
SKEW = dt.timedelta(minutes=1)
KEEP_THROTTLES = dt.timedelta(days=1)
KEEP_SHELVED = dt.timedelta(days=30)
# Telegram offers an update for 24 hours.
KEEP_ATTEMPTS = dt.timedelta(hours=48)


def wait_after(failures: int) -> dt.timedelta:
    """Returns how long nobody may try after so many wrong passwords in a row."""
    if failures < FREE_FAILURES:
        return dt.timedelta()
    return min(FIRST_WAIT * (1 << min(failures - FREE_FAILURES, 16)), LONGEST_WAIT)


_count = Upsert(
    Throttle,
    lambda insert: insert.values(
        key=bindparam("counted"), failures=1, last_at=bindparam("now"), update_id=bindparam("counted_update")
    ).on_conflict_do_update(
        index_elements=["key"],
        set_={
            "failures": Throttle.failures + 1,
            "last_at": insert.excluded.last_at,
            "update_id": insert.excluded.update_id,
        },
        where=Throttle.update_id != insert.excluded.update_id,
    ),
)


class Throttles(Repository):
    """Wrong passwords in a row."""

    async def wait(self, keys: Collection[str], update_id: int, now: dt.datetime) -> dt.timedelta:
        """Returns how long these keys must wait before the next try; this update's own count is left out."""
        rows = await self._session.scalars(select(Throttle).where(Throttle.key.in_(keys)))
        # A count from the future: the clock was set back, which must not lock anybody out.
        counted = [row for row in rows if row.update_id != update_id and row.last_at - now < SKEW]
        return max([dt.timedelta(), *(row.last_at + wait_after(row.failures) - now for row in counted)])

    async def count(self, key: str, update_id: int, now: dt.datetime) -> None:
        """Counts a try, once however often its update is handled."""
        await self._work.run(_count, [{"counted": key, "counted_update": update_id, "now": now}])

    async def is_counted(self, key: str, update_id: int) -> bool:
        """Whether this update's try stands in the count."""
        row = await self._session.get(Throttle, key)
        return row is not None and row.update_id == update_id

    async def reset(self, keys: Collection[str]) -> None:
        """Forgets the count after a right password."""
        await self._session.execute(delete(Throttle).where(Throttle.key.in_(keys)))

    async def forget_old(self, now: dt.datetime) -> None:
        """Deletes counts that hold nobody up any more and are a day old."""
        await self._session.execute(delete(Throttle).where(Throttle.last_at < now - KEEP_THROTTLES))


class ShelfPage(NamedTuple):
    """A page of entries, and how many there are in all."""

    entries: list[ShelvedUpdate]
    total: int


class Alike(NamedTuple):
    """The entries of one trouble: how many, how many of them could be tried again now, and the newest one's id."""

    total: int
    triable: int
    newest: int


# What held a secret has no content, and what is asked for already is not asked for twice.
_IS_TRIABLE = and_(ShelvedUpdate.content.is_not(null()), ShelvedUpdate.retried_at.is_(None))


_KEPT = ("telegram_id", "content", "traceback", "fingerprint", "shelved_at")
_shelve = Upsert(
    ShelvedUpdate,
    lambda insert: (
        insert.values({name: bindparam(name) for name in ("update_id", *_KEPT)})
        # Update ids begin anew at random: the same number may come back with another update.
        .on_conflict_do_update(
            index_elements=["update_id"],
            set_={name: insert.excluded[name] for name in (*_KEPT, "retried_at", "retried_by")},
        )
        .returning(ShelvedUpdate.id)
    ),
)


class Shelf(Repository):
    """Updates that could not be handled."""

    async def add(
        self,
        *,
        update_id: int,
        telegram_id: int | None,
        content: dict[str, Any] | None,
        traceback: str,
        fingerprint: str,
        now: dt.datetime,
    ) -> int:
        """Returns the reference under which the update is kept."""
        await self._take_turns(fingerprint)
        [(reference,)] = await self._work.fetch(
            _shelve,
            update_id=update_id,
            telegram_id=telegram_id,
            content=content,
            traceback=traceback,
            fingerprint=fingerprint,
            shelved_at=now,
        )
        return int(reference)

    async def add_first(self, *, update_id: int, traceback: str, fingerprint: str, now: dt.datetime) -> int | None:
        """Returns the reference of an update of which nothing is kept; None when one of this trouble lies there."""
        await self._take_turns(fingerprint)
        known = exists().where(ShelvedUpdate.fingerprint == fingerprint)
        if await self._session.scalar(select(known)):
            return None
        return await self.add(
            update_id=update_id,
            telegram_id=None,
            content=None,
            traceback=traceback,
            fingerprint=fingerprint,
            now=now,
        )

    async def _take_turns(self, fingerprint: str) -> None:
        """Waits for others that shelve the same trouble: when it hits many at once, the second sees the first."""
        if self._is_postgresql:
            await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"shelf {fingerprint}"))))

    async def get(self, entry_id: int) -> ShelvedUpdate | None:
        """Returns an entry, if it still lies there."""
        return await self._session.get(ShelvedUpdate, entry_id)

    async def get_of_update(self, update_id: int) -> ShelvedUpdate | None:
        """Returns the entry of an update."""
        return await self._session.scalar(select(ShelvedUpdate).where(ShelvedUpdate.update_id == update_id))

    async def count(self) -> int:
        """Returns how many entries there are."""
        return await self._session.scalar(select(func.count()).select_from(ShelvedUpdate)) or 0

    async def list_newest(self, *, limit: int, after: int | None = None, before: int | None = None) -> ShelfPage:
        """Returns a page of entries, newest first: `after` an entry's id downwards, or the one just `before` it."""
        statement = select(ShelvedUpdate)
        if before is not None:
            statement = statement.where(ShelvedUpdate.id > before).order_by(ShelvedUpdate.id)
        else:
            older = statement if after is None else statement.where(ShelvedUpdate.id < after)
            statement = older.order_by(ShelvedUpdate.id.desc())
        entries = list(await self._session.scalars(statement.limit(limit)))
        return ShelfPage(entries[::-1] if before is not None else entries, await self.count())

    async def is_news(self, entry_id: int, fingerprint: str, since: dt.datetime) -> bool:
        """Whether no other entry tells of the same trouble since then."""
        others = exists().where(
            ShelvedUpdate.fingerprint == fingerprint, ShelvedUpdate.shelved_at > since, ShelvedUpdate.id != entry_id
        )
        return not await self._session.scalar(select(others))

    async def count_alike(self, entry: ShelvedUpdate) -> Alike:
        """Returns the figures of all entries with this one's fingerprint, itself included."""
        statement = select(func.count(), func.count().filter(_IS_TRIABLE), func.max(ShelvedUpdate.id))
        row = (await self._session.execute(statement.where(ShelvedUpdate.fingerprint == entry.fingerprint))).one()
        return Alike(*row)

    async def ask(self, entry: ShelvedUpdate, by: int | None, now: dt.datetime, *, upto: int | None = None) -> int:
        """Asks for another try of an entry, or of all like it `upto` an id; returns of how many."""
        asked = {"retried_at": now, "retried_by": by}
        statement = update(ShelvedUpdate).where(_these(entry, upto), _IS_TRIABLE).values(asked)
        return len((await self._session.scalars(statement.returning(ShelvedUpdate.id))).all())

    async def drop(self, entry: ShelvedUpdate, *, upto: int | None = None) -> int:
        """Deletes an entry, or all like it `upto` an id; returns how many."""
        statement = delete(ShelvedUpdate).where(_these(entry, upto))
        return len((await self._session.scalars(statement.returning(ShelvedUpdate.id))).all())

    async def next_asked(self) -> ShelvedUpdate | None:
        """Returns the entry whose other try was asked for first."""
        asked = select(ShelvedUpdate).where(ShelvedUpdate.retried_at.is_not(None))
        return await self._session.scalar(asked.order_by(ShelvedUpdate.retried_at, ShelvedUpdate.id).limit(1))

    async def clear(self, entry_id: int) -> bool:
        """Deletes an entry that is dealt with; returns False when another was quicker."""
        statement = delete(ShelvedUpdate).where(ShelvedUpdate.id == entry_id)
        return await self._session.scalar(statement.returning(ShelvedUpdate.id)) is not None

    async def put_back(self, entry_id: int) -> bool:
        """Takes back that another try was asked for; returns False when the entry is gone."""
        statement = update(ShelvedUpdate).where(ShelvedUpdate.id == entry_id).values(retried_at=None)
        return await self._session.scalar(statement.returning(ShelvedUpdate.id)) is not None

    async def forget_old(self, now: dt.datetime) -> None:
        """Deletes what has lain there for too long: it holds what people wrote."""
        await self._session.execute(delete(ShelvedUpdate).where(ShelvedUpdate.shelved_at < now - KEEP_SHELVED))


def _these(entry: ShelvedUpdate, upto: int | None) -> ColumnElement[bool]:
    """Returns the condition of an entry, or of all up to an id that have its fingerprint."""
    if upto is None:
        return ShelvedUpdate.id == entry.id
    return and_(ShelvedUpdate.fingerprint == entry.fingerprint, ShelvedUpdate.id <= upto)


_begin = Upsert(
    Attempt,
    lambda insert: insert.values(
        update_id=bindparam("begun"), count=1, begun_at=bindparam("now")
    ).on_conflict_do_update(
        index_elements=["update_id"], set_={"count": Attempt.count + 1, "begun_at": insert.excluded.begun_at}
    ),
)


class Attempts(Repository):
    """Updates that were begun by processes that ended before they were done."""

    async def count(self, update_id: int) -> int | None:
        """Returns how often an update was begun so far; None for one that was answered, and only comes again."""
        begun = select(Attempt.count).where(Attempt.update_id == update_id).scalar_subquery()
        row = await self._session.execute(select(begun, exists().where(Outgoing.update_id == update_id)))
        count, answered = row.one()
        return None if answered else count or 0

    async def begin(self, update_id: int, now: dt.datetime) -> None:
        """Writes down that an update is begun."""
        await self._work.run(_begin, [{"begun": update_id, "now": now}])

    async def forget_old(self, now: dt.datetime) -> None:
        """Deletes the counts of updates that Telegram does not offer any more."""
        await self._session.execute(delete(Attempt).where(Attempt.begun_at < now - KEEP_ATTEMPTS))
