"""The admins' menu: who wishes to teach, who may, and what was decided."""

import enum

from db.models import AuditEntry, InstructorRequest, Role, User
from db.repositories import Repositories
from handlers import policies
from handlers.broadcast_presses import ListBroadcasts
from handlers.kit.asks import email
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Notice, Reply, Row, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, Value, _, _n, lines
from handlers.policies import Action
from handlers.presses import (
    DecideRequest,
    FindPerson,
    ListCourses,
    ListRequests,
    ListShelf,
    NewCourse,
    SetRole,
    ShowAdmin,
    ShowAudit,
)

MAX_REQUESTS, MAX_ENTRIES = 10, 15
_BACK = Button(_("‹ Admin"), ShowAdmin())


class Deed(enum.StrEnum):
    """What the audit log says that an admin did."""

    APPROVE = "approve"
    DECLINE = "decline"
    PROMOTE = "promote"
    DEMOTE = "demote"
    LOOK_UP = "look up"
    RETRY = "retry"
    RETRY_ALL = "retry all"
    DROP = "drop"
    DROP_ALL = "drop all"
    BROADCAST = "broadcast"
    STOP_BROADCAST = "stop broadcast"
    DROP_BROADCAST = "drop broadcast"
    # A press that changed nothing: another admin was quicker, or the environment wins.
    IN_VAIN = "in vain"


_DEEDS = {
    Deed.APPROVE: _("approved {subject}"),
    Deed.DECLINE: _("declined {subject}"),
    Deed.PROMOTE: _("promoted {subject}"),
    Deed.DEMOTE: _("demoted {subject}"),
    Deed.LOOK_UP: _("looked up {subject}"),
    Deed.RETRY: _("had number {subject} tried again"),
    Deed.RETRY_ALL: _("had all tried again that failed as {subject}"),
    Deed.DROP: _("dropped number {subject}"),
    Deed.DROP_ALL: _("dropped all that failed as {subject}"),
    Deed.BROADCAST: _("sent broadcast {subject}"),
    Deed.STOP_BROADCAST: _("stopped broadcast {subject}"),
    Deed.DROP_BROADCAST: _("cancelled broadcast {subject}"),
    Deed.IN_VAIN: _("changed nothing about {subject}"),
}


def _log(request: Request, repos: Repositories, deed: Deed, user: User) -> None:
    repos.audit.add(telegram_id=request.telegram_id, action=deed, subject=user.email, now=request.now)


async def _account_at(request: Request, repos: Repositories) -> int:
    """Returns the id of the account whose address the message is; only to an admin, at each answer."""
    policies.require(request, Action.ADMINISTER)
    address = await email(request, repos)
    user = await repos.users.get_by_email(address)
    if user is None:
        raise UserError(_("Nobody here has the address {email}. Please check it, or /cancel.").format(email=address))
    return user.id


async def _show_found(request: Request, repos: Repositories, answers: Answers) -> Reply:
    user = await _require_user(repos, answers["account"])
    _log(request, repos, Deed.LOOK_UP, user)
    return reply(await _person_screen(request, repos, user))


find_person = Dialog(
    "find_person",
    _("Find a person"),
    Ask("account", _("Whose account? Send its email address."), parse=_account_at),
    done=_show_found,
)
router = Router(find_person)


@router.command("admin", _("Instructors, and who becomes one"), action=Action.ADMINISTER, looks=True)
@router.press(ShowAdmin, action=Action.ADMINISTER, looks=True)
async def show_menu(request: Request, repos: Repositories) -> Reply:
    """Shows what an admin can do, how many people wait for one, and how much lies on the shelf."""
    waiting, shelved = await repos.users.count_requests(), await repos.shelf.count()
    return screen(
        lines(Bold(_("Admin")), _waiting(waiting)),
        Button(_("Requests · {n}").format(n=waiting), ListRequests()) if waiting else None,
        Button(_("Shelf · {n}").format(n=shelved), ListShelf()) if shelved else None,
        [Button(_("Find a person"), FindPerson()), Button(_("What was decided"), ShowAudit())],
        Button(_("Broadcasts"), ListBroadcasts()),
    )


def _waiting(number: int) -> Text:
    if not number:
        return _("Nobody waits for an answer.")
    return _n("{n} person would like to teach here.", "{n} people would like to teach here.", number)


@router.press(ListRequests, action=Action.ADMINISTER, looks=True)
async def list_requests(request: Request, repos: Repositories) -> Reply:
    """Shows who would like to teach, those who have waited longest first."""
    found = await repos.users.list_requests(MAX_REQUESTS)
    heading = _waiting(await repos.users.count_requests())
    rows: list[Text] = []
    buttons: list[Row] = []
    for number, (wish, user) in enumerate(found, 1):
        since = Day(wish.requested_at, request.now)
        row = _("{number}. {name} ({email}), since {since}")
        rows.append(row.format(number=number, name=Bold(user.name), email=user.email, since=since))
        approve = Button(_("Approve {number}").format(number=number), DecideRequest(wish.id, 1))
        buttons.append([approve, Button(_("Decline {number}").format(number=number), DecideRequest(wish.id, 0))])
    return screen(lines(heading, *rows), *buttons, _BACK)


