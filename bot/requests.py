"""Requests: an update, and what is known of who sent it, become what a view is asked."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from telegram import Update, User

from bot.clock import Clock
from bot.matching import Match
from db.records import SessionRecord
from db.repositories.chat_sessions import Visit
from handlers.kit.request import Request
from handlers.kit.rules import Rules
from handlers.kit.text import printable

_DAY = dt.timedelta(days=1)
_Computed = Mapping[tuple[Any, ...], Any]


class Requests:
    """Makes requests."""

    def __init__(self, rules: Rules, clock: Clock) -> None:
        """Makes them by these rules."""
        self._rules = rules
        self._clock = clock

    def now(self) -> dt.datetime:
        """Returns the moment at which a request is made."""
        return self._clock()

    def of(self, update: Update, match: Match, visit: Visit, now: dt.datetime, computed: _Computed) -> Request:
        """Returns the request; the session learns what the update tells of its person, and lasts on."""
        session = visit.session
        _introduce(session, person_of(update), now)
        lasts = dt.timedelta(days=self._rules.session_days)
        # Renewed by use, but written once a day at most.
        due = now + lasts - min(_DAY, lasts / 2)
        # A blocked person stays known when the time has run out, and is not to be signed in again by that.
        if visit.user is not None and session.signed_in_until and now < session.signed_in_until < due:
            session.signed_in_until = now + lasts
        return Request(
            update=update,
            session=session,
            user=visit.user,
            rules=self._rules,
            now=now,
            args=match.args,
            press=match.press,
            computed=computed,
        )


def person_of(update: Update) -> User:
    """Returns who sent an update that has a sender."""
    assert update.effective_user is not None  # noqa: S101 (the pipeline takes no other)
    return update.effective_user


def _introduce(session: SessionRecord, person: User, now: dt.datetime) -> None:
    session.first_name = printable(person.first_name)[:64]
    if not session.keeps_language:
        session.language = printable(person.language_code or session.language or "en")[:16]
    session.unreachable_since = None
    # Once a day will do, and leaves looks what they are.
    if now - session.seen_at >= _DAY:
        session.seen_at = now
