"""Any course, found by an admin: drafts and archived ones too, whoever wrote them."""

from db.records import CourseRecord
from db.repositories import Repositories
from db.repositories.course_pages import AuthoredCourse
from handlers.admin.menu import BACK
from handlers.admin.person import require_person
from handlers.admin_presses import FindCourse, ListAnyCourses, ListTaught, ShowPerson
from handlers.catalog import PAGE, author, card_screen, count_students, fitting, turning
from handlers.desk import STATUS, desk_screen
from handlers.kit.asks import line
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, lines
from handlers.policies import Action, Who, may, only
from handlers.presses import Desk, ShowCourse

MAX_WORDS = 80


async def _show_found(request: Request, repos: Repositories, answers: Answers) -> Reply:
    words = str(answers["words"])
    course = await repos.courses.get_by_code(words)
    if course is None:
        return reply(await _page(request, repos, ListAnyCourses(words=fitting(words))))
    is_open = may(Who.of(request), Action.EDIT, course)
    return reply(await (desk_screen if is_open else card_screen)(request, repos, course))


find_course = Dialog(
    "find_course",
    _("Find a course"),
    Ask(
        "words",
        _("Which course? Send its code, or words of its title."),
        parse=only(Action.ADMINISTER, line(MAX_WORDS)),
    ),
    done=_show_found,
)
router = Router(find_course)


@router.press(FindCourse, action=Action.ADMINISTER)
async def begin_search(request: Request, _repos: Repositories) -> Reply:
    """Asks for a code or words."""
    return start(find_course, request)


@router.press(ListAnyCourses, action=Action.ADMINISTER, looks=True)
async def list_any(request: Request, repos: Repositories) -> Reply:
    """Shows a page of all courses, or of those that have the words."""
    assert isinstance(request.press, ListAnyCourses)  # noqa: S101 (its route)
    return reply(await _page(request, repos, request.press))


async def _page(request: Request, repos: Repositories, press: ListAnyCourses) -> Screen:
    page = press.cut(await repos.courses.list_any(press.words, limit=PAGE + 1, **press.bounds), PAGE)
    find = Button(_("Find a course"), FindCourse())
    if not page.shown:
        return Screen(_("There is no such course, not even a draft."), keyboard(find, BACK))
    heading = _("All courses · “{words}”").format(words=press.words) if press.words else _("All courses, newest first")
    ids = [each.course.id for each in page.shown]
    return Screen(
        lines(Bold(heading), *(_row(number, each) for number, each in enumerate(page.shown, 1))),
        keyboard(
            [Button(str(number), _way_to(request, each.course)) for number, each in enumerate(page.shown, 1)],
            press.stepping(ids[0] if page.has_newer else None, ids[-1] if page.has_older else None),
            [find, BACK],
        ),
    )


def _row(number: int, each: AuthoredCourse) -> Text:
    text = _("{number}. {title} · {status} · {code} · {instructor} · {students}")
    return text.format(
        number=number,
        title=Bold(each.course.title),
        status=STATUS[each.course.status],
        code=each.course.code,
        instructor=author(each),
        students=count_students(each.course.students),
    )


def _way_to(request: Request, course: CourseRecord) -> Desk | ShowCourse:
    """Returns the way to a course's desk; one that nobody may change can only be looked at."""
    return Desk(course.id) if may(Who.of(request), Action.EDIT, course) else ShowCourse(course.id)


@router.press(ListTaught, action=Action.ADMINISTER, looks=True)
async def list_taught(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the courses that somebody teaches."""
    press = request.press
    assert isinstance(press, ListTaught)  # noqa: S101 (its route)
    user = await require_person(repos, press.user_id, lock=False)
    page = await repos.courses.list_by_instructor(user.id, limit=PAGE, **press.bounds)
    if page.total and not page.cards:
        # They were handed over since the button was shown.
        press = press.first
        page = await repos.courses.list_by_instructor(user.id, limit=PAGE)
    rows = [_row(number, AuthoredCourse(card.course, user.name)) for number, card in enumerate(page.cards, 1)]
    numbers = [Button(str(number), _way_to(request, card.course)) for number, card in enumerate(page.cards, 1)]
    heading = Bold(_("Courses of {name} · {n}").format(name=user.name, n=page.total))
    return screen(lines(heading, *rows), numbers, turning(press, page), Button(_("‹ Back"), ShowPerson(user.id)))
