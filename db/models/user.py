"""People with an account, and what makes one an instructor."""

import enum

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Id, LookupKey, Moment, OptionalMoment, OptionalPersonal, Personal


class Role(enum.StrEnum):
    """What an account may become; admins are named in the environment and need none."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"


class User(Base):
    """An account. Several Telegram accounts may be signed in to it."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_idle", "idle_since"),)

    id: Mapped[Id]
    name: Mapped[Personal]
    email: Mapped[Personal]
    # The folded address that uniqueness and look-ups use; `email` keeps what the person typed.
    email_key: Mapped[str] = mapped_column(LookupKey(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(60))
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=16, values_callable=lambda roles: [role.value for role in roles])
    )
    # The Telegram account that registered, which needs no old password to set a new one.
    registered_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Moment]
    # The account was in use until then at least; its sessions know better, as long as there are any.
    idle_since: Mapped[Moment]
    # The person is gone. The row stays, empty of them, because archived courses hang on it.
    gone_at: Mapped[OptionalMoment]
    # Since when the person can do nothing here, and why, in the words that they read; nothing for all others.
    blocked_at: Mapped[OptionalMoment]
    blocked_reason: Mapped[OptionalPersonal]


class Instructor(Base):
    """The public side of an account that teaches."""

    __tablename__ = "instructors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    bio: Mapped[OptionalPersonal]


class InstructorRequest(Base):
    """An account's wish to teach, waiting for an admin or decided by one."""

    __tablename__ = "instructor_requests"
    __table_args__ = (Index("ix_instructor_requests_open", "decided_at", "id"),)

    id: Mapped[Id]
    # One request an account: asking again reopens it.
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), unique=True)
    requested_at: Mapped[Moment]
    decided_at: Mapped[OptionalMoment]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    approved: Mapped[bool | None]


class Handover(Base):
    """A course that its instructor offers to another, until that one takes it or declines."""

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_to", "to_user_id"),)

    # A new offer of the same course takes the place of the last.
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("courses.id"), primary_key=True, autoincrement=False)
    to_user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    offered_at: Mapped[Moment]