@router.press(DecideRequest, action=Action.ADMINISTER)
async def decide_request(request: Request, repos: Repositories) -> Reply:
    """Makes somebody an instructor, or does not, and tells them; the first admin to press decides."""
    press = request.press
    assert isinstance(press, DecideRequest)  # noqa: S101 (its route)
    found = await repos.users.get_request(press.request_id)
    if found is None:
        raise UserError(_("This request is gone, and so is its account."), _BACK)
    wish, user = found
    ways_on = [Button(_("Requests"), ListRequests()), _BACK]
    if wish.decided_at is not None:
        _log(request, repos, Deed.IN_VAIN, user)
        return screen(_decided(request, wish, user), ways_on)
    repos.users.decide(wish, approve=bool(press.approve), decided_by=request.telegram_id, now=request.now)
    _log(request, repos, Deed.APPROVE if press.approve else Deed.DECLINE, user)
    if press.approve:
        await repos.users.promote(user)
    told = await _tell(request, repos, user, _promoted(user) if press.approve else _declined(user))
    return screen(_decided(request, wish, user), ways_on).with_parts(*told)


def _decided(request: Request, wish: InstructorRequest, user: User) -> Text:
    by = _("you") if wish.decided_by == request.telegram_id else _("another admin")
    text = _("{name} ({email}) asked to teach here: {decision} by {by}, {day}.")
    return text.format(
        name=Bold(user.name),
        email=user.email,
        decision=_("approved") if wish.approved else _("declined"),
        by=by,
        day=Day(wish.decided_at or request.now, request.now),
    )


def _promoted(user: User) -> Screen:
    text = _("You can write courses here now, {name}. A title is enough to begin.").format(name=user.name)
    return Screen(text, keyboard(Button(_("Write a course"), NewCourse())))


def _declined(user: User) -> Screen:
    text = _("Thank you for offering to teach here, {name}. An admin has declined for now; you can take any course.")
    return Screen(text.format(name=user.name), keyboard(Button(_("Browse courses"), ListCourses())))


def _demoted(user: User) -> Screen:
    text = _("You no longer teach here, {name}. Your courses stay for their students, and admins look after them.")
    return Screen(text.format(name=user.name), keyboard(Button(_("Browse courses"), ListCourses())))


async def _tell(request: Request, repos: Repositories, user: User, what: Screen) -> list[Notice]:
    """Returns the notices to every chat in which this person is signed in."""
    chats = await repos.sessions.list_signed_in(user.id, request.now)
    return [Notice(chat, what) for chat in chats]


@router.press(FindPerson, action=Action.ADMINISTER)
async def begin_search(request: Request, _repos: Repositories) -> Reply:
    """Asks for the address of somebody to promote or demote."""
    return start(find_person, request)


async def _require_user(repos: Repositories, user_id: int) -> User:
    user = await repos.users.get(user_id, lock=True)
    if user is None:
        raise UserError(_("This account is gone."), _BACK)
    return user


async def _is_appointed(request: Request, repos: Repositories, user: User) -> bool:
    """Returns whether the environment makes this person an instructor, as far as can be known: by who is signed in."""
    chats = await repos.sessions.list_signed_in(user.id, request.now)
    return any(chat.telegram_id in request.rules.instructor_ids for chat in chats)


async def _person_screen(request: Request, repos: Repositories, user: User, *, news: Value | None = None) -> Screen:
    appointed = await _is_appointed(request, repos, user)
    teaches = appointed or user.role is Role.INSTRUCTOR
    role = _("Instructor") if teaches else _("Student")
    if appointed:
        role = _("Instructor, named in INSTRUCTOR_IDS")
    courses = await repos.courses.count_by_instructor(user.id)
    has = _n("{n} course", "{n} courses", courses) if courses else None
    text = lines(news, lines(Bold(user.name), user.email, role, has), between="\n\n")
    promote, demote = SetRole(user.id, 1), SetRole(user.id, 0)
    change = Button(_("Demote to student"), demote) if teaches else Button(_("Promote to instructor"), promote)
    return Screen(text, keyboard(change, [Button(_("Find another"), FindPerson()), _BACK]))


@router.press(SetRole, action=Action.ADMINISTER)
async def set_role(request: Request, repos: Repositories) -> Reply:
    """Makes an account an instructor's or a student's, and tells its person; the environment wins."""
    press = request.press
    assert isinstance(press, SetRole)  # noqa: S101 (its route)
    user = await _require_user(repos, press.user_id)
    role = Role.INSTRUCTOR if press.promote else Role.STUDENT
    refusal = await _no_change(request, repos, user, role)
    if refusal is not None:
        _log(request, repos, Deed.IN_VAIN, user)
        return reply(await _person_screen(request, repos, user, news=refusal))
    if role is Role.INSTRUCTOR:
        await _promote(request, repos, user)
    else:
        repos.users.demote(user)
    _log(request, repos, Deed.PROMOTE if press.promote else Deed.DEMOTE, user)
    told = await _tell(request, repos, user, _promoted(user) if press.promote else _demoted(user))
    return reply(await _person_screen(request, repos, user), *told)


async def _no_change(request: Request, repos: Repositories, user: User, role: Role) -> Text | None:
    """Returns why a role stays what it is, if it does."""
    if role is Role.STUDENT and await _is_appointed(request, repos, user):
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


@router.press(ShowAudit, action=Action.ADMINISTER, looks=True)
async def show_audit(request: Request, repos: Repositories) -> Reply:
    """Shows what admins did lately, the newest first."""
    entries = await repos.audit.list_latest(MAX_ENTRIES)
    rows = [_entry(request, entry) for entry in entries] or [_("Nothing has been decided yet.")]
    return screen(lines(Bold(_("What was decided")), *rows), _BACK)


def _entry(request: Request, entry: AuditEntry) -> Text:
    admin = _("you") if entry.telegram_id == request.telegram_id else str(entry.telegram_id)
    deed = _DEEDS.get(Deed(entry.action)) if entry.action in set(Deed) else None
    did: Value = deed.format(subject=entry.subject) if deed else f"{entry.action} {entry.subject}"
    return _("{day} · {admin} · {did}").format(day=Day(entry.at, request.now), admin=admin, did=did)
