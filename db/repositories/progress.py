"""Enrollments and completions. How far somebody is gets computed here, and nowhere else."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import and_, delete, func, select

from db.models import Completion, Course, Lesson, Progress, ProgressStatus
from db.repositories.base import Repository


class Standing(NamedTuple):
    """Where a student stands in a course: completed lessons that it still has, over the lessons it has."""

    progress: Progress
    course: Course
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all. A course without lessons is at 0."""
        return 100 * self.done // self.total if self.total else 0


class LessonStanding(NamedTuple):
    """A lesson of the course, and when the student completed it, if so."""

    lesson: Lesson
    completed_at: dt.datetime | None


_total = (
    select(func.count())
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None))
    .correlate(Progress)
    .scalar_subquery()
)
_done = (
    select(func.count())
    .select_from(Lesson)
    .join(Completion, and_(Completion.lesson_id == Lesson.id, Completion.user_id == Progress.user_id))
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None))
    .correlate(Progress)
    .scalar_subquery()
)
_standings = select(Progress, Course, _done, _total).join(Course, Course.id == Progress.course_id)


class ProgressRepository(Repository):
    """The enrollments and completions."""

    async def get(self, user_id: int, course_id: int, *, lock: bool = False) -> Progress | None:
        """Returns an enrollment, also one that was left; with `lock`, whoever decides from its completions is alone."""
        statement = select(Progress).where(Progress.user_id == user_id, Progress.course_id == course_id)
        return (await self._session.scalars(statement.with_for_update() if lock else statement)).one_or_none()

    async def enroll(self, user_id: int, course_id: int, now: dt.datetime) -> bool:
        """Enrolls, or brings back one who left, with all that was completed; returns False when already enrolled."""
        statement = self._insert(Progress).values(
            user_id=user_id, course_id=course_id, status=ProgressStatus.IN_PROGRESS, enrolled_at=now
        )
        key = await self._session.scalar(statement.on_conflict_do_nothing().returning(Progress.id))
        if key is not None:
            return True
        progress = await self.get(user_id, course_id, lock=True)
        if progress is None or progress.left_at is None:
            return False
        progress.left_at = None
        return True

    async def list_standings(self, user_id: int) -> list[Standing]:
        """Returns the courses that somebody takes or finished, first enrolled first; one statement for all."""
        statement = _standings.where(Progress.user_id == user_id, Progress.left_at.is_(None)).order_by(Progress.id)
        return [Standing(*row) for row in await self._session.execute(statement)]

    async def get_standing(self, user_id: int, course_id: int) -> Standing | None:
        """Returns where somebody stands in a course that they take."""
        statement = _standings.where(
            Progress.user_id == user_id, Progress.course_id == course_id, Progress.left_at.is_(None)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return Standing(*row) if row else None

    async def list_lessons(self, user_id: int, course_id: int) -> list[LessonStanding]:
        """Returns the course's lessons in order, each with the time the student completed it."""
        statement = (
            select(Lesson, Completion.completed_at)
            .outerjoin(Completion, and_(Completion.lesson_id == Lesson.id, Completion.user_id == user_id))
            .where(Lesson.course_id == course_id, Lesson.removed_at.is_(None))
            .order_by(Lesson.position, Lesson.id)
        )
        return [LessonStanding(*row) for row in await self._session.execute(statement)]

    async def complete(self, user_id: int, lesson_id: int, now: dt.datetime) -> bool:
        """Completes a lesson; returns False when it was completed before. Lock the enrollment first."""
        statement = self._insert(Completion).values(user_id=user_id, lesson_id=lesson_id, completed_at=now)
        return (
            await self._session.scalar(statement.on_conflict_do_nothing().returning(Completion.lesson_id))
        ) is not None

    async def take_back(self, user_id: int, lesson_id: int) -> bool:
        """Undoes a completion; returns False when there is none. Lock the enrollment first."""
        statement = (
            delete(Completion)
            .where(Completion.user_id == user_id, Completion.lesson_id == lesson_id)
            .returning(Completion.lesson_id)
        )
        return (await self._session.scalar(statement)) is not None
