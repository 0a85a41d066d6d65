"""Courses: what instructors write and students enroll in."""

import enum

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Id, Moment, OptionalData, OptionalMoment


class CourseStatus(enum.StrEnum):
    """Where a course stands: only published ones are found by newcomers; archived ones are read-only."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Course(Base):
    """A course; its lessons are found by `course_id`, its students through Progress."""

    __tablename__ = "courses"
    __table_args__ = (
        Index("ix_courses_instructor", "instructor_id", "id"),
        Index("ix_courses_status", "status", "is_private", "id"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[CourseStatus] = mapped_column(
        Enum(
            CourseStatus, native_enum=False, length=16, values_callable=lambda states: [state.value for state in states]
        )
    )
    instructor_id: Mapped[int] = mapped_column(BigId, ForeignKey("instructors.user_id"))
    # How many enrollments are not left: counted up and down with each, for a look must not cost more the more there
    # are. Only the database counts, so a record that was read before has the number of then.
    students: Mapped[int] = mapped_column(default=0)
    # Whether only those find it who are invited.
    is_private: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    published_at: Mapped[OptionalMoment]
    # When its instructor last asked those who do not get on how they are.
    nudged_at: Mapped[OptionalMoment]
    # The language that it is written in, as an IETF tag; none when its instructor has not said.
    language: Mapped[str | None] = mapped_column(String(8))
    # A photo, as data like a block of a lesson.
    cover: Mapped[OptionalData]
