"""Enrollments and completions. How far somebody is gets computed here, and nowhere else."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, delete, exists, func, select, update

from db.models import Completion, Course, Lesson, Progress, ProgressStatus, User
from db.repositories.base import Repository


def percent(done: int, total: int) -> int:
    """Returns whole percents, rounded down: 100 means all. A course without lessons is at 0."""
    return 100 * done // total if total else 0


class Standing(NamedTuple):
    """Where a student stands in a course: completed lessons that it still has, over the lessons it has."""

    progress: Progress
    course: Course
    done: int
    total: int
    # The title of the first lesson that is not completed.
    next_title: str | None

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all."""
        return percent(self.done, self.total)

    @property
    def is_open(self) -> bool:
        """Whether there is a lesson to complete, also one that came after the course was finished."""
        return self.done < self.total

    @property
    def is_due(self) -> bool:
        """Whether an edit of the course has left nothing to do: the student's next own act finishes it."""
        return 0 < self.total == self.done and self.progress.status is ProgressStatus.IN_PROGRESS


class Student(NamedTuple):
    """Somebody who takes a course, as its instructor sees them: completed lessons, over the lessons it has."""

    progress: Progress
    name: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all."""
        return percent(self.done, self.total)


class LessonStanding(NamedTuple):
    """A lesson of the course, and when the student completed it, if so."""

    lesson: Lesson
    completed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Path:
    """The lessons that a course has, in order, as far as one student has come."""

    steps: Sequence[LessonStanding]

    @property
    def total(self) -> int:
        """How many lessons there are."""
        return len(self.steps)

    @property
    def done(self) -> int:
        """How many of them are completed."""
        return sum(step.completed_at is not None for step in self.steps)

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all."""
        return percent(self.done, self.total)

    @property
    def next_lesson(self) -> Lesson | None:
        """The first lesson that is not completed."""
        return self.next_after(-1)

    def next_after(self, index: int) -> Lesson | None:
        """Returns the next lesson that is not completed, beginning anew at the end."""
        following = (*self.steps[index + 1 :], *self.steps[: index + 1])
        return next((step.lesson for step in following if step.completed_at is None), None)

    def find(self, lesson_id: int) -> int:
        """Returns where a lesson stands.

        Raises:
            LookupError: when it was removed a moment ago; the next look knows.
        """
        for index, step in enumerate(self.steps):
            if step.lesson.id == lesson_id:
                return index
        raise LookupError(lesson_id)

    def standing(self, progress: Progress, course: Course) -> Standing:
        """Returns the same in figures."""
        return Standing(progress, course, self.done, self.total, self.next_lesson.title if self.next_lesson else None)


class FoundLesson(NamedTuple):
    """A lesson, removed or not, its course, and somebody's enrollment there, current, left or none."""

    lesson: Lesson
    course: Course
    progress: Progress | None


_total = (
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
_done = (
    select(func.count())
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None), _is_completed)
    .correlate(Progress)
    .scalar_subquery()
)
_next_title = (
    select(Lesson.title)
    .outerjoin(Completion, and_(Completion.lesson_id == Lesson.id, Completion.user_id == Progress.user_id))
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None), Completion.lesson_id.is_(None))
    .order_by(Lesson.position, Lesson.id)
    .limit(1)
    .correlate(Progress)
    .scalar_subquery()
)
_students = select(Progress, User.name, _done, _total).join(User, User.id == Progress.user_id)
_standings = select(Progress, Course, _done, _total, _next_title).join(Course, Course.id == Progress.course_id)


