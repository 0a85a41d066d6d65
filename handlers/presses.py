"""The buttons with which people learn and teach, so that any view can offer any of them.

Those of the desk, of a course's people, of the settings, of broadcasts and of admins are in the `*_presses` modules.
"""

from typing import Annotated, ClassVar

from handlers.kit.pages import ListPress
from handlers.kit.press import Digits, Press, Words

# What callback data has room for beside the place in the list.
MAX_SEARCH_BYTES = 36


class Register(Press):
    """Create an account."""

    prefix: ClassVar[str] = "reg"


class LogIn(Press):
    """Log in."""

    prefix: ClassVar[str] = "in"


class LeaveDialog(Press):
    """Leave the open dialog for what was asked meanwhile (1), or stay in it (0)."""

    prefix: ClassVar[str] = "leave"
    go: int


class ListCourses(ListPress):
    """A page of the published courses, or of those that have the words searched for."""

    prefix: ClassVar[str] = "cs"
    words: Annotated[str, Words(MAX_SEARCH_BYTES)] = ""


class ShowCourse(Press):
    """A course's card."""

    prefix: ClassVar[str] = "c"
    course_id: int


class ShowInstructor(Press):
    """What the instructor of a course says about themselves."""

    prefix: ClassVar[str] = "about"
    course_id: int


class Enroll(Press):
    """Enroll in a course."""

    prefix: ClassVar[str] = "en"
    course_id: int


class LeaveCourse(Press):
    """Leave a course: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "lv"
    course_id: int
    sure: int = 0


class ShowProgress(Press):
    """A page of the student's courses."""

    prefix: ClassVar[str] = "p"
    page: Annotated[int, Digits(4)] = 1


class ShowCourseProgress(Press):
    """A page of a course's lessons, each with its tick; page 0 is the one with the next lesson."""

    prefix: ClassVar[str] = "pc"
    course_id: int
    page: Annotated[int, Digits(4)] = 0


class ContinueCourse(Press):
    """The next unfinished lesson of a course."""

    prefix: ClassVar[str] = "go"
    course_id: int


class ShowLesson(Press):
    """One lesson; moving on (1), the pressed message gives its buttons up, for the lesson has them now."""

    prefix: ClassVar[str] = "l"
    lesson_id: int
    moves_on: Annotated[int, Digits(1)] = 0


class Done(Press):
    """The lesson is done."""

    prefix: ClassVar[str] = "ok"
    lesson_id: int


class Undo(Press):
    """It is not, after all."""

    prefix: ClassVar[str] = "un"
    lesson_id: int


class ListMine(ListPress):
    """A page of the instructor's own courses."""

    prefix: ClassVar[str] = "my"


class NewCourse(Press):
    """Write a new course."""

    prefix: ClassVar[str] = "nc"


class Desk(Press):
    """The instructor's card of a course."""

    prefix: ClassVar[str] = "desk"
    course_id: int


class DeskLessons(Press):
    """A page of the lessons of a course, to be arranged."""

    prefix: ClassVar[str] = "dl"
    course_id: int
    page: Annotated[int, Digits(4)] = 1


class DeskLesson(Press):
    """One lesson of a course, to be changed."""

    prefix: ClassVar[str] = "dle"
    lesson_id: int


class ListStudents(ListPress):
    """A page of the students of a course, each with how far they are."""

    prefix: ClassVar[str] = "st"
    course_id: int = 0


class AddLesson(Press):
    """Write the next lesson."""

    prefix: ClassVar[str] = "nl"
    course_id: int


class MoveLesson(Press):
    """Move a lesson up (-1) or down (1) from the place where the button saw it: sent again, it moves no further."""

    prefix: ClassVar[str] = "mv"
    lesson_id: int
    by: int
    place: Annotated[int, Digits(6)] = 0


class RenameLesson(Press):
    """Give a lesson another title."""

    prefix: ClassVar[str] = "rn"
    lesson_id: int


class RemoveLesson(Press):
    """Remove a lesson: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "rm"
    lesson_id: int
    sure: int = 0


class Publish(Press):
    """Publish (1) or unpublish (0) a course."""

    prefix: ClassVar[str] = "pub"
    course_id: int
    on: int


class Help(Press):
    """What this person can do."""

    prefix: ClassVar[str] = "help"
