"""Records that keep the house safe: throttles, the audit log, the shelf, attempts."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import (
    Base,
    BigId,
    Id,
    LookupKey,
    Moment,
    OptionalMoment,
    OptionalPersonal,
    OptionalPersonalData,
    Personal,
    TelegramId,
)


class Throttle(Base):
    """Wrong passwords in a row, per Telegram account and per account."""

    __tablename__ = "throttles"
    # For those that are old enough to be forgotten; likewise with attempts and the shelf.
    __table_args__ = (Index("ix_throttles_last", "last_at"),)

    # Of a Telegram account, or of an address, whether it has an account or not.
    key: Mapped[str] = mapped_column(LookupKey(80), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Moment]
    # The update that was counted last: one that is handled again is not counted twice.
    update_id: Mapped[int] = mapped_column(BigInteger)


class AuditEntry(Base):
    """Something that an admin did."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_about", "about"), Index("ix_audit_log_at", "at"))

    id: Mapped[Id]
    at: Mapped[Moment]
    telegram_id: Mapped[TelegramId]
    action: Mapped[str] = mapped_column(String(32))
    # Whom it was done to: an address. It is taken out when their account goes.
    subject: Mapped[Personal]
    # Whose account that is, for no SQL finds an address among the subjects.
    about: Mapped[int | None] = mapped_column(BigId)
    # What there is to say about it: the reason of a block, say.
    detail: Mapped[OptionalPersonal]


class ShelvedUpdate(Base):
    """An update that could not be handled, with the reason."""

    __tablename__ = "shelf"
    __table_args__ = (
        Index("ix_shelf_fingerprint", "fingerprint", "shelved_at"),
        Index("ix_shelf_retried", "retried_at"),
        Index("ix_shelf_shelved", "shelved_at"),
        Index("ix_shelf_telegram", "telegram_id"),
        # Its numbers are spoken of, and made into update ids: SQLite, too, is never to give one again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    shelved_at: Mapped[Moment]
    # Nothing when the update held a secret: it cannot be tried again.
    content: Mapped[OptionalPersonalData]
    traceback: Mapped[Personal]
    # What went wrong and where, so that admins are told of one trouble once.
    fingerprint: Mapped[str] = mapped_column(String(64))
    # When an admin asked for another try, which comes at the next tick.
    retried_at: Mapped[OptionalMoment]
    # The admin who waits to hear what became of it; nobody, when many entries were asked for at once.
    retried_by: Mapped[int | None] = mapped_column(BigInteger)


class Attempt(Base):
    """How often an update was begun by processes that then ended without finishing it."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_begun", "begun_at"),)

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int]
    begun_at: Mapped[Moment]
