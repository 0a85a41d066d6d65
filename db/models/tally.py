"""Tallies: how many rows of a kind came in a week, so that nobody counts millions of them to know."""

import datetime as dt
import enum

from sqlalchemy import Date, Enum
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class Tallied(enum.StrEnum):
    """What is counted."""

    PEOPLE = "people"
    INSTRUCTORS = "instructors"
    COURSES = "courses"
    ENROLLMENTS = "enrollments"
    COMPLETIONS = "completions"


class Tally(Base):
    """A part of a week's count; the parts of a week, its shards, add up to it.

    Triggers of the database write it with each row that comes or goes, whoever writes that row, and in the same
    transaction: no statement of ours is needed for it, and none can forget it. They are in
    `db.migrations.tallying`.
    """

    __tablename__ = "tallies"

    kind: Mapped[Tallied] = mapped_column(
        Enum(Tallied, native_enum=False, length=16, values_callable=lambda kinds: [kind.value for kind in kinds]),
        primary_key=True,
    )
    # Its Monday, in UTC.
    week: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]
