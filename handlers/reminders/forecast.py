"""What would come: the looks of the next days, taken ahead by the rules that decide when they come."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from db.records import PlanRecord
from db.reminding import Mute
from handlers.reminders import habits
from handlers.reminders.claiming import Claim, find, look, told_things
from handlers.reminders.kinds import Facts, Found
from handlers.reminders.plans import next_urgent
from handlers.reminders.registry import KINDS

DAYS = 14


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at somebody would come to at a moment, if they did nothing until then; `more` is left unsaid."""

    moment: dt.datetime
    claim: Claim
    more: int = 0


async def foresee(facts: Facts, zone: ZoneInfo) -> list[Look]:
    """Returns the looks at the one person of these facts in the next days, each as if those before had happened."""
    [person] = facts.people
    person = person._replace(plan=replace(person.plan))
    user_id = person.plan.user_id
    looks = []
    for moment in await _moments(facts, person.plan, zone):
        facts = replace(facts, now=moment, people=[person])
        found = (await find(facts, KINDS)).get(user_id, [])
        claim = look(person, found, facts.waiting.get(user_id, ()), zone, moment)
        looks.append(Look(moment, claim, len(found) - len(claim.told)))
        told = {(one.user_id, one.kind, one.course_id): one for one in told_things(claim, moment)}
        facts = replace(facts, things={**facts.things, **told})
    return looks


async def _moments(facts: Facts, plan: PlanRecord, zone: ZoneInfo) -> Sequence[dt.datetime]:
    today = facts.now.astimezone(zone).date()
    moments = [habits.moment_on(plan, zone, today + dt.timedelta(days=ahead)) for ahead in range(DAYS)]
    end = dt.datetime.combine(today + dt.timedelta(days=DAYS), dt.time(), zone)
    hints = (plan.later_at, plan.next_due, await next_urgent(facts))
    return sorted({moment for moment in (*moments, *hints) if moment is not None and facts.now < moment < end})


async def find_muted(facts: Facts) -> list[Found]:
    """Returns what would be due to the one person now, had they not muted it."""
    [person] = facts.people
    heard: frozenset[Mute] = frozenset()
    if not facts.mutes:
        return []
    everything = (await find(replace(facts, mutes=heard), KINDS)).get(person.plan.user_id, [])
    known = {(one.kind.name, one.due.course_id) for one in (await find(facts, KINDS)).get(person.plan.user_id, [])}
    return [one for one in everything if (one.kind.name, one.due.course_id) not in known]
