"""Sharing a course: the link that opens it, in words and as a QR picture."""

import io

from db.models import CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from handlers.desk import require_course
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Button, Picture, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Translator, _, lines
from handlers.people import ShareCourse, ShowCourseQr
from handlers.policies import Action
from handlers.presses import Desk
from handlers.start import COURSE_LINK

# Pixels a module: a link of fifty signs makes a picture of some 450 by 450, which a phone shows and reads well.
SCALE = 12


async def _link(_repos: Repositories, arguments: Arguments) -> str:
    link: str = arguments["link"]
    return link


def draw_qr(link: str, _to: Translator) -> bytes:
    """Returns a PNG of a QR code, with the white border of four modules that readers need."""
    import segno  # noqa: PLC0415 -- not before somebody wants a picture

    file = io.BytesIO()
    segno.make(link, error="m", micro=False).save(file, kind="png", scale=SCALE, border=4)
    return file.getvalue()


qr = Renderer("qr", fetch=_link, draw=draw_qr)
router = Router(renderers=[qr])


@router.press(ShareCourse, action=Action.DESK, looks=True)
async def share_course(request: Request, repos: Repositories) -> Reply:
    """Shows the link that opens a course."""
    assert isinstance(request.press, ShareCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id)
    return reply(share_screen(request, course))


def share_screen(request: Request, course: CourseRecord) -> Screen:
    """Returns the screen with the link of a course that everyone may find."""
    if course.status is CourseStatus.PUBLISHED:
        opens = _("Whoever opens this link sees the course, and can enroll:")
    else:
        opens = _("The course is not published yet. Once it is, whoever opens this link can enroll:")
    found = _("It is in /courses, too, and goes by the code {code}.").format(code=course.code)
    text = lines(Bold(course.title), lines(opens, course_link(request, course)), found, between="\n\n")
    return Screen(
        text, keyboard(Button(_("QR picture"), ShowCourseQr(course.id)), Button(_("‹ Desk"), Desk(course.id)))
    )


def course_link(request: Request, course: CourseRecord) -> str:
    """Returns the link that opens a course."""
    return deep_link(request, f"{COURSE_LINK}{course.code}")


def deep_link(request: Request, payload: str) -> str:
    """Returns a link to this bot; the payload has 64 letters, digits, underscores and dashes at most."""
    return f"https://t.me/{request.rules.bot_username}?start={payload}"


@router.press(ShowCourseQr, action=Action.DESK)
async def show_course_qr(request: Request, repos: Repositories) -> Reply:
    """Sends the link as a picture, to be printed or shown on a wall."""
    assert isinstance(request.press, ShowCourseQr)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id)
    return reply(qr_picture(course, course_link(request, course), f"{course.code}-qr.png"))


def qr_picture(course: CourseRecord, link: str, file_name: str) -> Picture:
    """Returns a link of a course as a picture."""
    back = keyboard(Button(_("‹ Share"), ShareCourse(course.id)))
    return Picture(qr, file_name, {"link": link}, lines(Bold(course.title), link), back)
