"""The outbox: what the bot has said or is about to say."""

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Id, Moment, OptionalMoment, OptionalPersonalData

# What the content is: a call's parameters, in which files are references that are looked up when it is sent; or these
# with a renderer's name and arguments for a file that is to be made. (1 was a call whose files have their `file_id`.)
CALL, RENDERED = 2, 3
# The newest that this version of the bot can send.
CONTENT_VERSION = RENDERED
_UNSENT, _NAMED = text("sent_at IS NULL"), text("remember IS NOT NULL")
_UNSENT_OF_MANY = text("sent_at IS NULL AND broadcast_id IS NOT NULL")


class Outgoing(Base):
    """One Bot API call, as data. The rows of an update also prove that the update was done.

    Once sent, a row loses its content and is kept for 48 hours, twice as long as Telegram offers an update again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("update_id", "part"),
        # Each reply pays for these twice, so they hold only what is looked for.
        Index("ix_outbox_unsent_chat", "chat_id", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_outbox_sent", "sent_at"),
        Index("ix_outbox_remembered", "chat_id", "remember", "id", sqlite_where=_NAMED, postgresql_where=_NAMED),
        Index(
            "ix_outbox_unsent_broadcast",
            "broadcast_id",
            sqlite_where=_UNSENT_OF_MANY,
            postgresql_where=_UNSENT_OF_MANY,
        ),
    )

    id: Mapped[Id]
    update_id: Mapped[int | None] = mapped_column(BigInteger)
    part: Mapped[int] = mapped_column(Integer)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    # 0 answers a person, 1 is one message among many.
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    version: Mapped[int] = mapped_column(SmallInteger, default=CALL)
    method: Mapped[str] = mapped_column(String(32))
    content: Mapped[OptionalPersonalData]
    # The sender's process; its heartbeat in `senders` is the lease on the row.
    owner: Mapped[str] = mapped_column(String(32))
    # Keep the id of the message that this becomes, under this name …
    remember: Mapped[str | None] = mapped_column(String(64))
    # … and edit the message of that name instead of sending a new one.
    edits: Mapped[str | None] = mapped_column(String(64))
    # The broadcast whose message this is, which counts what becomes of it.
    broadcast_id: Mapped[int | None] = mapped_column(BigId)
    # After this moment it is not sent any more: whoever gets it would be asleep.
    good_until: Mapped[OptionalMoment]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Moment]
    sent_at: Mapped[OptionalMoment]
    error: Mapped[str | None] = mapped_column(String(200))


class SenderLease(Base):
    """A living sender. When its time is over, another may send what it left."""

    __tablename__ = "senders"

    owner: Mapped[str] = mapped_column(String(32), primary_key=True)
    alive_until: Mapped[Moment]
