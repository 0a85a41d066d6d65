"""/export: all that is kept of somebody, as a file."""

import datetime as dt
import enum
import json
from typing import Any

from db.models import User
from db.repositories import Repositories
from db.repositories.users import fold_email
from handlers.kit.errors import UserError
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Button, Document, Reply, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Translator, _, lines
from handlers.passwords import throttle_keys
from handlers.policies import Action
from handlers.settings_presses import Export, ShowPrivacy

Data = dict[str, Any]


async def gather(repos: Repositories, arguments: Arguments) -> Data:
    """Returns all that is kept of the person of a chat: of the account that is signed in there, if one is.

    Raises:
        UserError: when somebody else is signed in there by now, or nobody.
    """
    telegram_id, user_id, now = arguments["chat"], arguments["user"], dt.datetime.fromisoformat(arguments["asked_at"])
    if user_id is None:
        return await _gather_chats(repos, [telegram_id], {throttle_keys(telegram_id, "")[1]})
    # It may have waited here while the sign-in was ended from elsewhere.
    user = await repos.users.get(user_id)
    if user is None or telegram_id not in await _chats_of(repos, user, now):
        raise UserError(_("You are not signed in any more, so I keep your data to myself. /login, then /export."))
    return await _gather_account(repos, user)


async def _chats_of(repos: Repositories, user: User, now: dt.datetime) -> list[int]:
    """Returns the Telegram accounts that are signed in; of who is blocked, also those whose time has run out."""
    if user.blocked_at is not None:
        return await repos.accounts.list_chats(user)
    return [chat.telegram_id for chat in await repos.sessions.list_signed_in(user.id, now)]


async def _gather_account(repos: Repositories, user: User) -> Data:
    chats = await repos.accounts.list_chats(user)
    keys = {key for chat in [0, *chats] for key in throttle_keys(chat, fold_email(user.email))}
    return {
        "account": await repos.exports.account(user.id),
        **await repos.exports.learning(user.id),
        **await repos.exports.teaching(user.id),
        "decisions_of_admins": await repos.exports.decisions(user.id),
        **await repos.exports.reminding(user.id),
        **await _gather_chats(repos, chats, keys),
    }


async def _gather_chats(repos: Repositories, chats: list[int], keys: set[str]) -> Data:
    return {
        "chats": await repos.exports.chats(chats),
        **await repos.exports.upkeep(chats, keys),
        "sent_to_many": await repos.exports.sent_to_many(chats),
    }


def write(found: Data, _to: Translator) -> bytes:
    """Returns data as JSON that people can read, too; times are in UTC."""
    return json.dumps(found, indent=2, ensure_ascii=False, default=_plainly).encode(errors="replace")


def _plainly(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return str(value.value)
    raise TypeError(f"an export has no words for {type(value).__name__}")


everything = Renderer("export", fetch=gather, draw=write)
router = Router(renderers=[everything])


@router.command("export", _("All your data, as a file"), action=Action.KNOW)
@router.press(Export, action=Action.KNOW)
async def export(request: Request, _repos: Repositories) -> Reply:
    """Sends all that is kept of the person; the file is made when it is sent, and is kept nowhere."""
    user_id = request.user.id if request.user else None
    arguments = {"chat": request.telegram_id, "user": user_id, "asked_at": request.now.isoformat()}
    what = (
        _("This is all that I keep of you, but for your password's hash and the files in lessons.")
        if request.user
        else _(
            "This is all that I keep of this Telegram account. You are not signed in, so there is no account's in it."
        )
    )
    caption = lines(what, _("Programs read it, and so can you: any text editor opens it."), between=" ")
    buttons = keyboard(Button(_("Privacy"), ShowPrivacy()))
    return reply(Document(everything, "syllabot.json", arguments, caption, buttons))
