"""Courses: found by code, by words, by instructor."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    bindparam,
    column,
    exists,
    false,
    func,
    literal_column,
    select,
    table,
    update,
)

from db.models import Course, CourseStatus, Instructor, Lesson
from db.models.base import BigId, UtcDateTime
from db.records import CourseRecord
from db.repositories.base import BEHIND_ALL, Repository
from db.repositories.course_pages import (
    AUTHORED,
    CARDS,
    COURSE,
    AuthoredCourse,
    CourseCard,
    Page,
    Pages,
    authored_of,
    card_of,
)
from db.repositories.media import Media
from db.statement import Row, Statement, Upsert
from db.work import Work

# What stands between words; the search columns of the migrations split at the same signs. The databases fold case.
_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~]+")

_card = Statement(
    CARDS.add_columns(Instructor.bio.is_not(None), Course.cover)
    .join(Instructor, Instructor.user_id == Course.instructor_id)
    .where(Course.id == bindparam("course"))
)
_fts = table("courses_search", column("rowid"), column("courses_search"))

# FOR NO KEY UPDATE (key_share), for an enrollment first refers to the course and then counts itself there: two of them,
# and between them somebody who waits until nobody refers to it, would wait in a circle.
_by_id = select(*COURSE).where(Course.id == bindparam("course"))
_get, _lock = Statement(_by_id), Statement(_by_id.with_for_update(of=Course, key_share=True))
_get_by_code = Statement(select(*COURSE).where(Course.code == bindparam("code")))
_lock_of_lesson = Statement(
    select(*COURSE)
    .select_from(Course)
    .join(Lesson, Lesson.course_id == Course.id)
    .where(Lesson.id == bindparam("lesson"))
    .with_for_update(of=Course, key_share=True)
)
_is_taken = Statement(select(exists().where(Course.code == bindparam("code"))))
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
            is_private=False,
            created_at=bindparam("now", type_=UtcDateTime),
        )
        # A code that another transaction is taking is waited for.
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(*COURSE)
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
_set_private = Statement(
    update(Course).where(Course.id == bindparam("course")).values(is_private=bindparam("private", type_=Boolean))
)


_describe = Statement(
    update(Course)
    .where(Course.id == bindparam("course"))
    .values(
        title=bindparam("new_title"),
        description=bindparam("new_description"),
        language=bindparam("new_language", type_=Course.language.type),
    )
)
_set_cover = Statement(
    update(Course).where(Course.id == bindparam("course")).values(cover=bindparam("new_cover", type_=Course.cover.type))
)


_is_listed = (Course.status == CourseStatus.PUBLISHED, Course.is_private == false())
_listed = Pages(_is_listed)
# However many words there are, they are one value: a statement that is worked out once is kept.
_words: BindParameter[str] = bindparam("words")
_MATCHES: dict[str, ColumnElement[bool]] = {
    "postgresql": literal_column("courses.search").op("@@")(
        func.to_tsquery(literal_column("'simple'::regconfig"), _words)
    ),
    "sqlite": Course.id.in_(select(_fts.c.rowid).where(_fts.c.courses_search.match(_words))),
}
_found = {kind: Pages([*_is_listed, matches]) for kind, matches in _MATCHES.items()}
_is_theirs = Course.instructor_id == bindparam("instructor", type_=BigId)
_instructors = Pages([_is_theirs])
_open = Pages([_is_theirs, Course.status != CourseStatus.ARCHIVED])


class Courses(Repository):
    """The courses."""

    def __init__(self, work: Work, media: Media) -> None:
        """Registers cover pictures with `media`."""
        super().__init__(work)
        self._media = media

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
        """Returns a new draft; its code is the stem with a free number, and nobody else's at the same time."""
        number = await self._free_number(stem, first)
        # A number that another transaction is taking is waited for, and then the next one is tried.
        while True:
            course = await self._add(f"{stem}{number}", title, description, instructor_id, now)
            if course is not None:
                return course
            number += 1

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
        [(is_taken,)] = await self._work.fetch(_is_taken, code=code)
        return bool(is_taken)

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

    async def describe(self, course: CourseRecord) -> None:
        """Writes down a course's title, description and language as they are in this record. Lock it first."""
        said = {"new_title": course.title, "new_description": course.description, "new_language": course.language}
        await self._work.run(_describe, [{"course": course.id, **said}])

    async def set_cover(self, course_id: int, cover: dict[str, Any] | None, now: dt.datetime) -> None:
        """Gives a course another cover picture, or none."""
        await self._work.run(_set_cover, [{"course": course_id, "new_cover": cover}])
        await self._media.register([cover] if cover else [], now)

    async def set_private(self, course: CourseRecord, *, is_private: bool) -> CourseRecord:
        """Returns the course, found by invitation only or by everyone. Lock it first."""
        await self._work.run(_set_private, [{"course": course.id, "private": is_private}])
        return course._replace(is_private=is_private)

    async def require_card(self, course_id: int) -> CourseCard:
        """Returns the figures of a course that is there.

        Raises:
            ValueError: for any other id.
        """
        [row] = await self._work.fetch(_card, course=course_id)
        return card_of(row)

    async def list_published(
        self, words: str, *, limit: int, after: int | None = None, before: int | None = None
    ) -> Page:
        """Returns a page of the published courses that are not private, newest first.

        With words, of those that have all of them (beginnings count).

        Pages go by key: `after` a course's id downwards, or the page that ends just `before` one.
        """
        if not words.strip():
            return await _listed.read(self._work, limit, after, before)
        query = self._query(words)
        if query is None:
            return Page([], 0)
        return await _found[self._kind].read(self._work, limit, after, before, words=query)

    async def list_by_instructor(
        self, instructor_id: int, *, limit: int, after: int | None = None, before: int | None = None
    ) -> Page:
        """Returns a page of an instructor's courses, newest first, drafts included."""
        return await _instructors.read(self._work, limit, after, before, instructor=instructor_id)

    async def list_open(self, instructor_id: int, *, limit: int) -> Page:
        """Returns the newest of an instructor's courses that are not archived."""
        return await _open.read(self._work, limit, None, None, instructor=instructor_id)

    async def list_any(
        self, words: str, *, limit: int, after: int | None = None, before: int | None = None
    ) -> list[AuthoredCourse]:
        """Returns a page of all courses, whatever their status, newest first, or of those that have all the words."""
        page, query = AUTHORED.limit(limit), None
        if words.strip():
            query = self._query(words)
            if query is None:
                return []
            page = page.where(_MATCHES[self._kind])
        if before is not None:
            newer = page.where(Course.id > before).order_by(Course.id)
            return [authored_of(row) for row in await self._session.execute(newer, {"words": query})][::-1]
        older = page.where(Course.id < (after or BEHIND_ALL)).order_by(Course.id.desc())
        return [authored_of(row) for row in await self._session.execute(older, {"words": query})]

    async def count_by_instructor(self, instructor_id: int) -> int:
        """Returns how many courses an instructor has, drafts included."""
        [(count,)] = await self._work.fetch(_instructors.count, instructor=instructor_id)
        return int(count)

    @property
    def _kind(self) -> str:
        return self._work.connection.dialect.name

    def _query(self, words: str) -> str | None:
        """Returns the full-text query for all of the words; nothing for signs alone, which match nothing."""
        found = [word for word in _BETWEEN.split(words) if word]
        if not found:
            return None
        # Quoted, for a word may hold signs that none of us has thought of.
        if self._is_postgresql:
            return " & ".join(f"'{word}':*" for word in found)
        return " ".join(f'"{word}"*' for word in found)


def _first(rows: Sequence[Row]) -> CourseRecord | None:
    return CourseRecord(*rows[0]) if rows else None
