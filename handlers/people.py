"""The buttons about a course's people: who takes it, and how others find it."""

from dataclasses import dataclass
from typing import ClassVar

from handlers.kit.press import Press


@dataclass(frozen=True, slots=True)
class ShareCourse(Press):
    """How others find a course: its link, or its invitations."""

    prefix: ClassVar[str] = "sc"
    course_id: int


@dataclass(frozen=True, slots=True)
class ShowCourseQr(Press):
    """The link of a course as a picture."""

    prefix: ClassVar[str] = "qr"
    course_id: int


@dataclass(frozen=True, slots=True)
class ShowFunnel(Press):
    """A picture of how many finished each lesson of a course."""

    prefix: ClassVar[str] = "fn"
    course_id: int


@dataclass(frozen=True, slots=True)
class SendSpreadsheet(Press):
    """All students of a course as a file."""

    prefix: ClassVar[str] = "csv"
    course_id: int
