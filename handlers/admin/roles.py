"""Roles: who is made an instructor by an admin, and who is one no longer."""

from collections.abc import Iterable

from db.models import Role, User
from db.repositories import Repositories
from handlers.admin.audit import Deed, note
from handlers.admin.person import is_named, person_screen, require_person, tell
from handlers.admin_presses import SetRole
from handlers.kit.reply import Button, Menu, Notice, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text, _
from handlers.policies import Action
from handlers.presses import ListCourses, NewCourse
from handlers.reminders import planning

router = Router()


@router.press(SetRole, action=Action.ADMINISTER)
async def set_role(request: Request, repos: Repositories) -> Reply:
    """Makes an account an instructor's or a student's, and tells its person; the environment wins."""
    press = request.press
    assert isinstance(press, SetRole)  # noqa: S101 (its route)
    user = await require_person(repos, press.user_id)
    role = Role.INSTRUCTOR if press.promote else Role.STUDENT
    refusal = await _no_change(request, repos, user, role)
    if refusal is not None:
        note(request, repos, Deed.IN_VAIN, user)
        return reply(await person_screen(request, repos, user, news=refusal))
    if role is Role.INSTRUCTOR:
        await _promote(request, repos, user)
    else:
        repos.users.demote(user)
    note(request, repos, Deed.PROMOTE if press.promote else Deed.DEMOTE, user)
    told = await tell(request, repos, user, promoted(user) if press.promote else _demoted(user))
    if press.promote:
        await planning.begin_for(request, repos, user.id, [notice.to for notice in told])
    return reply(await person_screen(request, repos, user), *told, *menus(told, teaches=role is Role.INSTRUCTOR))


async def _no_change(request: Request, repos: Repositories, user: User, role: Role) -> Text | None:
    """Returns why a role stays what it is, if it does."""
    if role is Role.STUDENT and await is_named(request, repos, user, request.rules.instructor_ids):
        text = _(
            "Nothing changed: INSTRUCTOR_IDS in the bot's settings names a Telegram account of {name}, "
            "and the settings win. Take its number out of there first."
        )
        return text.format(name=user.name)
    if user.role is role:
        is_already = {Role.INSTRUCTOR: _("{name} is an instructor."), Role.STUDENT: _("{name} is a student.")}
        return is_already[role].format(name=user.name)
    return None


async def _promote(request: Request, repos: Repositories, user: User) -> None:
    """Makes somebody an instructor, which answers a wish that still waits."""
    await repos.users.promote(user)
    wish = await repos.users.get_request_of(user.id)
    if wish is not None and wish.decided_at is None:
        repos.users.decide(wish, approve=True, decided_by=request.telegram_id, now=request.now)


def menus(told: Iterable[Notice], *, teaches: bool) -> list[Menu]:
    """Returns the menus of the chats that were told of a role."""
    return [Menu(notice.to, teaches) for notice in told]


def promoted(user: User) -> Screen:
    """Returns what a new instructor is told."""
    text = _("You can write courses here now, {name}. A title is enough to begin.").format(name=user.name)
    return Screen(text, keyboard(Button(_("Write a course"), NewCourse())))


def _demoted(user: User) -> Screen:
    text = _("You no longer teach here, {name}. Your courses stay for their students, and admins look after them.")
    return Screen(text.format(name=user.name), keyboard(Button(_("Browse courses"), ListCourses())))
