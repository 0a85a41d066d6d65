"""The buttons of reminders."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from handlers.kit.press import Press, Words


@dataclass(frozen=True, slots=True)
class FollowReminder(Press):
    """Open what a reminder is about: a course's next lesson."""

    prefix: ClassVar[str] = "rmo"
    course_id: int


@dataclass(frozen=True, slots=True)
class AskLater(Press):
    """Come again later: when?"""

    prefix: ClassVar[str] = "rml"


@dataclass(frozen=True, slots=True)
class ShowWhy(Press):
    """Why does this come?"""

    prefix: ClassVar[str] = "rmw"
    kind: Annotated[str, Words(16)]
    course_id: int


@dataclass(frozen=True, slots=True)
class AskMute(Press):
    """Of what is nothing to come any more?"""

    prefix: ClassVar[str] = "rmm"
    kind: Annotated[str, Words(16)]
    course_id: int


@dataclass(frozen=True, slots=True)
class GoOn(Press):
    """Go on reminding, though the last ones were ignored."""

    prefix: ClassVar[str] = "rmg"


@dataclass(frozen=True, slots=True)
class StopReminders(Press):
    """Remind no more."""

    prefix: ClassVar[str] = "rmx"
