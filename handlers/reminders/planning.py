"""Planning: whom to remind from now on, and when to look at them once their clock is another one."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from db.reminding import first_plan
from db.repositories import Repositories
from db.repositories.chat_sessions import Recipient
from handlers.enrollment import student_of
from handlers.kit.request import Request
from handlers.kit.text import zone_of
from handlers.reminders import habits
from handlers.settings import zone_name


def own_zone(request: Request) -> ZoneInfo:
    """Returns the zone in which this person's hours are meant."""
    return zone_of(zone_name(request)) or ZoneInfo("UTC")


async def begin_own(request: Request, repos: Repositories) -> None:
    """Reminds who is signed in from now on, as all who have said nothing; who has a plan keeps it."""
    await _begin(request, repos, student_of(request).id, zone_name(request))


async def begin_for(request: Request, repos: Repositories, user_id: int, chats: Iterable[Recipient]) -> None:
    """Reminds somebody else from now on, by the clock of one of their chats."""
    zones = (chat.zone for chat in chats if chat.zone and zone_of(chat.zone))
    await _begin(request, repos, user_id, next(zones, None) or request.rules.zone)


async def _begin(request: Request, repos: Repositories, user_id: int, zone: str) -> None:
    moment = habits.next_moment(first_plan(user_id), zone_of(zone) or ZoneInfo("UTC"), request.now)
    await repos.reminders.begin(user_id, moment)


async def follow_clock(request: Request, repos: Repositories) -> None:
    """Looks at who is signed in when their new clock says so.

    Never later than they were to be looked at: that may be for something whose moment no clock moves, and a look that
    comes too early says nothing and finds the right moment.
    """
    plan = await repos.reminders.lock(request.user.id) if request.user else None
    if plan is None:
        return
    moment = habits.next_moment(plan, own_zone(request), request.now)
    if moment is not None and (plan.next_due is None or moment < plan.next_due):
        plan.next_due = moment
        await repos.reminders.save([plan])
