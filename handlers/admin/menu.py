"""The admins' menu: what there is, and what waits for them."""

from collections.abc import Mapping

from db.models import Tallied
from db.repositories import Repositories
from db.repositories.tallies import Count
from handlers.admin_presses import FindPerson, ListAnyCourses, ListRequests, ListShelf, ShowAdmin, ShowAudit, ShowGrowth
from handlers.broadcast_presses import ListBroadcasts
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, Text, _, _n, lines
from handlers.policies import Action

BACK = Button(_("‹ Admin"), ShowAdmin())
router = Router()


@router.command("admin", _("People, courses, and what waits for you"), action=Action.ADMINISTER, looks=True)
@router.press(ShowAdmin, action=Action.ADMINISTER, looks=True)
async def show_menu(request: Request, repos: Repositories) -> Reply:
    """Shows how much there is of everything, how many people wait for an admin, and how much lies on the shelf."""
    counts = await repos.tallies.count_all(request.now)
    wishes, shelved = await repos.users.count_requests(), await repos.shelf.count()
    return screen(
        lines(lines(Bold(_("Admin")), _figures(counts)), waiting(wishes), between="\n\n"),
        Button(_("Requests · {n}").format(n=wishes), ListRequests()) if wishes else None,
        Button(_("Shelf · {n}").format(n=shelved), ListShelf()) if shelved else None,
        [Button(_("Find a person"), FindPerson()), Button(_("All courses"), ListAnyCourses())],
        [Button(_("Growth"), ShowGrowth()), Button(_("Broadcasts"), ListBroadcasts())],
        Button(_("Log"), ShowAudit()),
    )


def _figures(counts: Mapping[Tallied, Count]) -> Lines:
    people, teachers = counts[Tallied.PEOPLE], counts[Tallied.INSTRUCTORS]
    courses, taken, done = counts[Tallied.COURSES], counts[Tallied.ENROLLMENTS], counts[Tallied.COMPLETIONS]
    return lines(
        _n("{n} person, {new} of them new this week", "{n} people, {new} of them new this week", people.total).format(
            new=people.new
        ),
        _n("{n} instructor", "{n} instructors", teachers.total),
        _n("{n} course", "{n} courses", courses.total),
        _n("{n} enrollment, {new} this week", "{n} enrollments, {new} this week", taken.total).format(new=taken.new),
        _n("{n} lesson completed this week", "{n} lessons completed this week", done.new),
    )


def waiting(number: int) -> Text:
    """Returns how many people wait for an admin's answer."""
    if not number:
        return _("Nobody waits for an answer.")
    return _n("{n} person would like to teach here.", "{n} people would like to teach here.", number)
