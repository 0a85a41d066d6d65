"""Sign-ins that end: what the chats read, and the instructor's menu that goes with them."""

from collections.abc import Iterable

from db.models import Role, User
from db.records import UserRecord
from db.repositories.chat_sessions import Recipient
from handlers.kit.reply import Button, Menu, Notice, Screen, keyboard
from handlers.kit.request import Request
from handlers.kit.text import Text, _
from handlers.presses import LogIn


def signed_out(
    request: Request, user: User | UserRecord, chats: Iterable[Recipient], text: Text
) -> list[Notice | Menu]:
    """Returns what chats read whose sign-in was ended from elsewhere, and takes an instructor's menu out of them."""
    chats = list(chats)
    said = Screen(text, keyboard(Button(_("Log in"), LogIn())))
    return [*(Notice(chat, said) for chat in chats), *menus_gone(request, user, chats)]


def menus_gone(request: Request, user: User | UserRecord, chats: Iterable[Recipient]) -> list[Menu]:
    """Returns the menus of chats in which an account is not signed in any more, where it had an instructor's."""
    appointed = request.rules.instructor_ids
    return [
        Menu(chat, teaches=False) for chat in chats if user.role is Role.INSTRUCTOR or chat.telegram_id in appointed
    ]
