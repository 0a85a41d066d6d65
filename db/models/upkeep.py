"""Records that keep the house safe: throttles, the audit log, the shelf."""

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id, Moment, OptionalData, TelegramId


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

    id: Mapped[Id]
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    shelved_at: Mapped[Moment]
    # Nothing when the update held a secret: it cannot be tried again.
    content: Mapped[OptionalData]
    traceback: Mapped[str] = mapped_column(Text)
