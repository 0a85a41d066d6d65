"""The buttons about a course's people: who takes it, who is invited, how others find it."""

from typing import Annotated, ClassVar

from handlers.kit.pages import ListPress
from handlers.kit.press import Digits, Press, Words

# Of an invitation's token, each of 62: 83 random bits that nobody guesses.
TOKEN_LETTERS = 14


class ShareCourse(Press):
    """How others find a course: its link, or its invitations."""

    prefix: ClassVar[str] = "sc"
    course_id: int


class ShowCourseQr(Press):
    """The link of a course as a picture."""

    prefix: ClassVar[str] = "qr"
    course_id: int


class HideCourse(Press):
    """Let only those find a course who are invited (1), or everyone (0)."""

    prefix: ClassVar[str] = "prv"
    course_id: int
    on: Annotated[int, Digits(1)]


class Invite(Press):
    """Make an invitation to a course."""

    prefix: ClassVar[str] = "ni"
    course_id: int


class ShowInvitation(Press):
    """One invitation: its link, and how many came by it."""

    prefix: ClassVar[str] = "iv"
    invitation_id: int


class ShowInvitationQr(Press):
    """The link of an invitation as a picture."""

    prefix: ClassVar[str] = "iqr"
    invitation_id: int


class RevokeInvitation(Press):
    """Make an invitation's link worthless: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "ivr"
    invitation_id: int
    sure: Annotated[int, Digits(1)] = 0


class AcceptInvitation(Press):
    """Enroll by an invitation. Only who has its link knows the token."""

    prefix: ClassVar[str] = "acc"
    token: Annotated[str, Words(TOKEN_LETTERS)]


class ShowFunnel(Press):
    """A picture of how many finished each lesson of a course."""

    prefix: ClassVar[str] = "fn"
    course_id: int


class SendSpreadsheet(Press):
    """All students of a course as a file."""

    prefix: ClassVar[str] = "csv"
    course_id: int


class ShowStudent(Press):
    """One student of a course, by the enrollment."""

    prefix: ClassVar[str] = "stu"
    progress_id: int


class WriteToStudent(Press):
    """Write a message to a student."""

    prefix: ClassVar[str] = "wr"
    progress_id: int


class RemoveStudent(Press):
    """Remove a student from a course: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "rms"
    progress_id: int
    sure: Annotated[int, Digits(1)] = 0


class ListRemoved(ListPress):
    """A page of those who were removed from a course."""

    prefix: ClassVar[str] = "rml"
    course_id: int = 0


class LetBackIn(Press):
    """Take a removed student back."""

    prefix: ClassVar[str] = "lbi"
    progress_id: int


class NudgeStudents(Press):
    """Ask the students who do not get on how they are: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "ndg"
    course_id: int
    sure: Annotated[int, Digits(1)] = 0
