"""Progress: how far somebody has come, in all courses and in one."""

import datetime as dt
from collections.abc import Sequence

from db.records import CourseRecord
from db.repositories import Repositories
from db.standing import Path, Standing, Step, Student
from handlers.enrollment import require_enrollment, student_of
from handlers.kit.bar import bar
from handlers.kit.pages import Page, numbered
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Renderable, Text, _, _n, lines
from handlers.lessons import short
from handlers.policies import Action
from handlers.presses import ContinueCourse, ListCourses, ShowCourseProgress, ShowLesson, ShowProgress

# With the longest titles, a page of either stays below the 4096 of a message.
COURSES_A_PAGE, LESSONS_A_PAGE = 10, 20
router = Router()


@router.command("progress", _("How far you are"), action=Action.STUDY, usage="[CODE]", looks=True)
@router.press(ShowProgress, action=Action.STUDY, looks=True)
async def show_progress(request: Request, repos: Repositories) -> Reply:
    """Shows every course with its bar, unfinished ones first; with a code, the lessons of that course."""
    if request.args:
        course = await repos.courses.get_by_code(request.args.split()[0])
        return await _show_course(request, repos, course, 0)
    standings = await repos.progress.list_standings(student_of(request).id)
    if not standings:
        text = _("You take no course yet. Find one that you like:")
        return screen(text, Button(_("Browse courses"), ListCourses()))
    standings.sort(key=lambda one: not one.is_open)
    wanted = request.press.page if isinstance(request.press, ShowProgress) else 1
    page = Page.of(standings, wanted, COURSES_A_PAGE)
    rows = (numbered(number, standing_line(one, request)) for number, one in page.shown)
    return screen(
        lines(*rows),
        continue_button(current(standings, request.session.course_id)),
        *page.numbers(lambda one: ShowCourseProgress(one.course.id)),
        page.turning(ShowProgress),
    )


def standing_line(standing: Standing, request: Request) -> Renderable:
    """Returns a course and, on a line that fits on a phone, its figures: `▓▓▓▓▓░░░░░  5/10 · 50 % · in progress`."""
    done, total = standing.done, standing.total
    title, figures = Bold(standing.course.title), place(standing)
    finished_at = standing.progress.completed_at
    if finished_at is None:
        return lines(title, lines(figures, _("in progress") if done else _("not begun"), between=" · "))
    finished = _("finished {day}").format(day=Day(finished_at, request.now))
    news = _n("{n} new lesson", "{n} new lessons", total - done) if standing.is_open else None
    return lines(title, lines(figures, finished, news, between=" · "))


def place(standing: Standing | Student) -> Text:
    """Returns how far somebody is: `▓▓▓▓▓░░░░░  5/10 · 50 %`."""
    return _("{bar}  {done}/{total} · {percent} %").format(
        bar=bar(standing.percent), done=standing.done, total=standing.total, percent=standing.percent
    )


def current(standings: Sequence[Standing], course_id: int | None) -> Standing | None:
    """Returns the course to go on with: the one that was open last, else the first unfinished one."""
    unfinished = [one for one in standings if one.is_open or one.is_due]
    return next((one for one in unfinished if one.course.id == course_id), next(iter(unfinished), None))


def continue_button(standing: Standing | None) -> Button | None:
    """Returns the button that goes on with a course, named after its next lesson, or finishes it."""
    if standing is None:
        return None
    label: Text | None = None
    if standing.next_title is not None:
        label = (_("Continue: {title}") if standing.done else _("Start: {title}")).format(
            title=short(standing.next_title)
        )
    elif standing.is_due:
        label = _("Finish {title}").format(title=short(standing.course.title))
    return Button(label, ContinueCourse(standing.course.id)) if label else None


@router.press(ShowCourseProgress, action=Action.STUDY, looks=True)
async def show_course_progress(request: Request, repos: Repositories) -> Reply:
    """Shows the lessons of one course, each with its tick and date."""
    press = request.press
    assert isinstance(press, ShowCourseProgress)  # noqa: S101 (its route)
    return await _show_course(request, repos, await repos.courses.get(press.course_id), press.page)


async def _show_course(request: Request, repos: Repositories, course: CourseRecord | None, wanted: int) -> Reply:
    progress = await require_enrollment(request, repos, course)
    assert course is not None  # noqa: S101 (there is an enrollment)
    user = student_of(request)
    path, days = await repos.progress.get_path(user.id, course.id), await repos.progress.get_days(user.id, course.id)
    standing = path.standing(progress, course)
    page = Page.of(path.steps, wanted or _page_of_next(path), LESSONS_A_PAGE)
    ticks = lines(*(_lesson_line(n, step, days.get(step.id), request.now) for n, step in page.shown))
    listed = ticks if path.total else _("No lessons at the moment.")
    return screen(
        lines(standing_line(standing, request), listed, between="\n\n"),
        continue_button(standing),
        *page.numbers(lambda step: ShowLesson(step.id)),
        page.turning(lambda number: ShowCourseProgress(course.id, number)),
        Button(_("‹ My progress"), ShowProgress()),
    )


def _page_of_next(path: Path) -> int:
    return path.find(path.next_lesson.id) // LESSONS_A_PAGE + 1 if path.next_lesson else 1


def _lesson_line(number: int, step: Step, completed_at: dt.datetime | None, now: dt.datetime) -> Text:
    title = step.title
    if completed_at is None:
        return _("○ {number}. {title}").format(number=number, title=title)
    day = Day(completed_at, now)
    return _("✓ {number}. {title} · {day}").format(number=number, title=title, day=day)
