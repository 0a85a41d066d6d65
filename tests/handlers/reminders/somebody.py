"""Somebody with a plan, who is looked at by the clock of a place."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from db.models import CourseStatus, ProgressStatus
from db.reminding import Person, Waiting
from db.repositories.chat_sessions import Recipient
from handlers.kit.reply import Button
from handlers.kit.text import _
from handlers.reminders.claiming import Claim, Silence, look, next_look
from handlers.reminders.kinds import Due, Facts, Found, Kind
from handlers.reminders.presses import FollowReminder
from tests.handlers.reminders.clocks import BERLIN, at, plan

ENROLLED = at(BERLIN, 2026, 4, 1, 12)


async def _nothing(_facts: Facts) -> dict[int, Sequence[Due]]:
    return {}


LEARNING = Kind("learning", _("lessons"), _("You learn."), _nothing)
TEACHING = Kind("teaching", _("news"), _("You teach."), _nothing, of_learning=False)
URGENT = Kind("urgent", _("deadlines"), _("It ends."), _nothing, can_wait=False, of_learning=False)


def due(kind: Kind = LEARNING, words: str = "Do it.", **details: Any) -> Found:
    """Returns something due of a kind."""
    return Found(kind, Due(_(words), Button(_("Open"), FollowReminder(1)), **details))


class Somebody:
    """Somebody who takes one course."""

    def __init__(self, *found: Found, zone: ZoneInfo = BERLIN, **details: Any) -> None:
        """Is reminded of these, by a plan with these details."""
        self.plan = plan(**details)
        self.found = found or (due(),)
        self.zone = zone
        self.acted_at = ENROLLED
        self.to: Recipient | None = Recipient(7, "en", None)
        self.is_blocked = False

    def look(self, *wall: int, fold: int = 0) -> Claim:
        """Returns what a look says when their wall shows this."""
        return self.look_at(at(self.zone, *wall, fold=fold))

    def look_at(self, now: dt.datetime, urgent: dt.datetime | None = None) -> Claim:
        """Returns what a look says, and lets the plan know when the next one is."""
        # Nobody is claimed who is not due.
        self.plan.next_due = min(self.plan.next_due or now, now)
        person = Person(self.plan, "Ada", teaches=False, is_blocked=self.is_blocked, to=self.to)
        claim = look(person, self.found, [self._course()], self.zone, now)
        self.plan.next_due = next_look(claim, self.zone, now, urgent)
        return claim

    def hears(self, *wall: int) -> bool:
        """Whether a look says something when their wall shows this."""
        return bool(self.look(*wall).messages)

    def silence(self, *wall: int) -> Silence | None:
        """Returns why a look says nothing when their wall shows this."""
        return self.look(*wall).silence

    @property
    def next(self) -> str:
        """What their wall shows at the next look."""
        assert self.plan.next_due is not None
        return f"{self.plan.next_due.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def _course(self) -> Waiting:
        states = CourseStatus.PUBLISHED, ProgressStatus.IN_PROGRESS
        return Waiting(0, 1, "Compilers", *states, ENROLLED, None, 1, 3, "Parsing", 3, self.acted_at)
