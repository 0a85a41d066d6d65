"""Courses: found by code, by words, by instructor."""

import datetime as dt
import re
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, column, exists, false, func, literal_column, select, table

from db.models import Course, CourseStatus, Lesson, User
from db.repositories.base import Repository

# What stands between words; the search columns of the migrations split at the same signs. The databases fold case.
_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~]+")


class CourseCard(NamedTuple):
    """A course with the figures that its card shows."""

    course: Course
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
_cards = select(Course, User.name, _lessons, Course.students).join(User, User.id == Course.instructor_id)
_fts = table("courses_search", column("rowid"), column("courses_search"))


class Courses(Repository):
    """The courses."""

    async def add(self, *, code: str, title: str, description: str, instructor_id: int, now: dt.datetime) -> Course:
        """Returns a new draft.

        Raises:
            sqlalchemy.exc.IntegrityError: when the code was taken meanwhile.
        """
        course = Course(
            code=code,
            title=title,
            description=description,
            instructor_id=instructor_id,
            status=CourseStatus.DRAFT,
            created_at=now,
        )
        self._session.add(course)
        await self._session.flush()
        return course

    async def add_numbered(
        self, stem: str, first: int, *, title: str, description: str, instructor_id: int, now: dt.datetime
    ) -> Course:
        """Returns a new draft; its code is the stem with a free number, and nobody else's at the same time."""
        draft = {"title": title, "description": description, "instructor_id": instructor_id, "created_at": now}
        insert = self._insert(Course).values(status=CourseStatus.DRAFT, **draft)
        # A number that another transaction is taking is waited for, and then the next one is tried.
        statement = insert.on_conflict_do_nothing(index_elements=["code"]).returning(Course)
        number = await self._free_number(stem, first)
        while (course := await self._session.scalar(statement.values(code=f"{stem}{number}"))) is None:
            number += 1
        return course

    async def _free_number(self, stem: str, first: int) -> int:
        """Returns the number after one that is taken, or the first; thousands that are taken cost a few looks more."""
        taken, free, step = first - 1, first, 1
        while await self._is_taken(f"{stem}{free}"):
            taken, free, step = free, free + step, 2 * step
        while free - taken > 1:
            middle = (taken + free) // 2
            taken, free = (middle, free) if await self._is_taken(f"{stem}{middle}") else (taken, middle)
        return free

    async def _is_taken(self, code: str) -> bool:
        return bool(await self._session.scalar(select(exists().where(Course.code == code))))

    async def get(self, course_id: int, *, lock: bool = False) -> Course | None:
        """Returns a course; with `lock`, nobody else changes it or its lessons' order before the transaction ends."""
        return await self._one(select(Course).where(Course.id == course_id), lock=lock)

    async def get_by_code(self, code: str) -> Course | None:
        """Returns the course with this code, in any case."""
        return (await self._session.scalars(select(Course).where(Course.code == code.upper()))).one_or_none()

    async def get_of_lesson(self, lesson_id: int, *, lock: bool = False) -> Course | None:
        """Returns the course that a lesson was written for, also when it was removed from it; `lock` as for `get`."""
        statement = select(Course).join(Lesson, Lesson.course_id == Course.id).where(Lesson.id == lesson_id)
        return await self._one(statement, lock=lock)

    async def require_card(self, course_id: int) -> CourseCard:
        """Returns the figures of a course that is there.

        Raises:
            sqlalchemy.exc.NoResultFound: for any other id.
        """
        return CourseCard(*(await self._session.execute(_cards.where(Course.id == course_id))).one())

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

    async def _one(self, statement: Select[Course], *, lock: bool) -> Course | None:
        if lock:
            # What this transaction read before it had the lock may be old by now. FOR NO KEY UPDATE (key_share), for an
            # enrollment first refers to the course and then counts itself there: two of them, and between them somebody
            # who waits until nobody refers to it, would wait in a circle.
            statement = statement.with_for_update(of=Course, key_share=True)
            statement = statement.execution_options(populate_existing=True)
        return (await self._session.scalars(statement)).one_or_none()

    async def _page(
        self, statement: Select[Course, str, int, int], limit: int, after: int | None, before: int | None
    ) -> list[CourseCard]:
        if before is not None:
            statement = statement.where(Course.id > before).order_by(Course.id)
        else:
            statement = (statement if after is None else statement.where(Course.id < after)).order_by(Course.id.desc())
        cards = [CourseCard(*row) for row in await self._session.execute(statement.limit(limit))]
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
