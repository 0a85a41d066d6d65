"""One student of a course, as its instructor sees them: how far they are, and whether they stay."""

from db.records import CourseRecord
from db.repositories import Repositories
from db.standing import Student
from handlers.desk import require_course
from handlers.kit.errors import UserError
from handlers.kit.pages import in_rows, numbered
from handlers.kit.reply import Button, Notice, Reply, Row, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Lines, Value, _, _n, lines
from handlers.people_presses import LetBackIn, ListRemoved, RemoveStudent, ShowStudent, WriteToStudent
from handlers.policies import Action, no_course
from handlers.presses import ContinueCourse, ListCourses, ListStudents
from handlers.progress import place
from handlers.readers import readers_of
from handlers.reminders import planning

# With the longest names, a page stays below the 4096 of a message.
PAGE = 10
router = Router()


@router.press(ShowStudent, action=Action.DESK, looks=True)
async def show_student(request: Request, repos: Repositories) -> Reply:
    """Shows one student: how far, since when, and when they did something last."""
    assert isinstance(request.press, ShowStudent)  # noqa: S101 (its route)
    course, student = await locate(request, repos, request.press.progress_id)
    return reply(await student_screen(request, repos, course, student))


async def locate(
    request: Request, repos: Repositories, progress_id: int, *, lock: bool = False
) -> tuple[CourseRecord, Student]:
    """Returns a course that this person may change, and one of its students, current, left or removed.

    Raises:
        UserError: when there is no such enrollment, or the course is another's.
    """
    student = await repos.students.get(progress_id)
    if student is None:
        raise no_course()
    course = await require_course(request, repos, student.progress.course_id, Action.MANAGE)
    progress = await repos.progress.lock(student.progress.user_id, course.id) if lock else None
    return course, student._replace(progress=progress or student.progress)


async def student_screen(
    request: Request, repos: Repositories, course: CourseRecord, student: Student, *, news: Value | None = None
) -> Screen:
    """Returns the page of one student, under what is new about it."""
    progress = student.progress
    last = await repos.students.last_done(progress.user_id, course.id)
    heading = lines(Bold(student.name), course.title)
    days = lines(
        _("enrolled {day}").format(day=Day(progress.enrolled_at, request.now)),
        _("last lesson done {day}").format(day=Day(last, request.now)) if last else _("no lesson done yet"),
        _("finished {day}").format(day=Day(progress.completed_at, request.now)) if progress.completed_at else None,
        _ended(request, student),
    )
    text = lines(news, heading, place(student), days, between="\n\n")
    return Screen(text, keyboard(*_rows(course, student)))


def _ended(request: Request, student: Student) -> Value | None:
    progress = student.progress
    if progress.removed_at is not None:
        return _("removed {day}").format(day=Day(progress.removed_at, request.now))
    return _("left {day}").format(day=Day(progress.left_at, request.now)) if progress.left_at else None


def _rows(course: CourseRecord, student: Student) -> list[Row]:
    progress = student.progress
    if progress.removed_at is not None:
        removed = Button(_("‹ Removed"), ListRemoved(course_id=course.id))
        return [Button(_("Let back in"), LetBackIn(progress.id)), removed]
    acts = [Button(_("Message"), WriteToStudent(progress.id)), Button(_("Remove"), RemoveStudent(progress.id))]
    back = Button(_("‹ Students"), ListStudents(course_id=course.id))
    return [None if progress.left_at else acts, back]


