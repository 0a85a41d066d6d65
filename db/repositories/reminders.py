"""Reminders: the plans of people, who is due, what waits for them, and what they were told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, delete, func, null, or_, select, update

from db.models import Completion, Course, Lesson, Progress, ProgressStatus, Role, User
from db.models.base import BigId, UtcDateTime
from db.models.reminder import ReminderMute, ReminderPlan, ReminderThing
from db.records import PlanRecord, columns
from db.reminding import FIRST, Mute, Person, Thing, Waiting
from db.repositories.base import Repository
from db.repositories.progress import DONE, TOTAL, next_lesson
from db.repositories.reading import list_chats
from db.statement import Row, Statement, Upsert

_PLAN = columns(PlanRecord, ReminderPlan)
_user_id = bindparam("user", type_=BigId)
_now = bindparam("now", type_=UtcDateTime)
_is_this = ReminderPlan.user_id == _user_id

_get = Statement(select(*_PLAN).where(_is_this))
_lock = Statement(select(*_PLAN).where(_is_this).with_for_update())
_begin = Upsert(
    ReminderPlan,
    lambda insert: insert.values(
        user_id=_user_id, next_due=bindparam("next_due", type_=UtcDateTime), **FIRST
    ).on_conflict_do_nothing(),
)
_save = Statement(
    update(ReminderPlan)
    .where(_is_this)
    .values({column.key: bindparam(f"new_{column.key}", type_=column.type) for column in _PLAN[1:]})
)
_due = Statement(
    select(*_PLAN, User.name, User.role, User.blocked_at.is_not(None))
    .join(User, User.id == ReminderPlan.user_id)
    .where(ReminderPlan.next_due <= _now)
    .order_by(ReminderPlan.next_due, ReminderPlan.user_id)
    .limit(bindparam("limit", type_=Integer))
    # The accounts, too, and with the lock that those who change one take: whoever deletes an account holds it while the
    # plan is waited for, and what is told here refers to it. They would wait in a circle.
    .with_for_update(of=(ReminderPlan, User), key_share=True, skip_locked=True)
)
_bring_forward = Statement(
    update(ReminderPlan)
    .where(_is_this, ReminderPlan.is_on, or_(ReminderPlan.next_due.is_(None), ReminderPlan.next_due > _now))
    .values(next_due=_now)
)
# Not by the name of the column that is written: SQLAlchemy keeps that for itself.
_told_at = bindparam("moment", type_=UtcDateTime)
_forget_message = Statement(
    update(ReminderPlan)
    .where(_is_this, ReminderPlan.told_at == _told_at)
    .values(
        told_on=null(),
        told_at=null(),
        owed_since=_told_at,
        asked_at=case((ReminderPlan.asked_at == _told_at, null()), else_=ReminderPlan.asked_at),
        # What asks whether to go on was not counted; with the number at its most, the next one asks again.
        ignored=case(
            (or_(ReminderPlan.asked_at == _told_at, ReminderPlan.ignored == 0), ReminderPlan.ignored),
            else_=ReminderPlan.ignored - 1,
        ),
    )
)
_forget_things = Statement(
    update(ReminderThing)
    .where(ReminderThing.user_id == _user_id, ReminderThing.told_at == _told_at)
    .values(told_at=null())
)
_look_again = Statement(
    update(ReminderPlan)
    .where(_is_this, ReminderPlan.is_on, or_(ReminderPlan.next_due.is_(None), ReminderPlan.next_due > _told_at))
    .values(next_due=_told_at)
)
_put = Upsert(
    ReminderThing,
    lambda insert: insert.values({name: bindparam(name) for name in Thing._fields}).on_conflict_do_update(
        index_elements=("user_id", "kind", "course_id"),
        set_={name: insert.excluded[name] for name in ("thing", "since", "told_at")},
    ),
)
_mute = Upsert(
    ReminderMute,
    lambda insert: insert.values({name: bindparam(name) for name in Mute._fields}).on_conflict_do_nothing(),
)
_unmute = Statement(
    delete(ReminderMute).where(
        ReminderMute.user_id == _user_id,
        ReminderMute.kind == bindparam("kind"),
        ReminderMute.course_id == bindparam("course", type_=BigId),
    )
)
# So many people are read at once; fewer are asked for more than once, so that the statement is always the same.
BATCH = 50
_IDS = [f"user_{place}" for place in range(BATCH)]
_people = [bindparam(name, type_=BigId) for name in _IDS]
_mutes = Statement(
    select(*(ReminderMute.__table__.c[name] for name in Mute._fields)).where(ReminderMute.user_id.in_(_people))
)
_things = Statement(
    select(*(ReminderThing.__table__.c[name] for name in Thing._fields)).where(ReminderThing.user_id.in_(_people))
)
_newest = (
    select(func.max(Lesson.id))
    .outerjoin(Completion, and_(Completion.lesson_id == Lesson.id, Completion.user_id == Progress.user_id))
    .where(Lesson.course_id == Progress.course_id, Lesson.removed_at.is_(None), Completion.lesson_id.is_(None))
    .correlate(Progress)
    .scalar_subquery()
)
_waiting = Statement(
    select(
        Progress.user_id,
        Course.id,
        Course.title,
        Course.status,
        Progress.status,
        Progress.enrolled_at,
        Progress.completed_at,
        DONE,
        TOTAL,
        next_lesson(Lesson.title),
        # Only a course that is finished can have something new.
        case((Progress.status == ProgressStatus.COMPLETED, _newest)),
    )
    .select_from(Progress)
    .join(Course, Course.id == Progress.course_id)
    .where(Progress.user_id.in_(_people), Progress.left_at.is_(None))
    .order_by(Progress.user_id, Progress.id)
)
# The course is looked up for each, as a join might read all lessons there are.
_course = select(Lesson.course_id).where(Lesson.id == Completion.lesson_id).scalar_subquery()
_last_done = Statement(
    select(Completion.user_id, _course.label("course"), func.max(Completion.completed_at))
    .where(Completion.user_id.in_(_people))
    .group_by(Completion.user_id, "course")
)


class Reminders(Repository):
    """The plans of those who are reminded, and what belongs to them."""

    async def get(self, user_id: int) -> PlanRecord | None:
        """Returns somebody's plan as it is."""
        return next((PlanRecord(*row) for row in await self._work.fetch(_get, user=user_id)), None)

    async def lock(self, user_id: int) -> PlanRecord | None:
        """Returns somebody's plan, which nobody else changes before the transaction ends."""
        return next((PlanRecord(*row) for row in await self._work.fetch(_lock, user=user_id)), None)

    async def begin(self, user_id: int, next_due: dt.datetime | None) -> None:
        """Plans for somebody as for all who have said nothing; who has a plan keeps it."""
        await self._work.run(_begin, [{"user": user_id, "next_due": next_due}])

    async def save(self, plans: Sequence[PlanRecord]) -> None:
        """Writes plans down. Lock them first."""
        many = [
            {"user": plan.user_id, **{f"new_{column.key}": getattr(plan, str(column.key)) for column in _PLAN[1:]}}
            for plan in plans
        ]
        if many:
            await self._work.run(_save, many)

    async def claim(self, now: dt.datetime, *, limit: int, appointed: Collection[int] = ()) -> list[Person]:
        """Returns those who are due, longest first, locked; whom a replica looks at is left to it.

        The `appointed` Telegram accounts are instructors' by the environment.
        """
        rows = await self._work.fetch(_due, now=now, limit=limit)
        chats = await list_chats(self._session, [row[0] for row in rows], now)
        people = []
        for row in rows:
            plan, (name, role, is_blocked) = PlanRecord(*row[: len(_PLAN)]), row[len(_PLAN) :]
            to = chats.get(plan.user_id)
            teaches = role is Role.INSTRUCTOR or (to is not None and to.telegram_id in appointed)
            people.append(Person(plan, name, teaches, is_blocked=bool(is_blocked), to=to))
        return people

    async def _fetch(self, statement: Statement, user_ids: Collection[int], **values: Any) -> list[Row]:
        """Returns the rows of all these people, of so many at a time as are read at once."""
        rows: list[Row] = []
        ids = list(user_ids)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            # The last one stands in the places that are left.
            named = zip(_IDS, (*batch, *[batch[-1]] * (BATCH - len(batch))), strict=True)
            rows += await self._work.fetch(statement, **dict(named), **values)
        return rows

    async def list_waiting(self, user_ids: Collection[int]) -> Mapping[int, list[Waiting]]:
        """Returns what each of these people takes, first enrolled first; two statements for fifty of them."""
        acts = {(row[0], row[1]): row[2] for row in await self._fetch(_last_done, user_ids)}
        found: dict[int, list[Waiting]] = defaultdict(list)
        for row in await self._fetch(_waiting, user_ids):
            found[row[0]].append(Waiting._make((*row, acts.get((row[0], row[1])))))
        return found

    async def list_mutes(self, user_ids: Collection[int]) -> set[Mute]:
        """Returns what these people want to hear nothing of."""
        return {Mute(*row) for row in await self._fetch(_mutes, user_ids)}

    async def mute(self, mute: Mute) -> None:
        """Writes down that somebody wants to hear nothing of something."""
        await self._work.run(_mute, [mute._asdict()])

    async def unmute(self, mute: Mute) -> None:
        """Lets somebody hear of it again."""
        await self._work.run(_unmute, [{"user": mute.user_id, "kind": mute.kind, "course": mute.course_id}])

    async def list_things(self, user_ids: Collection[int]) -> list[Thing]:
        """Returns what these people were told, or are to be told, once."""
        return [Thing(*row) for row in await self._fetch(_things, user_ids)]

    async def put(self, things: Sequence[Thing]) -> None:
        """Writes down what was told, in the place of what was told of this kind in this course before."""
        if things:
            await self._work.run(_put, [thing._asdict() for thing in things])

    async def bring_forward(self, user_ids: Collection[int], now: dt.datetime) -> None:
        """Looks at these people at the next tick, unless they want no reminders at all."""
        await self._work.run(_bring_forward, [{"user": user_id, "now": now} for user_id in sorted(user_ids)])

    async def take_back(self, user_id: int, told_at: dt.datetime) -> None:
        """Forgets that somebody was told something at a moment, for it did not arrive, and looks at them again."""
        values = {"user": user_id, "moment": told_at}
        for statement in (_forget_message, _forget_things, _look_again):
            await self._work.run(statement, [values])
