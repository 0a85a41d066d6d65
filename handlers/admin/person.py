"""One person's page, as admins see it."""

from db.models import Role, User
from db.repositories import Repositories
from handlers.admin.menu import BACK
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Screen, keyboard
from handlers.kit.request import Request
from handlers.kit.text import Bold, Value, _, _n, lines
from handlers.presses import FindPerson, SetRole


async def require_person(repos: Repositories, user_id: int) -> User:
    """Returns an account that nobody else changes before the transaction ends.

    Raises:
        UserError: when it is gone.
    """
    user = await repos.users.get(user_id, lock=True)
    if user is None:
        raise UserError(_("This account is gone."), BACK)
    return user


async def is_appointed(request: Request, repos: Repositories, user: User) -> bool:
    """Returns whether the environment makes this person an instructor, as far as can be known: by who is signed in."""
    chats = await repos.sessions.list_signed_in(user.id, request.now)
    return any(chat.telegram_id in request.rules.instructor_ids for chat in chats)


async def person_screen(request: Request, repos: Repositories, user: User, *, news: Value | None = None) -> Screen:
    """Returns the page of an account, under what is new about it."""
    appointed = await is_appointed(request, repos, user)
    teaches = appointed or user.role is Role.INSTRUCTOR
    role = _("Instructor") if teaches else _("Student")
    if appointed:
        role = _("Instructor, named in INSTRUCTOR_IDS")
    courses = await repos.courses.count_by_instructor(user.id)
    has = _n("{n} course", "{n} courses", courses) if courses else None
    text = lines(news, lines(Bold(user.name), user.email, role, has), between="\n\n")
    promote, demote = SetRole(user.id, 1), SetRole(user.id, 0)
    change = Button(_("Demote to student"), demote) if teaches else Button(_("Promote to instructor"), promote)
    return Screen(text, keyboard(change, [Button(_("Find another"), FindPerson()), BACK]))
