"""Letters: a message from an instructor to one student, passed on by the bot."""

import datetime as dt

from db.records import CourseRecord
from db.repositories import Repositories
from db.repositories.chat_sessions import Recipient
from db.standing import Student
from handlers.kit.asks import text
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Notice, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, Value, _, _n, lines
from handlers.people_presses import ShowStudent, WriteToStudent
from handlers.policies import Action
from handlers.presses import ShowCourse
from handlers.readers import readers_of
from handlers.student import locate, require_current, student_screen

MAX_LETTER = 1000
# In a day, to all students of a course together: enough to look after a class, and no way to flood one.
MAX_A_DAY = 30
_DAY = dt.timedelta(days=1)


async def _send(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course, student = await locate(request, repos, answers["progress_id"])
    # Whoever decides from the count has the course for themselves.
    await repos.courses.lock(course.id)
    readers = await _readers(request, repos, course, student)
    await repos.letters.add(course.id, request.now, forget=request.now - _DAY)
    buttons = keyboard(Button(_("See the course"), ShowCourse(course.id)))
    letter = Screen(_letter(request, course, answers["text"]), buttons)
    news = _("Your message is on its way to {name}.").format(name=Bold(student.name))
    shown = await student_screen(request, repos, course, student, news=news)
    return reply(shown, *(Notice(reader, letter) for reader in readers))


async def _readers(request: Request, repos: Repositories, course: CourseRecord, student: Student) -> list[Recipient]:
    """Returns the Telegram accounts at which a student can be written to.

    Raises:
        UserError: when there are none, the student has left, or enough was written today.
    """
    require_current(course, student)
    if await repos.letters.count(course.id, request.now - _DAY) >= MAX_A_DAY:
        text = _n(
            "{n} message a day is the most for a course. Please go on tomorrow.",
            "{n} messages a day are the most for a course. Please go on tomorrow.",
            MAX_A_DAY,
        )
        raise UserError(text, Button(_("‹ Back"), ShowStudent(student.progress.id)))
    readers = await readers_of(request, repos, student.progress.user_id)
    if not readers:
        text = _("{name} cannot be reached: they are not signed in here, have blocked the bot, or are blocked.")
        raise UserError(text.format(name=Bold(student.name)), Button(_("‹ Back"), ShowStudent(student.progress.id)))
    return readers


def _letter(request: Request, course: CourseRecord, words: str) -> Lines:
    name: Value = request.user.name if request.user else _("an admin")
    heading = _("{title} · a message from {name}").format(title=Bold(course.title), name=name)
    hint = _("Answers that you write here do not reach {name}.").format(name=name)
    return lines(heading, words, hint, between="\n\n")


letter = Dialog(
    "letter",
    _("Message to a student"),
    Ask(
        "text",
        _(
            "Write it in one message. I pass it on with your name and the course's title; what they answer "
            "does not reach you. (up to 1000 characters)"
        ),
        parse=text(MAX_LETTER),
    ),
    done=_send,
)
router = Router(letter)


@router.press(WriteToStudent, action=Action.DESK)
async def begin_letter(request: Request, repos: Repositories) -> Reply:
    """Begins a message to a student who can be reached."""
    assert isinstance(request.press, WriteToStudent)  # noqa: S101 (its route)
    course, student = await locate(request, repos, request.press.progress_id)
    await _readers(request, repos, course, student)
    return start(letter, request, progress_id=student.progress.id)
