"""A course's students, as its instructor sees them: who they are, and how far."""

from db.models import CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from handlers.broadcast_presses import Announce
from handlers.catalog import count_students
from handlers.desk import require_course
from handlers.kit.reply import Button, Reply, Row, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Number, Value, _, lines
from handlers.people_presses import ListRemoved, NudgeStudents, SendSpreadsheet
from handlers.policies import Action
from handlers.presses import Desk, ListStudents
from handlers.student import PAGE, listed, numbers

# A look at the list does not go through a large course to count who is at a halt; the question that follows does.
COUNTED = 99
router = Router()


@router.press(ListStudents, action=Action.DESK, looks=True)
async def list_students(request: Request, repos: Repositories) -> Reply:
    """Shows a page of those who take the course, first enrolled first, each with how far they are."""
    press = request.press
    assert isinstance(press, ListStudents)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, Action.MANAGE)
    students = await repos.progress.list_students(course.id, limit=PAGE, **press.bounds)
    if course.students and not students:
        # Who was on the page has left since the button was shown.
        press = press.first
        students = await repos.progress.list_students(course.id, limit=PAGE)
    back = Button(_("‹ Desk"), Desk(course.id))
    gone = await repos.students.count_removed(course.id)
    removed = Button(_("Removed · {n}").format(n=gone), ListRemoved(course_id=course.id)) if gone else None
    if not students:
        return screen(_("Nobody takes {title} at the moment.").format(title=Bold(course.title)), removed, back)
    heading = _("{title} · {students}").format(title=Bold(course.title), students=count_students(course.students))
    turning = press.turning([student.progress.id for student in students], course.students, PAGE)
    file = Button(_("As a file"), SendSpreadsheet(course.id))
    rows = lines(heading, listed(students, request))
    return screen(rows, *numbers(students), turning, await _writing(request, repos, course), [file, removed], back)


async def _writing(request: Request, repos: Repositories, course: CourseRecord) -> Row:
    """Returns the ways to write to all, or to those who do not get on; an archived course leaves them in peace."""
    if course.status is CourseStatus.ARCHIVED:
        return None
    stalled = await repos.teaching.count_stalled(course.id, request.now, most=COUNTED + 1)
    number: Value = Number(stalled) if stalled <= COUNTED else f"{COUNTED}+"
    nudge = Button(_("Nudge · {n}").format(n=number), NudgeStudents(course.id)) if stalled else None
    return [Button(_("Announce"), Announce(course.id)), nudge]
