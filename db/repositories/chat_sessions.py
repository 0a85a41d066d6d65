"""Chat sessions: load and lock, sign in and out, reach people."""

import datetime as dt
from collections.abc import Callable, Collection
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, update

from db.models import ChatSession, Outgoing, Role, User
from db.models.base import UtcDateTime
from db.records import SessionRecord, UserRecord, columns
from db.repositories.base import Repository
from db.statement import Row, Statement, Upsert
from db.work import Work

_session = ChatSession.__table__
_user = User.__table__
_SESSION = columns(SessionRecord, ChatSession)
_CHANGEABLE = tuple(str(each.key) for each in _SESSION[1:])
_RECIPIENT = (_session.c.telegram_id, _session.c.language, _session.c.zone)
_state: Callable[[SessionRecord], tuple[Any, ...]] = attrgetter(*_CHANGEABLE)


def _visit() -> Select[Any]:
    # The last column may miss a row that a replica committed while this waited for the lock; the outbox's unique key
    # (update, part) catches that, and the update runs again.
    answered = exists().where(Outgoing.update_id == bindparam("update_id"))
    # Where a blocked person was signed in, they stay blocked when the time has run out: nobody is to wait for that.
    counts = or_(_session.c.signed_in_until > bindparam("now", type_=UtcDateTime), _user.c.blocked_at.is_not(None))
    is_signed_in = and_(_user.c.id == _session.c.user_id, counts)
    return (
        select(*_SESSION, *columns(UserRecord, User), answered)
        .select_from(_session.outerjoin(_user, is_signed_in))
        .where(_session.c.telegram_id == bindparam("telegram_id"))
    )


_look = Statement(_visit())
_lock = Statement(_visit().with_for_update(of=_session))
_get_user = Statement(select(*columns(UserRecord, User)).where(_user.c.id == bindparam("user_id")))
_FIRST = {
    "telegram_id": bindparam("telegram_id"),
    "created_at": bindparam("created_at"),
    "first_name": "",
    "language": "en",
    "keeps_language": False,
    "seen_at": bindparam("created_at"),
}
_begin = Upsert(ChatSession, lambda insert: insert.values(_FIRST).on_conflict_do_nothing())


@cache
def _saving(names: tuple[str, ...]) -> Statement:
    """Returns the statement that writes these columns: each other one would cost its index and its reference anew."""
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return Statement(update(ChatSession).where(_session.c.telegram_id == bindparam("key")).values(values))


class Visit(NamedTuple):
    """What an update finds: its locked session, who is signed in, and whether it was answered before."""

    session: SessionRecord
    user: UserRecord | None
    answered: bool


class Recipient(NamedTuple):
    """Somebody who can be written to, and how: in which language, with the times of which zone."""

    telegram_id: int
    language: str
    zone: str | None = None


class SignIn(NamedTuple):
    """A Telegram account that is signed in, and since and until when; since is not known of the oldest."""

    telegram_id: int
    first_name: str
    signed_in_at: dt.datetime | None
    signed_in_until: dt.datetime | None


_SIGN_IN = columns(SignIn, ChatSession)
_NOBODY: dict[str, None] = dict.fromkeys(
    ("user_id", "signed_in_at", "signed_in_until", "dialog", "course_id", "lesson_id", "undo_lesson_id")
)


class Staff(NamedTuple):
    """Somebody who can be written to, and what the account is that is signed in there, if one is."""

    to: Recipient
    role: Role | None


