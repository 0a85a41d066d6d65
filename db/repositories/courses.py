"""Courses: found by code, by words, by instructor."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    column,
    false,
    func,
    literal_column,
    select,
    table,
    update,
)

from db.models import Course, CourseStatus, Lesson, User
from db.models.base import UtcDateTime
from db.records import CourseRecord, columns
from db.repositories.base import Repository
from db.statement import Row, Statement, Upsert

# What stands between words; the search columns of the migrations split at the same signs. The databases fold case.
_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~]+")


class CourseCard(NamedTuple):
    """A course with the figures that its card shows."""

    course: CourseRecord
    instructor_name: str
    lessons: int
    students: int


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
_COURSE = columns(CourseRecord, Course)
_cards = select(*_COURSE, User.name, _lessons).select_from(Course).join(User, User.id == Course.instructor_id)
_card = Statement(_cards.where(Course.id == bindparam("course")))
_fts = table("courses_search", column("rowid"), column("courses_search"))

# FOR NO KEY UPDATE (key_share), for an enrollment first refers to the course and then counts itself there: two of them,
# and between them somebody who waits until nobody refers to it, would wait in a circle.
_by_id = select(*_COURSE).where(Course.id == bindparam("course"))
_get, _lock = Statement(_by_id), Statement(_by_id.with_for_update(of=Course, key_share=True))
_get_by_code = Statement(select(*_COURSE).where(Course.code == bindparam("code")))
_lock_of_lesson = Statement(
    select(*_COURSE)
    .select_from(Course)
    .join(Lesson, Lesson.course_id == Course.id)
    .where(Lesson.id == bindparam("lesson"))
    .with_for_update(of=Course, key_share=True)
)
_add = Upsert(
    Course,
    lambda insert: (
        insert.values(
            code=bindparam("code"),
            title=bindparam("title"),
            description=bindparam("description"),
            instructor_id=bindparam("instructor_id"),
            status=CourseStatus.DRAFT,
            students=0,
            created_at=bindparam("now", type_=UtcDateTime),
        )
        # A code that another transaction is taking is waited for.
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(*_COURSE)
    ),
)
_set_status = Statement(
    update(Course)
    .where(Course.id == bindparam("course"))
    .values(
        status=bindparam("new_status", type_=Course.status.type),
        published_at=func.coalesce(Course.published_at, bindparam("now", type_=UtcDateTime)),
    )
)


class Courses(Repository):
    """The courses."""

    async def add(
        self, *, code: str, title: str, description: str, instructor_id: int, now: dt.datetime
    ) -> CourseRecord:
        """Returns a new draft.

        Raises:
            ValueError: when another course has this code.
        """
        course = await self._add(code, title, description, instructor_id, now)
        if course is None:
            raise ValueError(f"there is a course {code}")
        return course

    async def add_numbered(
        self, stem: str, first: int, *, title: str, description: str, instructor_id: int, now: dt.datetime
    ) -> CourseRecord:
        """Returns a new draft; its code is the stem with the first free number, and nobody else's at the same time."""
        taken = set(await self._session.scalars(select(Course.code).where(Course.code.startswith(stem))))
        number = first
        while True:
            code = f"{stem}{number}"
            course = None if code in taken else await self._add(code, title, description, instructor_id, now)
            if course is not None:
                return course
            number += 1

    async def _add(
        self, code: str, title: str, description: str, instructor_id: int, now: dt.datetime
    ) -> CourseRecord | None:
        draft = {"code": code, "title": title, "description": description, "instructor_id": instructor_id}
        return _first(await self._work.fetch(_add, **draft, now=now))

    async def get(self, course_id: int) -> CourseRecord | None:
        """Returns a course."""
        return _first(await self._work.fetch(_get, course=course_id))

    async def lock(self, course_id: int) -> CourseRecord | None:
        """Returns a course as it is once nobody else changes it or its lessons' order, until the transaction ends."""
        return _first(await self._work.fetch(_lock, course=course_id))

    async def get_by_code(self, code: str) -> CourseRecord | None:
        """Returns the course with this code, in any case."""
        return _first(await self._work.fetch(_get_by_code, code=code.upper()))

    async def lock_of_lesson(self, lesson_id: int) -> CourseRecord | None:
        """Returns the course that a lesson was written for, also when it was removed from it; locked as by `lock`."""
        return _first(await self._work.fetch(_lock_of_lesson, lesson=lesson_id))

    async def set_status(self, course: CourseRecord, status: CourseStatus, now: dt.datetime) -> CourseRecord:
        """Returns the course with another status. When it was first published is written down, once. Lock it first."""
        moment = now if status is CourseStatus.PUBLISHED else None
        await self._work.run(_set_status, [{"course": course.id, "new_status": status, "now": moment}])
        return course._replace(status=status)

    async def require_card(self, course_id: int) -> CourseCard:
        """Returns the figures of a course that is there.

        Raises:
            ValueError: for any other id.
        """
        [row] = await self._work.fetch(_card, course=course_id)
        return _card_of(row)

    async def list_published(
        self, words: str, *, limit: int, after: int | None = None, before: int | None = None
    ) -> Page:
        """Returns a page of published courses, newest first, that have all the words (beginnings count).

        Pages go by key: `after` a course's id downwards, or the page that ends just `before` one.
        """
        wanted = [Course.status == CourseStatus.PUBLISHED, *self._matching(words)]
        total = await self._session.scalar(select(func.count()).select_from(Course).where(*wanted))
        cards = await self._page(_cards.where(*wanted), limit, after, before)
        return Page(cards, total or 0)

    async def list_by_instructor(
        self, instructor_id: int, *, limit: int, after: int | None = None, before: int | None = None
    ) -> Page:
        """Returns a page of an instructor's courses, newest first, drafts included."""
        cards = await self._page(_cards.where(Course.instructor_id == instructor_id), limit, after, before)
        return Page(cards, await self.count_by_instructor(instructor_id))

    async def count_by_instructor(self, instructor_id: int) -> int:
        """Returns how many courses an instructor has, drafts included."""
        statement = select(func.count()).select_from(Course).where(Course.instructor_id == instructor_id)
        return await self._session.scalar(statement) or 0

    async def _page(
        self, statement: Select[Any], limit: int, after: int | None, before: int | None
    ) -> list[CourseCard]:
        if before is not None:
            statement = statement.where(Course.id > before).order_by(Course.id)
        else:
            statement = (statement if after is None else statement.where(Course.id < after)).order_by(Course.id.desc())
        cards = [_card_of(row) for row in await self._work.connection.execute(statement.limit(limit))]
        return cards[::-1] if before is not None else cards

    def _matching(self, words: str) -> list[ColumnElement[bool]]:
        """Returns the full-text condition; no words match everything, signs alone match nothing."""
        if not words.strip():
            return []
        found = [word for word in _BETWEEN.split(words) if word]
        if not found:
            return [false()]
        # Quoted, for a word may hold signs that none of us has thought of.
        if self._is_postgresql:
            query = func.to_tsquery(literal_column("'simple'::regconfig"), " & ".join(f"'{word}':*" for word in found))
            return [literal_column("courses.search").op("@@")(query)]
        matches = select(_fts.c.rowid).where(_fts.c.courses_search.match(" ".join(f'"{word}"*' for word in found)))
        return [Course.id.in_(matches)]


def _first(rows: Sequence[Row]) -> CourseRecord | None:
    return CourseRecord(*rows[0]) if rows else None


def _card_of(row: Row) -> CourseCard:
    *course, instructor_name, lessons = row
    record = CourseRecord(*course)
    return CourseCard(record, instructor_name, lessons, record.students)
