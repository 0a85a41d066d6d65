"""Completing: a lesson is done, or not after all, and the last one finishes the course."""

import datetime as dt

from db.records import CourseRecord, LessonRecord
from db.repositories import Repositories
from db.standing import Path, Standing
from handlers.enrollment import Seat, require_seat, student_of
from handlers.kit.bar import bar
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Rekey, Reply, Row, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, _, _n
from handlers.lessons import lesson_keyboard, short
from handlers.policies import Action
from handlers.presses import (
    ContinueCourse,
    Done,
    ListCourses,
    ShowCourse,
    ShowCourseProgress,
    ShowLesson,
    ShowProgress,
    Undo,
)

router = Router()


@router.command("done", _("Complete the lesson that is open"), action=Action.STUDY)
@router.press(Done, action=Action.STUDY)
async def complete_lesson(request: Request, repos: Repositories) -> Reply:
    """Completes a lesson, once, and offers the next; the last one finishes the course."""
    seat = await require_seat(request, repos, _meant(request), lock=True)
    if seat.lesson.removed_at is not None:
        return await pass_removed(request, repos, seat)
    user, course, lesson = student_of(request), seat.course, seat.lesson
    is_new = await repos.progress.complete(user.id, lesson.id, request.now)
    path = await repos.progress.get_path(user.id, course.id)
    finished = await finish_if_due(request, repos, path.standing(seat.progress, seat.course))
    if is_new:
        request.session.undo_lesson_id = lesson.id
    rekey = Rekey(lesson_keyboard(course, path, lesson)) if request.press else None
    return reply(rekey, finished or _done_screen(course, path, lesson, is_new=is_new))


def _meant(request: Request) -> int:
    """Returns the id of the pressed button's lesson, or of the open one.

    Raises:
        UserError: when none is open.
    """
    if isinstance(request.press, Done):
        return request.press.lesson_id
    session = request.session
    if session.lesson_id is not None:
        return session.lesson_id
    way_on = Button(_("Open the next lesson"), ContinueCourse(session.course_id)) if session.course_id else None
    raise UserError(
        _("No lesson is open here. /lesson opens the next one."), way_on or Button(_("My progress"), ShowProgress())
    )


def _done_screen(course: CourseRecord, path: Path, lesson: LessonRecord, *, is_new: bool) -> Screen:
    text = _("{lesson} done.  {place}") if is_new else _("{lesson} is done already.  {place}")
    following = path.next_after(path.find(lesson.id))
    way_on: Row
    if following is None:
        way_on = _after_course(course)
    else:
        way_on = Button(_("Next: {title}").format(title=short(following.title)), ShowLesson(following.id, 1))
    undo = Button(_("Undo"), Undo(lesson.id)) if is_new else None
    return Screen(text.format(lesson=Bold(lesson.title), place=_place(path)), keyboard(way_on, undo), fresh=True)


def _place(path: Path) -> Text:
    return _("{bar}  {percent} %").format(bar=bar(path.percent), percent=path.percent)


def _after_course(course: CourseRecord) -> Row:
    return [Button(_("See the course"), ShowCourse(course.id)), Button(_("Find another"), ListCourses())]


@router.press(Undo, action=Action.STUDY)
async def undo(request: Request, repos: Repositories) -> Reply:
    """Takes a completion back within the same visit, unless it has finished the course."""
    assert isinstance(request.press, Undo)  # noqa: S101 (its route)
    seat = await require_seat(request, repos, request.press.lesson_id, lock=True)
    course, lesson = seat.course, seat.lesson
    if lesson.removed_at is not None:
        return await pass_removed(request, repos, seat)
    in_visit = request.session.undo_lesson_id == lesson.id
    taken_back = in_visit and await repos.progress.take_back(seat.progress, lesson.id)
    path = await repos.progress.get_path(student_of(request).id, course.id)
    if not taken_back:
        return await _refuse_undo(request, repos, path.standing(seat.progress, seat.course))
    request.session.undo_lesson_id = None
    text = _("{lesson} is not done after all.  {place}").format(lesson=Bold(lesson.title), place=_place(path))
    return screen(text, Button(_("Open {title} again").format(title=short(lesson.title)), ShowLesson(lesson.id, 1)))


async def _refuse_undo(request: Request, repos: Repositories, standing: Standing) -> Reply:
    finished = await finish_if_due(request, repos, standing)
    if finished:
        return reply(finished)
    text = _("That can no longer be taken back: Undo works right after Done, until a lesson is opened.")
    raise UserError(text, Button(_("All lessons"), ShowCourseProgress(standing.course.id)))


async def finish_if_due(request: Request, repos: Repositories, standing: Standing) -> Screen | None:
    """Finishes the course when nothing is left to do there; returns the congratulations, once.

    An instructor who removes a lesson may leave a student with nothing to do: the student's next own act in the
    course comes by here, too.
    """
    if not standing.is_due:
        return None
    user, course = student_of(request), standing.course
    # Another account of the same student may be here at this moment: alone from now on, look again.
    progress = await repos.progress.lock(user.id, course.id)
    path = await repos.progress.get_path(user.id, course.id)
    if progress is None or not path.standing(progress, course).is_due:
        return None
    await repos.progress.finish(progress, request.now)
    days = max(1, round((request.now - progress.enrolled_at) / dt.timedelta(days=1)))
    text = _n(
        "{course} is complete. {total} of {total}, in {n} day. Well done, {name}!",
        "{course} is complete. {total} of {total}, in {n} days. Well done, {name}!",
        days,
    ).format(course=Bold(course.title), total=path.total, name=user.name)
    return Screen(text, keyboard(_after_course(course)), fresh=True)


async def say_nothing_left(request: Request, repos: Repositories, standing: Standing) -> Reply:
    """Answers a wish for the next lesson where there is none: the course is finished now, was before, or is empty."""
    course = standing.course
    finished = await finish_if_due(request, repos, standing)
    if finished:
        return reply(finished)
    # Another account of the same student may have finished it a moment ago.
    progress = await repos.progress.get(standing.progress.user_id, course.id)
    completed_at = progress.completed_at if progress else None
    if completed_at is None:
        text = _("{course} has no lessons at the moment. Please look in again later.").format(course=Bold(course.title))
        return reply(Screen(text, keyboard(Button(_("Browse courses"), ListCourses())), fresh=True))
    text = _("You finished {course} on {day}. There is nothing new in it yet.").format(
        course=Bold(course.title), day=Day(completed_at, request.now)
    )
    again = Button(_("All lessons"), ShowCourseProgress(course.id))
    return reply(Screen(text, keyboard(again, _after_course(course)), fresh=True))


async def pass_removed(request: Request, repos: Repositories, seat: Seat) -> Reply:
    """Answers a wish about a lesson that its course no longer has.

    Raises:
        UserError: with the way on, unless the course is finished by that.
    """
    path = await repos.progress.get_path(student_of(request).id, seat.course.id)
    finished = await finish_if_due(request, repos, path.standing(seat.progress, seat.course))
    if finished:
        return reply(finished)
    text = _("{lesson} is no longer part of {course}.").format(
        lesson=Bold(seat.lesson.title), course=Bold(seat.course.title)
    )
    raise UserError(text, Button(_("Open the next lesson"), ContinueCourse(seat.course.id)))
