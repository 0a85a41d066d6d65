"""Lessons of a course, in order, and what they show."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.orm import aliased

from db.models import Block, Lesson
from db.models.base import BigId, UtcDateTime
from db.records import LessonRecord, columns
from db.repositories.base import Repository
from db.repositories.media import Media
from db.statement import Statement
from db.work import Work

_LESSON = columns(LessonRecord, Lesson)
_course, _lesson = bindparam("course", type_=BigId), bindparam("lesson", type_=BigId)
_now = bindparam("now", type_=UtcDateTime)

_list = Statement(
    select(*_LESSON)
    .where(Lesson.course_id == _course, Lesson.removed_at.is_(None))
    .order_by(Lesson.position, Lesson.id)
)
_get = Statement(select(*_LESSON).where(Lesson.id == _lesson, Lesson.removed_at.is_(None)))
_blocks = Statement(select(Block.content).where(Block.lesson_id == _lesson).order_by(Block.position))
_count_blocks = Statement(select(func.count()).where(Block.lesson_id == _lesson))
_last = Statement(select(func.max(Lesson.position)).where(Lesson.course_id == _course, Lesson.removed_at.is_(None)))
_add = Statement(
    insert(Lesson)
    .values(course_id=_course, title=bindparam("name"), position=bindparam("place"), created_at=_now)
    .returning(*_LESSON)
)
_add_block = Statement(insert(Block).values(lesson_id=_lesson, position=bindparam("place"), content=bindparam("data")))
_rename = Statement(update(Lesson).where(Lesson.id == _lesson).values(title=bindparam("name")))
_move = Statement(update(Lesson).where(Lesson.id == _lesson).values(position=bindparam("place")))
_remove = Statement(update(Lesson).where(Lesson.id == _lesson).values(removed_at=_now))

_source, _target = bindparam("source", type_=BigId), bindparam("target", type_=BigId)
_copy_lessons = Statement(
    insert(Lesson).from_select(
        ["course_id", "title", "position", "created_at"],
        select(_target, Lesson.title, Lesson.position, _now).where(
            Lesson.course_id == _source, Lesson.removed_at.is_(None)
        ),
    )
)
_old, _new = aliased(Lesson), aliased(Lesson)
_copy_blocks = Statement(
    insert(Block).from_select(
        ["lesson_id", "position", "content"],
        select(_new.id, Block.position, Block.content)
        .select_from(_old)
        # No two lessons that a course has share a place.
        .join(_new, and_(_new.course_id == _target, _new.position == _old.position, _new.removed_at.is_(None)))
        .join(Block, Block.lesson_id == _old.id)
        .where(_old.course_id == _source, _old.removed_at.is_(None)),
    )
)


class Lessons(Repository):
    """The lessons. Whoever changes one has its course locked."""

    def __init__(self, work: Work, media: Media) -> None:
        """Registers the files of what it is given with `media`."""
        super().__init__(work)
        self._media = media

    async def list_of(self, course_id: int) -> list[LessonRecord]:
        """Returns the lessons that the course has, in order."""
        return [LessonRecord(*row) for row in await self._work.fetch(_list, course=course_id)]

    async def get(self, lesson_id: int) -> LessonRecord | None:
        """Returns a lesson that its course still has."""
        for row in await self._work.fetch(_get, lesson=lesson_id):
            return LessonRecord(*row)
        return None

    async def list_blocks(self, lesson_id: int) -> list[dict[str, Any]]:
        """Returns what the lesson shows, in order, as data."""
        return [content for (content,) in await self._work.fetch(_blocks, lesson=lesson_id)]

    async def count_blocks(self, lesson_id: int) -> int:
        """Returns how many pieces the lesson shows."""
        [(count,)] = await self._work.fetch(_count_blocks, lesson=lesson_id)
        return int(count)

    async def add(self, course_id: int, title: str, blocks: Sequence[dict[str, Any]], now: dt.datetime) -> LessonRecord:
        """Returns a new lesson at the course's end: two at once would share the place."""
        [(last,)] = await self._work.fetch(_last, course=course_id)
        [row] = await self._work.fetch(_add, course=course_id, name=title, place=(last or 0) + 1, now=now)
        lesson = LessonRecord(*row)
        places = [{"lesson": lesson.id, "place": place, "data": content} for place, content in enumerate(blocks)]
        if places:
            await self._work.run(_add_block, places)
        await self._media.register(blocks, now)
        return lesson

    async def copy_all(self, source_id: int, target_id: int, now: dt.datetime) -> None:
        """Copies the lessons that a course has, with their blocks, to one that has none."""
        await self._work.run(_copy_lessons, [{"source": source_id, "target": target_id, "now": now}])
        await self._work.run(_copy_blocks, [{"source": source_id, "target": target_id}])

    async def rename(self, lesson: LessonRecord, title: str) -> None:
        """Gives a lesson another title."""
        await self._work.run(_rename, [{"lesson": lesson.id, "name": title}])

    async def move(self, lesson: LessonRecord, by: int) -> bool:
        """Swaps a lesson with its neighbour above (-1) or below (+1); returns False at the ends."""
        lessons = await self.list_of(lesson.course_id)
        here = next(index for index, other in enumerate(lessons) if other.id == lesson.id)
        there = here + by
        if not 0 <= there < len(lessons):
            return False
        one, other = lessons[here], lessons[there]
        swapped = [{"lesson": one.id, "place": other.position}, {"lesson": other.id, "place": one.position}]
        await self._work.run(_move, swapped)
        return True

    async def remove(self, lesson: LessonRecord, now: dt.datetime) -> None:
        """Takes a lesson out of its course. The row stays: whoever completed it did."""
        await self._work.run(_remove, [{"lesson": lesson.id, "now": now}])
