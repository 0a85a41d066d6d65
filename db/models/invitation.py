"""What an instructor sends out for a course: invitations to it, and messages to its students."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Id, Moment, OptionalMoment


class Invitation(Base):
    """A link by which people enroll in a private course."""

    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_course", "course_id", "id"),)

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("courses.id"))
    token: Mapped[str] = mapped_column(String(16), unique=True)
    # Nothing is no limit.
    max_people: Mapped[int | None]
    # How many enrolled by it. Only the database counts, and never past the limit.
    used: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Moment]
    revoked_at: Mapped[OptionalMoment]


class Letter(Base):
    """That a message went to a student of a course, for one day, as there is a limit: neither its words nor to whom."""

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_course", "course_id", "sent_at"),)

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("courses.id"))
    sent_at: Mapped[Moment]
