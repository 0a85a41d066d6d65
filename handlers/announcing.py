"""Announcing: an instructor writes one message to all students of a course, and sees it before they do."""

from typing import Any

from db.models import Audience, AudienceKind, CourseStatus
from db.records import CourseRecord
from db.repositories import Repositories
from handlers import policies
from handlers.announcements import require_open
from handlers.authoring import OFFERED
from handlers.broadcast_presses import Announce, NewAnnouncement
from handlers.broadcast_screens import headed, preview, screen_of
from handlers.broadcasts import message
from handlers.kit.content import Content, sends_for
from handlers.kit.dialog import Answers, Ask, AskAgain, Dialog
from handlers.kit.engine import start
from handlers.kit.reply import Button, Reply, reply, screen
from handlers.kit.request import Request
from handlers.kit.rich import RichText
from handlers.kit.router import Router
from handlers.kit.text import _
from handlers.policies import Action, Who, no_course
from handlers.presses import ListMine, NewCourse


async def _write_draft(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course = await repos.courses.get(answers["course_id"])
    if course is None:
        raise no_course()
    total = await require_open(request, repos, course)
    content = headed(Content.from_json(answers["content"]), _heading(request, course))
    if len(sends_for([content])) != 1:
        raise AskAgain(
            "content",
            _("With the course's title above it, this does not fit into one message. Please send a shorter one."),
        )
    broadcast = await repos.broadcasts.add(
        telegram_id=request.telegram_id,
        audience=Audience(AudienceKind.COURSE, course.id),
        content=_with_heading(answers["content"], _heading(request, course)),
        total=total,
        now=request.now,
    )
    return reply(preview(broadcast), await screen_of(repos, broadcast, request.now))


def _heading(request: Request, course: CourseRecord) -> RichText:
    """Returns the line over the message: where it comes from, in names alone, for one message goes to all languages."""
    title = RichText("📣 ") + RichText.styled(course.title, "bold")
    return title + RichText(f" · {request.user.name}") if request.user else title


def _with_heading(content: dict[str, Any], heading: RichText) -> dict[str, Any]:
    return {**content, "heading": heading.to_json()}


announcement = Dialog(
    "announcement",
    _("Announcement"),
    Ask(
        "content",
        _(
            "Now send the message, just as your students are to see it: text, or a photo, a video, audio, a voice "
            "message or a file with a caption. I put the course's title and your name above it; what they answer does "
            "not reach you. You will see it once more before anybody else does."
        ),
        parse=message,
    ),
    done=_write_draft,
)
router = Router(announcement)


@router.press(Announce, action=Action.DESK)
async def begin_announcement(request: Request, repos: Repositories) -> Reply:
    """Begins a message to the students of a course that has some."""
    assert isinstance(request.press, Announce)  # noqa: S101 (its route)
    return await _begin(request, repos, await repos.courses.get(request.press.course_id))


@router.command("announce", _("Write to the students of a course"), action=Action.DESK, usage="[CODE]")
@router.press(NewAnnouncement, action=Action.AUTHOR)
async def choose_audience(request: Request, repos: Repositories) -> Reply:
    """Begins a message to the students of the course with this code, or of one's only course; else asks which."""
    if request.args:
        return await _begin(request, repos, await repos.courses.get_by_code(request.args.split()[0]))
    mine = await repos.courses.list_by_instructor(request.user.id, limit=OFFERED) if request.user else None
    if mine is None or not mine.cards:
        return _no_course_yet(request)
    if mine.total == 1:
        return await _begin(request, repos, mine.cards[0].course)
    courses = [card.course for card in mine.cards]
    taken = [course for course in courses if course.students and course.status is not CourseStatus.ARCHIVED]
    offers = (Button(course.title, Announce(course.id)) for course in taken)
    others = Button(_("All my courses"), ListMine()) if mine.total > len(mine.cards) else None
    if not taken and others is None:
        text = _("Nobody takes your courses at the moment, but for what is archived. There is nobody to write to.")
        return screen(text, Button(_("My courses"), ListMine()))
    return screen(_("To the students of which course?"), *offers, others)


async def _begin(request: Request, repos: Repositories, course: CourseRecord | None) -> Reply:
    if course is None:
        raise no_course()
    await require_open(request, repos, course)
    return start(announcement, request, course_id=course.id)


def _no_course_yet(request: Request) -> Reply:
    if policies.may(Who.of(request), Action.AUTHOR):
        text = _("An announcement goes to the students of a course, and you have none yet. A title is enough to begin.")
        return screen(text, Button(_("Write a course"), NewCourse()))
    return screen(_("To the students of which course? Send its code too, like /announce PY101."))
