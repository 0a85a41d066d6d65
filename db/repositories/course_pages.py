"""Lists of courses: their cards, page by page, newest first."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, bindparam, func, select

from db.models import Course, Lesson, User
from db.models.base import BigId
from db.records import CourseRecord, columns
from db.repositories.base import BEHIND_ALL
from db.statement import Row, Statement
from db.work import Work


class CourseCard(NamedTuple):
    """A course with the figures that its card shows."""

    course: CourseRecord
    instructor_name: str
    lessons: int
    # Not in lists.
    has_bio: bool = False
    cover: dict[str, Any] | None = None


class AuthoredCourse(NamedTuple):
    """A course and who wrote it."""

    course: CourseRecord
    instructor_name: str


class Page(NamedTuple):
    """A page of cards, and how many courses there are in all."""

    cards: list[CourseCard]
    total: int


_lessons = (
    select(func.count())
    .where(Lesson.course_id == Course.id, Lesson.removed_at.is_(None))
    .correlate(Course)
    .scalar_subquery()
)
COURSE = columns(CourseRecord, Course)
CARDS = select(*COURSE, User.name, _lessons).select_from(Course).join(User, User.id == Course.instructor_id)
AUTHORED = select(*COURSE, User.name).select_from(Course).join(User, User.id == Course.instructor_id)


class Pages:
    """The pages of the courses for which some conditions hold, newest first."""

    def __init__(self, conditions: Sequence[ColumnElement[bool]]) -> None:
        """Prepares the statements."""
        self.count = Statement(select(func.count()).select_from(Course).where(*conditions))
        page = CARDS.where(*conditions).limit(bindparam("limit", type_=Integer))
        key = bindparam("key", type_=BigId)
        self._after = Statement(page.where(Course.id < key).order_by(Course.id.desc()))
        self._before = Statement(page.where(Course.id > key).order_by(Course.id))

    async def read(self, work: Work, limit: int, after: int | None, before: int | None, **values: Any) -> Page:
        """Returns the page that begins after a key, or ends before one; the first without either."""
        [(total,)] = await work.fetch(self.count, **values)
        statement, key = (self._after, after or BEHIND_ALL) if before is None else (self._before, before)
        cards = [card_of(row) for row in await work.fetch(statement, limit=limit, key=key, **values)]
        return Page(cards if before is None else cards[::-1], total)


def authored_of(row: Row) -> AuthoredCourse:
    """Returns what a row of `AUTHORED` says."""
    *course, instructor_name = row
    return AuthoredCourse(CourseRecord(*course), instructor_name)


def card_of(row: Row) -> CourseCard:
    """Returns what a row of `CARDS` says, with what stands behind its columns."""
    length = len(CourseRecord._fields)
    return CourseCard(CourseRecord(*row[:length]), *row[length:])
