"""A course's students, all together: who finished what."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, func, select

from db.models import Completion, Lesson, Progress
from db.models.base import BigId
from db.repositories.base import Repository
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


class Finishes(NamedTuple):
    """How many of some students finished each lesson, by its id; how many these are, and the last one's key."""

    lessons: Mapping[int, int]
    students: int
    last: int | None


class Students(Repository):
    """The students of a course."""

    async def count_finishes(self, course_id: int, *, limit: int, after: int = 0) -> Finishes:
        """Returns how many of the next students after a key, in the order of enrollment, finished each lesson."""
        ids = [key for (key,) in await self._work.fetch(_ids, course=course_id, key=after, limit=limit)]
        if not ids:
            return Finishes({}, 0, None)
        rows = await self._work.fetch(_finishes, course=course_id, key=after, upto=ids[-1])
        return Finishes({row[0]: row[1] for row in rows}, len(ids), ids[-1])
