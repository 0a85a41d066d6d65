"""The buttons of broadcasts."""

from dataclasses import dataclass
from typing import ClassVar

from handlers.kit.pages import ListPress
from handlers.kit.press import Press


@dataclass(frozen=True, slots=True)
class ListBroadcasts(ListPress):
    """A page of the broadcasts."""

    prefix: ClassVar[str] = "bcs"


@dataclass(frozen=True, slots=True)
class ShowBroadcast(Press):
    """One broadcast."""

    prefix: ClassVar[str] = "bc"
    broadcast_id: int


@dataclass(frozen=True, slots=True)
class NewBroadcast(Press):
    """Write a message to many."""

    prefix: ClassVar[str] = "bcn"


@dataclass(frozen=True, slots=True)
class NewAnnouncement(Press):
    """Write a message to the students of a course: which?"""

    prefix: ClassVar[str] = "ann"


@dataclass(frozen=True, slots=True)
class Announce(Press):
    """Write a message to the students of this course."""

    prefix: ClassVar[str] = "anc"
    course_id: int


@dataclass(frozen=True, slots=True)
class SendBroadcast(Press):
    """Let a broadcast go out."""

    prefix: ClassVar[str] = "bcg"
    broadcast_id: int


@dataclass(frozen=True, slots=True)
class DropBroadcast(Press):
    """Throw a broadcast away that was not sent yet."""

    prefix: ClassVar[str] = "bcx"
    broadcast_id: int


@dataclass(frozen=True, slots=True)
class StopBroadcast(Press):
    """Stop what of a broadcast is not sent yet."""

    prefix: ClassVar[str] = "bct"
    broadcast_id: int
