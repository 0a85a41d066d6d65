"""A course's outline: its lessons in order, to be moved, renamed and removed."""

from db.models import CourseStatus
from db.records import CourseRecord, LessonRecord
from db.repositories import Repositories
from handlers import policies
from handlers.authoring import MAX_TITLE
from handlers.desk import require_course
from handlers.desk_presses import ListParts, PreviewLesson
from handlers.kit.asks import line
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.pages import Page, numbered
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, _n, lines
from handlers.policies import Action, no_course
from handlers.presses import (
    AddLesson,
    Desk,
    DeskLesson,
    DeskLessons,
    MoveLesson,
    Publish,
    RemoveLesson,
    RenameLesson,
)

# A page of lessons with titles of 80 signs fits into one message.
PAGE = 20


async def _rename(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course, lesson = await locate(request, repos, answers["lesson_id"])
    if lesson is None:
        return reply(await outdated(repos, course))
    await repos.lessons.rename(lesson, answers["title"])
    return reply(await _lesson_screen(repos, course, lesson))


rename_lesson = Dialog(
    "rename_lesson",
    _("Rename a lesson"),
    Ask("title", _("What should it be called? (up to 80 characters)"), parse=line(MAX_TITLE)),
    done=_rename,
)
router = Router(rename_lesson)


async def locate(request: Request, repos: Repositories, lesson_id: int) -> tuple[CourseRecord, LessonRecord | None]:
    """Returns a lesson, if it is not removed, and its course, locked, which this person may change.

    Raises:
        UserError: when there is no such lesson, or the course is another's.
    """
    course = await repos.courses.lock_of_lesson(lesson_id)
    if course is None:
        raise no_course()
    policies.require(request, Action.EDIT, course)
    return course, await repos.lessons.get(lesson_id)


async def outdated(repos: Repositories, course: CourseRecord) -> Screen:
    """Returns the lessons that a course has, for somebody who asked for one that was removed."""
    return await _lessons_screen(repos, course, news=_("That lesson was removed. Here is what the course has now."))


@router.press(DeskLessons, action=Action.DESK, looks=True)
async def show_lessons(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the course's lessons, in order."""
    press = request.press
    assert isinstance(press, DeskLessons)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id)
    return reply(await _lessons_screen(repos, course, press.page))


async def _lessons_screen(
    repos: Repositories, course: CourseRecord, wanted: int = 1, *, news: Text | None = None
) -> Screen:
    lessons = await repos.lessons.list_of(course.id)
    page = Page.of(lessons, wanted, PAGE)
    heading = _("{title} · {lessons}").format(
        title=Bold(course.title), lessons=_n("{n} lesson", "{n} lessons", len(lessons))
    )
    text = lines(news, lines(heading, *(_numbered(*each) for each in page.shown)), between="\n\n")
    numbers = page.numbers(lambda lesson: DeskLesson(lesson.id))
    turning = page.turning(lambda number: DeskLessons(course.id, number))
    last = [Button(_("Add lesson"), AddLesson(course.id)), Button(_("‹ Desk"), Desk(course.id))]
    return Screen(text, keyboard(*numbers, turning, last))


def _numbered(number: int, lesson: LessonRecord) -> Text:
    return numbered(number, lesson.title)


@router.press(DeskLesson, action=Action.DESK)
async def show_lesson(request: Request, repos: Repositories) -> Reply:
    """Shows where a lesson stands among its neighbours, and what can be done with it."""
    assert isinstance(request.press, DeskLesson)  # noqa: S101 (its route)
    course, lesson = await locate(request, repos, request.press.lesson_id)
    if lesson is None:
        return reply(await outdated(repos, course))
    return reply(await _lesson_screen(repos, course, lesson))


async def _lesson_screen(repos: Repositories, course: CourseRecord, lesson: LessonRecord) -> Screen:
    lessons = await repos.lessons.list_of(course.id)
    place = next(place for place, each in enumerate(lessons) if each.id == lesson.id)
    heading = _("{course} · lesson {number} of {total} · {parts}").format(
        course=Bold(course.title),
        number=place + 1,
        total=len(lessons),
        parts=_n("{n} part", "{n} parts", await repos.lessons.count_blocks(lesson.id)),
    )
    around = list(enumerate(lessons, 1))[max(place - 1, 0) : place + 2]
    neighbours = (Bold(_numbered(*each)) if each[1].id == lesson.id else _numbered(*each) for each in around)
    up = Button(_("↑ Move up"), MoveLesson(lesson.id, -1, place)) if place > 0 else None
    down = Button(_("↓ Move down"), MoveLesson(lesson.id, 1, place)) if place + 1 < len(lessons) else None
    return Screen(
        lines(heading, lines(*neighbours), between="\n\n"),
        keyboard(
            [Button(_("Content"), ListParts(lesson.id)), Button(_("Preview"), PreviewLesson(lesson.id))],
            [up, down],
            [Button(_("Rename"), RenameLesson(lesson.id)), Button(_("Remove"), RemoveLesson(lesson.id))],
            Button(_("‹ Lessons"), DeskLessons(course.id, place // PAGE + 1)),
        ),
    )


@router.press(MoveLesson, action=Action.DESK)
async def move_lesson(request: Request, repos: Repositories) -> Reply:
    """Swaps a lesson with the one above or below; at the ends nothing moves."""
    press = request.press
    assert isinstance(press, MoveLesson)  # noqa: S101 (its route)
    course, lesson = await locate(request, repos, press.lesson_id)
    if lesson is None:
        return reply(await outdated(repos, course))
    ids = [each.id for each in await repos.lessons.list_of(course.id)]
    if ids.index(lesson.id) != press.place:
        return reply(await _lesson_screen(repos, course, lesson))
    moved = await repos.lessons.move(lesson, 1 if press.by > 0 else -1)
    at_the_end = _("It is the last one already.") if press.by > 0 else _("It is the first one already.")
    return reply(await _lesson_screen(repos, course, lesson), toast=None if moved else at_the_end)


@router.press(RenameLesson, action=Action.DESK)
async def begin_rename(request: Request, repos: Repositories) -> Reply:
    """Begins to give a lesson another title."""
    assert isinstance(request.press, RenameLesson)  # noqa: S101 (its route)
    course, lesson = await locate(request, repos, request.press.lesson_id)
    if lesson is None:
        return reply(await outdated(repos, course))
    return start(rename_lesson, request, lesson_id=lesson.id)


@router.press(RemoveLesson, action=Action.DESK)
async def remove_lesson(request: Request, repos: Repositories) -> Reply:
    """Takes a lesson out of its course, once the person is sure. Whoever completed it did."""
    press = request.press
    assert isinstance(press, RemoveLesson)  # noqa: S101 (its route)
    course, lesson = await locate(request, repos, press.lesson_id)
    if lesson is None:
        return reply(await outdated(repos, course))
    if course.status is CourseStatus.PUBLISHED and len(await repos.lessons.list_of(course.id)) == 1:
        text = _(
            "“{title}” is the only lesson of a published course. Unpublish the course first, or add another lesson."
        )
        unpublish = Button(_("Unpublish"), Publish(course.id, 0))
        raise UserError(text.format(title=lesson.title), [unpublish, Button(_("Add lesson"), AddLesson(course.id))])
    if not press.sure:
        return reply(_are_you_sure(course, lesson))
    await repos.lessons.remove(lesson, request.now)
    news = _("“{title}” is removed.").format(title=lesson.title)
    return reply(await _lessons_screen(repos, course, news=news))


def _are_you_sure(course: CourseRecord, lesson: LessonRecord) -> Screen:
    text = _("Remove “{title}” from {course}? Nobody can open it afterwards. Whoever completed it keeps the tick.")
    buttons = [Button(_("Keep it"), DeskLesson(lesson.id)), Button(_("Remove it"), RemoveLesson(lesson.id, 1))]
    return Screen(text.format(title=lesson.title, course=Bold(course.title)), keyboard(buttons))
