"""Signing somebody out of all chats, for when an account is in the wrong hands."""

from db.models import User
from db.repositories import Repositories
from handlers.admin.audit import Deed, note
from handlers.admin.person import person_screen, require_person
from handlers.admin_presses import ShowPerson, SignOutPerson
from handlers.kit.reply import Button, Reply, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text, _, _n
from handlers.parting import signed_out
from handlers.policies import Action

router = Router()


@router.press(SignOutPerson, action=Action.ADMINISTER)
async def sign_out(request: Request, repos: Repositories) -> Reply:
    """Ends all sign-ins of an account, once the admin is sure, and tells its chats."""
    press = request.press
    assert isinstance(press, SignOutPerson)  # noqa: S101 (its route)
    # Not locked: sessions come before accounts, and each of the person's own updates holds one.
    user = await require_person(repos, press.user_id, lock=False)
    refusal = await _no_change(request, repos, user)
    if refusal is not None:
        return reply(await person_screen(request, repos, user, news=refusal))
    if not press.sure:
        text = _("Sign {name} out of all chats? They need their password to come back.").format(name=user.name)
        yes = Button(_("Yes, sign out"), SignOutPerson(user.id, 1))
        return screen(text, [Button(_("Keep"), ShowPerson(user.id)), yes])
    number = await repos.sessions.count_signed_in(user.id, request.now)
    told = signed_out(request, user, await repos.sessions.end(user.id, request.now), _told(user))
    await repos.users.touch(user.id, request.now)
    note(request, repos, Deed.SIGN_OUT, user)
    news = _n("Signed out of {n} chat.", "Signed out of {n} chats.", number)
    return reply(await person_screen(request, repos, user, news=news), *told)


async def _no_change(request: Request, repos: Repositories, user: User) -> Text | None:
    if user.blocked_at is not None:
        return _("{name} is blocked, and that holds in all their chats: signed out, they could begin anew.").format(
            name=user.name
        )
    chats = await repos.sessions.count_signed_in(user.id, request.now)
    return None if chats else _("{name} is signed in nowhere.").format(name=user.name)


def _told(user: User) -> Text:
    text = _("An admin has signed you out of all chats, {name}. Your courses and progress are kept.")
    return text.format(name=user.name)
