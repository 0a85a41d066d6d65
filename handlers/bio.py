"""Bios: what instructors say about themselves, and where their students read it."""

from db.repositories import Repositories
from handlers import policies
from handlers.catalog import require_sight
from handlers.kit.asks import text
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, Screen, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, _, lines
from handlers.policies import Action, no_course
from handlers.presses import ListMine, ShowCourse, ShowInstructor

MAX_BIO = 1000


async def _set_bio(request: Request, repos: Repositories, answers: Answers) -> Reply:
    policies.require(request, Action.AUTHOR)
    assert request.user is not None  # noqa: S101 (authors have accounts)
    bio = answers["bio"]
    await repos.users.set_bio(request.user.id, bio)
    if bio is None:
        return screen(_("Your courses say nothing about you now."), Button(_("My courses"), ListMine()))
    return screen(_so_far(bio), Button(_("My courses"), ListMine()))


def _so_far(bio: str) -> Lines:
    return lines(_("This is what your courses say about you now:"), bio, between="\n\n")


bio = Dialog(
    "bio",
    _("About you"),
    Ask(
        "bio",
        _(
            "Who are you, and what do you teach? Everybody who opens a course of yours can read it. "
            "(up to 1000 characters)"
        ),
        parse=text(MAX_BIO),
        optional=True,
        skip=_("Say nothing"),
    ),
    done=_set_bio,
)
router = Router(bio)


@router.command("bio", _("What your courses say about you"), action=Action.AUTHOR)
async def begin_bio(request: Request, repos: Repositories) -> Reply:
    """Shows what an instructor has said about themselves, and begins to change it."""
    assert request.user is not None  # noqa: S101 (the route's action)
    question = start(bio, request)
    so_far = await repos.users.get_bio(request.user.id)
    if not so_far:
        return question
    return Reply((Screen(_so_far(so_far)), *question.parts))


@router.press(ShowInstructor, looks=True)
async def show_instructor(request: Request, repos: Repositories) -> Reply:
    """Shows what the instructor of a course says about themselves, to whoever may see the course."""
    assert isinstance(request.press, ShowInstructor)  # noqa: S101 (its route)
    course = await repos.courses.get(request.press.course_id)
    if course is None:
        raise no_course()
    await require_sight(request, repos, course)
    card = await repos.courses.require_card(course.id)
    said = await repos.users.get_bio(course.instructor_id)
    back = Button(_("‹ {title}").format(title=course.title), ShowCourse(course.id))
    if not card.instructor_name:
        raise UserError(_("Whoever wrote this course has left, and says nothing about themselves any more."), back)
    if not said:
        text = _("{name} says nothing about themselves at the moment.")
        raise UserError(text.format(name=card.instructor_name), back)
    return screen(lines(Bold(card.instructor_name), said, between="\n\n"), back)
