"""What a reminder says: the most useful thing first, and a button that opens it."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from db.reminding import Person
from handlers.kit.reply import Button, Screen, keyboard
from handlers.kit.text import Text, _, _n, lines
from handlers.reminders.kinds import Found
from handlers.reminders.presses import AskLater, AskMute, GoOn, ShowWhy, StopReminders

# More would be a wall of text; the rest is a number.
MOST_SHOWN = 3
_NOON, _EVENING = 12, 18


def digest(person: Person, found: Sequence[Found], now: dt.datetime, zone: ZoneInfo) -> Screen:
    """Returns the message of a day."""
    first, *others = found[:MOST_SHOWN]
    rest = len(found) - MOST_SHOWN
    text = lines(
        _greeting(now.astimezone(zone).hour).format(name=person.name),
        first.due.says,
        *(one.due.says for one in others),
        _n("And {n} more.", "And {n} more.", rest) if rest > 0 else None,
    )
    return Screen(text, keyboard(first.due.button, _ways(first)))


def single(person: Person, one: Found, now: dt.datetime, zone: ZoneInfo) -> Screen:
    """Returns the message of something that cannot wait."""
    return digest(person, [one], now, zone)


def _ways(first: Found) -> list[Button]:
    return [
        Button(_("Later"), AskLater()),
        Button(_("Why this?"), ShowWhy(first.kind.name, first.due.course_id)),
        Button(_("Mute"), AskMute(first.kind.name, first.due.course_id)),
    ]


def ask_whether_to_go_on(person: Person, now: dt.datetime, zone: ZoneInfo) -> Screen:
    """Returns the question to somebody who has ignored the last ones; without an answer nothing more comes."""
    text = _(
        "{greeting}\nMy last reminders came at a bad time, it seems. Shall I go on? "
        "If you do not answer I stop, and begin again when you learn again."
    )
    greeting = _greeting(now.astimezone(zone).hour).format(name=person.name)
    return Screen(
        text.format(greeting=greeting), keyboard([Button(_("Go on"), GoOn()), Button(_("Stop"), StopReminders())])
    )


def _greeting(hour: int) -> Text:
    if hour < _NOON:
        return _("Good morning, {name}.")
    return _("Good afternoon, {name}.") if hour < _EVENING else _("Good evening, {name}.")
