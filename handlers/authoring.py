"""Authoring: new courses and new lessons, written in the chat."""

import unicodedata

from db.records import CourseRecord
from db.repositories import Repositories
from handlers import policies
from handlers.desk import desk_screen, require_course
from handlers.kit.asks import line, text
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.materials import content, remarks
from handlers.kit.reply import Button, Reply, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import _
from handlers.policies import Action, Who, no_course
from handlers.presses import AddLesson, ListMine, NewCourse
from handlers.reminders import planning

MAX_TITLE, MAX_DESCRIPTION = 80, 2000
# A code is short enough to be typed: the beginning of the title and a number.
MAX_STEM, FIRST_NUMBER = 4, 10
# As many courses as one screen can offer by name; the others are found in the list of one's courses.
OFFERED = 10


async def _create_course(request: Request, repos: Repositories, answers: Answers) -> Reply:
    policies.require(request, Action.AUTHOR)
    assert request.user is not None  # noqa: S101 (authors have accounts)
    await repos.users.ensure_instructor(request.user.id)
    await planning.begin_own(request, repos)
    course = await repos.courses.add_numbered(
        code_stem(answers["title"]),
        FIRST_NUMBER,
        title=answers["title"],
        description=answers["description"] or "",
        instructor_id=request.user.id,
        now=request.now,
    )
    return reply(await desk_screen(request, repos, course))


def code_stem(title: str) -> str:
    """Returns the letters that the code of a course with this title begins with: its first ones, without accents."""
    plain = unicodedata.normalize("NFKD", title)
    letters = [sign for sign in plain if sign.isascii() and sign.isalpha()]
    return "".join(letters[:MAX_STEM]).upper() or "C"


async def _add_lesson(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course = await require_course(request, repos, answers["course_id"], lock=True)
    lesson = await repos.lessons.add(course.id, answers["title"], answers["content"], request.now)
    number = len(await repos.lessons.list_of(course.id))
    news = _("Lesson {number} “{title}” added.").format(number=number, title=lesson.title)
    return reply(await desk_screen(request, repos, course, news=news))


new_course = Dialog(
    "new_course",
    _("New course"),
    Ask("title", _("What is it called? (up to 80 characters)"), parse=line(MAX_TITLE)),
    Ask(
        "description",
        _("Describe it in a few sentences. (up to 2000 characters)"),
        parse=text(MAX_DESCRIPTION),
        optional=True,
    ),
    done=_create_course,
)
new_lesson = Dialog(
    "new_lesson",
    _("New lesson"),
    Ask("title", _("What is the lesson called? (up to 80 characters)"), parse=line(MAX_TITLE)),
    Ask(
        "content",
        _(
            "Now send the lesson itself: text, links, pictures, video, audio, voice or files, "
            "in as many messages as you like. Formatting is kept."
        ),
        parse=content,
        many=True,
        remarks=remarks,
    ),
    done=_add_lesson,
)
router = Router(new_course, new_lesson)


@router.command("newcourse", _("Write a new course"), action=Action.AUTHOR)
@router.press(NewCourse, action=Action.AUTHOR)
async def begin_course(request: Request, _repos: Repositories) -> Reply:
    """Begins a course: its title, then what it is about."""
    return start(new_course, request)


@router.press(AddLesson, action=Action.DESK)
async def begin_lesson(request: Request, repos: Repositories) -> Reply:
    """Begins the next lesson of a course: its title, then its content."""
    assert isinstance(request.press, AddLesson)  # noqa: S101 (its route)
    return _begin(request, await repos.courses.get(request.press.course_id))


@router.command("newlesson", _("Add a lesson to a course"), action=Action.DESK, usage="[CODE]")
async def choose_course(request: Request, repos: Repositories) -> Reply:
    """Begins a lesson of the course with this code, or of one's only open course; asks which when there are several."""
    if request.args:
        return _begin(request, await repos.courses.get_by_code(request.args.split()[0]))
    mine = await repos.courses.list_open(request.user.id, limit=OFFERED) if request.user else None
    if mine is None or not mine.cards:
        return await _no_course_yet(request, repos)
    if mine.total == 1:
        return _begin(request, mine.cards[0].course)
    offers = (Button(card.course.title, AddLesson(card.course.id)) for card in mine.cards)
    others = Button(_("All my courses"), ListMine()) if mine.total > len(mine.cards) else None
    return screen(_("Which course is the lesson for?"), *offers, others)


def _begin(request: Request, course: CourseRecord | None) -> Reply:
    if course is None:
        raise no_course()
    policies.require(request, Action.EDIT, course)
    return start(new_lesson, request, course_id=course.id)


async def _no_course_yet(request: Request, repos: Repositories) -> Reply:
    if request.user is not None and await repos.courses.count_by_instructor(request.user.id):
        text = _("Your courses are archived, and cannot be changed. Take one out of the archive, or begin a new one.")
        return screen(text, Button(_("My courses"), ListMine()), Button(_("Write a course"), NewCourse()))
    if policies.may(Who.of(request), Action.AUTHOR):
        text = _("A lesson needs a course, and you have none yet. A title is enough to begin one.")
        return screen(text, Button(_("Write a course"), NewCourse()))
    return screen(_("Which course is the lesson for? Send its code too, like /newlesson PY101."))
