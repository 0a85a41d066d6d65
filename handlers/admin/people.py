"""People, found by an admin."""

from db.repositories import Repositories
from handlers import policies
from handlers.admin.audit import Deed, note
from handlers.admin.person import person_screen, require_person
from handlers.kit.asks import email
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Reply, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import _
from handlers.policies import Action
from handlers.presses import FindPerson


async def _account_at(request: Request, repos: Repositories) -> int:
    """Returns the id of the account whose address the message is; only to an admin, at each answer."""
    policies.require(request, Action.ADMINISTER)
    address = await email(request, repos)
    user = await repos.users.get_by_email(address)
    if user is None:
        raise UserError(_("Nobody here has the address {email}. Please check it, or /cancel.").format(email=address))
    return user.id


async def _show_found(request: Request, repos: Repositories, answers: Answers) -> Reply:
    user = await require_person(repos, answers["account"])
    note(request, repos, Deed.LOOK_UP, user)
    return reply(await person_screen(request, repos, user))


find_person = Dialog(
    "find_person",
    _("Find a person"),
    Ask("account", _("Whose account? Send its email address."), parse=_account_at),
    done=_show_found,
)
router = Router(find_person)


@router.press(FindPerson, action=Action.ADMINISTER)
async def begin_search(request: Request, _repos: Repositories) -> Reply:
    """Asks for the address of somebody to promote or demote."""
    return start(find_person, request)
