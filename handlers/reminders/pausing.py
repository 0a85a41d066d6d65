"""Pauses: no reminders until a date, which is tapped or typed."""

import datetime as dt

from db.records import PlanRecord
from db.repositories import Repositories
from handlers import policies
from handlers.kit.asks import words_of
from handlers.kit.dates import Date
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text, _
from handlers.policies import Action
from handlers.reminders.calendar import in_a_year, next_month, read_date
from handlers.reminders.choosing import BACK, show_changed
from handlers.reminders.plan_presses import AskPause, EndPause, SetPause, Span, TypePause
from handlers.reminders.plans import change, own_today

_DAYS = {Span.THREE_DAYS: 3, Span.WEEK: 7, Span.TWO_WEEKS: 14}
_LABELS = {
    Span.THREE_DAYS: _("3 days"),
    Span.WEEK: _("1 week"),
    Span.TWO_WEEKS: _("2 weeks"),
    Span.MONTH: _("1 month"),
}


async def _typed_date(request: Request, repos: Repositories) -> str:
    """Returns the date in the message as ISO writes it: from tomorrow on, within a year."""
    del repos
    today = own_today(request)
    date = read_date(words_of(request), today, request.session.language)
    if date is None:
        raise UserError(_("I cannot read that as a date. Please send it like 24 Dec, 24.12. or 2026-12-24."))
    reason = _why_not(date, today)
    if reason is not None:
        raise UserError(reason)
    return date.isoformat()


def _why_not(date: dt.date, today: dt.date) -> Text | None:
    if date <= today:
        return _("{date} is not ahead of us. Please send a date from tomorrow on.").format(date=Date(date, today))
    if date > in_a_year(today):
        text = _("{date} is more than a year away. Please send one until {last}, or turn reminders off.")
        return text.format(date=Date(date, today), last=Date(in_a_year(today), today))
    return None


async def _pause_until(request: Request, repos: Repositories, answers: Answers) -> Reply:
    policies.require(request, Action.STUDY)
    return await _pause(request, repos, dt.date.fromisoformat(answers["until"]))


pause = Dialog(
    "pause",
    _("Pause"),
    Ask("until", _("From which date on may I write again? Send it like 24 Dec or 2026-12-24."), parse=_typed_date),
    done=_pause_until,
)
router = Router(pause)


@router.press(AskPause, action=Action.STUDY, looks=True)
async def ask_pause(_request: Request, _repos: Repositories) -> Reply:
    """Asks how long to be silent."""
    buttons = [Button(label, SetPause(span)) for span, label in _LABELS.items()]
    text = _("How long shall I be silent? After that I go on by myself.")
    return screen(text, buttons[:2], buttons[2:], Button(_("Until a date"), TypePause()), BACK)


@router.press(SetPause, action=Action.STUDY)
async def set_pause(request: Request, repos: Repositories) -> Reply:
    """Says nothing for so long."""
    press = request.press
    assert isinstance(press, SetPause)  # noqa: S101 (its route)
    today = own_today(request)
    days = _DAYS.get(press.span)
    return await _pause(request, repos, today + dt.timedelta(days=days) if days else next_month(today))


@router.press(TypePause, action=Action.STUDY)
async def type_pause(request: Request, _repos: Repositories) -> Reply:
    """Begins to ask for a date."""
    return start(pause, request)


async def _pause(request: Request, repos: Repositories, until: dt.date) -> Reply:
    def edit(plan: PlanRecord) -> None:
        plan.paused_until, plan.later_at = until, None

    news = _("A pause, then. I write again from {date} on.").format(date=Date(until, own_today(request)))
    return await show_changed(request, repos, await change(request, repos, edit), news=news)


@router.press(EndPause, action=Action.STUDY)
async def end_pause(request: Request, repos: Repositories) -> Reply:
    """Ends the pause, and what was ignored before it."""

    def edit(plan: PlanRecord) -> None:
        plan.paused_until, plan.ignored, plan.asked_at = None, 0, None

    return await show_changed(request, repos, await change(request, repos, edit), news=_("Welcome back!"))
