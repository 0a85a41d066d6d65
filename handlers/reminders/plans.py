"""Plans: how one person wishes to be reminded, read and changed from their own chat."""

import datetime as dt
from collections.abc import Callable

from db.records import PlanRecord
from db.reminding import Person, first_plan
from db.repositories import Repositories
from handlers.enrollment import student_of
from handlers.kit.dates import Weekdays
from handlers.kit.request import Request
from handlers.kit.text import Text, _
from handlers.policies import Who
from handlers.reminders import habits
from handlers.reminders.claiming import load
from handlers.reminders.kinds import Facts
from handlers.reminders.planning import begin_own, own_zone
from handlers.reminders.registry import KINDS
from handlers.settings import zone_name

ALL_DAYS = 0b1111111


def own_today(request: Request) -> dt.date:
    """Returns the date on this person's wall."""
    return habits.date_in(own_zone(request), request.now)


def days_of(plan: PlanRecord) -> list[int]:
    """Returns the days of the week on which reminders may come; Monday is 0."""
    return [day for day in range(7) if plan.days >> day & 1]


def clock(hour: int) -> str:
    """Returns an hour as a clock shows it."""
    return f"{hour:02}:00"


def habit(plan: PlanRecord) -> Text:
    """Returns on which days and at which hour reminders come."""
    if plan.days & ALL_DAYS == ALL_DAYS:
        return _("every day, soon after {time}").format(time=clock(plan.hour))
    return _("{days}, soon after {time}").format(days=Weekdays(days_of(plan)), time=clock(plan.hour))


async def get_plan(request: Request, repos: Repositories) -> PlanRecord:
    """Returns the person's plan, or the one that they would begin with."""
    user = student_of(request)
    return await repos.reminders.get(user.id) or first_plan(user.id)


async def lock_plan(request: Request, repos: Repositories) -> PlanRecord:
    """Returns the person's plan, locked; it is begun when there is none."""
    user = student_of(request)
    plan = await repos.reminders.lock(user.id)
    if plan is None:
        await begin_own(request, repos)
        plan = await repos.reminders.lock(user.id)
    assert plan is not None  # noqa: S101 (it was begun)
    return plan


async def change(request: Request, repos: Repositories, edit: Callable[[PlanRecord], None]) -> PlanRecord:
    """Changes the person's plan, and with it when to look at them next; returns it."""
    plan = await lock_plan(request, repos)
    edit(plan)
    await save(request, repos, plan)
    return plan


async def save(request: Request, repos: Repositories, plan: PlanRecord) -> None:
    """Writes down the person's plan, which is locked, and when to look at them next."""
    plan.next_due = await _next_due(request, repos, plan)
    await repos.reminders.save([plan])


async def _next_due(request: Request, repos: Repositories, plan: PlanRecord) -> dt.datetime | None:
    if not plan.is_on:
        return None
    if plan.next_due is not None and plan.next_due <= request.now:
        # Somebody is about to look, maybe for what was brought forward. A look too many says nothing.
        return plan.next_due
    moments = [
        habits.next_moment(plan, own_zone(request), request.now),
        plan.later_at,
        # What the quiet hours put off comes when it was to come.
        plan.next_due if plan.owed_since is not None else None,
        await next_urgent(await load_own(request, repos, plan)) if any(kind.when for kind in KINDS) else None,
    ]
    return min((moment for moment in moments if moment is not None and moment > request.now), default=None)


async def react(request: Request, repos: Repositories) -> PlanRecord:
    """Notes that the person has not ignored the last reminder: they pressed one of its buttons. Returns their plan."""
    plan = await get_plan(request, repos)
    if not plan.ignored and plan.asked_at is None:
        return plan
    plan = await lock_plan(request, repos)
    forgive(plan)
    await repos.reminders.save([plan])
    return plan


def forgive(plan: PlanRecord) -> None:
    """Begins anew to count how many reminders in a row were ignored."""
    plan.ignored, plan.asked_at = 0, None


async def load_own(request: Request, repos: Repositories, plan: PlanRecord) -> Facts:
    """Returns what a reminder of this person would be made of now."""
    return await load(repos, [person_of(request, plan)], request.now)


def person_of(request: Request, plan: PlanRecord) -> Person:
    """Returns the person as those who are due are known, in the chat in which they are."""
    to = request.recipient._replace(zone=zone_name(request))
    who = Who.of(request)
    return Person(plan, student_of(request).name, who.is_instructor, is_blocked=who.is_blocked, to=to)


async def next_urgent(facts: Facts) -> dt.datetime | None:
    """Returns the next moment at which something comes to the one person that cannot wait."""
    [person] = facts.people
    whens = [(await kind.when(facts)).get(person.plan.user_id) for kind in KINDS if kind.when]
    return min((moment for moment in whens if moment is not None and moment > facts.now), default=None)
