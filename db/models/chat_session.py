"""The state of one Telegram account's talk with the bot."""

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Moment, OptionalMoment, OptionalPersonalData, Personal


class ChatSession(Base):
    """Who is signed in, the open dialog, the open lesson. Locked while an update of this account is answered.

    It is all the conversation state there is: whichever process answers next finds it here.
    """

    __tablename__ = "chat_sessions"
    __table_args__ = (
        Index("ix_chat_sessions_user", "user_id"),
        # For those that nobody has used for long enough to be forgotten; likewise with accounts.
        Index("ix_chat_sessions_seen", "seen_at"),
    )

    telegram_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_name: Mapped[Personal] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(16), default="en")
    # Whether the person chose it here, so that Telegram's does not take its place.
    keeps_language: Mapped[bool] = mapped_column(default=False)
    # An IANA name. Like the language it is the chat's and not the account's: it says how to write to somebody who reads
    # there, whether signed in or not, and everything that is written to a chat finds both in this one row.
    zone: Mapped[str | None] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    signed_in_at: Mapped[OptionalMoment]
    signed_in_until: Mapped[OptionalMoment]
    # The open dialog: its name, step and answers so far. Never a password, only its hash.
    dialog: Mapped[OptionalPersonalData]
    course_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("courses.id"))
    lesson_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("lessons.id"))
    # The lesson whose completion may still be taken back in this visit.
    undo_lesson_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("lessons.id"))
    # A course that a deep link asked for before its reader had an account.
    wanted_code: Mapped[str | None] = mapped_column(String(16))
    unreachable_since: Mapped[OptionalMoment]
    # When they last wrote or pressed anything, to a day.
    seen_at: Mapped[Moment]
    created_at: Mapped[Moment]
