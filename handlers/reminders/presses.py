"""The buttons of reminders."""

import enum
from typing import Annotated, ClassVar

from handlers.kit.press import Press, Words


class FollowReminder(Press):
    """Open what a reminder is about: a course's next lesson."""

    prefix: ClassVar[str] = "rmo"
    course_id: int


class AskLater(Press):
    """Come again later: when?"""

    prefix: ClassVar[str] = "rla"


class ShowWhy(Press):
    """Why does this come?"""

    prefix: ClassVar[str] = "rmw"
    kind: Annotated[str, Words(16)]
    course_id: int


class AskMute(Press):
    """Of what is nothing to come any more?"""

    prefix: ClassVar[str] = "rmm"
    kind: Annotated[str, Words(16)]
    course_id: int


class GoOn(Press):
    """Go on reminding, though the last ones were ignored."""

    prefix: ClassVar[str] = "rmg"


class StopReminders(Press):
    """Remind no more."""

    prefix: ClassVar[str] = "rmx"


class When(enum.StrEnum):
    """When a reminder may come again."""

    HOUR = "hour"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"


class SetLater(Press):
    """Come again then."""

    prefix: ClassVar[str] = "rmt"
    when: When


class MuteThis(Press):
    """Say nothing more of a course, or of a kind; '' is any kind, 0 any course."""

    prefix: ClassVar[str] = "rmn"
    kind: Annotated[str, Words(16)]
    course_id: int


class UndoMute(Press):
    """Say it again, after all."""

    prefix: ClassVar[str] = "rmk"
    kind: Annotated[str, Words(16)]
    course_id: int


class ShowReminder(Press):
    """The reminder once more, as it would be said now."""

    prefix: ClassVar[str] = "rmb"
