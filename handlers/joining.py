"""Joining: the links that lead to a course, and how one enrolls by an invitation."""

from typing import NamedTuple

from db.models import CourseStatus
from db.records import CourseRecord, InvitationRecord
from db.repositories import Repositories
from handlers import catalog, policies
from handlers.enrollment import student_of
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, Screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, _
from handlers.links import INVITATION_LINK
from handlers.people_presses import AcceptInvitation
from handlers.policies import Action, no_course
from handlers.presses import ListCourses

router = Router()


class Opened(NamedTuple):
    """An invitation that holds, and the course that it opens."""

    invitation: InvitationRecord
    course: CourseRecord


async def open_wanted(request: Request, repos: Repositories, wanted: str) -> Screen:
    """Returns the card of a course that a link asked for, by the course's code or an invitation's payload.

    Raises:
        UserError: when there is none for this person.
    """
    if wanted.startswith(INVITATION_LINK):
        invitation, course = await _open(repos, wanted.removeprefix(INVITATION_LINK))
        return await catalog.card_screen(request, repos, course, invitation=invitation)
    found = await repos.courses.get_by_code(wanted)
    if found is None:
        raise no_course()
    return await catalog.card_screen(request, repos, found)


async def _open(repos: Repositories, token: str) -> Opened:
    """Returns what a token opens.

    Raises:
        UserError: when it opens nothing, or nothing any more: nobody can tell these apart.
    """
    invitation = await repos.invitations.find(token)
    course = await repos.courses.get(invitation.course_id) if invitation and not invitation.revoked_at else None
    if invitation is None or course is None or course.status is not CourseStatus.PUBLISHED:
        text = _("This invitation does not work any more. Whoever gave it to you can give you another one.")
        raise UserError(text, Button(_("Browse courses"), ListCourses()))
    return Opened(invitation, course)


@router.press(AcceptInvitation, action=Action.STUDY)
async def accept_invitation(request: Request, repos: Repositories) -> Reply:
    """Enrolls by an invitation; who left the course before comes back without taking a place of it."""
    assert isinstance(request.press, AcceptInvitation)  # noqa: S101 (its route)
    invitation, course = await _open(repos, request.press.token)
    user = student_of(request)
    before = await repos.progress.lock(user.id, course.id)
    removed = policies.is_kept_out(before, invitation)
    was_here = before is not None and before.removed_at is None
    policies.require(request, Action.ENROLL, course, enrolled=was_here, invited=True, removed=removed)
    if not was_here and not await repos.invitations.take(invitation):
        raise UserError(
            _("All places of this invitation are taken. Whoever gave it to you can give you another one."),
            Button(_("Browse courses"), ListCourses()),
        )
    is_new = await repos.progress.enroll(user.id, course.id, request.now, lets_back=True)
    if not is_new and not was_here:
        # Enrolled from another phone at this very moment: the place that was taken here goes back with the refusal.
        raise UserError(_("You are enrolled in {title} already.").format(title=Bold(course.title)))
    return await catalog.enrolled(request, repos, course, was_here=was_here or before is not None, is_new=is_new)
