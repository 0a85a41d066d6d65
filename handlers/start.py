"""The door: /start, and the links that lead to a course."""

from db.repositories import Repositories
from db.standing import Standing
from handlers.joining import open_wanted
from handlers.kit.bar import bar
from handlers.kit.reply import Button, Menu, Reply, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, Text, _, lines
from handlers.links import COURSE_LINK, INVITATION_LINK
from handlers.policies import Who
from handlers.presses import ListCourses, ListMine, LogIn, Register, ShowProgress
from handlers.progress import continue_button, current

SHOWN = 3
router = Router()


@router.command("start", _("Begin, or find your place again"), looks=True)
async def greet(request: Request, repos: Repositories) -> Reply:
    """Greets by name and shows the next step; a link to a course opens the course."""
    if request.args.startswith((COURSE_LINK, INVITATION_LINK)):
        return reply(await open_wanted(request, repos, request.args.removeprefix(COURSE_LINK)))
    if request.user is None:
        said = _greet_new(request)
    else:
        said = await home(request, repos, _("Welcome back, {name}.").format(name=request.user.name))
    if not request.is_admin:
        return said
    # Telegram takes a chat's menu only when there is a chat, which an admin begins with this.
    return said.with_parts(Menu(request.recipient, teaches=Who.of(request).is_instructor))


def _greet_new(request: Request) -> Reply:
    text = _(
        "Hi {name}! I teach short courses right here in the chat.\n"
        "Pick a course, read a lesson, tap Done. I keep your place."
    )
    admin = _("You are an admin here: /admin") if request.is_admin else None
    return screen(
        lines(text.format(name=request.session.first_name), admin),
        Button(_("Browse courses"), ListCourses()),
        [Button(_("Create an account"), Register()), Button(_("Log in"), LogIn())],
    )


async def home(request: Request, repos: Repositories, hello: Text) -> Reply:
    """Returns the screen that everything begins with: where the person stands, and the ways on from there."""
    assert request.user is not None  # noqa: S101 (the caller looked)
    standings = await repos.progress.list_standings(request.user.id)
    open_ones = [one for one in standings if one.is_open]
    mine = Button(_("My courses"), ListMine()) if Who.of(request).is_instructor else None
    return screen(
        lines(hello, *map(place_line, open_ones[:SHOWN])),
        continue_button(current(standings, request.session.course_id)),
        [Button(_("My progress"), ShowProgress()), Button(_("Browse courses"), ListCourses())],
        mine,
    )


def place_line(standing: Standing) -> Lines:
    """Returns a course and, on a line that fits on a phone, its bar: `▓▓▓▓░░░░░░  40 %`."""
    place = _("{bar}  {percent} %").format(bar=bar(standing.percent), percent=standing.percent)
    return lines(Bold(standing.course.title), place)
