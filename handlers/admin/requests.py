"""Instructor requests: people who would like to teach, and an admin's answer."""

from db.models import InstructorRequest, User
from db.repositories import Repositories
from handlers.addresses import address_of
from handlers.admin.audit import Deed, note
from handlers.admin.menu import BACK, waiting
from handlers.admin.person import tell
from handlers.admin.roles import menus, promoted
from handlers.admin_presses import DecideRequest, ListRequests
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, Row, Screen, keyboard, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, _, lines
from handlers.policies import Action
from handlers.presses import ListCourses
from handlers.reminders import planning

MAX_REQUESTS = 10
router = Router()


@router.press(ListRequests, action=Action.ADMINISTER, looks=True)
async def list_requests(request: Request, repos: Repositories) -> Reply:
    """Shows who would like to teach, those who have waited longest first."""
    found = await repos.users.list_requests(MAX_REQUESTS)
    heading = waiting(await repos.users.count_requests())
    rows: list[Text] = []
    buttons: list[Row] = []
    for number, (wish, user) in enumerate(found, 1):
        since = Day(wish.requested_at, request.now)
        row = _("{number}. {name} ({email}), since {since}")
        rows.append(row.format(number=number, name=Bold(user.name), email=address_of(user), since=since))
        approve = Button(_("Approve {number}").format(number=number), DecideRequest(wish.id, 1))
        buttons.append([approve, Button(_("Decline {number}").format(number=number), DecideRequest(wish.id, 0))])
    return screen(lines(heading, *rows), *buttons, BACK)


@router.press(DecideRequest, action=Action.ADMINISTER)
async def decide_request(request: Request, repos: Repositories) -> Reply:
    """Makes somebody an instructor, or does not, and tells them; the first admin to press decides."""
    press = request.press
    assert isinstance(press, DecideRequest)  # noqa: S101 (its route)
    found = await repos.users.get_request(press.request_id)
    if found is None:
        raise UserError(_("This request is gone, and so is its account."), BACK)
    wish, user = found
    ways_on = [Button(_("Requests"), ListRequests()), BACK]
    if wish.decided_at is not None:
        note(request, repos, Deed.IN_VAIN, user)
        return screen(_decided(request, wish, user), ways_on)
    repos.users.decide(wish, approve=bool(press.approve), decided_by=request.telegram_id, now=request.now)
    note(request, repos, Deed.APPROVE if press.approve else Deed.DECLINE, user)
    if press.approve:
        await repos.users.promote(user)
    told = await tell(request, repos, user, promoted(user) if press.approve else _declined(user))
    offered = menus(told, teaches=True) if press.approve else []
    if press.approve:
        await planning.begin_for(request, repos, user.id, [notice.to for notice in told])
    return screen(_decided(request, wish, user), ways_on).with_parts(*told, *offered)


def _decided(request: Request, wish: InstructorRequest, user: User) -> Text:
    by = _("you") if wish.decided_by == request.telegram_id else _("another admin")
    text = _("{name} ({email}) asked to teach here: {decision} by {by}, {day}.")
    return text.format(
        name=Bold(user.name),
        email=address_of(user),
        decision=_("approved") if wish.approved else _("declined"),
        by=by,
        day=Day(wish.decided_at or request.now, request.now),
    )


def _declined(user: User) -> Screen:
    text = _("Thank you for offering to teach here, {name}. An admin has declined for now; you can take any course.")
    return Screen(text.format(name=user.name), keyboard(Button(_("Browse courses"), ListCourses())))
