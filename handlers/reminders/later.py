"""Later: the same once more, at a moment that the person picks."""

import datetime as dt
from collections.abc import Mapping

from db.records import PlanRecord
from db.repositories import Repositories
from handlers.kit.dates import Date
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text, _
from handlers.policies import Action
from handlers.reminders import habits
from handlers.reminders.answering import BACK
from handlers.reminders.plan_presses import EndPause, SetReminders, ShowReminders
from handlers.reminders.planning import own_zone
from handlers.reminders.plans import forgive, lock_plan, own_today, react, save
from handlers.reminders.presses import AskLater, SetLater, When

_TONIGHT = dt.time(20)
router = Router()


def list_moments(request: Request, plan: PlanRecord) -> Mapping[When, dt.datetime]:
    """Returns the moments that may be picked now, in order: ahead of us, not in a pause, not in the quiet hours."""
    zone, today = own_zone(request), own_today(request)
    moments = {
        When.HOUR: request.now + dt.timedelta(hours=1),
        When.TONIGHT: dt.datetime.combine(today, _TONIGHT, zone).astimezone(dt.UTC),
        When.TOMORROW: habits.moment_on(plan, zone, today + dt.timedelta(days=1)),
    }
    first = sorted(moments.items(), key=lambda each: each[1])
    return {when: moment for when, moment in first if _is_free(request, plan, moment)}


def _is_free(request: Request, plan: PlanRecord, moment: dt.datetime) -> bool:
    zone = own_zone(request)
    is_paused = habits.is_paused(plan, moment.astimezone(zone).date())
    return moment > request.now and not is_paused and not habits.is_quiet(plan, zone, moment)


@router.press(AskLater, action=Action.STUDY)
async def ask_later(request: Request, repos: Repositories) -> Reply:
    """Asks when to come again."""
    return _ask(request, await react(request, repos), _("When shall I write again?"))


def _ask(request: Request, plan: PlanRecord, question: Text) -> Reply:
    if not plan.is_on:
        text = _("Reminders are off: nothing comes later, either.")
        return screen(text, Button(_("Turn on"), SetReminders(1)), BACK)
    moments = list_moments(request, plan)
    if not moments:
        today = own_today(request)
        text = _("There is a pause: I write again from {date} on.")
        date = Date(plan.paused_until or today, today)
        return screen(text.format(date=date), Button(_("End the pause"), EndPause()), BACK)
    return screen(question, *(Button(_label(request, when, moments[when]), SetLater(when)) for when in moments), BACK)


def _label(request: Request, when: When, moment: dt.datetime) -> Text:
    time = _clock(request, when, moment)
    match when:
        case When.HOUR:
            return _("In 1 hour, {time}").format(time=time)
        case When.TONIGHT:
            return _("Tonight, {time}").format(time=time)
        case When.TOMORROW:
            return _("Tomorrow, {time}").format(time=time)


def _clock(request: Request, when: When, moment: dt.datetime) -> str:
    local = moment.astimezone(own_zone(request))
    # Within the hour each person has a place of their own, which is nobody's concern.
    return f"{local.replace(minute=0) if when is When.TOMORROW else local:%H:%M}"


@router.press(SetLater, action=Action.STUDY)
async def set_later(request: Request, repos: Repositories) -> Reply:
    """Comes again at a moment, if that is free: an old button may be pressed at any hour."""
    press = request.press
    assert isinstance(press, SetLater)  # noqa: S101 (its route)
    plan = await lock_plan(request, repos)
    moment = list_moments(request, plan).get(press.when) if plan.is_on else None
    if moment is None:
        return _ask(request, plan, _("That time is over, or one of your quiet hours. When shall I write instead?"))
    forgive(plan)
    plan.later_at = moment
    await save(request, repos, plan)
    text = _said(request, moment).format(time=_clock(request, press.when, moment))
    return screen(text, [BACK, Button(_("Reminders"), ShowReminders())])


def _said(request: Request, moment: dt.datetime) -> Text:
    if moment.astimezone(own_zone(request)).date() == own_today(request):
        return _("Until later, then. I write again today at {time}, if something still waits.")
    return _("Until tomorrow, then. I write again at {time}, if something still waits.")
