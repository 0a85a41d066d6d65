"""Broadcasts: drafts, the walk through their audience, and what became of their rows."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, null, or_, select, update

from db.models import AudienceKind, Broadcast, BroadcastState, ChatSession, Course, Outgoing
from db.models.broadcast import Audience
from db.repositories.audiences import addressed, count_of, students
from db.repositories.base import Repository
from db.repositories.outbox import Sent
from db.repositories.reading import list_chats
from db.statement import Statement

# Nobody comes back to a draft that is so old.
KEEP_DRAFTS = dt.timedelta(days=1)
# Rows that are looked up in one statement: there may be more of them than it takes parameters.
AT_ONCE = 500
# The error of a row that was taken out.
WITHDRAWN = "withdrawn"
_FATES = "sent", "unreachable", "failed", "withdrawn"

_outbox, _broadcasts = Outgoing.__table__, Broadcast.__table__
_end = Statement(
    update(Outgoing)
    .where(_outbox.c.id == bindparam("row_id"))
    .values(sent_at=bindparam("sent_at"), message_id=bindparam("message_id"), error=bindparam("error"), content=null())
)
_count = Statement(
    update(Broadcast)
    .where(_broadcasts.c.id == bindparam("key"))
    .values({fate: _broadcasts.c[fate] + bindparam(f"more_{fate}") for fate in _FATES})
)


class BroadcastPage(NamedTuple):
    """A page of broadcasts, and how many there are in all."""

    broadcasts: list[Broadcast]
    total: int


class Broadcasts(Repository):
    """Messages to many."""

    async def add(
        self, *, telegram_id: int, audience: Audience, content: dict[str, Any], total: int, now: dt.datetime
    ) -> Broadcast:
        """Returns a draft."""
        broadcast = Broadcast(
            telegram_id=telegram_id,
            kind=audience.kind,
            course_id=audience.course_id,
            content=content,
            state=BroadcastState.DRAFT,
            created_at=now,
            total=total,
        )
        self._session.add(broadcast)
        await self._session.flush()
        return broadcast

    async def get(self, broadcast_id: int) -> Broadcast | None:
        """Returns a broadcast as it is."""
        return await self._session.get(Broadcast, broadcast_id)

    async def lock(self, broadcast_id: int, *, skip: bool = False) -> Broadcast | None:
        """Returns a broadcast that nobody else changes before the transaction ends.

        With `skip`, one that somebody else has locked is left to them, as if it were not there.
        """
        locked = select(Broadcast).where(Broadcast.id == broadcast_id).with_for_update(skip_locked=skip)
        # What this transaction read before it had the lock may be old by now.
        return await self._session.scalar(locked.execution_options(populate_existing=True))

    async def count(self) -> int:
        """Returns how many there are."""
        return await self._session.scalar(select(func.count()).select_from(Broadcast)) or 0

    async def list_newest(self, *, limit: int, after: int | None = None, before: int | None = None) -> BroadcastPage:
        """Returns a page, newest first: `after` a broadcast's id downwards, or the one just `before` it."""
        found = await self._page(select(Broadcast), limit, after, before)
        return BroadcastPage(found, await self.count())

    async def list_of(
        self, instructor_id: int, *, limit: int, after: int | None = None, before: int | None = None
    ) -> BroadcastPage:
        """Returns a page like `list_newest` of those to the students of courses that are an instructor's by now."""
        theirs = Broadcast.course_id.in_(select(Course.id).where(Course.instructor_id == instructor_id))
        total = await self._session.scalar(select(func.count()).select_from(Broadcast).where(theirs)) or 0
        return BroadcastPage(await self._page(select(Broadcast).where(theirs), limit, after, before), total)

    async def _page(
        self, statement: Select[Broadcast], limit: int, after: int | None, before: int | None
    ) -> list[Broadcast]:
        if before is not None:
            newer = statement.where(Broadcast.id > before).order_by(Broadcast.id)
            return list(await self._session.scalars(newer.limit(limit)))[::-1]
        older = statement if after is None else statement.where(Broadcast.id < after)
        return list(await self._session.scalars(older.order_by(Broadcast.id.desc()).limit(limit)))

    async def count_started(self, course_id: int, since: dt.datetime) -> int:
        """Returns how many to a course's students went out after a moment. Lock the course first to decide from it."""
        started = select(func.count()).where(Broadcast.course_id == course_id, Broadcast.started_at > since)
        return await self._session.scalar(started) or 0

    async def list_running(self) -> Sequence[int]:
        """Returns the ids of those that are under way, oldest first."""
        running = select(Broadcast.id).where(Broadcast.state == BroadcastState.RUNNING)
        return (await self._session.scalars(running.order_by(Broadcast.id))).all()

    async def count_audience(self, audience: Audience, appointed: Collection[int], now: dt.datetime) -> int:
        """Returns how many of an audience can be reached: Telegram accounts, or the students of a course."""
        return await self._session.scalar(count_of(audience, appointed, now)) or 0

    def start(self, broadcast: Broadcast, *, by: int, now: dt.datetime) -> None:
        """Lets a draft go out."""
        broadcast.state, broadcast.telegram_id = BroadcastState.RUNNING, by
        broadcast.started_at = broadcast.told_at = now

    async def walk(
        self, broadcast: Broadcast, *, limit: int, appointed: Collection[int], now: dt.datetime
    ) -> list[int]:
        """Returns the chats of those of the next so many whose turn it is to get it; each comes up once.

        The broadcast is locked. The students of a course are found by their enrollments, each other audience among all
        sessions: each by a key that nobody's signing in or out changes.
        """
        if broadcast.kind is AudienceKind.COURSE:
            seen, chats = await self._walk_students(broadcast, limit, now)
        else:
            seen, chats = await self._walk_accounts(broadcast, limit, appointed, now)
        broadcast.cursor = seen[-1] if seen else broadcast.cursor
        broadcast.is_written = len(seen) < limit
        broadcast.written += len(chats)
        return chats

    async def _walk_accounts(
        self, broadcast: Broadcast, limit: int, appointed: Collection[int], now: dt.datetime
    ) -> tuple[list[int], list[int]]:
        sessions = select(ChatSession.telegram_id, addressed(broadcast.audience, appointed, now))
        following = sessions.where(ChatSession.telegram_id > broadcast.cursor).order_by(ChatSession.telegram_id)
        seen = (await self._session.execute(following.limit(limit))).all()
        return [row[0] for row in seen], [telegram_id for telegram_id, is_addressed in seen if is_addressed]

    async def _walk_students(self, broadcast: Broadcast, limit: int, now: dt.datetime) -> tuple[list[int], list[int]]:
        seen = (await self._session.execute(students(broadcast.audience, broadcast.cursor, limit))).all()
        found = await list_chats(self._session, [row[1] for row in seen if not row[2]], now)
        # A phone that has changed hands since the last stretch has it already.
        had = select(Outgoing.chat_id).where(
            Outgoing.chat_id.in_([chat.telegram_id for chat in found.values()]), Outgoing.remember == name_of(broadcast)
        )
        has_it = set(await self._session.scalars(had))
        chats = [found[user_id].telegram_id for _key, user_id, _is_blocked in seen if user_id in found]
        return [row[0] for row in seen], [chat_id for chat_id in chats if chat_id not in has_it]

    async def mark_sent(self, results: Sequence[Sent]) -> None:
        """Marks rows of broadcasts as sent, forgets their content, and counts each once, whoever sends it again."""
        keys = sorted({each.broadcast_id for each in results if each.broadcast_id is not None})
        # The broadcast before its rows, like everybody who locks both: nobody else marks them meanwhile.
        locked = select(Broadcast.id).where(Broadcast.id.in_(keys)).order_by(Broadcast.id)
        await self._session.execute(locked.with_for_update())
        counts: dict[int | None, Counter[str]] = defaultdict(Counter)
        for start in range(0, len(results), AT_ONCE):
            await self._mark(results[start : start + AT_ONCE], counts)
        more = [{"key": key, **{f"more_{fate}": counts[key][fate] for fate in _FATES}} for key in keys]
        await self._work.run(_count, more)

    async def _mark(self, results: Sequence[Sent], counts: Mapping[int | None, Counter[str]]) -> None:
        open_rows = await self._list_open([each.row_id for each in results])
        new: dict[int, dict[str, Any]] = {}
        for each in results:
            is_withdrawn = open_rows.get(each.row_id)
            # What was on its way when it was taken out has arrived after all.
            if each.row_id in new or is_withdrawn is None or (is_withdrawn and each.error is not None):
                continue
            new[each.row_id] = {name: getattr(each, name) for name in ("row_id", "sent_at", "message_id", "error")}
            counts[each.broadcast_id][_fate(each)] += 1
            counts[each.broadcast_id]["withdrawn"] -= is_withdrawn
        if new:
            await self._work.run(_end, list(new.values()))

    async def _list_open(self, row_ids: Collection[int]) -> dict[int, bool]:
        """Returns those of the rows that are not marked as sent, and whether each was taken out."""
        is_open = or_(Outgoing.sent_at.is_(None), Outgoing.error == WITHDRAWN)
        found = select(Outgoing.id, Outgoing.sent_at.is_not(None)).where(Outgoing.id.in_(row_ids), is_open)
        return {row[0]: row[1] for row in await self._session.execute(found)}

    async def stop(self, broadcast: Broadcast, now: dt.datetime) -> None:
        """Ends a broadcast, which is locked, and takes out its rows that wait."""
        waiting = update(Outgoing).where(Outgoing.broadcast_id == broadcast.id, Outgoing.sent_at.is_(None))
        taken = await self._session.scalars(
            waiting.values(sent_at=now, error=WITHDRAWN, content=null()).returning(Outgoing.id)
        )
        broadcast.withdrawn += len(taken.all())
        broadcast.state, broadcast.ended_at = BroadcastState.STOPPED, now

    def finish(self, broadcast: Broadcast, now: dt.datetime) -> None:
        """Writes down that nothing is left to send."""
        broadcast.state, broadcast.ended_at = BroadcastState.DONE, now

    async def drop(self, broadcast: Broadcast) -> None:
        """Throws a draft away."""
        await self._session.delete(broadcast)
        await self._session.flush()

    async def forget_drafts(self, now: dt.datetime) -> None:
        """Deletes drafts that nobody has sent in time: they hold what somebody wrote."""
        old = delete(Broadcast).where(Broadcast.state == BroadcastState.DRAFT, Broadcast.created_at < now - KEEP_DRAFTS)
        await self._session.execute(old)


def name_of(broadcast: Broadcast) -> str | None:
    """Returns the name under which a chat's row is known to have this message; only what goes to people needs one."""
    return f"announcement/{broadcast.id}" if broadcast.kind is AudienceKind.COURSE else None


def _fate(result: Sent) -> str:
    if result.is_unreachable:
        return "unreachable"
    return "failed" if result.error else "sent"