class ProgressRepository(Repository):
    """The enrollments and completions."""

    async def get(self, user_id: int, course_id: int, *, lock: bool = False) -> Progress | None:
        """Returns an enrollment, also one that was left; with `lock`, whoever decides from its completions is alone."""
        statement = select(Progress).where(Progress.user_id == user_id, Progress.course_id == course_id)
        if lock:
            # What was loaded before the wait for the lock may be old by now.
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self._session.scalars(statement)).one_or_none()

    async def find_lesson(self, user_id: int, lesson_id: int) -> FoundLesson | None:
        """Returns a lesson, and what somebody has to do with it."""
        statement = (
            select(Lesson, Course, Progress)
            .join(Course, Course.id == Lesson.course_id)
            .outerjoin(Progress, and_(Progress.course_id == Course.id, Progress.user_id == user_id))
            .where(Lesson.id == lesson_id)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return FoundLesson(*row) if row else None

    async def enroll(self, user_id: int, course_id: int, now: dt.datetime) -> bool:
        """Enrolls, or brings back one who left, with all that was completed; returns False when already enrolled."""
        statement = self._insert(Progress).values(
            user_id=user_id, course_id=course_id, status=ProgressStatus.IN_PROGRESS, enrolled_at=now
        )
        key = await self._session.scalar(statement.on_conflict_do_nothing().returning(Progress.id))
        if key is None:
            progress = await self.get(user_id, course_id, lock=True)
            if progress is None or progress.left_at is None:
                return False
            progress.left_at = None
        await self._count(course_id, 1)
        return True

    async def leave(self, progress: Progress, now: dt.datetime) -> bool:
        """Leaves a course, and keeps all that was completed; returns False when left before. Lock it first."""
        if progress.left_at is not None:
            return False
        progress.left_at = now
        await self._count(progress.course_id, -1)
        return True

    async def _count(self, course_id: int, by: int) -> None:
        """Changes the course's number of students where it is stored, so that of two at once none is lost."""
        statement = update(Course).where(Course.id == course_id).values(students=Course.students + by)
        await self._session.execute(statement, execution_options={"synchronize_session": False})

    async def list_standings(self, user_id: int) -> list[Standing]:
        """Returns the courses that somebody takes or finished, first enrolled first; one statement for all."""
        statement = _standings.where(Progress.user_id == user_id, Progress.left_at.is_(None)).order_by(Progress.id)
        return [Standing(*row) for row in await self._session.execute(statement)]

    async def list_students(
        self, course_id: int, *, limit: int, after: int | None = None, before: int | None = None
    ) -> list[Student]:
        """Returns a page of those who take a course, first enrolled first.

        Pages go by key, an enrollment's id: those `after` it, or those just `before` it.
        """
        statement = _students.where(Progress.course_id == course_id, Progress.left_at.is_(None))
        if before is not None:
            statement = statement.where(Progress.id < before).order_by(Progress.id.desc())
        else:
            statement = (statement if after is None else statement.where(Progress.id > after)).order_by(Progress.id)
        students = [Student(*row) for row in await self._session.execute(statement.limit(limit))]
        return students[::-1] if before is not None else students

    async def list_lessons(self, user_id: int, course_id: int) -> list[LessonStanding]:
        """Returns the course's lessons in order, each with the time the student completed it."""
        statement = (
            select(Lesson, Completion.completed_at)
            .outerjoin(Completion, and_(Completion.lesson_id == Lesson.id, Completion.user_id == user_id))
            .where(Lesson.course_id == course_id, Lesson.removed_at.is_(None))
            .order_by(Lesson.position, Lesson.id)
        )
        return [LessonStanding(*row) for row in await self._session.execute(statement)]

    async def get_path(self, user_id: int, course_id: int) -> Path:
        """Returns the course's lessons as far as the student has come."""
        return Path(await self.list_lessons(user_id, course_id))

    async def complete(self, user_id: int, lesson_id: int, now: dt.datetime) -> bool:
        """Completes a lesson; returns False when it was completed before. Lock the enrollment first."""
        statement = self._insert(Completion).values(user_id=user_id, lesson_id=lesson_id, completed_at=now)
        return (
            await self._session.scalar(statement.on_conflict_do_nothing().returning(Completion.lesson_id))
        ) is not None

    async def take_back(self, progress: Progress, lesson_id: int) -> bool:
        """Undoes a completion; returns False when there is none. Lock the enrollment first.

        What a finished course was finished with is never taken back; what came after that may be.
        """
        statement = (
            delete(Completion)
            .where(Completion.user_id == progress.user_id, Completion.lesson_id == lesson_id)
            .returning(Completion.lesson_id)
        )
        if progress.completed_at is not None:
            statement = statement.where(Completion.completed_at > progress.completed_at)
        return (await self._session.scalar(statement)) is not None
