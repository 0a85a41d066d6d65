"""Chat sessions: load and lock, sign in and out, reach people."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, exists, select, update

from db.models import ChatSession, Outgoing, User
from db.repositories.base import Repository


class Visit(NamedTuple):
    """What an update finds: its locked session, who is signed in, and whether it was answered before."""

    session: ChatSession
    user: User | None
    answered: bool


class Recipient(NamedTuple):
    """Somebody who can be written to, and in which language."""

    telegram_id: int
    language: str


class ChatSessions(Repository):
    """The sessions of Telegram accounts."""

    async def open(self, telegram_id: int, update_id: int, now: dt.datetime) -> Visit:
        """Returns the account's session, made when missing and locked until the transaction ends."""
        visit = await self._load(telegram_id, update_id, now)
        if visit is None:
            # A missing row locks nothing: make it, whoever of two replicas comes first, then lock it.
            statement = self._insert(ChatSession).values(telegram_id=telegram_id, created_at=now)
            await self._session.execute(statement.on_conflict_do_nothing())
            visit = await self._load(telegram_id, update_id, now)
        assert visit is not None  # noqa: S101 (it was inserted above)
        return visit

    async def _load(self, telegram_id: int, update_id: int, now: dt.datetime) -> Visit | None:
        # The third column may miss a row that a replica committed while this waited for the lock; the outbox's
        # unique key (update, part) catches that, and the update runs again.
        answered = exists().where(Outgoing.update_id == update_id)
        statement = (
            select(ChatSession, User, answered)
            .outerjoin(User, and_(User.id == ChatSession.user_id, ChatSession.signed_in_until > now))
            .where(ChatSession.telegram_id == telegram_id)
            .with_for_update(of=ChatSession)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        visit = Visit(*row)
        # Likewise the account, when the wait was for the transaction that signed it in.
        session = visit.session
        if visit.user is None and session.user_id and session.signed_in_until and session.signed_in_until > now:
            return visit._replace(user=await self._session.get(User, session.user_id))
        return visit

    async def close_dialog(self, telegram_id: int) -> None:
        """Forgets the account's open dialog."""
        await self._session.execute(
            update(ChatSession).where(ChatSession.telegram_id == telegram_id).values(dialog=None)
        )

    async def list_recipients(self, telegram_ids: Collection[int]) -> list[Recipient]:
        """Returns those of the Telegram accounts that ever wrote to the bot and have not blocked it."""
        statement = select(ChatSession.telegram_id, ChatSession.language).where(
            ChatSession.telegram_id.in_(telegram_ids), ChatSession.unreachable_since.is_(None)
        )
        return [Recipient(*row) for row in (await self._session.execute(statement.order_by(ChatSession.telegram_id)))]

    async def list_signed_in(self, user_id: int, now: dt.datetime) -> list[Recipient]:
        """Returns the reachable Telegram accounts that are signed in to this user."""
        statement = select(ChatSession.telegram_id, ChatSession.language).where(
            ChatSession.user_id == user_id,
            ChatSession.signed_in_until > now,
            ChatSession.unreachable_since.is_(None),
        )
        return [Recipient(*row) for row in (await self._session.execute(statement.order_by(ChatSession.telegram_id)))]

    async def mark_unreachable(self, telegram_ids: Collection[int], now: dt.datetime) -> None:
        """Remembers that these accounts blocked the bot or are gone."""
        await self._session.execute(
            update(ChatSession).where(ChatSession.telegram_id.in_(telegram_ids)).values(unreachable_since=now)
        )
