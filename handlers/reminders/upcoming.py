"""/upcoming: what would come in the next days, when, and why; or why nothing does."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct

from db.records import PlanRecord
from db.repositories import Repositories
from handlers.kit.dates import Date
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, Text, Value, _, _n, lines
from handlers.policies import Action
from handlers.reminders import habits
from handlers.reminders.choosing import BACK
from handlers.reminders.claiming import Silence
from handlers.reminders.forecast import DAYS, Look, find_muted, foresee
from handlers.reminders.kinds import Found
from handlers.reminders.plan_presses import EndPause, SetReminders, ShowUpcoming
from handlers.reminders.planning import own_zone
from handlers.reminders.plans import get_plan, habit, load_own, own_today
from handlers.reminders.presses import GoOn

_MOST_NAMED = 5
# Of these the heading tells, with the days and the hour; a look that comes to them is no news.
_NO_NEWS = {Silence.NOT_THIS_DAY, Silence.NOT_YET, Silence.QUIET}
_WHY_NOT = {
    Silence.LEARNED_TODAY: _("Nothing: you have learned today."),
    Silence.TOLD_TODAY: _("Nothing more: the reminder of the day has come."),
    Silence.NOTHING: _("Nothing: no lesson waits for you."),
}
router = Router()


class Stretch(Struct, frozen=True):
    """Successive days on which the same comes, or nothing for the same reason."""

    first: dt.date
    last: dt.date
    look: Look


@router.command("upcoming", _("What I would remind you of, and why"), action=Action.STUDY, looks=True)
@router.press(ShowUpcoming, action=Action.STUDY, looks=True)
async def show_upcoming(request: Request, repos: Repositories) -> Reply:
    """Shows what would come in the next days if the person did nothing, and why; in a few lines."""
    plan = await get_plan(request, repos)
    if not plan.is_on:
        return screen(_("Nothing is coming: reminders are off."), Button(_("Turn on"), SetReminders(1)), BACK)
    facts = await load_own(request, repos, plan)
    zone, today = own_zone(request), own_today(request)
    looks = await foresee(facts, zone)
    parts = [_Part(request, plan, stretch, zone) for stretch in _stretches(looks, zone)]
    text = lines(
        lines(Bold(_("What is coming · {n} days").format(n=DAYS)), habit(plan)),
        _told_today(plan, looks, zone, today),
        *_explained(parts),
        _muted(await find_muted(facts)),
        _("On a day on which you learn I stay silent, and begin to count anew.") if _tells(looks) else None,
        between="\n\n",
    )
    return screen(text, *_ways(plan, today), BACK)


def _ways(plan: PlanRecord, today: dt.date) -> list[Button]:
    if habits.is_paused(plan, today):
        return [Button(_("End the pause"), EndPause())]
    return [Button(_("Go on"), GoOn())] if plan.asked_at is not None else []


def _tells(looks: Sequence[Look]) -> bool:
    return any(look.claim.messages for look in looks)


def _date(look: Look, zone: ZoneInfo) -> dt.date:
    return look.moment.astimezone(zone).date()


def _stretches(looks: Sequence[Look], zone: ZoneInfo) -> list[Stretch]:
    told = {_date(look, zone) for look in looks if look.claim.messages}
    news = [
        look
        for look in looks
        if look.claim.silence not in _NO_NEWS and (look.claim.messages or _date(look, zone) not in told)
    ]
    groups = [list(group) for _key, group in groupby(news, key=lambda look: _sameness(look, zone))]
    return [Stretch(_date(group[0], zone), _date(group[-1], zone), group[0]) for group in groups]


def _sameness(look: Look, zone: ZoneInfo) -> tuple[object, ...]:
    """Returns what two days must have in common to be told of as one."""
    if not look.claim.messages:
        return (look.claim.silence,)
    told = tuple((one.kind.name, one.due.course_id) for one in look.told)
    return look.more, told, look.moment.astimezone(zone).time()


class _Part:
    """What is said of a stretch."""

    def __init__(self, request: Request, plan: PlanRecord, stretch: Stretch, zone: ZoneInfo) -> None:
        self._plan, self._stretch, self._zone = plan, stretch, zone
        self._today = own_today(request)

    @property
    def told(self) -> Sequence[Found]:
        return self._stretch.look.told

    def say(self, reasons: Sequence[Text]) -> Lines:
        """Returns when it comes, what, and the reasons that were not given before."""
        look = self._stretch.look
        if not look.claim.messages:
            return lines(self._days(), self._why_not())
        heading = _("{days}, about {time}").format(
            days=self._days(), time=f"{look.moment.astimezone(self._zone):%H:%M}"
        )
        if not look.told:
            asks = _("I ask whether to go on, if three in a row have had no answer.")
            return lines(heading, asks)
        more = _n("And {n} more.", "And {n} more.", look.more) if look.more > 0 else None
        asked_for = _("You asked for it at this time.") if look.moment == self._plan.later_at else None
        return lines(heading, *(one.due.says for one in self.told), more, asked_for, *map(_because, reasons))

    def _days(self) -> Value:
        first, last = self._stretch.first, self._stretch.last
        if first == last:
            return Bold(self._day(first))
        return Bold(_("{first} – {last}").format(first=self._day(first), last=self._day(last)))

    def _day(self, date: dt.date) -> Value:
        if date == self._today:
            return _("Today")
        return _("Tomorrow") if date == self._today + dt.timedelta(days=1) else Date(date, self._today)

    def _why_not(self) -> Value:
        silence = self._stretch.look.claim.silence
        if silence is Silence.PAUSED:
            until = Date(self._plan.paused_until or self._today, self._today)
            return _("Nothing: there is a pause until {date}.").format(date=until)
        if silence is Silence.IGNORED:
            asked = _("Nothing: I have asked whether to go on, and wait for your answer.")
            return asked if self._plan.asked_at is not None else _("Nothing, until you answer that or learn again.")
        return _WHY_NOT.get(silence, _("Nothing.")) if silence else _("Nothing.")


def _because(reason: Text) -> Text:
    return _("Why: {reason}").format(reason=reason)


def _explained(parts: Sequence[_Part]) -> list[Lines]:
    """Returns all parts, each reason given where it comes first."""
    given: set[str] = set()
    said = []
    for part in parts:
        new = {one.kind.name: one.kind.why for one in part.told if one.kind.name not in given}
        given |= new.keys()
        said.append(part.say(list(new.values())))
    return said


def _told_today(plan: PlanRecord, looks: Sequence[Look], zone: ZoneInfo, today: dt.date) -> Lines | None:
    """Returns that today's reminder has come, where no look of today says more."""
    if plan.told_on != today or any(_date(look, zone) == today for look in looks):
        return None
    return lines(Bold(_("Today")), _WHY_NOT[Silence.TOLD_TODAY])


def _muted(found: Sequence[Found]) -> Value | None:
    if not found:
        return None
    titles = list(dict.fromkeys(one.due.course or one.kind.label for one in found))
    names = lines(*titles[:_MOST_NAMED], between=", ")
    rest = len(titles) - _MOST_NAMED
    more = _n("And {n} more.", "And {n} more.", rest) if rest > 0 else None
    return lines(_("Muted, so nothing comes of it: {names}").format(names=names), more)
