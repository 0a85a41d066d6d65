"""Progress: how far somebody has come, in all courses and in one."""

from collections.abc import Callable, Sequence

from db.models import Course
from db.repositories import Repositories
from db.repositories.progress import LessonStanding, Path, Standing
from handlers.enrollment import require_enrollment, student_of
from handlers.kit.bar import bar
from handlers.kit.press import Press
from handlers.kit.reply import Button, Reply, Row, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Renderable, Text, _, _n, lines
from handlers.lessons import short
from handlers.policies import Action
from handlers.presses import ContinueCourse, ListCourses, ShowCourseProgress, ShowLesson, ShowProgress

# With the longest titles, a page of either stays below the 4096 of a message.
COURSES_A_PAGE, LESSONS_A_PAGE = 10, 20
ROW = 5
router = Router()


@router.command("progress", _("How far you are"), action=Action.STUDY, usage="[CODE]")
@router.press(ShowProgress, action=Action.STUDY)
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
    page = request.press.page if isinstance(request.press, ShowProgress) else 1
    first, pages = _bounds(page, len(standings), COURSES_A_PAGE)
    shown = standings[first : first + COURSES_A_PAGE]
    numbers = [Button(str(n), ShowCourseProgress(one.course.id)) for n, one in enumerate(shown, first + 1)]
    rows = (
        _("{number}. {place}").format(number=n, place=standing_line(one, request))
        for n, one in enumerate(shown, first + 1)
    )
    return screen(
        lines(*rows),
        continue_button(current(standings, request.session.course_id)),
        *_in_rows(numbers),
        _turning(first // COURSES_A_PAGE + 1, pages, ShowProgress),
    )


def standing_line(standing: Standing, request: Request) -> Renderable:
    """Returns a course with its bar and figures: `Compilers 101  ▓▓▓▓▓░░░░░  5/10 · 50 %`."""
    done, total = standing.done, standing.total
    figures = _("{title}  {place}").format(title=Bold(standing.course.title), place=place(standing))
    finished_at = standing.progress.completed_at
    if finished_at is None:
        return lines(figures, _("in progress") if done else _("not begun"), between=" · ")
    finished = _("finished {day}").format(day=Day(finished_at, request.now))
    news = _n("{n} new lesson", "{n} new lessons", total - done) if standing.is_open else None
    return lines(figures, finished, news, between=" · ")


def place(standing: Standing) -> Text:
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


@router.press(ShowCourseProgress, action=Action.STUDY)
async def show_course_progress(request: Request, repos: Repositories) -> Reply:
    """Shows the lessons of one course, each with its tick and date."""
    press = request.press
    assert isinstance(press, ShowCourseProgress)  # noqa: S101 (its route)
    return await _show_course(request, repos, await repos.courses.get(press.course_id), press.page)


async def _show_course(request: Request, repos: Repositories, course: Course | None, page: int) -> Reply:
    progress = await require_enrollment(request, repos, course)
    assert course is not None  # noqa: S101 (there is an enrollment)
    path = await repos.progress.get_path(student_of(request).id, course.id)
    standing = path.standing(progress, course)
    first, pages = _bounds(page or _page_of_next(path), path.total, LESSONS_A_PAGE)
    shown = list(enumerate(path.steps[first : first + LESSONS_A_PAGE], first + 1))
    ticks = lines(*(_lesson_line(n, step, request) for n, step in shown))
    numbers = [Button(str(n), ShowLesson(step.lesson.id)) for n, step in shown]
    return screen(
        lines(standing_line(standing, request), ticks if shown else _("No lessons at the moment."), between="\n\n"),
        continue_button(standing),
        *_in_rows(numbers),
        _turning(first // LESSONS_A_PAGE + 1, pages, lambda page: ShowCourseProgress(course.id, page)),
        Button(_("‹ My progress"), ShowProgress()),
    )


def _page_of_next(path: Path) -> int:
    return path.find(path.next_lesson.id) // LESSONS_A_PAGE + 1 if path.next_lesson else 1


def _lesson_line(number: int, step: LessonStanding, request: Request) -> Text:
    title = step.lesson.title
    if step.completed_at is None:
        return _("○ {number}. {title}").format(number=number, title=title)
    day = Day(step.completed_at, request.now)
    return _("✓ {number}. {title} · {day}").format(number=number, title=title, day=day)


def _bounds(page: int, count: int, size: int) -> tuple[int, int]:
    """Returns where a page begins, the nearest one that there is, and how many there are."""
    pages = max(1, -(-count // size))
    return (min(max(page, 1), pages) - 1) * size, pages


def _in_rows(buttons: Sequence[Button]) -> list[Row]:
    return [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]


def _turning(page: int, pages: int, press: Callable[[int], Press]) -> Row:
    """Returns the buttons that turn the pages; none when there is one page."""
    if pages == 1:
        return None
    return [
        Button("‹", press(page - 1)) if page > 1 else None,
        Button(f"{page} / {pages}", press(page)),
        Button("›", press(page + 1)) if page < pages else None,
    ]
