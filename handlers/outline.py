"""A course's outline: its lessons in order, to be moved, renamed and removed."""

from db.models import Course, CourseStatus, Lesson
from db.repositories import Repositories
from handlers import policies
from handlers.desk import require_course
from handlers.kit.asks import line
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, Row, Screen, keyboard, reply
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

# A page of lessons with titles of 80 signs fits into one message, its numbers into rows that a thumb can hit.
PAGE, ROW = 20, 5
MAX_TITLE = 80


async def _rename(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course, lesson = await _locate(request, repos, answers["lesson_id"])
    if lesson is None:
        return reply(await _outdated(repos, course))
    lesson.title = answers["title"]
    return reply(await _lesson_screen(repos, course, lesson))


rename_lesson = Dialog(
    "rename_lesson",
    _("Rename a lesson"),
    Ask("title", _("What should it be called? (up to 80 characters)"), parse=line(MAX_TITLE)),
    done=_rename,
)
router = Router(rename_lesson)


async def _locate(request: Request, repos: Repositories, lesson_id: int) -> tuple[Course, Lesson | None]:
    """Returns a lesson, if it is not removed, and its course, locked, which this person may change.

    Raises:
        UserError: when there is no such lesson, or the course is another's.
    """
    course = await repos.courses.get_of_lesson(lesson_id, lock=True)
    if course is None:
        raise no_course()
    policies.require(request, Action.EDIT, course)
    return course, await repos.lessons.get(lesson_id)


async def _outdated(repos: Repositories, course: Course) -> Screen:
    return await _lessons_screen(repos, course, news=_("That lesson was removed. Here is what the course has now."))


@router.press(DeskLessons, action=Action.DESK)
async def show_lessons(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the course's lessons, in order."""
    press = request.press
    assert isinstance(press, DeskLessons)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id)
    return reply(await _lessons_screen(repos, course, press.page))


async def _lessons_screen(repos: Repositories, course: Course, page: int = 1, *, news: Text | None = None) -> Screen:
    lessons = await repos.lessons.list_of(course.id)
    pages = max(1, -(-len(lessons) // PAGE))
    page = min(max(page, 1), pages)
    shown = list(enumerate(lessons, 1))[(page - 1) * PAGE : page * PAGE]
    heading = _("{title} · {lessons}").format(
        title=Bold(course.title), lessons=_n("{n} lesson", "{n} lessons", len(lessons))
    )
    text = lines(news, lines(heading, *(_numbered(*each) for each in shown)), between="\n\n")
    numbers = [Button(str(number), DeskLesson(lesson.id)) for number, lesson in shown]
    last = [Button(_("Add lesson"), AddLesson(course.id)), Button(_("‹ Desk"), Desk(course.id))]
    rows = [numbers[at : at + ROW] for at in range(0, len(numbers), ROW)]
    return Screen(text, keyboard(*rows, _turning(course, page, pages), last))


def _numbered(number: int, lesson: Lesson) -> Text:
    return _("{number}. {title}").format(number=number, title=lesson.title)


def _turning(course: Course, page: int, pages: int) -> Row:
    if pages <= 1:
        return None
    return [
        Button("‹", DeskLessons(course.id, page - 1)) if page > 1 else None,
        Button(f"{page} / {pages}", DeskLessons(course.id, page)),
        Button("›", DeskLessons(course.id, page + 1)) if page < pages else None,
    ]


@router.press(DeskLesson, action=Action.DESK)
async def show_lesson(request: Request, repos: Repositories) -> Reply:
    """Shows where a lesson stands among its neighbours, and what can be done with it."""
    assert isinstance(request.press, DeskLesson)  # noqa: S101 (its route)
    course, lesson = await _locate(request, repos, request.press.lesson_id)
    if lesson is None:
        return reply(await _outdated(repos, course))
    return reply(await _lesson_screen(repos, course, lesson))


async def _lesson_screen(repos: Repositories, course: Course, lesson: Lesson) -> Screen:
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
    up = Button(_("↑ Move up"), MoveLesson(lesson.id, -1)) if place > 0 else None
    down = Button(_("↓ Move down"), MoveLesson(lesson.id, 1)) if place + 1 < len(lessons) else None
    return Screen(
        lines(heading, lines(*neighbours), between="\n\n"),
        keyboard(
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
    course, lesson = await _locate(request, repos, press.lesson_id)
    if lesson is None:
        return reply(await _outdated(repos, course))
    moved = await repos.lessons.move(lesson, 1 if press.by > 0 else -1)
    at_the_end = _("It is the last one already.") if press.by > 0 else _("It is the first one already.")
    return reply(await _lesson_screen(repos, course, lesson), toast=None if moved else at_the_end)


@router.press(RenameLesson, action=Action.DESK)
async def begin_rename(request: Request, repos: Repositories) -> Reply:
    """Begins to give a lesson another title."""
    assert isinstance(request.press, RenameLesson)  # noqa: S101 (its route)
    course, lesson = await _locate(request, repos, request.press.lesson_id)
    if lesson is None:
        return reply(await _outdated(repos, course))
    return start(rename_lesson, request, lesson_id=lesson.id)


@router.press(RemoveLesson, action=Action.DESK)
async def remove_lesson(request: Request, repos: Repositories) -> Reply:
    """Takes a lesson out of its course, once the person is sure. Whoever completed it did."""
    press = request.press
    assert isinstance(press, RemoveLesson)  # noqa: S101 (its route)
    course, lesson = await _locate(request, repos, press.lesson_id)
    if lesson is None:
        return reply(await _outdated(repos, course))
    if course.status is CourseStatus.PUBLISHED and len(await repos.lessons.list_of(course.id)) == 1:
        text = _(
            "“{title}” is the only lesson of a published course. Unpublish the course first, or add another lesson."
        )
        unpublish = Button(_("Unpublish"), Publish(course.id, 0))
        raise UserError(text.format(title=lesson.title), [unpublish, Button(_("Add lesson"), AddLesson(course.id))])
    if not press.sure:
        return reply(_are_you_sure(course, lesson))
    repos.lessons.remove(lesson, request.now)
    news = _("“{title}” is removed.").format(title=lesson.title)
    return reply(await _lessons_screen(repos, course, news=news))


def _are_you_sure(course: Course, lesson: Lesson) -> Screen:
    text = _("Remove “{title}” from {course}? Nobody can open it afterwards. Those who completed it keep that.")
    buttons = [Button(_("Keep it"), DeskLesson(lesson.id)), Button(_("Remove it"), RemoveLesson(lesson.id, 1))]
    return Screen(text.format(title=lesson.title, course=Bold(course.title)), keyboard(buttons))
