"""Releasing an address: somebody registered with one that is another's, who is to have it."""

from db.models import User
from db.repositories import Repositories
from handlers.addresses import has_address
from handlers.admin.audit import Deed, note, write
from handlers.admin.person import person_screen, require_person, tell
from handlers.admin_presses import ReleaseEmail, ShowPerson
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, _
from handlers.policies import Action
from handlers.settings_presses import ChangeEmail

router = Router()


@router.press(ReleaseEmail, action=Action.ADMINISTER)
async def release_email(request: Request, repos: Repositories) -> Reply:
    """Takes the address from an account, once the admin is sure, and tells its person.

    The account stays, with all that is in it, for the chats that are signed in: there it can be given another address.
    """
    press = request.press
    assert isinstance(press, ReleaseEmail)  # noqa: S101 (its route)
    user = await require_person(repos, press.user_id)
    if not has_address(user):
        note(request, repos, Deed.IN_VAIN, user)
        return reply(await person_screen(request, repos, user, news=_("Its address is released already.")))
    if not press.sure:
        return _ask_first(user)
    address = repos.users.release_email(user)
    write(request, repos, Deed.RELEASE, address, user.name, about=user.id)
    news = _("{email} is free: whoever it belongs to can register with it.").format(email=address)
    told = await tell(request, repos, user, _released(user, address))
    return reply(await person_screen(request, repos, user, news=news), *told)


def _ask_first(user: User) -> Reply:
    text = _(
        "Take {email} from {name}'s account? Then anybody can register with it. "
        "The account stays in the chats that are signed in. Nobody can log in to it until it is given another address "
        "there."
    )
    yes = Button(_("Yes, release it"), ReleaseEmail(user.id, 1))
    question = text.format(email=Bold(user.email), name=user.name)
    return screen(question, [Button(_("Keep"), ShowPerson(user.id)), yes])


def _released(user: User, address: str) -> Screen:
    text = _(
        "The address {email} belongs to somebody else, {name}: an admin has taken it from your account. "
        "You stay signed in here, with your courses and progress. Please give your account another address: tap Email, "
        "here or in /settings. Do not log out before: without an address there is no way back. Is that a mistake? "
        "Write to the people who run this bot."
    )
    return Screen(text.format(email=address, name=user.name), keyboard(Button(_("Email"), ChangeEmail())))
