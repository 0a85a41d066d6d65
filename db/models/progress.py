"""Who takes which course, and which lessons they completed."""

import enum

from sqlalchemy import Enum, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Id, Moment, OptionalMoment

_STAYS, _REMOVED = text("left_at IS NULL"), text("removed_at IS NOT NULL")


class ProgressStatus(enum.StrEnum):
    """A finished course is never unfinished, whatever is added to it later."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Progress(Base):
    """An enrollment. How far it went is computed from completions, never stored."""

    __tablename__ = "progress"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        # The students of a course; those who left are in no list of them.
        Index("ix_progress_students", "course_id", "id", sqlite_where=_STAYS, postgresql_where=_STAYS),
        Index("ix_progress_removed", "course_id", "id", sqlite_where=_REMOVED, postgresql_where=_REMOVED),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("courses.id"))
    status: Mapped[ProgressStatus] = mapped_column(
        Enum(
            ProgressStatus,
            native_enum=False,
            length=16,
            values_callable=lambda states: [state.value for state in states],
        )
    )
    enrolled_at: Mapped[Moment]
    completed_at: Mapped[OptionalMoment]
    left_at: Mapped[OptionalMoment]
    # When the instructor ended it: then `left_at` is the same, and only the instructor lets the student back in.
    removed_at: Mapped[OptionalMoment]


class Completion(Base):
    """A lesson that a student completed, once."""

    __tablename__ = "completions"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    lesson_id: Mapped[int] = mapped_column(BigId, ForeignKey("lessons.id"), primary_key=True, autoincrement=False)
    completed_at: Mapped[Moment]
