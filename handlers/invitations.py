"""Invitations to a private course, as its instructor makes and revokes them."""

import re
import secrets
import string

from db.models import CourseStatus
from db.records import CourseRecord, InvitationRecord
from db.repositories import Repositories
from handlers.desk import require_course
from handlers.kit.asks import words_of
from handlers.kit.dialog import Answers, Ask, Choice, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, _, _n, lines
from handlers.links import invitation_link
from handlers.people_presses import (
    TOKEN_LETTERS,
    Invite,
    RevokeInvitation,
    ShareCourse,
    ShowInvitation,
    ShowInvitationQr,
)
from handlers.policies import Action, no_course
from handlers.qr import qr_picture

# As many as one screen lists.
MAX_INVITATIONS = 20
MAX_PEOPLE = 10_000
_NUMBER = re.compile(r"\d{1,6}")
_ANY = "any"


async def _people(request: Request, repos: Repositories) -> int:
    del repos
    typed = words_of(request)
    if not _NUMBER.fullmatch(typed) or not 1 <= int(typed) <= MAX_PEOPLE:
        raise UserError(_n("Please send a number from 1 to {n}.", "Please send a number from 1 to {n}.", MAX_PEOPLE))
    return int(typed)


async def _create(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course = await require_course(request, repos, answers["course_id"], lock=True)
    await _require_room(repos, course)
    people = None if answers["people"] == _ANY else answers["people"]
    return reply(
        _invitation_screen(request, course, await repos.invitations.add(course.id, new_token(), people, request.now))
    )


def new_token() -> str:
    """Returns a random token. Signs are none of it: at a link's end, an app may take one for the sentence's."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _letter in range(TOKEN_LETTERS))


async def _require_room(repos: Repositories, course: CourseRecord) -> None:
    if len(await repos.invitations.list_of(course.id)) >= MAX_INVITATIONS:
        text = _n(
            "A course has room for {n} invitation. Revoke one that nobody needs any more.",
            "A course has room for {n} invitations. Revoke one that nobody needs any more.",
            MAX_INVITATIONS,
        )
        raise UserError(text, Button(_("Invitations"), ShareCourse(course.id)))


new_invitation = Dialog(
    "invitation",
    _("New invitation"),
    Ask(
        "people",
        _("How many people may come by it? Send a number, or tap Any number."),
        parse=_people,
        choices=(Choice(_ANY, _("Any number")),),
    ),
    done=_create,
)
router = Router(new_invitation)


@router.press(Invite, action=Action.DESK)
async def begin_invitation(request: Request, repos: Repositories) -> Reply:
    """Begins an invitation: for how many people it is."""
    assert isinstance(request.press, Invite)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id)
    await _require_room(repos, course)
    return start(new_invitation, request, course_id=course.id)


async def _locate(request: Request, repos: Repositories, invitation_id: int) -> tuple[InvitationRecord, CourseRecord]:
    found = await repos.invitations.get(invitation_id)
    if found is None:
        raise no_course()
    return found, await require_course(request, repos, found.course_id)


@router.press(ShowInvitation, action=Action.DESK, looks=True)
async def show_invitation(request: Request, repos: Repositories) -> Reply:
    """Shows one invitation: its link, and how many came by it."""
    assert isinstance(request.press, ShowInvitation)  # noqa: S101 (its route)
    found, course = await _locate(request, repos, request.press.invitation_id)
    return reply(_invitation_screen(request, course, found))


def _invitation_screen(request: Request, course: CourseRecord, found: InvitationRecord) -> Screen:
    heading = _("{title} · an invitation").format(title=Bold(course.title))
    back = Button(_("‹ Invitations"), ShareCourse(course.id))
    if found.revoked_at is not None:
        gone = _("It was revoked on {day}. Its link opens nothing any more.")
        return Screen(
            lines(heading, gone.format(day=Day(found.revoked_at, request.now)), between="\n\n"), keyboard(back)
        )
    link = lines(_("Whoever opens this link can enroll:"), invitation_link(request, found))
    wait = _("The course is not published yet: until then, the link opens nothing.")
    hint = wait if course.status is not CourseStatus.PUBLISHED else None
    buttons = keyboard(
        [Button(_("QR picture"), ShowInvitationQr(found.id)), Button(_("Revoke"), RevokeInvitation(found.id))], back
    )
    return Screen(lines(heading, link, figures(request, found), hint, between="\n\n"), buttons)


def figures(request: Request, found: InvitationRecord) -> Text:
    """Returns an invitation in figures: `3 of 10 people came · made 3 May`."""
    made = Day(found.created_at, request.now)
    if found.max_people is None:
        text = _n("{n} person came · made {day}", "{n} people came · made {day}", found.used)
        return text.format(day=made)
    text = _n("{used} of {n} person came · made {day}", "{used} of {n} people came · made {day}", found.max_people)
    return text.format(used=found.used, day=made)


@router.press(ShowInvitationQr, action=Action.DESK)
async def show_invitation_qr(request: Request, repos: Repositories) -> Reply:
    """Sends the link of an invitation as a picture."""
    assert isinstance(request.press, ShowInvitationQr)  # noqa: S101 (its route)
    found, course = await _locate(request, repos, request.press.invitation_id)
    if found.revoked_at is not None:
        return reply(_invitation_screen(request, course, found))
    back = Button(_("‹ Invitation"), ShowInvitation(found.id))
    return reply(qr_picture(course, invitation_link(request, found), f"{course.code}-invitation.png", back))


@router.press(RevokeInvitation, action=Action.DESK)
async def revoke_invitation(request: Request, repos: Repositories) -> Reply:
    """Makes an invitation worthless, once the person is sure. Who came by it stays."""
    press = request.press
    assert isinstance(press, RevokeInvitation)  # noqa: S101 (its route)
    found, course = await _locate(request, repos, press.invitation_id)
    if not press.sure and found.revoked_at is None:
        text = _("Revoke this invitation? Its link will open nothing any more. Who came by it stays in the course.")
        keep = Button(_("Keep it"), ShowInvitation(found.id))
        return screen(text, [keep, Button(_("Revoke it"), RevokeInvitation(found.id, 1))])
    await repos.invitations.revoke(found, request.now)
    now = await repos.invitations.get(found.id)
    return reply(_invitation_screen(request, course, now or found))