@router.press(RemoveStudent, action=Action.DESK)
async def remove_student(request: Request, repos: Repositories) -> Reply:
    """Takes a student off the list, once the person is sure. The student is told, and keeps all that was completed."""
    press = request.press
    assert isinstance(press, RemoveStudent)  # noqa: S101 (its route)
    course, student = await locate(request, repos, press.progress_id, lock=True)
    if student.progress.left_at is not None:
        return reply(await student_screen(request, repos, course, student))
    if not press.sure:
        text = _(
            "Remove {name} from {title}? They are told, can open no lesson of it any more, and cannot enroll again "
            "unless you let them back in. What they completed is kept."
        ).format(name=Bold(student.name), title=Bold(course.title))
        keep = Button(_("Keep"), ShowStudent(student.progress.id))
        return screen(text, [keep, Button(_("Remove"), RemoveStudent(student.progress.id, 1))])
    await repos.progress.leave(student.progress, request.now, is_removed=True)
    told = _(
        "You are no longer a student of {title}: its instructor has taken you off the list. "
        "What you completed is kept, in case you are let back in."
    ).format(title=Bold(course.title))
    notices = await _tell(request, repos, student, Screen(told, keyboard(Button(_("Browse courses"), ListCourses()))))
    _course, now = await locate(request, repos, press.progress_id)
    return reply(await student_screen(request, repos, course, now), *notices)


@router.press(LetBackIn, action=Action.DESK)
async def let_back_in(request: Request, repos: Repositories) -> Reply:
    """Takes a removed student back, who finds everything as it was, and is told."""
    press = request.press
    assert isinstance(press, LetBackIn)  # noqa: S101 (its route)
    course, student = await locate(request, repos, press.progress_id, lock=True)
    if student.progress.removed_at is not None:
        await repos.progress.enroll(student.progress.user_id, course.id, request.now, lets_back=True)
        told = _("You are back in {title}. Your progress is as you left it.").format(title=Bold(course.title))
        button = keyboard(Button(_("Go on"), ContinueCourse(course.id)))
        notices = await _tell(request, repos, student, Screen(told, button))
        await planning.begin_for(request, repos, student.progress.user_id, [notice.to for notice in notices])
    else:
        notices = []
    _course, now = await locate(request, repos, press.progress_id)
    return reply(await student_screen(request, repos, course, now), *notices)


async def _tell(request: Request, repos: Repositories, student: Student, told: Screen) -> list[Notice]:
    return [Notice(reader, told) for reader in await readers_of(request, repos, student.progress.user_id)]


@router.press(ListRemoved, action=Action.DESK, looks=True)
async def list_removed(request: Request, repos: Repositories) -> Reply:
    """Shows a page of those who were removed from a course."""
    press = request.press
    assert isinstance(press, ListRemoved)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, Action.MANAGE)
    total = await repos.students.count_removed(course.id)
    students = await repos.students.list_removed(course.id, limit=PAGE, **press.bounds)
    if total and not students:
        # Who was on the page has been let back in since the button was shown.
        press = press.first
        students = await repos.students.list_removed(course.id, limit=PAGE)
    back = Button(_("‹ Students"), ListStudents(course_id=course.id))
    if not students:
        return screen(_("Nobody is removed from {title}.").format(title=Bold(course.title)), back)
    heading = _n("{title} · {n} removed", "{title} · {n} removed", total).format(title=Bold(course.title))
    turning = press.turning([student.progress.id for student in students], total, PAGE)
    return screen(lines(heading, listed(students, request)), *numbers(students), turning, back)


def listed(students: list[Student], request: Request) -> Lines:
    """Returns students one under the other, numbered, each with how far they are."""
    return lines(*(numbered(number, _row(student, request)) for number, student in enumerate(students, 1)))


def numbers(students: list[Student]) -> list[Row]:
    """Returns a button for each of these students, in rows."""
    return in_rows([Button(str(number), ShowStudent(one.progress.id)) for number, one in enumerate(students, 1)])


def _row(student: Student, request: Request) -> Lines:
    figures = _("{name}  {place}").format(name=student.name, place=place(student))
    finished_at = student.progress.completed_at
    finished = _("finished {day}").format(day=Day(finished_at, request.now)) if finished_at else None
    return lines(figures, finished, between=" · ")


def require_current(course: CourseRecord, student: Student) -> None:
    """Returns when the student takes the course.

    Raises:
        UserError: otherwise.
    """
    if student.progress.left_at is not None:
        text = _("{name} does not take {title} any more.").format(name=Bold(student.name), title=Bold(course.title))
        raise UserError(text, Button(_("‹ Students"), ListStudents(course_id=course.id)))
