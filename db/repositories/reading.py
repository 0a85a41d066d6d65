"""Reading: the one chat in which each person reads what comes to them and not to a Telegram account."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ChatSession
from db.repositories.chat_sessions import Recipient


def is_read(now: dt.datetime) -> ColumnElement[bool]:
    """Returns whether somebody is signed in to a session's chat, and can be reached there."""
    return and_(ChatSession.signed_in_until > now, ChatSession.unreachable_since.is_(None))


async def list_chats(session: AsyncSession, user_ids: Collection[int], now: dt.datetime) -> dict[int, Recipient]:
    """Returns the chat in which each of these people reads: of several, the one that was used last."""
    if not user_ids:
        return {}
    statement = select(ChatSession.user_id, ChatSession.telegram_id, ChatSession.language, ChatSession.zone).where(
        ChatSession.user_id.in_(user_ids), is_read(now)
    )
    rows = await session.execute(statement.order_by(ChatSession.seen_at, ChatSession.telegram_id))
    return {row[0]: Recipient(*row[1:]) for row in rows if row[0] is not None}
