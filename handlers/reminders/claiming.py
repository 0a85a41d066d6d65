"""Claiming: what is said to those who are due, or why nothing is. Nothing is sent here.

All that can wait comes as one message a local day, the most useful thing first. What cannot wait comes on its own.
"""

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from db.records import PlanRecord
from db.reminding import Person, Thing, Waiting
from db.repositories import Repositories
from handlers.kit.reply import Screen
from handlers.kit.text import zone_of
from handlers.reminders import habits
from handlers.reminders.digest import MOST_SHOWN, ask_whether_to_go_on, digest, single
from handlers.reminders.kinds import Due, Facts, Found, Kind

# So many reminders in a row may be ignored.
MOST_IGNORED = 3
# Nobody is left alone for longer, whatever their plan says.
LONGEST = dt.timedelta(days=8)
# From one place on earth to another it may be two dates earlier.
AHEAD = dt.timedelta(days=2)
# Nobody asks for a message again that is older.
LATEST = dt.timedelta(days=2)
_TICK = dt.timedelta(microseconds=1)


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


class Message(NamedTuple):
    """A message, what it tells, and its moment: each of one look has another, by which it may be taken back."""

    screen: Screen
    told: tuple[Found, ...]
    at: dt.datetime


class Claim(Struct, frozen=True):
    """What became of a person who was due: messages to them, good until a moment, and why there is none of the day."""

    person: Person
    messages: tuple[Message, ...] = ()
    silence: Silence | None = None
    good_until: dt.datetime | None = None
    # Whether something was to come now that only the quiet hours, or a pause, put off.
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
        one = look(person, found.get(user_id, []), facts.waiting.get(user_id, ()), where, now)
        person.plan.next_due = next_look(one, where, now, urgent.get(user_id))
        claims.append(one)
    await repos.reminders.save([person.plan for person in people])
    await repos.reminders.put([thing for one in claims for thing in told_things(one)])
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
        repeated={person.plan.user_id: told_last(person.plan, now) for person in people if is_later(person.plan, now)},
    )


async def find(facts: Facts, kinds: Iterable[Kind]) -> Mapping[int, list[Found]]:
    """Returns what each of these people may be reminded of, the most useful first; not what they muted or know."""
    found: dict[int, list[Found]] = defaultdict(list)
    for kind in kinds:
        for user_id, dues in (await kind.find(facts)).items():
            found[user_id] += [Found(kind, _checked(kind, due)) for due in dues if facts.is_news(user_id, kind, due)]
    return {user_id: _once_a_course(sorted(each, key=lambda one: one.due.rank)) for user_id, each in found.items()}


def _once_a_course(found: Sequence[Found]) -> list[Found]:
    """Returns of what can wait, for each course, only what comes first: who is asked about it knows what is next."""
    first: dict[int, Found] = {}
    for one in found:
        if one.kind.can_wait and one.due.course_id:
            first.setdefault(one.due.course_id, one)
    return [one for one in found if first.get(one.due.course_id, one) is one or not one.kind.can_wait]


def _checked(kind: Kind, due: Due) -> Due:
    """Returns something due; what cannot wait and is no thing that is told once would come at every look."""
    if due.thing is None and not kind.can_wait:
        message = f"what cannot wait is told once: {kind.name!r} needs a thing"
        raise ValueError(message)
    return due


async def _list_urgent(facts: Facts, kinds: Iterable[Kind]) -> Mapping[int, dt.datetime]:
    """Returns the next moment of each person at which something comes that cannot wait."""
    moments: dict[int, dt.datetime] = {}
    for kind in kinds:
        for user_id, moment in (await kind.when(facts)).items() if kind.when else ():
            if moment > facts.now:
                moments[user_id] = min(moment, moments.get(user_id, moment))
    return moments


def look(person: Person, found: Sequence[Found], courses: Sequence[Waiting], zone: ZoneInfo, now: dt.datetime) -> Claim:
    """Returns what one person is told at a moment, or why nothing; their plan is changed, but for what is next."""
    return _Look(person, found, courses, zone, now).claim()


def is_later(plan: PlanRecord, now: dt.datetime) -> bool:
    """Whether the moment is there at which this person wanted the last message again."""
    return plan.later_at is not None and plan.later_at <= now


def told_last(plan: PlanRecord, now: dt.datetime) -> dt.datetime:
    """Returns since when that is which somebody wants again: the last message, and what came on its own after it."""
    return max(plan.told_at, now - LATEST) if plan.told_at else now - LATEST


