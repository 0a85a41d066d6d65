"""Broadcasts: one message to many, and how far it has come."""

import enum
from typing import NamedTuple

from sqlalchemy import BigInteger, Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Id, Moment, OptionalMoment, OptionalPersonalData, TelegramId


class AudienceKind(enum.StrEnum):
    """Whom a broadcast is for."""

    EVERYBODY = "all"
    STUDENTS = "students"
    INSTRUCTORS = "instructors"
    COURSE = "course"


class Audience(NamedTuple):
    """Whom a broadcast is for; the students of a course are those of `course_id`."""

    kind: AudienceKind
    course_id: int | None = None


class BroadcastState(enum.StrEnum):
    """A draft was shown to its author alone. What was stopped is not begun again."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class Broadcast(Base):
    """One message to many, written to the outbox in batches.

    `cursor` is the last one that was looked at, of all Telegram accounts, or of a course's enrollments: it moves on in
    the transaction that writes the rows, so that nobody gets two, whoever signs in or out meanwhile. The counters are
    kept with each row's mark, for the rows themselves are forgotten after two days.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index("ix_broadcasts_state", "state", "id"),
        Index("ix_broadcasts_course", "course_id", "id"),
        # Buttons name its number: that of a draft which was thrown away must not come to mean another message.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    # Who wrote it, and from the start who pressed Send and reads how it goes.
    telegram_id: Mapped[TelegramId]
    kind: Mapped[AudienceKind] = mapped_column(
        Enum(AudienceKind, native_enum=False, length=16, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    course_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("courses.id"))
    # One block, as lessons have them.
    content: Mapped[OptionalPersonalData]
    state: Mapped[BroadcastState] = mapped_column(
        Enum(
            BroadcastState,
            native_enum=False,
            length=16,
            values_callable=lambda states: [state.value for state in states],
        ),
        default=BroadcastState.DRAFT,
    )
    created_at: Mapped[Moment]
    started_at: Mapped[OptionalMoment]
    ended_at: Mapped[OptionalMoment]
    # When its author was last told how far it is.
    told_at: Mapped[OptionalMoment]
    # How many could be reached when it was written: some come and some go before it reaches them.
    total: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    is_written: Mapped[bool] = mapped_column(default=False)
    # Rows that were written, and what became of them.
    written: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    unreachable: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)

    @property
    def audience(self) -> Audience:
        """Whom it is for."""
        return Audience(self.kind, self.course_id)

    @property
    def over(self) -> int:
        """How many have got it, or never will."""
        return self.sent + self.unreachable + self.failed

    @property
    def waiting(self) -> int:
        """How many rows are not sent yet."""
        return self.written - self.over - self.withdrawn
