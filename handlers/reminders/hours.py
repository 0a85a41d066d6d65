"""The hour at which reminders come, and the hours in which none does."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from db.records import PlanRecord
from db.repositories import Repositories
from handlers.kit.press import Press
from handlers.kit.reply import Button, Reply, Row, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text, Value, _
from handlers.policies import Action
from handlers.reminders import habits
from handlers.reminders.choosing import BACK, refuse, show_changed
from handlers.reminders.plan_presses import AskHour, AskQuiet, AskQuietHour, SetHour, SetQuiet
from handlers.reminders.plans import change, clock, get_plan

_HOURS = range(24)
_HOURS_IN_ROW = 4
# What somebody begins with who was never quiet.
_NIGHT = (22, 8)
_NO_SUCH_HOUR = _("There is no such hour. Please choose once more.")
router = Router()


@router.press(AskHour, action=Action.STUDY, looks=True)
async def ask_hour(request: Request, repos: Repositories) -> Reply:
    """Asks at which hour reminders are to come, of those that are not quiet."""
    plan = await get_plan(request, repos)
    hours = [hour for hour in _HOURS if not habits.is_quiet_hour(plan, hour)]
    return screen(_("At which hour shall I remind you?"), *_buttons(hours, SetHour, plan.hour), BACK)


def _buttons(hours: Iterable[int], press: Callable[[int], Press], chosen: int | None) -> list[Row]:
    buttons = [Button(_label(hour, is_chosen=hour == chosen), press(hour)) for hour in hours]
    return [buttons[start : start + _HOURS_IN_ROW] for start in range(0, len(buttons), _HOURS_IN_ROW)]


def _label(hour: int, *, is_chosen: bool) -> Value:
    return _("✓ {choice}").format(choice=clock(hour)) if is_chosen else clock(hour)


@router.press(SetHour, action=Action.STUDY)
async def set_hour(request: Request, repos: Repositories) -> Reply:
    """Reminds at another hour, which is not a quiet one."""
    press = request.press
    assert isinstance(press, SetHour)  # noqa: S101 (its route)
    hour = press.hour
    if hour not in _HOURS:
        return await refuse(request, repos, _NO_SUCH_HOUR)

    def edit(plan: PlanRecord) -> None:
        plan.hour = hour

    text = _("{time} is in your quiet hours, {begins} to {ends}. Choose another hour, or change those first.")
    return await _set(request, repos, edit, text)


async def _set(request: Request, repos: Repositories, edit: Callable[[PlanRecord], None], reason: Text) -> Reply:
    """Changes hours, unless the quiet ones would swallow that of the reminders."""
    wished = _edited(await get_plan(request, repos), edit)
    if _swallows(wished):
        times = {"begins": clock(wished.quiet_from), "ends": clock(wished.quiet_until), "time": clock(wished.hour)}
        return await refuse(request, repos, reason.format(**times))

    def edit_if_it_fits(plan: PlanRecord) -> None:
        # Another chat of this person may have changed it meanwhile.
        if not _swallows(_edited(plan, edit)):
            edit(plan)

    return await show_changed(request, repos, await change(request, repos, edit_if_it_fits))


def _edited(plan: PlanRecord, edit: Callable[[PlanRecord], None]) -> PlanRecord:
    copy = replace(plan)
    edit(copy)
    return copy


def _swallows(plan: PlanRecord) -> bool:
    return habits.is_quiet_hour(plan, plan.hour)


@router.press(AskQuiet, action=Action.STUDY, looks=True)
async def ask_quiet(request: Request, repos: Repositories) -> Reply:
    """Shows the quiet hours, and the ways to change them."""
    plan = await get_plan(request, repos)
    begins, ends = _ends(plan)
    is_quiet = plan.quiet_from != plan.quiet_until
    text = _("Nothing comes from {begins} to {ends}.") if is_quiet else _("You have no quiet hours.")
    choices = [
        Button(_("From {time}").format(time=clock(begins)), AskQuietHour(0)),
        Button(_("Until {time}").format(time=clock(ends)), AskQuietHour(1)),
    ]
    never = Button(_("Never quiet"), SetQuiet(0, 0)) if is_quiet else None
    return screen(text.format(begins=clock(begins), ends=clock(ends)), choices, never, BACK)


def _ends(plan: PlanRecord) -> tuple[int, int]:
    """Returns where the quiet hours begin and end, or would, if there were some."""
    return (plan.quiet_from, plan.quiet_until) if plan.quiet_from != plan.quiet_until else _NIGHT


@router.press(AskQuietHour, action=Action.STUDY, looks=True)
async def ask_quiet_hour(request: Request, repos: Repositories) -> Reply:
    """Asks when the quiet hours begin, or end; with both at one hour there would be none."""
    press = request.press
    assert isinstance(press, AskQuietHour)  # noqa: S101 (its route)
    begins, ends = _ends(await get_plan(request, repos))
    back = Button(_("‹ Quiet hours"), AskQuiet())
    if press.end:
        hours = [hour for hour in _HOURS if hour != begins]
        return screen(_("Quiet until?"), *_buttons(hours, lambda hour: SetQuiet(begins, hour), ends), back)
    hours = [hour for hour in _HOURS if hour != ends]
    return screen(_("Quiet from?"), *_buttons(hours, lambda hour: SetQuiet(hour, ends), begins), back)


@router.press(SetQuiet, action=Action.STUDY)
async def set_quiet(request: Request, repos: Repositories) -> Reply:
    """Says nothing in other hours; that of the reminders must not be among them."""
    press = request.press
    assert isinstance(press, SetQuiet)  # noqa: S101 (its route)
    begins, ends = press.begins, press.ends
    if begins not in _HOURS or ends not in _HOURS:
        return await refuse(request, repos, _NO_SUCH_HOUR)

    def edit(plan: PlanRecord) -> None:
        plan.quiet_from, plan.quiet_until = begins, ends

    text = _("Quiet from {begins} to {ends} would leave no room for your hour, {time}. Change the hour first.")
    return await _set(request, repos, edit, text)
