"""Claiming: what is said to those who are due, or why nothing is. Nothing is sent here.

All that can wait comes as one message a local day, the most useful thing first. What cannot wait comes on its own.
"""

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from db.reminding import Person, Thing, Waiting
from db.repositories import Repositories
from handlers.kit.reply import Screen
from handlers.kit.text import zone_of
from handlers.reminders import habits
from handlers.reminders.digest import MOST_SHOWN, ask_whether_to_go_on, digest, single
from handlers.reminders.kinds import Facts, Found, Kind

# So many reminders in a row may be ignored.
MOST_IGNORED = 3


class Silence(enum.StrEnum):
    """Why somebody who is due hears nothing, of nothing or of something."""

    OFF = "off"
    PAUSED = "paused"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    IGNORED = "ignored"
    TOLD_TODAY = "told today"
    NOT_THIS_DAY = "not this day"
    NOT_YET = "not yet"
    QUIET = "quiet"
    LEARNED_TODAY = "learned today"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a person who was due: messages to them, each good until a moment, or why there are none."""

    person: Person
    screens: tuple[Screen, ...] = ()
    told: tuple[Found, ...] = ()
    silence: Silence | None = None
    good_until: dt.datetime | None = None
    # Whether something was to come now that only the quiet hours put off.
    is_waited_for: bool = False


async def claim(
    repos: Repositories, people: Sequence[Person], now: dt.datetime, *, kinds: Sequence[Kind], zone: str
) -> list[Claim]:
    """Returns what is to be sent to people who are due and locked; writes down that they were told, and what is next.

    `zone` is that of chats which have none of their own.
    """
    facts = await load(repos, people, now)
    found, urgent = await find(facts, kinds), await _list_urgent(facts, kinds)
    claims = []
    for person in people:
        user_id = person.plan.user_id
        where = zone_of((person.to.zone if person.to else None) or zone) or ZoneInfo("UTC")
        one = _Look(person, found.get(user_id, []), facts.waiting.get(user_id, ()), where, now).claim()
        person.plan.next_due = _next_due(one, where, now, urgent.get(user_id))
        claims.append(one)
    await repos.reminders.save([person.plan for person in people])
    await repos.reminders.put([thing for one in claims for thing in _things(one, now)])
    return claims


async def load(repos: Repositories, people: Sequence[Person], now: dt.datetime) -> Facts:
    """Returns the facts about some people."""
    user_ids = [person.plan.user_id for person in people]
    things = await repos.reminders.list_things(user_ids)
    return Facts(
        repos=repos,
        now=now,
        people=people,
        waiting=await repos.reminders.list_waiting(user_ids),
        things={(thing.user_id, thing.kind, thing.course_id): thing for thing in things},
        mutes=await repos.reminders.list_mutes(user_ids),
    )


async def find(facts: Facts, kinds: Iterable[Kind]) -> Mapping[int, list[Found]]:
    """Returns what each of these people may be reminded of, the most useful first; not what they muted or know."""
    found: dict[int, list[Found]] = defaultdict(list)
    for kind in kinds:
        for user_id, dues in (await kind.find(facts)).items():
            found[user_id] += [Found(kind, due) for due in dues if facts.is_news(user_id, kind, due)]
    return {user_id: sorted(each, key=lambda one: one.due.rank) for user_id, each in found.items()}


async def _list_urgent(facts: Facts, kinds: Iterable[Kind]) -> Mapping[int, dt.datetime]:
    """Returns the next moment of each person at which something comes that cannot wait."""
    moments: dict[int, dt.datetime] = {}
    for kind in kinds:
        for user_id, moment in (await kind.when(facts)).items() if kind.when else ():
            moments[user_id] = min(moment, moments.get(user_id, moment))
    return moments


class _Look:
    """One look at one person, whose plan it changes."""

    def __init__(
        self, person: Person, found: Sequence[Found], courses: Sequence[Waiting], zone: ZoneInfo, now: dt.datetime
    ) -> None:
        self._person, self._plan = person, person.plan
        self._now, self._zone = now, zone
        self._today = now.astimezone(zone).date()
        self._acted_at = max((course.acted_at for course in courses), default=None)
        self._urgent = [one for one in found if not one.kind.can_wait]
        self._found = [one for one in found if one.kind.can_wait]

    def claim(self) -> Claim:
        """Returns what this person is told, or why they are told nothing."""
        plan = self._plan
        if plan.told_at and self._acted_at and self._acted_at > plan.told_at:
            plan.ignored, plan.asked_at = 0, None
        closed = self._why_closed()
        is_later = plan.later_at is not None and plan.later_at <= self._now
        if closed is not Silence.QUIET and is_later:
            plan.later_at = None
        if closed is not None:
            return Claim(self._person, silence=closed, is_waited_for=is_later or self._hurries)
        singles = [single(self._person, one, self._now, self._zone) for one in self._urgent]
        screen, told, silence = self._daily(is_later=is_later)
        return Claim(
            self._person,
            screens=(*singles, *([screen] if screen else [])),
            told=(*self._urgent, *told),
            silence=silence,
            good_until=habits.quiet_begins(plan, self._zone, self._now),
        )

    @property
    def _hurries(self) -> bool:
        return bool(self._urgent) or any(one.due.at_once for one in self._found)

    def _why_closed(self) -> Silence | None:
        """Returns why nothing at all may be said now."""
        if not self._plan.is_on:
            return Silence.OFF
        if self._person.is_blocked:
            return Silence.BLOCKED
        if self._person.to is None:
            return Silence.UNREACHABLE
        if habits.is_paused(self._plan, self._today):
            return Silence.PAUSED
        return Silence.QUIET if habits.is_quiet(self._plan, self._zone, self._now) else None

    def _daily(self, *, is_later: bool) -> tuple[Screen | None, Sequence[Found], Silence | None]:
        """Returns the one message of the day, and what it tells; or why it does not come now."""
        plan = self._plan
        if not is_later and (silence := self._why_not_now()):
            return None, (), silence
        found, silence = self._found, Silence.NOTHING
        if self._acted_at and self._acted_at.astimezone(self._zone).date() == self._today:
            found, silence = _without_learning(found), Silence.LEARNED_TODAY
        elif plan.asked_at is not None:
            found, silence = _without_learning(found), Silence.IGNORED
        if not found:
            return None, (), silence
        plan.told_on, plan.told_at = self._today, self._now
        if plan.ignored >= MOST_IGNORED and all(one.kind.of_learning for one in found):
            plan.asked_at = self._now
            return ask_whether_to_go_on(self._person, self._now, self._zone), (), None
        shown = found[:MOST_SHOWN]
        plan.ignored += any(one.kind.of_learning for one in shown)
        return digest(self._person, found, self._now, self._zone), shown, None

    def _why_not_now(self) -> Silence | None:
        plan = self._plan
        # Also when the clock was put back, or the person has moved to where it is still yesterday.
        if plan.told_on is not None and self._today <= plan.told_on:
            return Silence.TOLD_TODAY
        if any(one.due.at_once for one in self._found):
            return None
        if not habits.is_open(plan, self._today):
            return Silence.NOT_THIS_DAY
        return Silence.NOT_YET if self._now < habits.moment_on(plan, self._zone, self._today) else None


def _without_learning(found: Iterable[Found]) -> list[Found]:
    return [one for one in found if not one.kind.of_learning]


def _next_due(one: Claim, zone: ZoneInfo, now: dt.datetime, urgent: dt.datetime | None) -> dt.datetime | None:
    """Returns when to look at a person next; a moment that is over must not be it, or each tick would."""
    plan = one.person.plan
    if not plan.is_on:
        return None
    moments = [habits.next_moment(plan, zone, now), urgent]
    if one.silence is Silence.QUIET and one.is_waited_for:
        moments.append(habits.quiet_ends(plan, zone, now))
    else:
        moments.append(plan.later_at)
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _things(one: Claim, now: dt.datetime) -> Iterable[Thing]:
    """Returns what is written down of what this person was told."""
    return (
        Thing(one.person.plan.user_id, kind.name, due.course_id, due.thing, now, now)
        for kind, due in one.told
        if due.thing is not None
    )
