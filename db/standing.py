"""How far somebody is in a course: computed from completions, never stored."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from db.models import ProgressStatus
from db.records import CourseRecord, LessonRecord, ProgressRecord


def percent(done: int, total: int) -> int:
    """Returns whole percents, rounded down: 100 means all. A course without lessons is at 0."""
    return 100 * done // total if total else 0


class Standing(NamedTuple):
    """Where a student stands in a course: completed lessons that it still has, over the lessons it has."""

    progress: ProgressRecord
    course: CourseRecord
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

    progress: ProgressRecord
    name: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all."""
        return percent(self.done, self.total)


class Taken(NamedTuple):
    """How many courses somebody takes, and how many of them are finished."""

    total: int
    finished: int


class Step(NamedTuple):
    """A lesson that the course has, and whether the student completed it."""

    id: int
    title: str
    is_done: bool


class Path(Struct, frozen=True):
    """The lessons that a course has, in order, as far as one student has come."""

    steps: Sequence[Step]

    @property
    def total(self) -> int:
        """How many lessons there are."""
        return len(self.steps)

    @property
    def done(self) -> int:
        """How many of them are completed."""
        return len([step for step in self.steps if step.is_done])

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 means all."""
        return percent(self.done, self.total)

    @property
    def next_lesson(self) -> Step | None:
        """The first lesson that is not completed."""
        return self.next_after(-1)

    def next_after(self, index: int) -> Step | None:
        """Returns the next lesson that is not completed, beginning anew at the end."""
        for step in (*self.steps[index + 1 :], *self.steps[: index + 1]):
            if not step.is_done:
                return step
        return None

    def find(self, lesson_id: int) -> int:
        """Returns where a lesson stands.

        Raises:
            LookupError: when it was removed a moment ago; the next look knows.
        """
        for index, step in enumerate(self.steps):
            if step.id == lesson_id:
                return index
        raise LookupError(lesson_id)

    def standing(self, progress: ProgressRecord, course: CourseRecord) -> Standing:
        """Returns the same in figures."""
        following = self.next_lesson
        return Standing(progress, course, self.done, self.total, following.title if following else None)


class FoundLesson(NamedTuple):
    """A lesson, removed or not, its course, and somebody's enrollment there, current, left or none."""

    lesson: LessonRecord
    course: CourseRecord
    progress: ProgressRecord | None
