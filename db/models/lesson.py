"""Lessons of a course, and the blocks that they show."""

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Data, Id, Moment, OptionalMoment

_IS_THERE = text("removed_at IS NULL")


class Lesson(Base):
    """One lesson. A removed one stays as a row, for those who completed it."""

    __tablename__ = "lessons"
    # How many there are, and which are done, is told by this index alone.
    __table_args__ = (
        Index("ix_lessons_course", "course_id", "position", "id", sqlite_where=_IS_THERE, postgresql_where=_IS_THERE),
    )

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("courses.id"))
    title: Mapped[str] = mapped_column(String(80))
    # Order only, not the number people see: removed lessons leave gaps.
    position: Mapped[int]
    created_at: Mapped[Moment]
    removed_at: Mapped[OptionalMoment]


class Block(Base):
    """One piece of a lesson, as data: formatted text, a photo, a file."""

    __tablename__ = "blocks"
    __table_args__ = (Index("ix_blocks_lesson", "lesson_id", "position"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(BigId, ForeignKey("lessons.id"))
    position: Mapped[int]
    content: Mapped[Data]
