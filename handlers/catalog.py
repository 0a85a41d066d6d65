"""The catalog: find a course, look at it, enroll, leave."""

from db.models import CourseStatus
from db.records import CourseRecord, InvitationRecord, ProgressRecord
from db.repositories import Repositories
from db.repositories.course_pages import AuthoredCourse, CourseCard, Page
from db.standing import Standing
from handlers import policies
from handlers.enrollment import student_of
from handlers.kit.content import Content, UnreadableContentError
from handlers.kit.errors import UserError
from handlers.kit.graphemes import shorten
from handlers.kit.pages import ListPress, numbered
from handlers.kit.reply import Button, Reply, Row, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, Text, Value, _, _n, lines
from handlers.languages import language_name
from handlers.lessons import MAX_LABEL
from handlers.links import INVITATION_LINK
from handlers.people_presses import AcceptInvitation
from handlers.policies import Action, Who, may, no_course
from handlers.presses import (
    MAX_SEARCH_BYTES,
    Desk,
    Enroll,
    LeaveCourse,
    ListCourses,
    NewCourse,
    ShowCourse,
    ShowCourseProgress,
    ShowInstructor,
)
from handlers.progress import continue_button, place
from handlers.reminders import planning

PAGE = 5
router = Router()


@router.command("courses", _("Find a course"), usage="[words]", looks=True)
@router.press(ListCourses, looks=True)
async def list_courses(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the published courses, or of those that have the words."""
    press = request.press if isinstance(request.press, ListCourses) else ListCourses(words=fitting(request.args))
    page = await repos.courses.list_published(press.words, limit=PAGE, **press.bounds)
    if page.total and not page.cards:
        # Courses were hidden since the button was shown, and its page is empty by now.
        press = press.first
        page = await repos.courses.list_published(press.words, limit=PAGE)
    if not page.cards:
        return _nothing_found(request, press.words)
    heading = _("Courses · {n}").format(n=page.total)
    if press.words:
        heading = _("Courses · searching “{words}” · {n}").format(words=press.words, n=page.total)
    numbers = [Button(str(number), ShowCourse(card.course.id)) for number, card in enumerate(page.cards, 1)]
    rows = (numbered(number, summary(card)) for number, card in enumerate(page.cards, 1))
    return screen(lines(Bold(heading), *rows), numbers, turning(press, page))


def fitting(words: str) -> str:
    """Returns as many of the words as a button can carry."""
    return " ".join(words.split()).encode()[:MAX_SEARCH_BYTES].decode(errors="ignore").strip()


def _nothing_found(request: Request, words: str) -> Reply:
    if words:
        text = _("Nothing found for “{words}”. Try fewer or other words.").format(words=words)
        return screen(text, Button(_("All courses"), ListCourses()))
    write = Button(_("Write a course"), NewCourse()) if Who.of(request).is_instructor else None
    return screen(_("There are no courses yet. Please look in again soon."), write)


def summary(card: CourseCard) -> Text:
    """Returns a course in one line."""
    return _("{title} · {instructor} · {lessons} · {students}").format(
        title=Bold(card.course.title),
        instructor=author(card),
        lessons=count_lessons(card.lessons),
        students=count_students(card.course.students),
    )


def author(card: CourseCard | AuthoredCourse) -> Value:
    """Returns who writes a course, or wrote it once."""
    return card.instructor_name or _("somebody who has left")


def count_lessons(number: int) -> Text:
    """Returns `10 lessons`."""
    return _n("{n} lesson", "{n} lessons", number)


def count_students(number: int) -> Text:
    """Returns `214 students`."""
    return _n("{n} student", "{n} students", number)


def turning(press: ListPress, page: Page) -> Row:
    """Returns the buttons that turn a list of courses; none when there is one page."""
    return press.turning([card.course.id for card in page.cards], page.total, PAGE)


@router.press(ShowCourse, looks=True)
async def show_course(request: Request, repos: Repositories) -> Reply:
    """Shows a course's card."""
    assert isinstance(request.press, ShowCourse)  # noqa: S101 (its route)
    course = await repos.courses.get(request.press.course_id)
    if course is None:
        raise no_course()
    return reply(await card_screen(request, repos, course))


async def card_screen(
    request: Request, repos: Repositories, course: CourseRecord, *, invitation: InvitationRecord | None = None
) -> Screen:
    """Returns a course's card with what this person can do; a stranger comes back to it after registration.

    Whoever has an `invitation` that holds sees a private course, too, and enrolls by it.

    Raises:
        UserError: when this person may not see the course.
    """
    progress = await require_sight(request, repos, course, invited=invitation is not None)
    if request.user is None:
        request.session.wanted_code = f"{INVITATION_LINK}{invitation.token}" if invitation else course.code
    is_kept_out = policies.is_kept_out(progress, invitation)
    standing = await _standing(repos, progress, course) if progress and progress.left_at is None else None
    card = await repos.courses.require_card(course.id)
    refusal = policies.removed_from(course).text if is_kept_out else None
    text = lines(card_text(card, place(standing) if standing else None), refusal, between="\n\n")
    way_in = None if is_kept_out else _way_in(course, invitation)
    return Screen(text, keyboard(*_card_rows(request, card, standing, way_in)), photo=cover_of(card))


async def require_sight(
    request: Request, repos: Repositories, course: CourseRecord, *, invited: bool = False
) -> ProgressRecord | None:
    """Returns the enrollment of this person, who may see the course, if they have one, also one that was left.

    Raises:
        UserError: when they may not see the course.
    """
    progress = await repos.progress.get(request.user.id, course.id) if request.user else None
    enrolled = progress is not None and progress.left_at is None
    policies.require(request, Action.SEE, course, enrolled=enrolled, invited=invited)
    return progress


def card_text(card: CourseCard, standing: Text | None = None) -> Lines:
    """Returns what a course's card says, with how far somebody is."""
    course = card.course
    figures = _("{lessons} · {students}").format(
        lessons=count_lessons(card.lessons), students=count_students(course.students)
    )
    return lines(
        lines(Bold(course.title), _("by {name}").format(name=author(card))),
        course.description or None,
        standing,
        lines(
            lines(figures, language_name(course.language), between=" · "),
            _("Code: {code}").format(code=course.code),
        ),
        between="\n\n",
    )


def cover_of(card: CourseCard) -> Content | None:
    """Returns a course's cover picture, when it has one that can be shown."""
    try:
        cover = Content.from_json(card.cover) if card.cover else None
    except UnreadableContentError:
        return None
    return cover if cover and (cover.file_id or cover.file_unique_id) else None


def _way_in(course: CourseRecord, invitation: InvitationRecord | None) -> Button | None:
    """Returns the button by which one enrolls; none for a course that takes nobody, or only who is invited."""
    if invitation is not None:
        return Button(_("Enroll"), AcceptInvitation(invitation.token))
    # Its instructor and admins see a draft, too, and nobody enrolls in one.
    is_open = course.status is CourseStatus.PUBLISHED and not course.is_private
    return Button(_("Enroll"), Enroll(course.id)) if is_open else None


async def _standing(repos: Repositories, progress: ProgressRecord, course: CourseRecord) -> Standing:
    path = await repos.progress.get_path(progress.user_id, course.id)
    return path.standing(progress, course)


def about_button(card: CourseCard) -> Button | None:
    """Returns the button that leads to what the instructor says about themselves, if they do."""
    if not (card.has_bio and card.instructor_name):
        return None
    first_name = card.instructor_name.split(maxsplit=1)[0]
    return Button(_("About {name}").format(name=shorten(first_name, MAX_LABEL)), ShowInstructor(card.course.id))


def _card_rows(request: Request, card: CourseCard, standing: Standing | None, way_in: Button | None) -> list[Row]:
    course = card.course
    desk = Button(_("Desk"), Desk(course.id)) if may(Who.of(request), Action.MANAGE, course) else None
    back = Button(_("‹ Courses"), ListCourses())
    if standing is None:
        return [way_in, about_button(card), [desk, back]]
    return [
        continue_button(standing),
        [Button(_("Lessons"), ShowCourseProgress(course.id)), Button(_("Leave"), LeaveCourse(course.id))],
        about_button(card),
        [desk, back],
    ]


@router.command("enroll", _("Enroll in a course"), action=Action.STUDY, usage="CODE")
@router.press(Enroll, action=Action.STUDY)
async def enroll(request: Request, repos: Repositories) -> Reply:
    """Enrolls in a course; who left it before finds all that was completed."""
    course = await _named(request, repos)
    assert request.user is not None  # noqa: S101 (the route's action)
    before = await repos.progress.get(request.user.id, course.id)
    removed = policies.is_kept_out(before)
    was_here = before is not None and not removed
    policies.require(request, Action.ENROLL, course, enrolled=was_here, removed=removed)
    is_new = await repos.progress.enroll(request.user.id, course.id, request.now)
    return await enrolled(request, repos, course, was_here=was_here, is_new=is_new)


async def enrolled(
    request: Request, repos: Repositories, course: CourseRecord, *, was_here: bool, is_new: bool
) -> Reply:
    """Says that the person takes a course, from now on or before, and offers its next lesson.

    Raises:
        UserError: when the instructor has removed them at this very moment.
    """
    progress = await repos.progress.get(student_of(request).id, course.id)
    if policies.is_kept_out(progress):
        raise policies.removed_from(course)
    if is_new:
        await planning.begin_own(request, repos)
    request.session.course_id = course.id
    if not is_new:
        text = _("You are enrolled in {title} already.").format(title=Bold(course.title))
    elif was_here:
        text = _("Welcome back to {title}. Your progress is as you left it.").format(title=Bold(course.title))
    else:
        text = _("You are enrolled in {title}. Enjoy!").format(title=Bold(course.title))
    onwards = continue_button(await _standing(repos, progress, course)) if progress else None
    return screen(text, onwards or Button(_("See the course"), ShowCourse(course.id)))


async def _named(request: Request, repos: Repositories) -> CourseRecord:
    """Returns the course of the pressed button, or of the typed code."""
    if isinstance(request.press, Enroll):
        course = await repos.courses.get(request.press.course_id)
    elif request.args:
        course = await repos.courses.get_by_code(request.args.split()[0])
    else:
        raise UserError(
            _("Which course? Send its code too, like /enroll PY101, or pick one."),
            Button(_("Browse courses"), ListCourses()),
        )
    if course is None:
        raise no_course()
    return course


@router.press(LeaveCourse, action=Action.STUDY)
async def leave_course(request: Request, repos: Repositories) -> Reply:
    """Leaves a course, once the person is sure. What was completed is kept."""
    press = request.press
    assert isinstance(press, LeaveCourse)  # noqa: S101 (its route)
    assert request.user is not None  # noqa: S101 (the route's action)
    course = await repos.courses.get(press.course_id)
    progress = await repos.progress.lock(request.user.id, press.course_id)
    if course is None or progress is None or progress.left_at is not None:
        raise UserError(_("You are not enrolled in this course."))
    if not press.sure:
        text = _("Leave {title}? Your progress is kept, in case you come back.").format(title=Bold(course.title))
        return screen(text, [Button(_("Stay"), ShowCourse(course.id)), Button(_("Leave"), LeaveCourse(course.id, 1))])
    await repos.progress.leave(progress, request.now)
    if request.session.course_id == course.id:
        request.session.course_id = request.session.lesson_id = None
    text = _("You have left {title}. Your progress is kept.").format(title=Bold(course.title))
    return screen(text, [Button(_("Come back"), Enroll(course.id)), Button(_("Browse courses"), ListCourses())])
