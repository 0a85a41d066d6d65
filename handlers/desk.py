"""The desk: an instructor's own courses, and the card from which each is written and published."""

from db.models import CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from db.repositories.course_pages import CourseCard
from handlers import policies
from handlers.broadcast_presses import Announce
from handlers.catalog import PAGE, author, count_lessons, count_students, turning
from handlers.desk_presses import ArchiveCourse, DuplicateCourse, EditCourse, PreviewCourse, UnarchiveCourse
from handlers.kit.errors import UserError
from handlers.kit.pages import numbered
from handlers.kit.reply import Button, Reply, Row, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Value, _, _n, lines
from handlers.people_presses import ShareCourse, ShowFunnel
from handlers.policies import Action, no_course
from handlers.presses import AddLesson, Desk, DeskLessons, ListMine, ListStudents, NewCourse, Publish

STATUS = {
    CourseStatus.DRAFT: _("draft"),
    CourseStatus.PUBLISHED: _("published"),
    CourseStatus.ARCHIVED: _("archived"),
}
router = Router()


@router.command("mycourses", _("The courses that you write"), action=Action.AUTHOR, looks=True)
@router.press(ListMine, action=Action.AUTHOR, looks=True)
async def list_mine(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the instructor's own courses, drafts included."""
    assert request.user is not None  # noqa: S101 (the route's action)
    press = request.press if isinstance(request.press, ListMine) else ListMine()
    page = await repos.courses.list_by_instructor(request.user.id, limit=PAGE, **press.bounds)
    if page.total and not page.cards:
        # Its courses were handed over since the button was shown.
        press = press.first
        page = await repos.courses.list_by_instructor(request.user.id, limit=PAGE)
    write = Button(_("New course"), NewCourse())
    if not page.cards:
        return screen(_("You have no courses yet. A new one takes a title, and then its lessons."), write)
    rows = (numbered(number, _summary(card)) for number, card in enumerate(page.cards, 1))
    numbers = [Button(str(number), Desk(card.course.id)) for number, card in enumerate(page.cards, 1)]
    heading = Bold(_("My courses · {n}").format(n=page.total))
    return screen(lines(heading, *rows), numbers, turning(press, page), write)


def _summary(card: CourseCard) -> Text:
    return _("{title} · {status} · {lessons} · {students}").format(
        title=Bold(card.course.title),
        status=STATUS[card.course.status],
        lessons=count_lessons(card.lessons),
        students=_count_students(card.course.students),
    )


def _count_students(number: int) -> Text:
    return count_students(number) if number else _("nobody enrolled yet")


@router.press(Desk, action=Action.DESK, looks=True)
async def show_desk(request: Request, repos: Repositories) -> Reply:
    """Shows the desk card of a course."""
    assert isinstance(request.press, Desk)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id, Action.MANAGE)
    return reply(await desk_screen(request, repos, course))


async def require_course(
    request: Request, repos: Repositories, course_id: int, action: Action = Action.EDIT, *, lock: bool = False
) -> CourseRecord:
    """Returns a course that this person may change, or come to; with `lock`, nobody else changes it meanwhile.

    Raises:
        UserError: when there is none, or it is another's.
    """
    course = await (repos.courses.lock(course_id) if lock else repos.courses.get(course_id))
    if course is None:
        raise no_course()
    policies.require(request, action, course)
    return course


async def desk_screen(
    request: Request, repos: Repositories, course: CourseRecord, *, news: Value | None = None
) -> Screen:
    """Returns the desk card of a course that this person may come to, under what is new about it."""
    card = await repos.courses.require_card(course.id)
    is_mine = request.user is not None and request.user.id == course.instructor_id
    heading = _("{title} · {status} · code {code}").format(
        title=Bold(course.title), status=STATUS[course.status], code=course.code
    )
    figures = _("{lessons} · {students}").format(
        lessons=count_lessons(card.lessons), students=_count_students(card.course.students)
    )
    by = None if is_mine else _("by {name}").format(name=author(card))
    private = _("only by invitation") if course.is_private else None
    text = lines(news, lines(heading, by, lines(figures, private, between=" · ")), between="\n\n")
    back = Button(_("‹ My courses"), ListMine()) if is_mine else None
    return Screen(text, keyboard(*_desk_rows(card), back))


def _desk_rows(card: CourseCard) -> list[Row]:
    course = card.course
    preview, copy = Button(_("Preview"), PreviewCourse(course.id)), Button(_("Duplicate"), DuplicateCourse(course.id))
    if course.status is CourseStatus.ARCHIVED:
        bring_back = Button(_("Take out of the archive"), UnarchiveCourse(course.id))
        return [*_people_rows(card), [preview, copy], bring_back]
    lessons = Button(_("Lessons"), DeskLessons(course.id)) if card.lessons else None
    return [
        [Button(_("Add lesson"), AddLesson(course.id)), lessons, Button(_("Edit"), EditCourse(course.id))],
        *_people_rows(card),
        [preview, _publish_button(course)],
        [copy, Button(_("Archive"), ArchiveCourse(course.id))],
    ]


def _people_rows(card: CourseCard) -> list[Row]:
    """Returns the buttons about who takes the course; an archived one has them, too."""
    course = card.course
    students = Button(_("Students"), ListStudents(course_id=course.id)) if course.students else None
    funnel = Button(_("Funnel"), ShowFunnel(course.id)) if card.lessons and course.students else None
    if course.status is CourseStatus.ARCHIVED:
        return [[students, funnel]]
    announce = Button(_("Announce"), Announce(course.id)) if course.students else None
    return [[students, announce], [funnel, Button(_("Share"), ShareCourse(course.id))]]


def _publish_button(course: CourseRecord) -> Button:
    if course.status is CourseStatus.PUBLISHED:
        return Button(_("Unpublish"), Publish(course.id, 0))
    return Button(_("Publish"), Publish(course.id, 1))


@router.press(Publish, action=Action.DESK)
async def publish(request: Request, repos: Repositories) -> Reply:
    """Lets newcomers find a course that has lessons, or hides it from them again."""
    press = request.press
    assert isinstance(press, Publish)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, lock=True)
    card = await repos.courses.require_card(course.id)
    if press.on and not card.lessons:
        text = _("A course needs a lesson before it can be published. {title} has none yet.")
        raise UserError(text.format(title=Bold(course.title)), Button(_("Add lesson"), AddLesson(course.id)))
    status = CourseStatus.PUBLISHED if press.on else CourseStatus.DRAFT
    course = await repos.courses.set_status(course, status, request.now)
    shown = _("Published: /courses shows it to everyone.")
    if course.is_private:
        shown = _("Published: whoever has an invitation can enroll.")
    toast = shown if press.on else _hidden(card.course.students)
    return reply(await desk_screen(request, repos, course), toast=toast)


def _hidden(students: int) -> Text:
    if not students:
        return _("Unpublished: nobody else can find it now.")
    return _n(
        "Unpublished: newcomers cannot find it now, and its student goes on.",
        "Unpublished: newcomers cannot find it now, and its {n} students go on.",
        students,
    )