class ChatSessions(Repository):
    """The sessions of Telegram accounts.

    What is changed in a session that was opened is written at the end of the transaction, or when somebody asks.
    """

    def __init__(self, work: Work) -> None:
        """Has opened none yet."""
        super().__init__(work)
        self._opened: dict[int, tuple[SessionRecord, tuple[Any, ...]]] = {}

    async def look(self, telegram_id: int, update_id: int, now: dt.datetime) -> Visit | None:
        """Returns the account's session as it is, if there is one; nothing is locked."""
        return self._found(await self._work.fetch(_look, telegram_id=telegram_id, update_id=update_id, now=now))

    async def open(self, telegram_id: int, update_id: int, now: dt.datetime) -> Visit:
        """Returns the account's session, made when missing and locked until the transaction ends."""
        visit = await self._load(telegram_id, update_id, now)
        if visit is None:
            # A missing row locks nothing: make it, whoever of two replicas comes first, then lock it.
            await self._work.run(_begin, [{"telegram_id": telegram_id, "created_at": now}])
            visit = await self._load(telegram_id, update_id, now)
        assert visit is not None  # noqa: S101 (it was inserted above)
        return visit

    async def _load(self, telegram_id: int, update_id: int, now: dt.datetime) -> Visit | None:
        await self.save()
        visit = self._found(await self._work.fetch(_lock, telegram_id=telegram_id, update_id=update_id, now=now))
        if visit is None:
            return None
        # Likewise the account, when the wait was for the transaction that signed it in.
        session = visit.session
        if visit.user is None and session.user_id and session.signed_in_until and session.signed_in_until > now:
            [row] = await self._work.fetch(_get_user, user_id=session.user_id)
            return visit._replace(user=UserRecord(*row))
        return visit

    def _found(self, rows: Collection[Row]) -> Visit | None:
        for row in rows:
            session, account = SessionRecord(*row[: len(_SESSION)]), row[len(_SESSION) : -1]
            self._opened[session.telegram_id] = session, _state(session)
            return Visit(session, None if account[0] is None else UserRecord(*account), bool(row[-1]))
        return None

    @property
    def is_changed(self) -> bool:
        """Whether a session that was opened is not as it was."""
        return any(_state(session) != before for session, before in self._opened.values())

    async def save(self) -> None:
        """Writes the sessions that were opened, where they are not as they were."""
        for session, before in list(self._opened.values()):
            after = _state(session)
            if after != before:
                compared = zip(_CHANGEABLE, before, after, strict=True)
                values = {name: new for name, old, new in compared if new != old}
                await self._work.run(_saving(tuple(values)), [{"key": session.telegram_id, **values}])
                self._opened[session.telegram_id] = session, after

    async def close_dialog(self, telegram_id: int) -> None:
        """Forgets the account's open dialog."""
        await self._set([telegram_id], "dialog", None)

    async def list_recipients(self, telegram_ids: Collection[int]) -> list[Recipient]:
        """Returns those of the Telegram accounts that ever wrote to the bot and have not blocked it."""
        return await self._list_reachable(ChatSession.telegram_id.in_(telegram_ids))

    async def _list_reachable(self, *conditions: ColumnElement[bool]) -> list[Recipient]:
        await self.save()
        statement = select(*_RECIPIENT).where(*conditions, ChatSession.unreachable_since.is_(None))
        return [Recipient(*row) for row in await self._session.execute(statement.order_by(ChatSession.telegram_id))]

    async def list_staff(self, telegram_ids: Collection[int], now: dt.datetime) -> list[Staff]:
        """Returns those whom `list_recipients` does, each with the role of the account that is signed in there."""
        await self.save()
        is_signed_in = and_(User.id == ChatSession.user_id, ChatSession.signed_in_until > now)
        statement = (
            select(*_RECIPIENT, User.role)
            .outerjoin(User, is_signed_in)
            .where(ChatSession.telegram_id.in_(telegram_ids), ChatSession.unreachable_since.is_(None))
            .order_by(ChatSession.telegram_id)
        )
        return [Staff(Recipient(*row[:-1]), row[-1]) for row in await self._session.execute(statement)]

    async def list_signed_in(self, user_id: int, now: dt.datetime) -> list[Recipient]:
        """Returns the reachable Telegram accounts that are signed in to this user."""
        return await self._list_reachable(ChatSession.user_id == user_id, ChatSession.signed_in_until > now)

    async def list_sign_ins(self, user_id: int, now: dt.datetime, *, but: int, limit: int) -> list[SignIn]:
        """Returns where somebody is signed in `but` in one Telegram account, as far as the limit goes."""
        statement = select(*_SIGN_IN).where(
            _session.c.user_id == user_id, _session.c.signed_in_until > now, _session.c.telegram_id != but
        )
        return [SignIn(*row) for row in await self._session.execute(statement.order_by("telegram_id").limit(limit))]

    async def end(
        self, user_id: int, now: dt.datetime, *, but: int | None = None, only: int | None = None
    ) -> list[Recipient]:
        """Signs an account out everywhere, `but` in one Telegram account or `only` there; returns whom to tell.

        What was being written there is forgotten: it may be somebody's who should not be there.
        """
        here = [ChatSession.user_id == user_id]
        if but is not None:
            here.append(ChatSession.telegram_id != but)
        if only is not None:
            here.append(ChatSession.telegram_id == only)
        chats = await self._list_reachable(*here, ChatSession.signed_in_until > now)
        await self._session.execute(update(ChatSession).where(*here).values(_NOBODY))
        return chats

    def let_go(self, telegram_ids: Collection[int]) -> None:
        """Writes these sessions no more: their rows are gone."""
        for telegram_id in telegram_ids:
            self._opened.pop(telegram_id, None)

    async def count_signed_in(self, user_id: int, now: dt.datetime) -> int:
        """Returns how many Telegram accounts are signed in to this user, reachable or not."""
        await self.save()
        statement = select(func.count()).where(ChatSession.user_id == user_id, ChatSession.signed_in_until > now)
        return await self._session.scalar(statement) or 0

    async def mark_unreachable(self, telegram_ids: Collection[int], now: dt.datetime) -> None:
        """Remembers that these accounts blocked the bot or are gone."""
        await self._set(telegram_ids, "unreachable_since", now)

    async def _set(self, telegram_ids: Collection[int], name: str, value: Any) -> None:
        """Changes a column, also in the sessions that are open here."""
        for telegram_id in telegram_ids:
            if telegram_id in self._opened:
                setattr(self._opened[telegram_id][0], name, value)
        condition = ChatSession.telegram_id.in_(telegram_ids)
        await self._session.execute(update(ChatSession).where(condition).values({name: value}))
