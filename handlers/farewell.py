"""/deleteme: somebody goes, and with them all that was kept of them."""

import datetime as dt

from db.models import User
from db.repositories import Repositories
from db.repositories.users import fold_email
from handlers.addresses import has_address
from handlers.credentials import is_proven, is_registrant, own_password
from handlers.handover import courses_screen
from handlers.kit.asks import words_of
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Notice, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, _n, lines
from handlers.parting import menus_gone
from handlers.passwords import throttle_keys
from handlers.policies import Action, Who, require
from handlers.presses import ListCourses, LogIn
from handlers.settings_presses import Depart, Export, ShowFarewell, ShowPrivacy, ShowSettings

_KEEP = Button(_("Keep it"), ShowSettings())


async def forget(repos: Repositories, user: User, now: dt.datetime) -> None:
    """Deletes an account and all that is kept of its Telegram accounts. Lock it first."""
    chats = await repos.accounts.list_chats(user)
    keys = {key for telegram_id in chats for key in throttle_keys(telegram_id, fold_email(user.email))}
    await repos.throttles.reset(keys | set(throttle_keys(0, fold_email(user.email))))
    await repos.accounts.forget_chats(chats, now)
    repos.sessions.let_go(chats)
    await repos.accounts.forget(user, now)


def _tells_address(request: Request) -> bool:
    """Whether the address is proof enough: of who registered here, as long as the account has one."""
    return is_registrant(request) and request.user is not None and has_address(request.user)


async def _own_address(request: Request, repos: Repositories) -> bool:
    """Returns True for the address of the account that is signed in here, in any case."""
    del repos
    require(request, Action.STUDY)
    assert request.user is not None  # noqa: S101 (the action)
    if fold_email(words_of(request)) != fold_email(request.user.email):
        raise UserError(
            _("That is not the address of your account, {email}. Please send it, or /cancel.").format(
                email=request.user.email
            )
        )
    return True


async def _depart(request: Request, repos: Repositories, answers: Answers) -> Reply:
    require(request, Action.STUDY)
    if request.user is None or not is_proven(request, answers.get("password")):
        raise UserError(_("Somebody else is signed in here now. Please begin again: /deleteme"))
    user = await repos.users.get(request.user.id, lock=True)
    if user is None:
        raise UserError(_("This account is gone. /register makes a new one."))
    if await _has_courses(request, repos):
        raise UserError(_("There are courses of yours still. Please see to them first."), _again())
    signed_in = await repos.sessions.list_signed_in(user.id, request.now)
    others = [chat for chat in signed_in if chat.telegram_id != request.telegram_id]
    text = _("Your account is deleted, {name}, and what I kept of you with it.").format(name=user.name)
    menus = menus_gone(request, user, [request.recipient, *others])
    await forget(repos, user, request.now)
    told = [Notice(chat, Screen(text)) for chat in others]
    goodbye = _("/privacy says what stays for a while. Thank you for having been here; you are always welcome: /start")
    return screen(lines(text, goodbye, between="\n\n")).with_parts(*told, *menus)


def _again() -> Button:
    return Button(_("My courses"), ShowFarewell())


async def _has_courses(request: Request, repos: Repositories) -> bool:
    """Whether somebody teaches courses that are not archived; those of a demoted instructor are the admins' matter."""
    teaches = request.user is not None and Who.of(request).is_instructor
    return teaches and bool(await repos.handovers.list_own(request.user.id)) if request.user else False


farewell = Dialog(
    "farewell",
    _("Delete my account"),
    Ask(
        "password",
        _("Your password, to be sure? I delete your message at once."),
        parse=own_password,
        secret=True,
        when=lambda request: not _tells_address(request),
    ),
    Ask(
        "address",
        _("To be sure: please send the email address of your account. Then it is deleted."),
        parse=_own_address,
        when=_tells_address,
    ),
    done=_depart,
)
router = Router(farewell)


@router.command("deleteme", _("Delete your account and data"), looks=True)
@router.press(ShowFarewell, looks=True)
async def show_farewell(request: Request, repos: Repositories) -> Reply:
    """Says what is deleted and asks; who teaches sees to their courses first."""
    return reply(await _screen(request, repos))


async def _screen(request: Request, repos: Repositories, *, news: Text | None = None) -> Screen:
    ways_out = [Button(_("Privacy"), ShowPrivacy()), Button(_("My data"), Export())]
    if request.user is None:
        text = _(
            "You are not signed in. Without an account I keep your Telegram number, your first name and your settings. "
            "Shall I delete those? To delete an account, log in first."
        )
        rows = keyboard([_KEEP, Button(_("Delete them"), Depart(0))], [Button(_("Log in"), LogIn()), *ways_out])
        return Screen(lines(news, text, between="\n\n"), rows)
    if await _has_courses(request, repos):
        return await courses_screen(request, repos, news=news)
    standings = await repos.progress.list_standings(request.user.id)
    said = lines(
        news,
        Bold(_("Delete your account, {name}?").format(name=request.user.name)),
        _what_goes(len(standings)),
        _("/export sends you a copy first."),
        between="\n\n",
    )
    return Screen(said, keyboard([_KEEP, Button(_("Delete it"), Depart(1))], ways_out))


def _what_goes(courses: int) -> Text:
    if not courses:
        return _("Your name, your address and your password are deleted at once, and nobody can bring them back.")
    return _n(
        "Your name, your address, your password and your progress in {n} course are deleted at once, and nobody "
        "can bring them back.",
        "Your name, your address, your password and your progress in {n} courses are deleted at once, and nobody "
        "can bring them back.",
        courses,
    )


@router.press(Depart)
async def depart(request: Request, repos: Repositories) -> Reply:
    """Begins to ask who wants that; without an account, forgets the Telegram account.

    Who has signed in or out since the button was shown is asked anew: it was about something else.
    """
    press = request.press
    assert isinstance(press, Depart)  # noqa: S101 (its route)
    if request.user is None and press.account:
        ended = _("Your sign-in here has ended, so nothing is deleted.")
        return reply(await _screen(request, repos, news=ended))
    if request.user is not None and not press.account:
        begun = _("You are signed in by now, so nothing is deleted yet.")
        return reply(await _screen(request, repos, news=begun))
    if request.user is not None:
        if await _has_courses(request, repos):
            return reply(await courses_screen(request, repos))
        return start(farewell, request)
    await repos.accounts.forget_chats([request.telegram_id], request.now)
    repos.sessions.let_go([request.telegram_id])
    text = _(
        "Your first name, your settings and all else that I kept of this Telegram account are deleted. An account, if "
        "you have one, is not: /login, then /deleteme. You are always welcome: /start"
    )
    return screen(text, Button(_("Browse courses"), ListCourses()))
