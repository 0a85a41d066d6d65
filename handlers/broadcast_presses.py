"""The buttons of broadcasts."""

from typing import ClassVar

from handlers.kit.pages import ListPress
from handlers.kit.press import Press


class ListBroadcasts(ListPress):
    """A page of the broadcasts."""

    prefix: ClassVar[str] = "bcs"


class ShowBroadcast(Press):
    """One broadcast."""

    prefix: ClassVar[str] = "bc"
    broadcast_id: int


class NewBroadcast(Press):
    """Write a message to many."""

    prefix: ClassVar[str] = "bcn"


class NewAnnouncement(Press):
    """Write a message to the students of a course: which?"""

    prefix: ClassVar[str] = "ann"


class Announce(Press):
    """Write a message to the students of this course."""

    prefix: ClassVar[str] = "anc"
    course_id: int


class SendBroadcast(Press):
    """Let a broadcast go out."""

    prefix: ClassVar[str] = "bcg"
    broadcast_id: int


class DropBroadcast(Press):
    """Throw a broadcast away that was not sent yet."""

    prefix: ClassVar[str] = "bcx"
    broadcast_id: int


class StopBroadcast(Press):
    """Stop what of a broadcast is not sent yet."""

    prefix: ClassVar[str] = "bct"
    broadcast_id: int
