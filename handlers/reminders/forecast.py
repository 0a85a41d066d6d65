"""What would come: the looks of the next days, taken ahead by the rules that decide when they come."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from db.records import PlanRecord
from db.reminding import Mute
from handlers.reminders import habits
from handlers.reminders.claiming import Claim, find, is_later, look, told_last, told_things
from handlers.reminders.kinds import Facts, Found
from handlers.reminders.plans import next_urgent
from handlers.reminders.registry import KINDS

DAYS = 14


class Look(Struct, frozen=True):
    """What a look at somebody would come to at a moment, if they did nothing until then."""

    moment: dt.datetime
    claim: Claim
    found: Sequence[Found]

    @property
    def told(self) -> tuple[Found, ...]:
        """What would be told; nothing where a message asks whether to go on."""
        return tuple(one for message in self.claim.messages for one in message.told)

    @property
    def more(self) -> int:
        """How much is left unsaid. Where nothing of learning is told, it was not left for want of room."""
        learning = any(one.kind.of_learning for one in self.told)
        return sum(learning or not one.kind.of_learning for one in self.found) - len(self.told)


async def foresee(facts: Facts, zone: ZoneInfo) -> list[Look]:
    """Returns the looks at the one person of these facts in the next days, each as if those before had happened."""
    [person] = facts.people
    person = person._replace(plan=replace(person.plan))
    looks = []
    for moment in await _moments(facts, person.plan, zone):
        facts = replace(facts, now=moment, people=[person], repeated=_repeated(person.plan, moment))
        found = (await find(facts, KINDS)).get(person.plan.user_id, [])
        claim = look(person, found, facts.waiting.get(person.plan.user_id, ()), zone, moment)
        # Where somebody is looked at, all before it has been looked at.
        person.plan.next_due = None
        looks.append(Look(moment, claim, found))
        told = {(one.user_id, one.kind, one.course_id): one for one in told_things(claim)}
        facts = replace(facts, things={**facts.things, **told})
    return looks


def _repeated(plan: PlanRecord, moment: dt.datetime) -> dict[int, dt.datetime]:
    return {plan.user_id: told_last(plan, moment)} if is_later(plan, moment) else {}


async def _moments(facts: Facts, plan: PlanRecord, zone: ZoneInfo) -> Sequence[dt.datetime]:
    """Returns when to look: once each day, and when somebody is to be looked at besides; at once, if it is time."""
    today = habits.date_in(zone, facts.now)
    daily = [habits.moment_on(plan, zone, today + dt.timedelta(days=ahead)) for ahead in range(DAYS)]
    end = habits.moment_of(zone, today + dt.timedelta(days=DAYS))
    ahead = [moment for moment in (*daily, plan.later_at, await next_urgent(facts)) if moment and moment > facts.now]
    due = [max(plan.next_due, facts.now)] if plan.next_due else []
    return sorted({moment for moment in (*ahead, *due) if moment < end})


async def find_muted(facts: Facts) -> list[Found]:
    """Returns what would be due to the one person now, had they not muted it."""
    [person] = facts.people
    heard: frozenset[Mute] = frozenset()
    if not facts.mutes:
        return []
    everything = (await find(replace(facts, mutes=heard), KINDS)).get(person.plan.user_id, [])
    known = {(one.kind.name, one.due.course_id) for one in (await find(facts, KINDS)).get(person.plan.user_id, [])}
    return [one for one in everything if (one.kind.name, one.due.course_id) not in known]
