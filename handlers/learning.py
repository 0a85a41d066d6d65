"""Learning: open the next lesson of a course, or any of them."""

import re
from collections.abc import Sequence
from typing import NamedTuple, Self

from db.records import CourseRecord, ProgressRecord
from db.repositories import Repositories
from db.standing import Path, Standing, Step
from handlers.completing import finish_if_due, pass_removed, say_nothing_left
from handlers.enrollment import require_enrollment, require_seat, student_of
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Rekey, Reply, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, _, _n
from handlers.lessons import AnyLesson, lesson_blocks
from handlers.policies import Action
from handlers.presses import ContinueCourse, ListCourses, ShowCourseProgress, ShowLesson, ShowProgress

# More than one can choose from at a glance; /progress turns pages.
MAX_CHOICES = 8
_NUMBER = re.compile(r"-?\d{1,6}")
_USAGE = _("Send /lesson for the next lesson, /lesson 3 for the third, or /lesson CODE 3 for the third of a course.")
router = Router()


class Wish(NamedTuple):
    """Which lesson somebody typed for: the next one, a number, of the current course or of another."""

    code: str | None
    number: int | None

    @classmethod
    def read(cls, args: str) -> Self:
        """Returns the wish in the words behind /lesson.

        Raises:
            UserError: when they cannot be read.
        """
        words = args.split()
        number = int(words.pop()) if words and _NUMBER.fullmatch(words[-1]) else None
        if len(words) > 1:
            raise UserError(_USAGE)
        return cls(words[0] if words else None, number)


@router.command("lesson", _("Open the next lesson, or the one with a number"), action=Action.STUDY, usage="[3]")
async def open_lesson(request: Request, repos: Repositories) -> Reply:
    """Opens the next unfinished lesson of the current course, or the one that was asked for."""
    wish = Wish.read(request.args)
    if wish.code is not None:
        return await _open(request, repos, await repos.courses.get_by_code(wish.code), wish.number)
    standings = await repos.progress.list_standings(student_of(request).id)
    choices = _choices(standings, request.session.course_id, wish.number)
    if len(choices) == 1:
        return await _go_on(request, repos, choices[0].progress, choices[0].course, wish.number)
    return _ask_which(choices, wish.number) if choices else _nothing_to_learn(standings)


def _choices(standings: Sequence[Standing], current: int | None, number: int | None) -> list[Standing]:
    """Returns the one course that must be meant, or all that may be; a finished one only when a lesson was named."""
    meant = [one for one in standings if number is not None or one.is_open or one.is_due]
    unfinished = [one for one in meant if one.is_open]
    return [one for one in meant if one.course.id == current] or (unfinished if len(unfinished) == 1 else meant)


def _ask_which(choices: Sequence[Standing], number: int | None) -> Reply:
    rows = (
        Button(
            _("{title} · {percent} %").format(title=one.course.title, percent=one.percent),
            ContinueCourse(one.course.id) if number is None else ShowCourseProgress(one.course.id),
        )
        for one in choices[:MAX_CHOICES]
    )
    more = Button(_("All my courses"), ShowProgress()) if len(choices) > MAX_CHOICES else None
    return screen(_("Which course?"), *rows, more)


def _nothing_to_learn(standings: Sequence[Standing]) -> Reply:
    if not standings:
        return screen(_("You take no course yet. Find one that you like:"), _browse())
    text = _("There is no lesson left to do. Well done!")
    return screen(text, [_browse(), Button(_("My progress"), ShowProgress())])


@router.press(ContinueCourse, action=Action.STUDY)
async def continue_course(request: Request, repos: Repositories) -> Reply:
    """Opens the next unfinished lesson of a course."""
    assert isinstance(request.press, ContinueCourse)  # noqa: S101 (its route)
    return await open_next(request, repos, request.press.course_id)


async def open_next(request: Request, repos: Repositories, course_id: int) -> Reply:
    """Opens the next unfinished lesson of a course, or says that there is none."""
    return await _open(request, repos, await repos.courses.get(course_id), None)


async def _open(request: Request, repos: Repositories, course: CourseRecord | None, number: int | None) -> Reply:
    """Opens a lesson by its number, or the next unfinished one."""
    hints = () if request.press else (_USAGE,)
    progress = await require_enrollment(request, repos, course, *hints)
    assert course is not None  # noqa: S101 (there is an enrollment)
    return await _go_on(request, repos, progress, course, number)


async def _go_on(
    request: Request, repos: Repositories, progress: ProgressRecord, course: CourseRecord, number: int | None
) -> Reply:
    path = await repos.progress.get_path(student_of(request).id, course.id)
    lesson = path.next_lesson if number is None else _numbered(course, path, number)
    if lesson is None:
        return await say_nothing_left(request, repos, path.standing(progress, course))
    return await _show(request, repos, path.standing(progress, course), path, lesson)


def _numbered(course: CourseRecord, path: Path, number: int) -> Step | None:
    """Returns a lesson by the number that people see; none when the course has no lessons at all.

    Raises:
        UserError: for a number out of range, with the range.
    """
    if not path.total or 1 <= number <= path.total:
        return path.steps[number - 1] if path.total else None
    text = _n(
        "{course} has {n} lesson: /lesson 1 opens it.",
        "{course} has {n} lessons: send a number from 1 to {n}, like /lesson 1.",
        path.total,
    )
    raise UserError(text.format(course=Bold(course.title)), Button(_("All lessons"), ShowCourseProgress(course.id)))


@router.press(ShowLesson, action=Action.STUDY)
async def show_lesson(request: Request, repos: Repositories) -> Reply:
    """Shows a lesson as new messages; the message that led here gives its buttons up if they are the lesson's now."""
    press = request.press
    assert isinstance(press, ShowLesson)  # noqa: S101 (its route)
    seat = await require_seat(request, repos, press.lesson_id)
    if seat.lesson.removed_at is not None:
        return await pass_removed(request, repos, seat)
    path = await repos.progress.get_path(student_of(request).id, seat.course.id)
    said = await _show(request, repos, path.standing(seat.progress, seat.course), path, seat.lesson)
    return reply(Rekey() if press.moves_on else None, *said.parts)


async def _show(request: Request, repos: Repositories, standing: Standing, path: Path, lesson: AnyLesson) -> Reply:
    """Returns a lesson, which is the open one from now on; what was done before can no longer be undone."""
    session = request.session
    session.course_id, session.lesson_id, session.undo_lesson_id = standing.course.id, lesson.id, None
    finished = await finish_if_due(request, repos, standing)
    contents = await repos.lessons.list_blocks(lesson.id)
    return reply(finished, lesson_blocks(standing.course, path, lesson, contents))


def _browse() -> Button:
    return Button(_("Browse courses"), ListCourses())
