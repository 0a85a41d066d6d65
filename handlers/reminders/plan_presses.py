"""The buttons with which people decide when they are reminded. Each says what it wants: sent again, it changes nothing.

Those under a reminder are in `presses`.
"""

import enum
from typing import Annotated, ClassVar

from db.models import DigestEvery
from handlers.kit.press import Digits, Press, Words


class ShowReminders(Press):
    """How the person wishes to be reminded."""

    prefix: ClassVar[str] = "rmp"


class SetReminders(Press):
    """Remind (1), or not at all (0)."""

    prefix: ClassVar[str] = "rmi"
    on: Annotated[int, Digits(1)]


class SetDay(Press):
    """Remind on a day of the week, of which Monday is 0; or not."""

    prefix: ClassVar[str] = "rmd"
    day: Annotated[int, Digits(1)]
    on: Annotated[int, Digits(1)]


class AskHour(Press):
    """At which hour?"""

    prefix: ClassVar[str] = "rmh"


class SetHour(Press):
    """Remind at this hour."""

    prefix: ClassVar[str] = "rhs"
    hour: Annotated[int, Digits(2)]


class AskQuiet(Press):
    """When is nothing to come?"""

    prefix: ClassVar[str] = "rmq"


class AskQuietHour(Press):
    """At which hour do the quiet hours begin (0), or end (1)?"""

    prefix: ClassVar[str] = "rqh"
    end: Annotated[int, Digits(1)]


class SetQuiet(Press):
    """Say nothing from one hour to the other; equal ones are no quiet at all."""

    prefix: ClassVar[str] = "rqn"
    begins: Annotated[int, Digits(2)]
    ends: Annotated[int, Digits(2)]


class Span(enum.StrEnum):
    """How long a pause may last, as a button offers it."""

    THREE_DAYS = "3d"
    WEEK = "1w"
    TWO_WEEKS = "2w"
    MONTH = "1m"


class AskPause(Press):
    """Until when?"""

    prefix: ClassVar[str] = "rpa"


class SetPause(Press):
    """Say nothing for so long."""

    prefix: ClassVar[str] = "rps"
    span: Span


class TypePause(Press):
    """Type the date instead."""

    prefix: ClassVar[str] = "rpt"


class EndPause(Press):
    """Remind again from now on."""

    prefix: ClassVar[str] = "rpe"


class ListMuted(Press):
    """Of what nothing comes any more."""

    prefix: ClassVar[str] = "rmz"


class Unmute(Press):
    """Let it come again: all of a kind, or all of a course."""

    prefix: ClassVar[str] = "rmu"
    kind: Annotated[str, Words(16)]
    course_id: int


class AskDigest(Press):
    """How often is an instructor to hear of their courses?"""

    prefix: ClassVar[str] = "rda"


class SetDigest(Press):
    """Tell an instructor of their courses so often."""

    prefix: ClassVar[str] = "rds"
    every: DigestEvery


class ShowUpcoming(Press):
    """What would come in the next days."""

    prefix: ClassVar[str] = "rup"
