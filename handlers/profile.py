"""An account's own data: its name, its address, its password."""

from msgspec.structs import replace

from db.models import User
from db.repositories import Repositories
from db.repositories.chat_sessions import Recipient
from handlers.account import TAKEN, new_email
from handlers.credentials import is_proven, is_registrant, new_password, no_words, own_password
from handlers.kit.asks import line
from handlers.kit.dialog import Answers, Ask, AskAgain, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Notice, Reply, Screen, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text, _, _n
from handlers.parting import signed_out
from handlers.policies import Action, require
from handlers.settings import settings_screen
from handlers.settings_presses import ChangeEmail, ChangeName, ChangePassword

SIGNED_OUT = _("You are signed out here: the password of your account was changed.")


async def _own_account(request: Request, repos: Repositories) -> User:
    """Returns the account that is signed in here, locked; the sign-in may have ended while its dialog was open."""
    require(request, Action.STUDY)
    assert request.user is not None  # noqa: S101 (the action)
    user = await repos.users.get(request.user.id, lock=True)
    if user is None:
        raise UserError(_("This account is gone. /register makes a new one."))
    return user


def _renewed(request: Request, user: User, news: Text) -> Screen:
    assert request.user is not None  # noqa: S101 (the callers looked)
    known = request.user._replace(name=user.name, email=user.email)
    return settings_screen(replace(request, user=known), news=news)


async def _rename(request: Request, repos: Repositories, answers: Answers) -> Reply:
    user = await _own_account(request, repos)
    user.name = answers["name"]
    return reply(_renewed(request, user, _("From now on you are {name}.").format(name=user.name)))


async def _move(request: Request, repos: Repositories, answers: Answers) -> Reply:
    user = await _own_account(request, repos)
    if answers["password"] != user.id:
        raise UserError(_("Somebody else is signed in here now. Please begin again: /settings"))
    if await repos.users.get_by_email(answers["email"]):
        raise AskAgain("email", TAKEN)
    repos.users.move(user, answers["email"])
    text = _("The address of your account is {email} now.").format(email=user.email)
    others = await repos.sessions.list_signed_in(user.id, request.now)
    told = [Notice(chat, Screen(text)) for chat in others if chat.telegram_id != request.telegram_id]
    return reply(_renewed(request, user, text), *told)


async def _set_password(request: Request, repos: Repositories, answers: Answers) -> Reply:
    require(request, Action.STUDY)
    if request.user is None or not is_proven(request, answers.get("old")):
        raise UserError(_("Somebody else is signed in here now. Please begin again: /password"))
    ended = await repos.sessions.end(request.user.id, request.now, but=request.telegram_id)
    user = await _own_account(request, repos)
    user.password_hash = answers["password"]
    # Once more: with the account locked, nobody comes in with the old password after this.
    ended += await repos.sessions.end(user.id, request.now, but=request.telegram_id)
    told = signed_out(request, user, ended, SIGNED_OUT)
    return reply(_renewed(request, user, _password_set(ended)), *told)


def _password_set(ended: list[Recipient]) -> Text:
    if not ended:
        return _("Your password is changed.")
    return _n(
        "Your password is changed, and your other sign-in has ended.",
        "Your password is changed, and your {n} other sign-ins have ended.",
        len(ended),
    )


name = Dialog(
    "name", _("Your name"), Ask("name", _("What shall I call you? (up to 80 characters)"), parse=line(80)), done=_rename
)
move = Dialog(
    "move",
    _("Another address"),
    Ask("email", _("Your new email address?"), parse=new_email),
    Ask("password", _("Your password, to be sure? I delete your message at once."), parse=own_password, secret=True),
    done=_move,
)
password = Dialog(
    "password",
    _("New password"),
    Ask(
        "old",
        _("Your password so far? I delete your message at once."),
        parse=own_password,
        secret=True,
        when=lambda request: not is_registrant(request),
    ),
    Ask(
        "password",
        _("Choose a new password: 8 characters or more. I delete your message at once."),
        parse=new_password,
        secret=True,
    ),
    done=_set_password,
)
router = Router(name, move, password)


@router.press(ChangeName, action=Action.STUDY)
async def change_name(request: Request, _repos: Repositories) -> Reply:
    """Begins to ask for another name."""
    return start(name, request)


@router.press(ChangeEmail, action=Action.STUDY)
async def change_email(request: Request, _repos: Repositories) -> Reply:
    """Begins to ask for another address, and for the password."""
    return start(move, request)


@router.command("password", _("Set a new password"), action=Action.STUDY, guards=True)
@router.press(ChangePassword, action=Action.STUDY)
async def change_password(request: Request, _repos: Repositories) -> Reply:
    """Begins to ask for a new password; the old one first, but of the Telegram account that registered."""
    if request.args:
        raise no_words("/password")
    return start(password, request)
