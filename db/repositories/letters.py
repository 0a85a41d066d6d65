"""Letters: how many messages went to the students of a course lately."""

import datetime as dt

from sqlalchemy import bindparam, delete, func, insert, select

from db.models import Letter
from db.models.base import BigId, UtcDateTime
from db.repositories.base import Repository
from db.statement import Statement

_course_id = bindparam("course", type_=BigId)
_since = bindparam("since", type_=UtcDateTime)
_forget = Statement(delete(Letter).where(Letter.course_id == _course_id, Letter.sent_at <= _since))
_count = Statement(
    select(func.count()).select_from(Letter).where(Letter.course_id == _course_id, Letter.sent_at > _since)
)
_add = Statement(insert(Letter).values(course_id=_course_id, sent_at=bindparam("now", type_=UtcDateTime)))


class Letters(Repository):
    """The messages to students, as a number."""

    async def count(self, course_id: int, since: dt.datetime) -> int:
        """Returns how many went out after a moment. Lock the course first to decide from it."""
        [(count,)] = await self._work.fetch(_count, course=course_id, since=since)
        return int(count)

    async def add(self, course_id: int, now: dt.datetime, *, forget: dt.datetime) -> None:
        """Counts one, and forgets those that went out up to a moment."""
        await self._work.run(_forget, [{"course": course_id, "since": forget}])
        await self._work.run(_add, [{"course": course_id, "now": now}])
