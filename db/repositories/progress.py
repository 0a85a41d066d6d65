"""Enrollments and completions, from which it is computed how far somebody is."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Integer, ScalarSelect, and_, bindparam, delete, exists, func, or_, select, type_coerce, update

from db.models import Completion, Course, Lesson, Progress, ProgressStatus, User
from db.models.base import BigId, UtcDateTime
from db.records import CourseRecord, LessonRecord, ProgressRecord, columns
from db.repositories.base import Repository
from db.standing import FoundLesson, Path, Standing, Step, Student, Taken
from db.statement import Row, Statement, Upsert

TOTAL = (
    select(func.count())
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None))
    .correlate(Progress)
    .scalar_subquery()
)
# From the lessons of the course to their completions: what was completed elsewhere costs nothing.
_is_completed = (
    exists()
    .where(Completion.user_id == Progress.user_id, Completion.lesson_id == Lesson.id)
    .correlate(Progress, Lesson)
)
DONE = (
    select(func.count())
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None), _is_completed)
    .correlate(Progress)
    .scalar_subquery()
)


def next_lesson(column: Any) -> ScalarSelect[Any]:
    """Returns something of the first lesson that an enrollment has not completed."""
    return (
        select(column)
        .select_from(Lesson)
        .outerjoin(Completion, and_(Completion.lesson_id == Lesson.id, Completion.user_id == Progress.user_id))
        .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None), Completion.lesson_id.is_(None))
        .order_by(Lesson.position, Lesson.id)
        .limit(1)
        .correlate(Progress)
        .scalar_subquery()
    )


_PROGRESS = columns(ProgressRecord, Progress)
_COURSE = columns(CourseRecord, Course)
_LESSON = columns(LessonRecord, Lesson)
_user_id = bindparam("user", type_=BigId)
_course_id = bindparam("course", type_=BigId)
_lesson_id = bindparam("lesson", type_=BigId)
_now = bindparam("now", type_=UtcDateTime)

_standings = Statement(
    select(*_PROGRESS, *_COURSE, DONE, TOTAL, next_lesson(Lesson.title))
    .select_from(Progress)
    .join(Course, Course.id == Progress.course_id)
    .where(Progress.user_id == _user_id, Progress.left_at.is_(None))
    .order_by(Progress.id)
)
_taken = Statement(
    select(func.count(), func.count(Progress.completed_at)).where(
        Progress.user_id == _user_id, Progress.left_at.is_(None)
    )
)
_is_there = and_(Lesson.course_id == _course_id, Lesson.removed_at.is_(None))
_has_completed = and_(Completion.lesson_id == Lesson.id, Completion.user_id == _user_id)
_path = Statement(
    # Read at every /lesson and /done: no dates, which take as long to read as all the rest of it, and SQLite's truth as
    # it is, a number.
    select(Lesson.id, Lesson.title, type_coerce(Completion.lesson_id.is_not(None), Integer))
    .select_from(Lesson)
    .outerjoin(Completion, _has_completed)
    .where(_is_there)
    .order_by(Lesson.position, Lesson.id)
)
_days = Statement(
    select(Lesson.id, Completion.completed_at).select_from(Lesson).join(Completion, _has_completed).where(_is_there)
)
_find_lesson = Statement(
    select(*_LESSON, *_COURSE, *_PROGRESS)
    .select_from(Lesson)
    .join(Course, Course.id == Lesson.course_id)
    .outerjoin(Progress, and_(Progress.course_id == Course.id, Progress.user_id == _user_id))
    .where(Lesson.id == _lesson_id)
)
STUDENTS = select(*_PROGRESS, User.name, DONE, TOTAL).select_from(Progress).join(User, User.id == Progress.user_id)
_students = STUDENTS.where(Progress.course_id == _course_id, Progress.left_at.is_(None)).limit(
    bindparam("limit", type_=Integer)
)
_key = bindparam("key", type_=BigId)
_students_after = Statement(_students.where(Progress.id > _key).order_by(Progress.id))
_students_before = Statement(_students.where(Progress.id < _key).order_by(Progress.id.desc()))
_this = and_(Progress.user_id == _user_id, Progress.course_id == _course_id)
_get = Statement(select(*_PROGRESS).where(_this))
_lock = Statement(select(*_PROGRESS).where(_this).with_for_update())
_enroll = Upsert(
    Progress,
    lambda insert: (
        insert.values(user_id=_user_id, course_id=_course_id, status=ProgressStatus.IN_PROGRESS, enrolled_at=_now)
        .on_conflict_do_nothing()
        .returning(Progress.id)
    ),
)
_return = Statement(update(Progress).where(_this).values(left_at=None, removed_at=None))
_leave = Statement(
    update(Progress).where(_this).values(left_at=_now, removed_at=bindparam("removed", type_=UtcDateTime))
)
_finish = Statement(update(Progress).where(_this).values(status=ProgressStatus.COMPLETED, completed_at=_now))
_count = Statement(
    update(Course).where(Course.id == _course_id).values(students=Course.students + bindparam("by", type_=Integer))
)
_complete = Upsert(
    Completion,
    lambda insert: (
        insert.values(user_id=_user_id, lesson_id=_lesson_id, completed_at=_now)
        .on_conflict_do_nothing()
        .returning(Completion.lesson_id)
    ),
)
_since = bindparam("since", type_=UtcDateTime)
_take_back = Statement(
    delete(Completion)
    .where(
        Completion.user_id == _user_id,
        Completion.lesson_id == _lesson_id,
        or_(_since.is_(None), Completion.completed_at > _since),
    )
    .returning(Completion.lesson_id)
)


class ProgressRepository(Repository):
    """The enrollments and completions."""

    async def get(self, user_id: int, course_id: int) -> ProgressRecord | None:
        """Returns an enrollment, also one that was left."""
        return _first(await self._work.fetch(_get, user=user_id, course=course_id))

    async def lock(self, user_id: int, course_id: int) -> ProgressRecord | None:
        """Returns an enrollment as it is once nobody else decides from its completions, until the transaction ends."""
        return _first(await self._work.fetch(_lock, user=user_id, course=course_id))

    async def find_lesson(self, user_id: int, lesson_id: int, *, lock: bool = False) -> FoundLesson | None:
        """Returns a lesson, and what somebody has to do with it; with `lock`, their enrollment as by that method."""
        for row in await self._work.fetch(_find_lesson, user=user_id, lesson=lesson_id):
            lesson, course, progress = _split(row, LessonRecord, CourseRecord, ProgressRecord)
            if lock and self._is_postgresql:  # SQLite's only writer has locked everything
                progress = await self.lock(user_id, course.id)
            return FoundLesson(lesson, course, progress if progress and progress.id is not None else None)
        return None

    async def enroll(self, user_id: int, course_id: int, now: dt.datetime, *, lets_back: bool = False) -> bool:
        """Enrolls, or brings back one who left, with all that was completed; returns False when already enrolled.

        Who was removed stays so, and False is returned, unless the instructor `lets_back`.
        """
        if not await self._work.fetch(_enroll, user=user_id, course=course_id, now=now):
            progress = await self.lock(user_id, course_id)
            if progress is None or progress.left_at is None or (progress.removed_at and not lets_back):
                return False
            await self._work.run(_return, [{"user": user_id, "course": course_id}])
        await self._count(course_id, 1)
        return True

    async def leave(self, progress: ProgressRecord, now: dt.datetime, *, is_removed: bool = False) -> bool:
        """Leaves a course, and keeps all that was completed; returns False when left before. Lock it first.

        With `is_removed`, it is the instructor who ends it.
        """
        if progress.left_at is not None:
            return False
        removed = now if is_removed else None
        await self._work.run(
            _leave, [{"user": progress.user_id, "course": progress.course_id, "now": now, "removed": removed}]
        )
        await self._count(progress.course_id, -1)
        return True

    async def _count(self, course_id: int, by: int) -> None:
        """Changes the course's number of students where it is stored, so that of two at once none is lost."""
        await self._work.run(_count, [{"course": course_id, "by": by}])

    async def finish(self, progress: ProgressRecord, now: dt.datetime) -> None:
        """Finishes a course, for good. Lock the enrollment first."""
        await self._work.run(_finish, [{"user": progress.user_id, "course": progress.course_id, "now": now}])

    async def list_standings(self, user_id: int) -> list[Standing]:
        """Returns the courses that somebody takes or finished, first enrolled first; one statement for all."""
        rows = await self._work.fetch(_standings, user=user_id)
        return [Standing(*_split(row, ProgressRecord, CourseRecord), *row[-3:]) for row in rows]

    async def count_courses(self, user_id: int) -> Taken:
        """Returns how many courses somebody takes, and how many of them are finished."""
        [row] = await self._work.fetch(_taken, user=user_id)
        return Taken(*row)

    async def list_students(
        self, course_id: int, *, limit: int, after: int | None = None, before: int | None = None
    ) -> list[Student]:
        """Returns a page of those who take a course, first enrolled first.

        Pages go by key, an enrollment's id: those `after` it, or those just `before` it.
        """
        statement, key = (_students_after, after or 0) if before is None else (_students_before, before)
        rows = await self._work.fetch(statement, course=course_id, key=key, limit=limit)
        students = [student_of(row) for row in rows]
        return students if before is None else students[::-1]

    async def get_path(self, user_id: int, course_id: int) -> Path:
        """Returns the course's lessons as far as the student has come."""
        rows = await self._work.fetch(_path, user=user_id, course=course_id)
        return Path([Step._make(row) for row in rows])

    async def get_days(self, user_id: int, course_id: int) -> dict[int, dt.datetime]:
        """Returns when somebody completed which of the lessons that a course has, by their ids."""
        rows = await self._work.fetch(_days, user=user_id, course=course_id)
        return {row[0]: row[1] for row in rows}

    async def complete(self, user_id: int, lesson_id: int, now: dt.datetime) -> bool:
        """Completes a lesson; returns False when it was completed before. Lock the enrollment first."""
        return bool(await self._work.fetch(_complete, user=user_id, lesson=lesson_id, now=now))

    async def take_back(self, progress: ProgressRecord, lesson_id: int) -> bool:
        """Undoes a completion; returns False when there is none. Lock the enrollment first.

        What a finished course was finished with is never taken back; what came after that may be.
        """
        values = {"user": progress.user_id, "lesson": lesson_id, "since": progress.completed_at}
        return bool(await self._work.fetch(_take_back, **values))


def _first(rows: Sequence[Row]) -> ProgressRecord | None:
    return ProgressRecord(*rows[0]) if rows else None


def student_of(row: Row) -> Student:
    """Returns a student from a row of STUDENTS."""
    return Student(*_split(row, ProgressRecord), *row[-3:])


def _split(row: Row, *records: Any) -> Iterator[Any]:
    """Yields a record of each kind from a row that has their columns side by side."""
    start = 0
    for record in records:
        stop = start + len(record._fields)
        yield record(*row[start:stop])
        start = stop
