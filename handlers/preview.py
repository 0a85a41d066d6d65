"""Previews: a course as its students see it, in its author's chat, and counted nowhere."""

from db.records import CourseRecord, LessonRecord
from db.repositories import Repositories
from handlers import policies
from handlers.catalog import card_text, cover_of
from handlers.desk import require_course
from handlers.desk_presses import PreviewCourse, PreviewLesson
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Keyboard, Rekey, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, lines
from handlers.lessons import blocks_under, short
from handlers.policies import Action, no_course
from handlers.presses import Desk

router = Router()


@router.press(PreviewCourse, action=Action.DESK, looks=True)
async def preview_course(request: Request, repos: Repositories) -> Reply:
    """Shows a course's card as students see it, and leads to the first lesson."""
    assert isinstance(request.press, PreviewCourse)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id, Action.MANAGE)
    card = await repos.courses.require_card(course.id)
    lessons = await repos.lessons.list_of(course.id)
    mark = _("Preview: this is what students see. Nothing here is counted.")
    start = _open(_("Start: {title}"), lessons[0]) if lessons else None
    return reply(
        Screen(
            lines(mark, card_text(card), between="\n\n"),
            keyboard(start, Button(_("‹ Desk"), Desk(course.id))),
            photo=cover_of(card),
        )
    )


@router.press(PreviewLesson, action=Action.DESK)
async def preview_lesson(request: Request, repos: Repositories) -> Reply:
    """Shows a lesson as students see it, and leads to its neighbours, still as a preview."""
    press = request.press
    assert isinstance(press, PreviewLesson)  # noqa: S101 (its route)
    course = await repos.courses.lock_of_lesson(press.lesson_id)
    if course is None:
        raise no_course()
    policies.require(request, Action.MANAGE, course)
    lessons = await repos.lessons.list_of(course.id)
    place = next((place for place, each in enumerate(lessons) if each.id == press.lesson_id), None)
    if place is None:
        raise UserError(_("That lesson was removed."), Button(_("Preview"), PreviewCourse(course.id)))
    where = _("Preview · {course} · {number} of {total}").format(
        course=course.title, number=place + 1, total=len(lessons)
    )
    lesson = lessons[place]
    contents = await repos.lessons.list_blocks(lesson.id)
    shown = blocks_under(lines(where, Bold(lesson.title)), lesson, contents, _ways_on(course, lessons, place))
    return reply(Rekey() if press.moves_on else None, shown)


def _ways_on(course: CourseRecord, lessons: list[LessonRecord], place: int) -> Keyboard:
    back = _open(_("‹ {title}"), lessons[place - 1]) if place else None
    on = _open(_("{title} ›"), lessons[place + 1]) if place + 1 < len(lessons) else None
    return keyboard([back, on], Button(_("‹ Desk"), Desk(course.id)))


def _open(label: Text, lesson: LessonRecord) -> Button:
    return Button(label.format(title=short(lesson.title)), PreviewLesson(lesson.id, 1))
