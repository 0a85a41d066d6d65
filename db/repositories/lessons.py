"""Lessons of a course, in order, and what they show."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from db.models import Block, Lesson
from db.repositories.base import Repository


class Lessons(Repository):
    """The lessons."""

    async def list_of(self, course_id: int) -> list[Lesson]:
        """Returns the lessons that the course has, in order."""
        statement = (
            select(Lesson)
            .where(Lesson.course_id == course_id, Lesson.removed_at.is_(None))
            .order_by(Lesson.position, Lesson.id)
        )
        return list(await self._session.scalars(statement))

    async def get(self, lesson_id: int) -> Lesson | None:
        """Returns a lesson that its course still has."""
        statement = select(Lesson).where(Lesson.id == lesson_id, Lesson.removed_at.is_(None))
        return (await self._session.scalars(statement)).one_or_none()

    async def list_blocks(self, lesson_id: int) -> list[dict[str, Any]]:
        """Returns what the lesson shows, in order, as data."""
        statement = select(Block.content).where(Block.lesson_id == lesson_id).order_by(Block.position)
        return list(await self._session.scalars(statement))

    async def count_blocks(self, lesson_id: int) -> int:
        """Returns how many pieces the lesson shows."""
        return await self._session.scalar(select(func.count()).where(Block.lesson_id == lesson_id)) or 0

    async def add(self, course_id: int, title: str, blocks: Sequence[dict[str, Any]], now: dt.datetime) -> Lesson:
        """Returns a new lesson at the course's end. Lock the course first: two at once would share the place."""
        last = await self._session.scalar(select(func.max(Lesson.position)).where(Lesson.course_id == course_id))
        lesson = Lesson(course_id=course_id, title=title, position=(last or 0) + 1, created_at=now)
        self._session.add(lesson)
        await self._session.flush()
        self._session.add_all(
            Block(lesson_id=lesson.id, position=position, content=content) for position, content in enumerate(blocks)
        )
        return lesson

    async def move(self, lesson: Lesson, by: int) -> bool:
        """Swaps a lesson with its neighbour above (-1) or below (+1), the course locked; returns False at the ends."""
        lessons = await self.list_of(lesson.course_id)
        here = next(index for index, other in enumerate(lessons) if other.id == lesson.id)
        there = here + by
        if not 0 <= there < len(lessons):
            return False
        lessons[here].position, lessons[there].position = lessons[there].position, lessons[here].position
        return True

    def remove(self, lesson: Lesson, now: dt.datetime) -> None:
        """Takes a lesson out of its course. The row stays: whoever completed it did."""
        lesson.removed_at = now
