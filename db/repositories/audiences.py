"""Audiences: whom a broadcast is for, as Telegram accounts, or the students of a course as people."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from db.models import ChatSession, Progress, Role, User
from db.models.broadcast import Audience, AudienceKind
from db.repositories.reading import is_read


def count_of(audience: Audience, appointed: Collection[int], now: dt.datetime) -> Select[Any]:
    """Returns the statement that counts those of an audience who can be reached."""
    if audience.kind is not AudienceKind.COURSE:
        return select(func.count()).select_from(ChatSession).where(addressed(audience, appointed, now))
    reads = exists().where(ChatSession.user_id == Progress.user_id, is_read(now))
    return _students(audience, func.count()).where(User.blocked_at.is_(None), reads)


def students(audience: Audience, after: int, limit: int) -> Select[Any]:
    """Returns the statement that finds the next students of a course by their enrollment, and who of them is blocked.

    It is about people and not about Telegram accounts: somebody who is signed in on two phones is one of them.
    """
    found = _students(audience, Progress.id, Progress.user_id, User.blocked_at.is_not(None))
    return found.where(Progress.id > after).order_by(Progress.id).limit(limit)


def _students(audience: Audience, *columns: Any) -> Select[Any]:
    of_course = and_(Progress.course_id == audience.course_id, Progress.left_at.is_(None))
    return select(*columns).select_from(Progress).join(User, User.id == Progress.user_id).where(of_course)


def addressed(audience: Audience, appointed: Collection[int], now: dt.datetime) -> ColumnElement[bool]:
    """Returns whether a session is of an audience that is no course's, and can be reached.

    It is about Telegram accounts and not about people: somebody who is signed in on two phones may look at only one
    of them. Students and instructors are those who are signed in; `appointed` accounts are instructors' in any case.
    Blocked people hear nothing.
    """
    is_blocked = exists().where(User.id == ChatSession.user_id, User.blocked_at.is_not(None))
    is_reachable = and_(ChatSession.unreachable_since.is_(None), ~is_blocked)
    if audience.kind is AudienceKind.EVERYBODY:
        return is_reachable
    return and_(is_reachable, ChatSession.signed_in_until > now, _is(audience.kind, appointed))


def _is(kind: AudienceKind, appointed: Collection[int]) -> ColumnElement[bool]:
    teaches = or_(User.role == Role.INSTRUCTOR, ChatSession.telegram_id.in_(appointed))
    return exists().where(User.id == ChatSession.user_id, teaches if kind is AudienceKind.INSTRUCTORS else ~teaches)
