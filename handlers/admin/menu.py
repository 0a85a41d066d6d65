"""The admins' menu."""

from db.repositories import Repositories
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, _n, lines
from handlers.policies import Action
from handlers.presses import FindPerson, ListRequests, ListShelf, ShowAdmin, ShowAudit

BACK = Button(_("‹ Admin"), ShowAdmin())
router = Router()


@router.command("admin", _("Instructors, and who becomes one"), action=Action.ADMINISTER, looks=True)
@router.press(ShowAdmin, action=Action.ADMINISTER, looks=True)
async def show_menu(request: Request, repos: Repositories) -> Reply:
    """Shows what an admin can do, how many people wait for one, and how much lies on the shelf."""
    wishes, shelved = await repos.users.count_requests(), await repos.shelf.count()
    return screen(
        lines(Bold(_("Admin")), waiting(wishes)),
        Button(_("Requests · {n}").format(n=wishes), ListRequests()) if wishes else None,
        Button(_("Shelf · {n}").format(n=shelved), ListShelf()) if shelved else None,
        [Button(_("Find a person"), FindPerson()), Button(_("What was decided"), ShowAudit())],
    )


def waiting(number: int) -> Text:
    """Returns how many people wait for an admin's answer."""
    if not number:
        return _("Nobody waits for an answer.")
    return _n("{n} person would like to teach here.", "{n} people would like to teach here.", number)
