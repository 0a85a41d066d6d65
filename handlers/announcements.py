"""Announcements: broadcasts to the students of a course, and who may do what with any broadcast at this moment."""

import datetime as dt

from db.models import Audience, AudienceKind, Broadcast, CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from handlers import policies
from handlers.broadcast_presses import ListBroadcasts
from handlers.desk_presses import UnarchiveCourse
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Row
from handlers.kit.request import Request
from handlers.kit.text import Bold, Text, _, _n
from handlers.people_presses import ShareCourse
from handlers.policies import Action, no_course
from handlers.presses import Desk

# To all students of a course, in a day: what they should know, and no more than they would read.
MAX_A_DAY = 3
_DAY = dt.timedelta(days=1)


async def require_broadcast(request: Request, repos: Repositories, broadcast_id: int) -> Broadcast:
    """Returns a broadcast, locked, that this person may see and stop: any for an admin, else one to their own course.

    Raises:
        UserError: otherwise, also when the course has become another's since the button was shown.
    """
    broadcast = await repos.broadcasts.lock(broadcast_id)
    if broadcast is None:
        back = Button(back_label(is_admin=request.is_admin), ListBroadcasts())
        text = _("This broadcast was cancelled, and nobody got it.")
        raise UserError(text if request.is_admin else _("This announcement was cancelled, and nobody got it."), back)
    if broadcast.kind is not AudienceKind.COURSE:
        policies.require(request, Action.ADMINISTER)
        return broadcast
    course = await course_of(repos, broadcast)
    policies.require(request, Action.MANAGE, course)
    return broadcast


async def course_of(repos: Repositories, broadcast: Broadcast) -> CourseRecord:
    """Returns the course to whose students a broadcast goes."""
    course = await repos.courses.get(broadcast.course_id) if broadcast.course_id is not None else None
    if course is None:
        raise no_course()
    return course


def back_label(*, is_admin: bool) -> Text:
    """Returns what the way back to the list says: admins have all broadcasts there, instructors their own."""
    return _("‹ Broadcasts") if is_admin else _("‹ Announcements")


async def require_open(request: Request, repos: Repositories, course: CourseRecord) -> int:
    """Returns how many students can be written to, when it is this person's to do so and there is anybody.

    Lock the course first to decide from it.

    Raises:
        UserError: otherwise, with what they can do instead.
    """
    policies.require(request, Action.MANAGE, course)
    if course.status is CourseStatus.ARCHIVED:
        text = _("{title} is archived: its students read it, and hear nothing new. Take it out of the archive first.")
        out = Button(_("Take out of the archive"), UnarchiveCourse(course.id))
        raise UserError(text.format(title=Bold(course.title)), *_ways(course, out))
    if not course.students:
        text = _("Nobody takes {title} yet, so there is nobody to write to.")
        raise UserError(
            text.format(title=Bold(course.title)), *_ways(course, Button(_("Share"), ShareCourse(course.id)))
        )
    if await repos.broadcasts.count_started(course.id, request.now - _DAY) >= MAX_A_DAY:
        text = _n(
            "{n} announcement a day is the most for a course. Please go on tomorrow.",
            "{n} announcements a day are the most for a course. Please go on tomorrow.",
            MAX_A_DAY,
        )
        raise UserError(text, *_ways(course))
    audience = Audience(AudienceKind.COURSE, course.id)
    total = await repos.broadcasts.count_audience(audience, request.rules.instructor_ids, request.now)
    if not total:
        text = _(
            "None of the students of {title} can be reached at the moment: they are signed out, or have blocked me."
        )
        raise UserError(text.format(title=Bold(course.title)), *_ways(course))
    return total


def _ways(course: CourseRecord, *ways: Button) -> list[Row]:
    return [*ways, Button(_("‹ Desk"), Desk(course.id))]
