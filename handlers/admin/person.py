"""One person's page, as admins see it."""

from collections.abc import Collection

from db.models import Role, User
from db.repositories import Repositories
from handlers.addresses import address_of, has_address
from handlers.admin.audit import Deed, note
from handlers.admin.menu import BACK
from handlers.admin_presses import (
    BlockPerson,
    FindPerson,
    ListTaught,
    ReleaseEmail,
    SetRole,
    ShowPerson,
    SignOutPerson,
    UnblockPerson,
)
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Notice, Reply, Row, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, Value, _, _n, lines
from handlers.policies import Action

router = Router()


async def require_person(repos: Repositories, user_id: int, *, lock: bool = True) -> User:
    """Returns an account; with `lock`, nobody else changes it before the transaction ends.

    Raises:
        UserError: when it is gone.
    """
    user = await repos.users.get(user_id, lock=lock)
    if user is None or user.gone_at is not None:
        raise UserError(_("This account is gone."), BACK)
    return user


async def is_named(request: Request, repos: Repositories, user: User, telegram_ids: Collection[int]) -> bool:
    """Returns whether the environment names this person there, as far as can be known: by who is signed in."""
    chats = await repos.sessions.list_signed_in(user.id, request.now)
    return any(chat.telegram_id in telegram_ids for chat in chats)


async def tell(request: Request, repos: Repositories, user: User, what: Screen) -> list[Notice]:
    """Returns the notices to every chat in which this person is signed in."""
    return [Notice(chat, what) for chat in await repos.sessions.list_signed_in(user.id, request.now)]


@router.press(ShowPerson, action=Action.ADMINISTER)
async def show_person(request: Request, repos: Repositories) -> Reply:
    """Shows a person's page; that an admin looked is written down."""
    assert isinstance(request.press, ShowPerson)  # noqa: S101 (its route)
    user = await require_person(repos, request.press.user_id, lock=False)
    note(request, repos, Deed.LOOK_UP, user)
    return reply(await person_screen(request, repos, user))


async def person_screen(request: Request, repos: Repositories, user: User, *, news: Value | None = None) -> Screen:
    """Returns the page of an account, under what is new about it."""
    taken, taught = await repos.progress.count_courses(user.id), await repos.courses.count_by_instructor(user.id)
    chats = await repos.sessions.count_signed_in(user.id, request.now)
    is_appointed = await is_named(request, repos, user, request.rules.instructor_ids)
    takes = _n("Takes {n} course, {done} of them finished", "Takes {n} courses, {done} of them finished", taken.total)
    facts = lines(
        Bold(user.name),
        address_of(user),
        _role(user, is_appointed=is_appointed),
        _("Here since {day}").format(day=Day(user.created_at, request.now)),
        takes.format(done=taken.finished) if taken.total else None,
        _n("Teaches {n} course", "Teaches {n} courses", taught) if taught else None,
        _n("{n} chat is signed in", "{n} chats are signed in", chats) if chats else _("No chat is signed in"),
        _block(request, user),
    )
    rows = _rows(user, teaches=is_appointed or user.role is Role.INSTRUCTOR, taught=taught, chats=chats)
    return Screen(lines(news, facts, between="\n\n"), keyboard(*rows))


def _role(user: User, *, is_appointed: bool) -> Text:
    if is_appointed:
        return _("Instructor, named in INSTRUCTOR_IDS")
    return _("Instructor") if user.role is Role.INSTRUCTOR else _("Student")


def _block(request: Request, user: User) -> Text | None:
    if user.blocked_at is None:
        return None
    text = _("Blocked since {day}: “{reason}”")
    return text.format(day=Day(user.blocked_at, request.now), reason=user.blocked_reason or "")


def _rows(user: User, *, teaches: bool, taught: int, chats: int) -> list[Row]:
    is_blocked = user.blocked_at is not None
    promote, demote = SetRole(user.id, 1), SetRole(user.id, 0)
    # The chats of who is blocked stay theirs: signed out, they could be used for a new account.
    is_to_be_signed_out = chats and not is_blocked
    return [
        Button(_("Courses · {n}").format(n=taught), ListTaught(user_id=user.id)) if taught else None,
        Button(_("Demote to student"), demote) if teaches else Button(_("Promote to instructor"), promote),
        [
            Button(_("Unblock"), UnblockPerson(user.id)) if is_blocked else Button(_("Block"), BlockPerson(user.id)),
            Button(_("Sign out everywhere"), SignOutPerson(user.id)) if is_to_be_signed_out else None,
        ],
        Button(_("Release the address"), ReleaseEmail(user.id)) if has_address(user) else None,
        [Button(_("Find another"), FindPerson()), BACK],
    ]
