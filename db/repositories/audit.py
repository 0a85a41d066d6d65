"""The audit log."""

import datetime as dt

from sqlalchemy import delete, select

from db.models import AuditEntry, ChatSession, User
from db.records import AuditRecord
from db.repositories.base import Repository

# As long as an address may be: longer than any other subject.
MAX_SUBJECT = 254
_entry = AuditEntry.__table__.c
_named = (
    select(
        _entry.id,
        _entry.at,
        _entry.telegram_id,
        _entry.action,
        _entry.subject,
        _entry.detail,
        User.name,
    )
    .select_from(AuditEntry)
    .outerjoin(ChatSession, ChatSession.telegram_id == AuditEntry.telegram_id)
    .outerjoin(User, User.id == ChatSession.user_id)
)


class AuditLog(Repository):
    """What admins did."""

    def add(
        self,
        *,
        telegram_id: int,
        action: str,
        subject: str,
        now: dt.datetime,
        detail: str | None = None,
        about: int | None = None,
    ) -> None:
        """Writes an entry; one that names a person is `about` their account."""
        entry = AuditEntry(at=now, telegram_id=telegram_id, action=action, subject=subject[:MAX_SUBJECT], detail=detail)
        entry.about = about
        self._session.add(entry)

    async def forget_old(self, before: dt.datetime) -> None:
        """Deletes what was done before then."""
        await self._session.execute(delete(AuditEntry).where(AuditEntry.at < before))

    async def list_latest(
        self, limit: int, *, after: int | None = None, before: int | None = None
    ) -> list[AuditRecord]:
        """Returns a page of entries, newest first: `after` an entry's id downwards, or the one just `before` it."""
        await self._session.flush()
        if before is not None:
            newer = _named.where(AuditEntry.id > before).order_by(AuditEntry.id)
            return [AuditRecord(*row) for row in await self._session.execute(newer.limit(limit))][::-1]
        older = _named if after is None else _named.where(AuditEntry.id < after)
        rows = await self._session.execute(older.order_by(AuditEntry.id.desc()).limit(limit))
        return [AuditRecord(*row) for row in rows]
