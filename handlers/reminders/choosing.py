"""/reminders: one screen for whether, when and how often somebody is reminded."""

from collections.abc import Sequence

from db.models import DigestEvery
from db.records import PlanRecord
from db.repositories import Repositories
from handlers.enrollment import student_of
from handlers.kit.dates import Date, Weekdays
from handlers.kit.reply import Button, Reply, Row, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Value, _, _n, lines
from handlers.kit.zones import city_of
from handlers.policies import Action, Who
from handlers.reminders import habits
from handlers.reminders.plan_presses import (
    AskDigest,
    AskHour,
    AskPause,
    AskQuiet,
    EndPause,
    ListMuted,
    SetDay,
    SetDigest,
    SetReminders,
    ShowReminders,
    ShowUpcoming,
)
from handlers.reminders.plans import change, clock, days_of, forgive, get_plan, habit, own_today
from handlers.settings import clock_of, zone_name
from handlers.settings_presses import AskZone, ShowSettings

# Seven buttons side by side are too narrow for their names on a phone.
_DAYS_IN_ROW = 4
BACK = Button(_("‹ Reminders"), ShowReminders())
EVERY = {
    DigestEvery.NEVER: _("never"),
    DigestEvery.DAY: _("every day"),
    DigestEvery.WEEK: _("every week"),
}
router = Router()


@router.command("reminders", _("When I remind you, and of what"), action=Action.STUDY, looks=True)
@router.press(ShowReminders, action=Action.STUDY, looks=True)
async def show_reminders(request: Request, repos: Repositories) -> Reply:
    """Shows how the person wishes to be reminded, and what they can change."""
    return reply(await plan_screen(request, repos, await get_plan(request, repos)))


async def plan_screen(request: Request, repos: Repositories, plan: PlanRecord, *, news: Value | None = None) -> Screen:
    """Returns the screen of a plan, under what is new about it."""
    muted = len(await repos.reminders.list_mutes([student_of(request).id]))
    text = lines(news, lines(Bold(_("Reminders")), *_facts(request, plan)), between="\n\n")
    return Screen(text, keyboard(*_rows(request, plan, muted)))


def _facts(request: Request, plan: PlanRecord) -> list[Value | None]:
    today = own_today(request)
    paused = _("Paused: I write again from {date} on.").format(date=Date(plan.paused_until or today, today))
    quiet = _("Quiet: {begins} to {ends}").format(begins=clock(plan.quiet_from), ends=clock(plan.quiet_until))
    courses = _("News of your courses: {often}").format(often=EVERY[plan.digest])
    return [
        _("On: {habit}").format(habit=habit(plan)) if plan.is_on else _("Off: I remind you of nothing."),
        paused if plan.is_on and habits.is_paused(plan, today) else None,
        quiet if plan.quiet_from != plan.quiet_until else _("Quiet: never"),
        _("Your clock: {time} in {city}").format(time=clock_of(request), city=city_of(zone_name(request))),
        courses if Who.of(request).is_instructor else None,
    ]


def _rows(request: Request, plan: PlanRecord, muted: int) -> Sequence[Row]:
    paused = habits.is_paused(plan, own_today(request))
    off = Button(_("Turn off"), SetReminders(0)) if plan.is_on else None
    return [
        Button(_("What is coming"), ShowUpcoming()) if plan.is_on else Button(_("Turn on"), SetReminders(1)),
        *_days(plan),
        [Button(_("Hour: {time}").format(time=clock(plan.hour)), AskHour()), Button(_("Quiet hours"), AskQuiet())],
        [
            Button(_("End the pause"), EndPause()) if paused else Button(_("Pause"), AskPause()),
            Button(_("Time zone"), AskZone()),
        ],
        Button(_("News of my courses"), AskDigest()) if Who.of(request).is_instructor else None,
        Button(_n("Muted · {n}", "Muted · {n}", muted), ListMuted()) if muted else None,
        [Button(_("‹ Settings"), ShowSettings()), off],
    ]


def _days(plan: PlanRecord) -> list[Row]:
    """Returns a button for each day of the week, which takes it or leaves it."""
    chosen = days_of(plan)
    buttons = [
        Button(_("✓{day}").format(day=Weekdays([day])), SetDay(day, 0))
        if day in chosen
        else Button(Weekdays([day]), SetDay(day, 1))
        for day in range(7)
    ]
    return [buttons[:_DAYS_IN_ROW], buttons[_DAYS_IN_ROW:]]


@router.press(SetReminders, action=Action.STUDY)
async def set_reminders(request: Request, repos: Repositories) -> Reply:
    """Turns reminders on, with all that was ignored forgotten, or off."""
    press = request.press
    assert isinstance(press, SetReminders)  # noqa: S101 (its route)
    plan = await turn(request, repos, on=bool(press.on))
    return reply(await plan_screen(request, repos, plan), toast=_("On.") if plan.is_on else _("Off."))


async def turn(request: Request, repos: Repositories, *, on: bool) -> PlanRecord:
    """Turns reminders on or off; returns the plan."""

    def edit(plan: PlanRecord) -> None:
        forgive(plan)
        if not plan.is_on:
            # What was put off before they were turned off is not today's.
            plan.owed_since = None
        plan.is_on = on
        plan.later_at = plan.later_at if on else None

    return await change(request, repos, edit)


@router.press(SetDay, action=Action.STUDY)
async def set_day(request: Request, repos: Repositories) -> Reply:
    """Reminds on a day of the week, or no more; one day stays."""
    press = request.press
    assert isinstance(press, SetDay)  # noqa: S101 (its route)
    plan = await get_plan(request, repos)
    days = _with_day(plan.days, press)
    if not days:
        text = _("One day has to stay. To hear nothing at all, turn reminders off.")
        return await refuse(request, repos, text)

    def edit(plan: PlanRecord) -> None:
        # Another chat of this person may have changed it meanwhile.
        plan.days = _with_day(plan.days, press) or plan.days

    return await show_changed(request, repos, await change(request, repos, edit))


def _with_day(days: int, press: SetDay) -> int:
    bit = 1 << press.day if 0 <= press.day <= 6 else 0  # noqa: PLR2004 (Sunday)
    return days | bit if press.on else days & ~bit


async def refuse(request: Request, repos: Repositories, reason: Text) -> Reply:
    """Says why nothing was changed, over the plan as it is."""
    return reply(await plan_screen(request, repos, await get_plan(request, repos), news=reason))


async def show_changed(request: Request, repos: Repositories, plan: PlanRecord, *, news: Value | None = None) -> Reply:
    """Shows a plan that was changed."""
    return reply(await plan_screen(request, repos, plan, news=news), toast=_("Done."))


@router.press(AskDigest, action=Action.AUTHOR, looks=True)
async def ask_digest(request: Request, repos: Repositories) -> Reply:
    """Asks an instructor how often they want to hear of their courses."""
    plan = await get_plan(request, repos)
    text = _(
        "How often shall I tell you of your courses: who is new there, who has finished, who has not come for a while?"
    )
    choices = [
        Button(_("✓ {choice}").format(choice=label) if every is plan.digest else label, SetDigest(every))
        for every, label in EVERY.items()
    ]
    return screen(text, choices, BACK)


@router.press(SetDigest, action=Action.AUTHOR)
async def set_digest(request: Request, repos: Repositories) -> Reply:
    """Tells an instructor of their courses so often."""
    press = request.press
    assert isinstance(press, SetDigest)  # noqa: S101 (its route)

    def edit(plan: PlanRecord) -> None:
        plan.digest = press.every

    return await show_changed(request, repos, await change(request, repos, edit))
