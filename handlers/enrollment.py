"""A student's place in a course: who may learn there, and what the others hear."""

from typing import NamedTuple

from db.records import CourseRecord, LessonRecord, ProgressRecord, UserRecord
from db.repositories import Repositories
from handlers import policies
from handlers.kit.errors import UserError
from handlers.kit.reply import Button
from handlers.kit.request import Request
from handlers.kit.text import Bold, Text, _
from handlers.policies import Action, Who, no_course
from handlers.presses import Enroll, ListCourses


class Seat(NamedTuple):
    """A lesson, removed or not, and its reader's place in the course."""

    lesson: LessonRecord
    course: CourseRecord
    progress: ProgressRecord


def student_of(request: Request) -> UserRecord:
    """Returns who is signed in; routes with Action.STUDY let nobody else through."""
    assert request.user is not None  # noqa: S101 (the route's action)
    return request.user


async def require_enrollment(
    request: Request, repos: Repositories, course: CourseRecord | None, *hints: Text
) -> ProgressRecord:
    """Returns the person's enrollment in a course.

    Raises:
        UserError: when there is no such course for this person, with `hints` what to send, or they do not take it.
    """
    progress = await repos.progress.get(student_of(request).id, course.id) if course else None
    return _check(request, course, progress, *hints)


async def require_seat(request: Request, repos: Repositories, lesson_id: int, *, lock: bool = False) -> Seat:
    """Returns a lesson of a course that the person takes, removed or not; with `lock`, the enrollment is locked.

    Raises:
        UserError: when there is no such lesson, or the person does not take its course.
    """
    user = student_of(request)
    found = await repos.progress.find_lesson(user.id, lesson_id, lock=lock)
    if found is None:
        raise no_course()
    lesson, course, progress = found
    return Seat(lesson, course, _check(request, course, progress))


def _check(
    request: Request, course: CourseRecord | None, progress: ProgressRecord | None, *hints: Text
) -> ProgressRecord:
    enrolled = progress is not None and progress.left_at is None
    # First whether they may know of it: a course that is hidden must not be told from one that is not there.
    if course is None or not policies.may(Who.of(request), Action.SEE, course, enrolled=enrolled):
        raise no_course(*hints)
    if policies.is_kept_out(progress):
        raise policies.removed_from(course)
    if progress is not None and not enrolled:
        text = _("You have left {title}. Your progress is kept.").format(title=Bold(course.title))
        raise UserError(text, Button(_("Come back"), Enroll(course.id)), Button(_("Browse courses"), ListCourses()))
    policies.require(request, Action.LEARN, course, enrolled=enrolled)
    assert progress is not None  # noqa: S101 (the policy looked)
    return progress
