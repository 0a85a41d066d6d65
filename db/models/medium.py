"""Media: the files of lessons, kept twice."""

import enum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Moment

_WAITS = text("state = 'pending'")


class MediumState(enum.StrEnum):
    """Whether there is a copy of a medium: not yet, yes, or never, as Telegram hands bots no file over 20 MB."""

    PENDING = "pending"
    KEPT = "kept"
    TOO_BIG = "too_big"


class Medium(Base):
    """A file that an instructor sent, known by the id that is the same for all bots."""

    __tablename__ = "media"
    __table_args__ = (
        Index("ix_media_due", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        # Whether anybody needs a file of the store.
        Index("ix_media_sha256", "sha256"),
    )

    unique_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    # As blocks name it: photo, document and so on.
    kind: Mapped[str] = mapped_column(String(16))
    # As it came, good for the bot that it came to, whichever that was.
    file_id: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)
    # What Telegram is told when the file is sent anew: duration, width, title …
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[MediumState] = mapped_column(
        Enum(
            MediumState, native_enum=False, length=16, values_callable=lambda states: [state.value for state in states]
        )
    )
    # The name of the copy, and its bytes.
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(BigInteger)
    # Why there is no copy yet, or never will be.
    reason: Mapped[str | None] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    # When to try; while somebody does, when others may take them for dead.
    due_at: Mapped[Moment]
    # When a block with it was last written: so long it is not looked whether any still is there.
    registered_at: Mapped[Moment]


class FileId(Base):
    """What one bot calls a medium: proven, for Telegram has taken it from this bot or given it to it."""

    __tablename__ = "file_ids"

    unique_id: Mapped[str] = mapped_column(String(128), ForeignKey("media.unique_id"), primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    file_id: Mapped[str] = mapped_column(Text)
