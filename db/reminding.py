"""What is read to remind somebody: the person, what waits for them in their courses, and what they know."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from db.models import CourseStatus, DigestEvery, ProgressStatus
from db.records import PlanRecord

if TYPE_CHECKING:
    from db.repositories.chat_sessions import Recipient


# What somebody has who has said nothing: every day at seven in the evening, and never at night.
FIRST = {
    "is_on": True,
    "days": 0b1111111,
    "hour": 19,
    "quiet_from": 22,
    "quiet_until": 8,
    "digest": DigestEvery.WEEK,
    "ignored": 0,
}
_NOT_YET = dict.fromkeys(("paused_until", "next_due", "later_at", "told_on", "told_at", "asked_at"))


def first_plan(user_id: int) -> PlanRecord:
    """Returns the plan of somebody who has said nothing, as it is before anybody looks at it."""
    return PlanRecord(user_id, **FIRST, **_NOT_YET)  # type: ignore[arg-type]


class Person(NamedTuple):
    """Somebody with a plan, and the chat in which they read: the one they used last of those that can be reached."""

    plan: PlanRecord
    name: str
    teaches: bool
    is_blocked: bool
    # None while they are signed out everywhere, or have blocked the bot.
    to: "Recipient | None"


class Waiting(NamedTuple):
    """A course that somebody takes, and what is left to do there."""

    user_id: int
    course_id: int
    title: str
    course_status: CourseStatus
    status: ProgressStatus
    enrolled_at: dt.datetime
    completed_at: dt.datetime | None
    done: int
    total: int
    # The first lesson that is not completed.
    next_title: str | None
    # The newest lesson that is not completed, of a course that was finished before.
    newest_id: int | None
    # When a lesson of it was last completed.
    last_done: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether there is a lesson to complete."""
        return self.done < self.total

    @property
    def acted_at(self) -> dt.datetime:
        """When the person last did something there."""
        return max(self.enrolled_at, self.last_done) if self.last_done else self.enrolled_at


class Thing(NamedTuple):
    """Something that is told once: what somebody was told last of a kind in a course, or is still to be told."""

    user_id: int
    kind: str
    course_id: int
    thing: int
    since: dt.datetime
    told_at: dt.datetime | None


class Mute(NamedTuple):
    """What somebody wants to hear nothing of; '' is any kind, 0 any course."""

    user_id: int
    kind: str
    course_id: int
