"""Teaching: what is new in the courses of instructors, and which of their students do not get on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    update,
    values,
)

from db.models import ChatSession, Completion, Course, CourseStatus, Lesson, Progress, ProgressStatus, User
from db.models.base import BigId, UtcDateTime
from db.models.reminder import ReminderMute, ReminderPlan
from db.repositories.base import Repository
from db.statement import Statement

# Who has begun a course, or done something there, so long ago and nothing since then, does not get on.
STALLED_AFTER = dt.timedelta(days=14)
EVERYBODY = 2**31 - 1

_course_id = bindparam("course", type_=BigId)
_now = bindparam("now", type_=UtcDateTime)
_today = bindparam("today", type_=Date)
_quiet_since = bindparam("quiet_since", type_=UtcDateTime)


class CourseNews(NamedTuple):
    """What is new in a course: how many students came, finished, and have done nothing for too long since now."""

    course_id: int
    title: str
    new: int
    finished: int
    stalled: int

    @property
    def is_any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.new or self.finished or self.stalled)


class Stretch(NamedTuple):
    """Some students, and the key after which the next ones are found; none when these were the last."""

    user_ids: list[int]
    last: int | None


def _has_done(since: Any) -> ColumnElement[bool]:
    """Returns whether a student has completed a lesson that was written for the course after a moment."""
    done = exists().where(Lesson.course_id == Progress.course_id, Completion.lesson_id == Lesson.id)
    return done.where(Completion.user_id == Progress.user_id, Completion.completed_at > since).correlate(Progress)


def _is_stalled(quiet_since: Any) -> ColumnElement[bool]:
    """Returns whether a student has a lesson to do in a course, and has done nothing there since a moment."""
    is_under_way = and_(Progress.status == ProgressStatus.IN_PROGRESS, Progress.enrolled_at <= quiet_since)
    is_completed = exists().where(Completion.user_id == Progress.user_id, Completion.lesson_id == Lesson.id)
    is_open = exists().where(
        Lesson.course_id == Progress.course_id,
        Lesson.removed_at.is_(None),
        ~is_completed.correlate(Progress, Lesson),
    )
    return and_(is_under_way, ~_has_done(quiet_since), is_open.correlate(Progress))


def _hears() -> ColumnElement[bool]:
    """Returns whether a student with a plan hears of a course when they are reminded."""
    is_muted = exists().where(
        ReminderMute.user_id == Progress.user_id,
        or_(ReminderMute.kind == literal("nudge"), ReminderMute.kind == literal("")),
        or_(ReminderMute.course_id == Progress.course_id, ReminderMute.course_id == literal(0)),
    )
    reads = exists().where(
        ChatSession.user_id == Progress.user_id,
        ChatSession.signed_in_until > _now,
        ChatSession.unreachable_since.is_(None),
    )
    is_paused = ReminderPlan.paused_until > _today
    wants = and_(
        ReminderPlan.is_on, ReminderPlan.asked_at.is_(None), or_(ReminderPlan.paused_until.is_(None), ~is_paused)
    )
    return and_(wants, User.blocked_at.is_(None), ~is_muted, reads)


def _to_nudge(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Progress)
        .join(ReminderPlan, ReminderPlan.user_id == Progress.user_id)
        .join(User, User.id == Progress.user_id)
        .where(Progress.course_id == _course_id, Progress.left_at.is_(None), _is_stalled(_quiet_since), _hears())
    )


_some_stalled = _to_nudge(Progress.id).limit(bindparam("most", type_=Integer)).subquery("some_stalled")
_count_stalled = Statement(select(func.count()).select_from(_some_stalled))
_list_stalled = Statement(
    _to_nudge(Progress.id, Progress.user_id)
    .where(Progress.id > bindparam("key", type_=BigId))
    .order_by(Progress.id)
    .limit(bindparam("limit", type_=Integer))
)
_nudged_at = Statement(select(Course.nudged_at).where(Course.id == _course_id))
_mark_nudged = Statement(update(Course).where(Course.id == _course_id).values(nudged_at=_now))


class Teaching(Repository):
    """What instructors hear of their students, and students of their instructors."""

    async def list_news(self, since: Mapping[int, dt.datetime], now: dt.datetime) -> Mapping[int, list[CourseNews]]:
        """Returns what is new for each of these instructors since the moment that goes with them, oldest course first.

        It is one statement for all of them; courses in the archive are left out.
        """
        if not since:
            return {}
        columns = column("teacher", BigId), column("since", UtcDateTime), column("quiet_since", UtcDateTime)
        rows = [(user_id, moment, moment - STALLED_AFTER) for user_id, moment in sorted(since.items())]
        teachers = values(*columns).data(rows).cte("teachers")
        found: dict[int, list[CourseNews]] = defaultdict(list)
        for teacher, *course in await self._session.execute(_news(teachers.c, now - STALLED_AFTER)):
            if (news := CourseNews(*course)).is_any:
                found[teacher].append(news)
        return found

    async def name_instructors(self, course_ids: Collection[int]) -> Mapping[int, str]:
        """Returns the name of each course's instructor."""
        names = select(Course.id, User.name).join(User, User.id == Course.instructor_id)
        rows = await self._session.execute(names.where(Course.id.in_(course_ids)))
        return {row[0]: row[1] for row in rows}

    async def count_stalled(self, course_id: int, now: dt.datetime, *, most: int = EVERYBODY) -> int:
        """Returns how many students of a course do not get on, and would hear that somebody asks; counts to `most`."""
        [(count,)] = await self._work.fetch(_count_stalled, course=course_id, most=most, **_moments(now))
        return int(count)

    async def list_stalled(self, course_id: int, now: dt.datetime, *, after: int, limit: int) -> Stretch:
        """Returns the next of those whom `count_stalled` counts, in the order of enrollment, after a key."""
        rows = await self._work.fetch(_list_stalled, course=course_id, key=after, limit=limit, **_moments(now))
        return Stretch([row[1] for row in rows], rows[-1][0] if len(rows) == limit else None)

    async def get_nudged_at(self, course_id: int) -> dt.datetime | None:
        """Returns when the students of a course were last asked how they get on. Lock the course to decide from it."""
        [(moment,)] = await self._work.fetch(_nudged_at, course=course_id)
        return moment  # type: ignore[no-any-return]

    async def mark_nudged(self, course_id: int, now: dt.datetime) -> None:
        """Writes down that the students of a course are asked now."""
        await self._work.run(_mark_nudged, [{"course": course_id, "now": now}])


def _moments(now: dt.datetime) -> dict[str, Any]:
    return {"now": now, "today": now.date(), "quiet_since": now - STALLED_AFTER}


def _news(teachers: Any, quiet_since: dt.datetime) -> Select[Any]:
    # Who has come to a halt since the last time: nothing done in so many days now, which was not so then.
    was_at_it = or_(Progress.enrolled_at > teachers.quiet_since, _has_done(teachers.quiet_since))
    has_stopped = and_(_is_stalled(quiet_since), was_at_it)
    return (
        select(
            teachers.teacher,
            Course.id,
            Course.title,
            func.count().filter(Progress.enrolled_at > teachers.since),
            func.count().filter(Progress.completed_at > teachers.since),
            func.count().filter(has_stopped),
        )
        .join(Course, Course.instructor_id == teachers.teacher)
        .join(Progress, and_(Progress.course_id == Course.id, Progress.left_at.is_(None)))
        .where(Course.status != CourseStatus.ARCHIVED)
        .group_by(teachers.teacher, Course.id, Course.title)
        .order_by(teachers.teacher, Course.id)
    )
