"""The archive, where courses are read and not changed, and copies of courses."""

from db.models import CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from handlers.authoring import FIRST_NUMBER, code_stem
from handlers.catalog import count_lessons
from handlers.desk import desk_screen, require_course
from handlers.desk_presses import ArchiveCourse, DuplicateCourse, UnarchiveCourse
from handlers.kit.reply import Button, Reply, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, _n, lines
from handlers.policies import Action
from handlers.presses import Desk

router = Router()


@router.press(ArchiveCourse, action=Action.DESK)
async def archive(request: Request, repos: Repositories) -> Reply:
    """Puts a course into the archive, once the person is sure."""
    press = request.press
    assert isinstance(press, ArchiveCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, Action.MANAGE, lock=True)
    if course.status is CourseStatus.ARCHIVED:
        return reply(await desk_screen(request, repos, course))
    if not press.sure:
        buttons = [Button(_("Keep it"), Desk(course.id)), Button(_("Archive it"), ArchiveCourse(course.id, 1))]
        return screen(lines(_question(course), _("You can take it out of the archive again.")), buttons)
    course = await repos.courses.set_status(course, CourseStatus.ARCHIVED, request.now)
    return reply(await desk_screen(request, repos, course), toast=_("The course is in the archive."))


def _question(course: CourseRecord) -> Text:
    if not course.students:
        text = _("Put {title} into the archive? Nobody can enroll in it then, and nothing in it can be changed.")
        return text.format(title=Bold(course.title))
    text = _n(
        "Put {title} into the archive? Its student can go on reading it. Nobody else can enroll, "
        "and nothing in it can be changed.",
        "Put {title} into the archive? Its {n} students can go on reading it. Nobody else can enroll, "
        "and nothing in it can be changed.",
        course.students,
    )
    return text.format(title=Bold(course.title))


@router.press(UnarchiveCourse, action=Action.DESK)
async def unarchive(request: Request, repos: Repositories) -> Reply:
    """Takes a course out of the archive; newcomers find it when it is published again."""
    assert isinstance(request.press, UnarchiveCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id, Action.MANAGE, lock=True)
    if course.status is not CourseStatus.ARCHIVED:
        return reply(await desk_screen(request, repos, course))
    course = await repos.courses.set_status(course, CourseStatus.DRAFT, request.now)
    return reply(
        await desk_screen(request, repos, course),
        toast=_("It is a draft now: publish it, and newcomers can find it again."),
    )


@router.press(DuplicateCourse, action=Action.DESK)
async def duplicate(request: Request, repos: Repositories) -> Reply:
    """Copies a course, once the person is sure: all that it says and shows, and nobody who takes it."""
    press = request.press
    assert isinstance(press, DuplicateCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, Action.MANAGE, lock=True)
    had = await repos.courses.count_by_instructor(course.instructor_id)
    if press.had != had:
        return await _ask_first(repos, course, had)
    copy = await _copy(request, repos, course)
    news = _("This is the copy. Its code is its own, and nobody takes it yet.")
    return reply(await desk_screen(request, repos, copy, news=news))


async def _ask_first(repos: Repositories, course: CourseRecord, had: int) -> Reply:
    card = await repos.courses.require_card(course.id)
    text = _("Copy {title}, which has no lessons yet? The copy is a draft with a code of its own.")
    if card.lessons:
        text = _("Copy {title} with its {lessons}? The copy is a draft with a code of its own, and has no students.")
    buttons = [Button(_("Not now"), Desk(course.id)), Button(_("Copy it"), DuplicateCourse(course.id, had))]
    return screen(text.format(title=Bold(course.title), lessons=count_lessons(card.lessons)), buttons)


async def _copy(request: Request, repos: Repositories, course: CourseRecord) -> CourseRecord:
    """Returns the copy, which is the same instructor's, whoever asked for it."""
    copy = await repos.courses.add_numbered(
        code_stem(course.title),
        FIRST_NUMBER,
        title=course.title,
        description=course.description,
        instructor_id=course.instructor_id,
        now=request.now,
    )
    copy = copy._replace(language=course.language)
    await repos.courses.describe(copy)
    if course.is_private:
        # What only those find who are invited must not become everybody's by a copy.
        copy = await repos.courses.set_private(copy, is_private=True)
    await repos.courses.set_cover(copy.id, (await repos.courses.require_card(course.id)).cover, request.now)
    await repos.lessons.copy_all(course.id, copy.id, request.now)
    return copy
