"""Audiences: which Telegram accounts a broadcast is for."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, or_

from db.models import ChatSession, Progress, Role, User
from db.models.broadcast import Audience, AudienceKind


def addressed(audience: Audience, appointed: Collection[int], now: dt.datetime) -> ColumnElement[bool]:
    """Returns whether a session is of an audience, and can be reached.

    It is about Telegram accounts and not about people: somebody who is signed in on two phones may look at only one
    of them. Students and instructors are those who are signed in; `appointed` accounts are instructors' in any case.
    Blocked people hear nothing.
    """
    is_blocked = exists().where(User.id == ChatSession.user_id, User.blocked_at.is_not(None))
    is_reachable = and_(ChatSession.unreachable_since.is_(None), ~is_blocked)
    if audience.kind is AudienceKind.EVERYBODY:
        return is_reachable
    belongs = _studies(audience.course_id) if audience.kind is AudienceKind.COURSE else _is(audience.kind, appointed)
    return and_(is_reachable, ChatSession.signed_in_until > now, belongs)


def _studies(course_id: int | None) -> ColumnElement[bool]:
    return exists().where(
        Progress.user_id == ChatSession.user_id, Progress.course_id == course_id, Progress.left_at.is_(None)
    )


def _is(kind: AudienceKind, appointed: Collection[int]) -> ColumnElement[bool]:
    teaches = or_(User.role == Role.INSTRUCTOR, ChatSession.telegram_id.in_(appointed))
    return exists().where(User.id == ChatSession.user_id, teaches if kind is AudienceKind.INSTRUCTORS else ~teaches)
