"""Reminders: when somebody wishes to be reminded, of what not, and what they have been told."""

import datetime as dt
import enum

from sqlalchemy import Date, Enum, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Moment, OptionalMoment

_IS_DUE = text("next_due IS NOT NULL")


class DigestEvery(enum.StrEnum):
    """How often an instructor hears how their courses go."""

    NEVER = "never"
    DAY = "day"
    WEEK = "week"


class ReminderPlan(Base):
    """How somebody wishes to be reminded, and how far that has come: one row for each person, not for each chat.

    Its hours are those of the zone of the chat that is written to.
    """

    __tablename__ = "reminder_plans"
    # All that a tick looks for.
    __table_args__ = (
        Index("ix_reminder_plans_due", "next_due", "user_id", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
    )

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    is_on: Mapped[bool] = mapped_column(default=True)
    # Seven bits; Monday's is 1.
    days: Mapped[int] = mapped_column(SmallInteger)
    hour: Mapped[int] = mapped_column(SmallInteger)
    # Nothing comes from one hour to the other; equal ones are no quiet at all.
    quiet_from: Mapped[int] = mapped_column(SmallInteger)
    quiet_until: Mapped[int] = mapped_column(SmallInteger)
    # The local date on which reminders come again.
    paused_until: Mapped[dt.date | None] = mapped_column(Date)
    digest: Mapped[DigestEvery] = mapped_column(
        Enum(DigestEvery, native_enum=False, length=8, values_callable=lambda each: [one.value for one in each])
    )
    # When to look at this person next; nothing for those who want no reminders.
    next_due: Mapped[OptionalMoment]
    # The person asked to be reminded once more at this moment.
    later_at: Mapped[OptionalMoment]
    # The message of a date that could not come, for the quiet hours had begun: it comes when they are over.
    owed_since: Mapped[OptionalMoment]
    # The last message that could wait: its local date, of which each has one at most, and its moment.
    told_on: Mapped[dt.date | None] = mapped_column(Date)
    told_at: Mapped[OptionalMoment]
    # How many in a row nobody has reacted to; after three the person is asked whether to go on, once.
    ignored: Mapped[int] = mapped_column(SmallInteger)
    asked_at: Mapped[OptionalMoment]


class ReminderMute(Base):
    """Something that somebody wants to hear nothing of: a kind of reminder, or a course; 0 and '' stand for any."""

    __tablename__ = "reminder_mutes"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    course_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)


class ReminderThing(Base):
    """Something that is told once: the last `thing` of a kind in a course that somebody was told, or is to be told.

    What a thing is, is for the kind to say: the newest lesson's id, a day's number.
    """

    __tablename__ = "reminder_things"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    course_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    thing: Mapped[int] = mapped_column(BigId)
    since: Mapped[Moment]
    # Nothing while it waits to be told.
    told_at: Mapped[OptionalMoment]
