"""Throttles, the audit log, the shelf, attempts."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select

from db.models import Attempt, AuditEntry, ShelvedUpdate, Throttle
from db.repositories.base import Repository

# A first few wrong passwords are free; then the wait doubles up to a limit, so that nobody is locked out for ever.
FREE_FAILURES = 5
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=1)
KEEP_SHELVED = dt.timedelta(days=30)
# Telegram offers an update for 24 hours.
KEEP_ATTEMPTS = dt.timedelta(hours=48)


def wait_after(failures: int) -> dt.timedelta:
    """Returns how long nobody may try after so many wrong passwords in a row."""
    if failures < FREE_FAILURES:
        return dt.timedelta()
    return min(FIRST_WAIT * (1 << min(failures - FREE_FAILURES, 16)), LONGEST_WAIT)


class Throttles(Repository):
    """Wrong passwords in a row."""

    async def wait(self, keys: Collection[str], update_id: int, now: dt.datetime) -> dt.timedelta:
        """Returns how long these keys must wait before the next try; this update's own count is left out."""
        rows = await self._session.scalars(select(Throttle).where(Throttle.key.in_(keys)))
        waits = [row.last_at + wait_after(row.failures) - now for row in rows if row.update_id != update_id]
        return max([dt.timedelta(), *waits])

    async def count(self, key: str, update_id: int, now: dt.datetime) -> None:
        """Counts a try, once however often its update is handled."""
        statement = self._insert(Throttle).values(key=key, failures=1, last_at=now, update_id=update_id)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["key"],
                set_={"failures": Throttle.failures + 1, "last_at": now, "update_id": update_id},
                where=Throttle.update_id != update_id,
            )
        )

    async def is_counted(self, key: str, update_id: int) -> bool:
        """Whether this update's try stands in the count."""
        row = await self._session.get(Throttle, key)
        return row is not None and row.update_id == update_id

    async def reset(self, keys: Collection[str]) -> None:
        """Forgets the count after a right password."""
        await self._session.execute(delete(Throttle).where(Throttle.key.in_(keys)))

    async def forget_old(self, now: dt.datetime) -> None:
        """Deletes counts that hold nobody up any more and are a day old."""
        await self._session.execute(delete(Throttle).where(Throttle.last_at < now - dt.timedelta(days=1)))


class AuditLog(Repository):
    """What admins did."""

    def add(self, *, telegram_id: int, action: str, subject: str, now: dt.datetime) -> None:
        """Writes an entry."""
        self._session.add(AuditEntry(at=now, telegram_id=telegram_id, action=action, subject=subject[:80]))

    async def list_latest(self, limit: int) -> list[AuditEntry]:
        """Returns the newest entries, newest first."""
        return list(await self._session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)))


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
        values = {
            "telegram_id": telegram_id,
            "content": content,
            "traceback": traceback,
            "fingerprint": fingerprint,
            "shelved_at": now,
            "retried_at": None,
        }
        statement = self._insert(ShelvedUpdate).values(update_id=update_id, **values)
        # Update ids begin anew at random: the same number may come back with another update.
        statement = statement.on_conflict_do_update(index_elements=["update_id"], set_=values)
        return int(await self._session.scalar(statement.returning(ShelvedUpdate.id)) or 0)

    async def forget_old(self, now: dt.datetime) -> None:
        """Deletes what has lain there for too long: it holds what people wrote."""
        await self._session.execute(delete(ShelvedUpdate).where(ShelvedUpdate.shelved_at < now - KEEP_SHELVED))


class Attempts(Repository):
    """Updates that were begun by processes that ended before they were done."""

    async def count(self, update_id: int) -> int:
        """Returns how often an update was begun so far."""
        return await self._session.scalar(select(Attempt.count).where(Attempt.update_id == update_id)) or 0

    async def begin(self, update_id: int, now: dt.datetime) -> None:
        """Writes down that an update is begun."""
        statement = self._insert(Attempt).values(update_id=update_id, count=1, begun_at=now)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["update_id"], set_={"count": Attempt.count + 1, "begun_at": now}
            )
        )

    async def forget_old(self, now: dt.datetime) -> None:
        """Deletes the counts of updates that Telegram does not offer any more."""
        await self._session.execute(delete(Attempt).where(Attempt.begun_at < now - KEEP_ATTEMPTS))
