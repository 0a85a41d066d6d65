"""Records that keep the house safe: throttles, the audit log, the shelf, attempts."""

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id, Moment, OptionalData, OptionalMoment, TelegramId


class Throttle(Base):
    """Wrong passwords in a row, per Telegram account and per account."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Moment]
    # The update that was counted last: one that is handled again is not counted twice.
    update_id: Mapped[int] = mapped_column(BigInteger)


class AuditEntry(Base):
    """Something that an admin did."""

    __tablename__ = "audit_log"

    id: Mapped[Id]
    at: Mapped[Moment]
    telegram_id: Mapped[TelegramId]
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))


class ShelvedUpdate(Base):
    """An update that could not be handled, with the reason."""

    __tablename__ = "shelf"
    __table_args__ = (
        Index("ix_shelf_fingerprint", "fingerprint", "shelved_at"),
        Index("ix_shelf_retried", "retried_at"),
    )

    id: Mapped[Id]
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    shelved_at: Mapped[Moment]
    # Nothing when the update held a secret: it cannot be tried again.
    content: Mapped[OptionalData]
    traceback: Mapped[str] = mapped_column(Text)
    # What went wrong and where, so that admins are told of one trouble once.
    fingerprint: Mapped[str] = mapped_column(String(64))
    # When an admin asked for another try, which comes at the next tick.
    retried_at: Mapped[OptionalMoment]


class Attempt(Base):
    """How often an update was begun by processes that then ended without finishing it."""

    __tablename__ = "attempts"

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int]
    begun_at: Mapped[Moment]
