"""What is kept of a person, taken together: how long it has not been used, and how it is forgotten."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, delete, null, or_, select, update

from db.models import (
    AuditEntry,
    Broadcast,
    ChatSession,
    Completion,
    Course,
    Handover,
    Instructor,
    InstructorRequest,
    Outgoing,
    Progress,
    ReminderMute,
    ReminderPlan,
    ReminderThing,
    Role,
    ShelvedUpdate,
    User,
)
from db.repositories.base import Repository

# So many rows are forgotten at a time.
BATCH = 500


class Idle(NamedTuple):
    """An account that may not have been in use for long, and when one of its sessions last was."""

    user: User
    seen_at: dt.datetime | None


class Accounts(Repository):
    """The whole of what belongs to an account or to a Telegram account."""

    async def list_chats(self, user: User) -> list[int]:
        """Returns the Telegram accounts of somebody: those signed in here, also long ago, and the one that registered.

        When that one is signed in to another account by now, it is somebody else's.
        """
        registrant = and_(ChatSession.telegram_id == (user.registered_by or 0), ChatSession.user_id.is_(None))
        statement = select(ChatSession.telegram_id).where(or_(ChatSession.user_id == user.id, registrant))
        return list(await self._session.scalars(statement.order_by(ChatSession.telegram_id)))

    async def forget_chats(self, telegram_ids: Collection[int], now: dt.datetime) -> None:
        """Deletes what is kept of Telegram accounts; what was about to be sent to them is not sent any more.

        What was sent keeps its number, without its words, as long as Telegram may offer an update again.
        """
        # Sessions, broadcasts, rows: in the order in which whoever marks what was sent locks them, too.
        await self._session.execute(delete(ChatSession).where(ChatSession.telegram_id.in_(telegram_ids)))
        await self._take_out_unsent(telegram_ids, now)
        await self._session.execute(delete(ShelvedUpdate).where(ShelvedUpdate.telegram_id.in_(telegram_ids)))

    async def _take_out_unsent(self, telegram_ids: Collection[int], now: dt.datetime) -> None:
        unsent = and_(Outgoing.chat_id.in_(telegram_ids), Outgoing.sent_at.is_(None))
        of_many = select(Outgoing.broadcast_id).where(unsent, Outgoing.broadcast_id.is_not(None))
        # The broadcast before its rows, like everybody who locks both.
        locked = select(Broadcast.id).where(Broadcast.id.in_(of_many)).order_by(Broadcast.id)
        await self._session.execute(locked.with_for_update())
        taken = update(Outgoing).where(unsent).values(sent_at=now, content=null()).returning(Outgoing.broadcast_id)
        # A broadcast is over when all of its rows are counted, and whoever is gone is one whom it did not reach.
        counts = Counter(key for key in await self._session.scalars(taken) if key is not None)
        for key, count in sorted(counts.items()):
            counted = update(Broadcast).where(Broadcast.id == key)
            await self._session.execute(counted.values(unreachable=Broadcast.unreachable + count))

    async def forget(self, user: User, now: dt.datetime) -> None:
        """Deletes an account with all that is only its own. Lock it first, and forget its chats.

        Of an account with courses an empty row stays, on which they hang.
        """
        # What is really deleted is counted down: an instructor may remove this student at the same moment.
        gone = delete(Progress).where(Progress.user_id == user.id).returning(Progress.course_id, Progress.left_at)
        current = [course_id for course_id, left_at in await self._session.execute(gone) if left_at is None]
        leaving = update(Course).where(Course.id.in_(current)).values(students=Course.students - 1)
        await self._session.execute(leaving)
        own = select(Course.id).where(Course.instructor_id == user.id)
        for offers in (Handover.to_user_id == user.id, Handover.course_id.in_(own)):
            await self._session.execute(delete(Handover).where(offers))
        for model in (Completion, InstructorRequest, ReminderPlan, ReminderMute, ReminderThing):
            await self._session.execute(delete(model).where(model.user_id == user.id))
        nobody = update(AuditEntry).where(AuditEntry.about == user.id).values(subject="", detail=None, about=None)
        await self._session.execute(nobody)
        if await self._session.scalar(select(Course.id).where(Course.instructor_id == user.id).limit(1)):
            await self._empty(user, now)
            return
        await self._session.execute(delete(Instructor).where(Instructor.user_id == user.id))
        await self._session.delete(user)
        await self._session.flush()

    async def _empty(self, user: User, now: dt.datetime) -> None:
        # No address: nobody can type one without an @.
        user.name, user.email, user.email_key, user.password_hash = "", "", f"gone {user.id}", ""
        user.role, user.registered_by, user.gone_at = Role.STUDENT, None, now
        user.blocked_at = user.blocked_reason = None
        await self._session.execute(update(Instructor).where(Instructor.user_id == user.id).values(bio=None))
        await self._session.flush()

    async def next_idle(self, before: dt.datetime) -> Idle | None:
        """Returns an account of which nobody noticed any use since then, locked; its sessions may know of some."""
        is_idle = and_(User.idle_since < before, User.gone_at.is_(None))
        user_id = await self._session.scalar(select(User.id).where(is_idle).order_by(User.idle_since).limit(1))
        if user_id is None:
            return None
        # Sessions before accounts, as everybody locks them: one that is in use at this moment is waited for.
        sessions = select(ChatSession.seen_at).where(ChatSession.user_id == user_id).order_by(ChatSession.telegram_id)
        seen = list(await self._session.scalars(sessions.with_for_update()))
        user = await self._session.scalar(select(User).where(User.id == user_id).with_for_update())
        return None if user is None else Idle(user, max(seen, default=None))

    async def forget_unused_chats(self, before: dt.datetime) -> int:
        """Deletes what is kept of some Telegram accounts that nobody used since then; returns of how many."""
        unused = select(ChatSession.telegram_id).where(ChatSession.seen_at < before)
        # Asked again of each row: it may have been waited for, and be in use by now.
        statement = delete(ChatSession).where(
            ChatSession.telegram_id.in_(unused.limit(BATCH)), ChatSession.seen_at < before
        )
        return len((await self._session.scalars(statement.returning(ChatSession.telegram_id))).all())
