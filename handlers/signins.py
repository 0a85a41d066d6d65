"""/sessions: where somebody is signed in, and how that ends."""

import datetime as dt

from db.repositories import Repositories
from db.repositories.chat_sessions import SignIn
from handlers.kit.errors import UserError
from handlers.kit.pages import in_rows, numbered
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, Value, _, _n, lines
from handlers.parting import signed_out
from handlers.policies import Action
from handlers.settings import BACK
from handlers.settings_presses import EndSignIn, ListSignIns

# More are told of by their number; ending all others ends them, too.
SHOWN = 10
router = Router()


@router.command("sessions", _("Where you are signed in"), action=Action.STUDY, looks=True)
@router.press(ListSignIns, action=Action.STUDY, looks=True)
async def list_sign_ins(request: Request, repos: Repositories) -> Reply:
    """Shows the Telegram accounts that are signed in to this account."""
    return reply(await _screen(request, repos))


async def _screen(request: Request, repos: Repositories, *, news: Text | None = None) -> Screen:
    assert request.user is not None  # noqa: S101 (the routes' action)
    mine = request.telegram_id
    # One more than is shown tells that there are more.
    others = await repos.sessions.list_sign_ins(request.user.id, request.now, but=mine, limit=SHOWN + 1)
    shown = others[:SHOWN]
    session = request.session
    here = SignIn(mine, session.first_name, session.signed_in_at, session.signed_in_until)
    rows = [_row(request, 1, here, _("this one")), *(_row(request, n, one) for n, one in enumerate(shown, 2))]
    more = _("… and more. Ending all others ends them, too.") if len(others) > SHOWN else None
    heading = lines(Bold(_("Where you are signed in")), _("These Telegram accounts can use your account."))
    buttons = [Button(_("End {number}").format(number=n), EndSignIn(one.telegram_id)) for n, one in enumerate(shown, 2)]
    everyone = Button(_("End all others"), EndSignIn(None)) if len(others) > 1 else None
    return Screen(
        lines(news, heading, lines(*rows, more), between="\n\n"), keyboard(*in_rows(buttons, 3), everyone, BACK)
    )


def _row(request: Request, number: int, one: SignIn, note: Text | None = None) -> Text:
    name: Value = one.first_name or _("without a name")
    since = _day(request, one.signed_in_at, _("since {day}"))
    until = _day(request, one.signed_in_until, _("until {day}"))
    return numbered(number, lines(name, note, since, until, between=", "))


def _day(request: Request, at: dt.datetime | None, text: Text) -> Text | None:
    return text.format(day=Day(at, request.now)) if at else None


@router.press(EndSignIn, action=Action.STUDY)
async def end_sign_in(request: Request, repos: Repositories) -> Reply:
    """Ends the sign-in of another Telegram account, or of all others, and tells those chats."""
    press, user = request.press, request.user
    assert isinstance(press, EndSignIn)  # noqa: S101 (its route)
    assert user is not None  # noqa: S101 (the route's action)
    if press.telegram_id == request.telegram_id:
        raise UserError(_("That is this chat. /logout signs you out here."))
    ended = await repos.sessions.end(user.id, request.now, but=request.telegram_id, only=press.telegram_id)
    text = _("You are signed out here: {name} has ended this sign-in from another Telegram account.")
    told = signed_out(request, user, ended, text.format(name=user.name))
    return reply(await _screen(request, repos, news=_news(len(ended))), *told)


def _news(ended: int) -> Text:
    if not ended:
        return _("That sign-in was over already.")
    return _n("{n} sign-in has ended.", "{n} sign-ins have ended.", ended)
