"""A course's students as its instructor sees them: one of them, those who were removed, who finished what."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, func, select

from db.models import Completion, Lesson, Progress
from db.models.base import BigId
from db.repositories.base import Repository
from db.repositories.progress import STUDENTS, student_of
from db.standing import Student
from db.statement import Statement

_course_id = bindparam("course", type_=BigId)
_key, _upto = bindparam("key", type_=BigId), bindparam("upto", type_=BigId)
_page = (
    select(Progress.id)
    .where(Progress.course_id == _course_id, Progress.left_at.is_(None), Progress.id > _key)
    .order_by(Progress.id)
    .limit(bindparam("limit", type_=Integer))
)
_ids = Statement(_page)
_finishes = Statement(
    select(Completion.lesson_id, func.count())
    .select_from(Progress)
    .join(Lesson, Lesson.course_id == Progress.course_id)
    .join(Completion, (Completion.user_id == Progress.user_id) & (Completion.lesson_id == Lesson.id))
    .where(
        Progress.course_id == _course_id,
        Progress.left_at.is_(None),
        Progress.id > _key,
        Progress.id <= _upto,
        Lesson.removed_at.is_(None),
    )
    .group_by(Completion.lesson_id)
)
_get = Statement(STUDENTS.where(Progress.id == bindparam("progress", type_=BigId)))
_last_done = Statement(
    select(func.max(Completion.completed_at))
    .select_from(Lesson)
    .join(Completion, Completion.lesson_id == Lesson.id)
    .where(Lesson.course_id == _course_id, Completion.user_id == bindparam("user", type_=BigId))
)
_is_removed = (Progress.course_id == _course_id, Progress.removed_at.is_not(None))
_count_removed = Statement(select(func.count()).select_from(Progress).where(*_is_removed))
_removed = STUDENTS.where(*_is_removed).limit(bindparam("limit", type_=Integer))
_removed_after = Statement(_removed.where(Progress.id > _key).order_by(Progress.id))
_removed_before = Statement(_removed.where(Progress.id < _key).order_by(Progress.id.desc()))


class Finishes(NamedTuple):
    """How many of some students finished each lesson, by its id; how many these are, and the last one's key."""

    lessons: Mapping[int, int]
    students: int
    last: int | None


class Students(Repository):
    """The students of a course."""

    async def get(self, progress_id: int) -> Student | None:
        """Returns the student of an enrollment, current, left or ended by the instructor."""
        rows = await self._work.fetch(_get, progress=progress_id)
        return student_of(rows[0]) if rows else None

    async def last_done(self, user_id: int, course_id: int) -> dt.datetime | None:
        """Returns when somebody last completed a lesson that was written for a course."""
        [(moment,)] = await self._work.fetch(_last_done, user=user_id, course=course_id)
        return moment  # type: ignore[no-any-return]

    async def count_removed(self, course_id: int) -> int:
        """Returns how many were removed from a course."""
        [(count,)] = await self._work.fetch(_count_removed, course=course_id)
        return int(count)

    async def list_removed(
        self, course_id: int, *, limit: int, after: int | None = None, before: int | None = None
    ) -> list[Student]:
        """Returns a page of those who were removed, by key: `after` an enrollment's id, or just `before` one."""
        statement, key = (_removed_after, after or 0) if before is None else (_removed_before, before)
        students = [
            student_of(row) for row in await self._work.fetch(statement, course=course_id, key=key, limit=limit)
        ]
        return students if before is None else students[::-1]

    async def count_finishes(self, course_id: int, *, limit: int, after: int = 0) -> Finishes:
        """Returns how many of the next students after a key, in the order of enrollment, finished each lesson."""
        ids = [key for (key,) in await self._work.fetch(_ids, course=course_id, key=after, limit=limit)]
        if not ids:
            return Finishes({}, 0, None)
        rows = await self._work.fetch(_finishes, course=course_id, key=after, upto=ids[-1])
        return Finishes({row[0]: row[1] for row in rows}, len(ids), ids[-1])
