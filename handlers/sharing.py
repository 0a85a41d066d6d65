"""Sharing a course: its link, or its invitations when only those find it who have one."""

from db.models import CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from handlers.desk import require_course
from handlers.invitations import figures
from handlers.kit.pages import in_rows, numbered
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, _, lines
from handlers.links import course_link
from handlers.people_presses import HideCourse, Invite, ShareCourse, ShowCourseQr, ShowInvitation
from handlers.policies import Action
from handlers.presses import Desk
from handlers.qr import qr_picture

router = Router()


@router.press(ShareCourse, action=Action.DESK, looks=True)
async def share_course(request: Request, repos: Repositories) -> Reply:
    """Shows how others find a course."""
    assert isinstance(request.press, ShareCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id)
    return reply(await _share_screen(request, repos, course))


async def _share_screen(request: Request, repos: Repositories, course: CourseRecord) -> Screen:
    return await _private_screen(request, repos, course) if course.is_private else _open_screen(request, course)


def _open_screen(request: Request, course: CourseRecord) -> Screen:
    if course.status is CourseStatus.PUBLISHED:
        opens = _("Whoever opens this link sees the course, and can enroll:")
        found = _("It is in /courses, too, and goes by the code {code}.")
    else:
        opens = _("The course is not published yet. Once it is, whoever opens this link can enroll:")
        found = _("It is in /courses then, too, and goes by the code {code}.")
    link, found = lines(opens, course_link(request, course)), found.format(code=course.code)
    text = lines(Bold(course.title), link, found, between="\n\n")
    buttons = keyboard(
        Button(_("QR picture"), ShowCourseQr(course.id)),
        Button(_("Only by invitation"), HideCourse(course.id, 1)),
        Button(_("‹ Desk"), Desk(course.id)),
    )
    return Screen(text, buttons)


async def _private_screen(request: Request, repos: Repositories, course: CourseRecord) -> Screen:
    invitations = await repos.invitations.list_of(course.id)
    heading = _("{title} · only by invitation").format(title=Bold(course.title))
    rule = _("Nobody else finds this course: not in /courses, not by its code. Its students go on.")
    rows = [numbered(number, figures(request, one)) for number, one in enumerate(invitations, 1)]
    listed = lines(*rows) if rows else _("There is no invitation yet.")
    numbers = [Button(str(number), ShowInvitation(one.id)) for number, one in enumerate(invitations, 1)]
    buttons = keyboard(
        *in_rows(numbers),
        Button(_("New invitation"), Invite(course.id)),
        Button(_("Open to everyone"), HideCourse(course.id, 0)),
        Button(_("‹ Desk"), Desk(course.id)),
    )
    return Screen(lines(heading, rule, listed, between="\n\n"), buttons)


@router.press(HideCourse, action=Action.DESK)
async def hide_course(request: Request, repos: Repositories) -> Reply:
    """Lets only those find a course who are invited, or everyone again."""
    press = request.press
    assert isinstance(press, HideCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, lock=True)
    course = await repos.courses.set_private(course, is_private=bool(press.on))
    toast = _("Only by invitation from now on.") if press.on else _("Open to everyone from now on.")
    return reply(await _share_screen(request, repos, course), toast=toast)


@router.press(ShowCourseQr, action=Action.DESK)
async def show_course_qr(request: Request, repos: Repositories) -> Reply:
    """Sends the link of a course as a picture; a private course has none."""
    assert isinstance(request.press, ShowCourseQr)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id)
    if course.is_private:
        return reply(await _share_screen(request, repos, course))
    back = Button(_("‹ Share"), ShareCourse(course.id))
    return reply(qr_picture(course, course_link(request, course), f"{course.code}-qr.png", back))