class _Look:
    """One look at one person, whose plan it changes."""

    def __init__(
        self, person: Person, found: Sequence[Found], courses: Sequence[Waiting], zone: ZoneInfo, now: dt.datetime
    ) -> None:
        self._person, self._plan = person, person.plan
        self._now, self._zone = now, zone
        self._today = habits.date_in(zone, now)
        self._acted_at = max((course.acted_at for course in courses), default=None)
        self._is_later = is_later(person.plan, now)
        self._believe()
        self._urgent = [one for one in found if not one.kind.can_wait]
        # Nothing of learning for those who have learned, or do not answer.
        self._deaf = self._why_deaf()
        self._found = [one for one in found if one.kind.can_wait and not (self._deaf and one.kind.of_learning)]

    def _believe(self) -> None:
        """Takes what the person did since the last message as a reaction, and no date that cannot be for true."""
        plan = self._plan
        before = plan.told_at or plan.owed_since
        if before and self._acted_at and self._acted_at > before:
            plan.ignored, plan.asked_at = 0, None
        # The clock had been ahead; in the west it may still be the day before yesterday.
        if plan.told_on is not None and plan.told_on > self._today + AHEAD:
            plan.told_on = self._today

    def _why_deaf(self) -> Silence | None:
        if self._acted_at and habits.date_in(self._zone, self._acted_at) == self._today:
            return Silence.LEARNED_TODAY
        return Silence.IGNORED if self._plan.asked_at is not None else None

    def claim(self) -> Claim:
        """Returns what this person is told, or why they are told nothing."""
        plan, closed = self._plan, self._why_closed()
        if closed is Silence.QUIET:
            if self._found and not self._is_later and self._why_not_now() is None:
                plan.owed_since = plan.owed_since or self._now
            is_waited_for = self._is_later or self._hurries or plan.owed_since is not None
            return Claim(self._person, silence=closed, is_waited_for=is_waited_for)
        silence = closed or self._why_not_daily()
        plan.owed_since = None
        if self._is_later:
            plan.later_at = None
        if closed:
            return Claim(self._person, silence=closed, is_waited_for=self._hurries)
        messages = [*self._list_singles(), *([] if silence else [self._daily()])]
        until = habits.quiet_begins(plan, self._zone, self._now)
        return Claim(self._person, tuple(messages), silence, good_until=until)

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

    def _why_not_daily(self) -> Silence | None:
        """Returns why the one message of the day does not come now."""
        if not self._is_later and (silence := self._why_not_now()):
            return silence
        return None if self._found else self._deaf or Silence.NOTHING

    def _why_not_now(self) -> Silence | None:
        plan = self._plan
        # Also when the clock was put back, or the person has moved to where it is still yesterday.
        if plan.told_on is not None and self._today <= plan.told_on:
            return Silence.TOLD_TODAY
        if plan.owed_since is not None or any(one.due.at_once for one in self._found):
            return None
        if habits.has_come(plan, self._zone, self._now, plan.next_due or self._now):
            return None
        return Silence.NOT_YET if habits.is_open(plan, self._today) else Silence.NOT_THIS_DAY

    def _list_singles(self) -> list[Message]:
        """Returns what cannot wait, each on its own."""
        return [
            Message(single(self._person, one, self._now, self._zone), (one,), self._now + place * _TICK)
            for place, one in enumerate(self._urgent, start=1)
        ]

    def _daily(self) -> Message:
        """Returns the one message of the day."""
        plan, found = self._plan, self._found
        plan.told_on, plan.told_at = self._today, self._now
        if plan.ignored >= MOST_IGNORED and all(one.kind.of_learning for one in found):
            plan.asked_at = self._now
            return Message(ask_whether_to_go_on(self._person, self._now, self._zone), (), self._now)
        shown = tuple(found[:MOST_SHOWN])
        plan.ignored += any(one.kind.of_learning for one in shown)
        return Message(digest(self._person, found, self._now, self._zone), shown, self._now)


def next_look(one: Claim, zone: ZoneInfo, now: dt.datetime, urgent: dt.datetime | None) -> dt.datetime | None:
    """Returns when to look at a person next; a moment that is over must not be it, or each tick would."""
    plan = one.person.plan
    if not plan.is_on:
        return None
    moments = [habits.next_moment(plan, zone, now), urgent, plan.later_at, now + LONGEST]
    if one.is_waited_for:
        is_quiet = one.silence is Silence.QUIET
        moments.append(habits.quiet_ends(plan, zone, now) if is_quiet else habits.pause_ends(plan, zone))
    return min(moment for moment in moments if moment is not None and moment > now)


def told_things(one: Claim) -> Iterable[Thing]:
    """Returns what is written down of what this person was told."""
    return (
        Thing(one.person.plan.user_id, kind.name, due.course_id, due.thing, message.at, message.at)
        for message in one.messages
        for kind, due in message.told
        if due.thing is not None
    )
