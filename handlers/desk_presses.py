"""The buttons with which courses and lessons are changed, beside those in `presses`."""

from typing import Annotated, ClassVar

from handlers.kit.press import Digits, Press, Words


class EditCourse(Press):
    """What a course says about itself, to be changed."""

    prefix: ClassVar[str] = "ed"
    course_id: int


class RenameCourse(Press):
    """Give a course another title."""

    prefix: ClassVar[str] = "edt"
    course_id: int


class DescribeCourse(Press):
    """Give a course another description."""

    prefix: ClassVar[str] = "edd"
    course_id: int


class ChooseLanguage(Press):
    """The languages that a course can be in."""

    prefix: ClassVar[str] = "edl"
    course_id: int


class SetLanguage(Press):
    """Say which language a course is in; without a tag, do not say."""

    prefix: ClassVar[str] = "sl"
    course_id: int
    tag: Annotated[str, Words(8)] = ""


class SetCover(Press):
    """Give a course a cover picture."""

    prefix: ClassVar[str] = "cov"
    course_id: int


class RemoveCover(Press):
    """Take a course's cover picture away."""

    prefix: ClassVar[str] = "nocov"
    course_id: int


class ArchiveCourse(Press):
    """Put a course into the archive: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "ar"
    course_id: int
    sure: Annotated[int, Digits(1)] = 0


class UnarchiveCourse(Press):
    """Take a course out of the archive."""

    prefix: ClassVar[str] = "unar"
    course_id: int


class DuplicateCourse(Press):
    """Copy a course: asked first; then it names how many its instructor had, so that sent again it copies no more."""

    prefix: ClassVar[str] = "dup"
    course_id: int
    had: int | None = None


class PreviewCourse(Press):
    """A course's card, as students see it."""

    prefix: ClassVar[str] = "pv"
    course_id: int


class PreviewLesson(Press):
    """A lesson, as students see it; moving on (1), the pressed message gives its buttons up."""

    prefix: ClassVar[str] = "pvl"
    lesson_id: int
    moves_on: Annotated[int, Digits(1)] = 0


class ListParts(Press):
    """A page of the parts of a lesson, to be arranged."""

    prefix: ClassVar[str] = "pt"
    lesson_id: int
    page: Annotated[int, Digits(4)] = 1


class OpenPart(Press):
    """One part of a lesson, to be changed."""

    prefix: ClassVar[str] = "pto"
    lesson_id: int
    block_id: int


class ShowPart(Press):
    """One part of a lesson, as students see it."""

    prefix: ClassVar[str] = "pts"
    lesson_id: int
    block_id: int


class MovePart(Press):
    """Move a part up (-1) or down (1) from the place where the button saw it: sent again, it moves no further."""

    prefix: ClassVar[str] = "ptm"
    lesson_id: int
    block_id: int
    by: Annotated[int, Digits(1)]
    place: Annotated[int, Digits(4)] = 0


class AddParts(Press):
    """Write more parts, after this one."""

    prefix: ClassVar[str] = "pta"
    lesson_id: int
    block_id: int


class ReplacePart(Press):
    """Write what takes the place of a part."""

    prefix: ClassVar[str] = "ptx"
    lesson_id: int
    block_id: int


class RemovePart(Press):
    """Remove a part: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "ptr"
    lesson_id: int
    block_id: int
    sure: Annotated[int, Digits(1)] = 0
