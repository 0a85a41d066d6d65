"""The oracle: what each student is to be told at a moment, or why nothing; none of it is code of the bot.

It looks at everybody each quarter of an hour, and knows what it has made the students do. The only appointment that it
keeps is the end of the quiet hours that have put something off.
"""

import datetime as dt
from dataclasses import dataclass, field

from tests.simulation.people import DAY, QUARTER, Student, Taken, wall

MOST_SHOWN, MOST_IGNORED, LONG_OVER = 3, 3, 7
OF_LEARNING = {"next", "changed", "begin"}
ASKS = ("ask", "")
Thing = tuple[str, str]


@dataclass(frozen=True)
class Due:
    """Something due: its kind, where, how useful it is (small first), and which, if it is told once."""

    kind: str
    course: int
    title: str
    rank: tuple[float, float]
    thing: int | None = None


@dataclass
class Fate:
    """What is to become of a student now; `counted` are those due things whose moment this is."""

    arrives: list[list[Thing]] = field(default_factory=list)
    counted: list[Due] = field(default_factory=list)
    why: str | None = None
    # Whether they have asked to hear now what they heard last.
    is_later: bool = False


def judge(student: Student, now: dt.datetime) -> Fate:
    """Returns what a student is to be told now; they know it from then on."""
    moments = _moments(student, now)
    student.looked_until = max(student.looked_until, now)
    is_awaited = now >= student.put_off_until and (student.owed_since is not None or _is_awaited(student, now))
    if not (moments or is_awaited):
        return Fate()
    if _reacted(student):
        student.told.ignored, student.told.asked_at = 0, None
    dues = _dues(student, now)
    daily, urgent = [one for one in dues if one.kind != "deadline"], [one for one in dues if one.kind == "deadline"]
    if student.date(student.acted_at) == student.date(now):
        deaf = "learned today"
    else:
        deaf = "ignored" if student.told.asked_at else ""
    tellable = [] if deaf else daily
    fate = Fate(counted=daily if moments else [])
    is_told = student.told.on is not None and student.date(now) <= student.told.on
    comes = bool(moments) and not is_told
    is_later = student.later_at is not None and student.later_at <= now
    fate.why = _closed(student, now)
    if fate.why == "quiet":
        if comes and tellable and not is_later:
            student.owed_since = student.owed_since or now
        student.put_off_until = _quiet_ends(student, now)
        return fate
    comes = comes or (student.owed_since is not None and not is_told)
    student.owed_since = None
    if is_later:
        student.later_at = None
    if fate.why:
        return fate
    fate.is_later = is_later
    for one in urgent:
        fate.arrives.append([(one.kind, one.title)])
        student.told.things[one.kind, one.course] = (one.thing or 0, now)
    fate.why = deaf or (None if daily else "nothing")
    if (comes or is_later) and tellable:
        fate.why = None
        fate.arrives.append(_tell(student, tellable, now))
    return fate


def _moments(student: Student, now: dt.datetime) -> list[dt.date]:
    """Returns the dates whose hour has come since the last look."""
    today = student.date(now)
    missed = min(max((today - student.date(student.looked_until)).days, 0), LONG_OVER)
    dates = [today - ago * DAY for ago in range(missed + 1)]
    return [
        date
        for date in dates
        if student.looked_until < student.moment(date) <= now
        and date.weekday() in student.days
        and not (student.paused_until and date < student.paused_until)
        and not (student.told.on and date <= student.told.on)
    ]


def _is_awaited(student: Student, now: dt.datetime) -> bool:
    """Whether they want to hear something again by now, or something has come that cannot wait."""
    if student.later_at is not None and student.later_at <= now:
        return True
    return any(ends <= now for _number, ends in student.deadlines.values())


def _reacted(student: Student) -> bool:
    before = student.told.at or student.owed_since
    return before is not None and student.acted_at > before


def _closed(student: Student, now: dt.datetime) -> str | None:
    if not student.is_on:
        return "off"
    if student.is_gone:
        return "unreachable"
    if student.paused_until and student.date(now) < student.paused_until:
        return "paused"
    return "quiet" if student.is_quiet(wall(student.zone, now).hour) else None


def _quiet_ends(student: Student, now: dt.datetime) -> dt.datetime:
    while student.is_quiet(wall(student.zone, now).hour):
        now += QUARTER
    return now


def _dues(student: Student, now: dt.datetime) -> list[Due]:
    found = [due for taken in student.taken.values() if (due := _due(taken))]
    for course, (number, ends) in student.deadlines.items():
        if ends <= now:
            found.append(Due("deadline", course, student.taken[course].course.title, (9, 0), number))
    return sorted((one for one in found if _is_news(student, one, now)), key=lambda one: one.rank)


def _due(taken: Taken) -> Due | None:
    course, age = taken.course, -taken.acted_at.timestamp()
    if not taken.left:
        return None
    if taken.is_finished:
        return Due("changed", course.id, course.title, (1, age), max(taken.left))
    if taken.done:
        return Due("next", course.id, course.title, (0, age))
    return Due("begin", course.id, course.title, (2, age))


def _is_news(student: Student, due: Due, now: dt.datetime) -> bool:
    if {(due.kind, 0), ("", due.course), (due.kind, due.course)} & student.muted:
        return False
    known, known_at = student.told.things.get((due.kind, due.course), (-1, now))
    if due.thing is None or known < due.thing:
        return True
    # Whoever wants to hear it later hears again what was said last.
    if not (student.later_at and student.later_at <= now):
        return False
    return known_at >= max(student.told.at or now - 2 * DAY, now - 2 * DAY)


def _tell(student: Student, dues: list[Due], now: dt.datetime) -> list[Thing]:
    told = student.told
    told.on, told.at = student.date(now), now
    if told.ignored >= MOST_IGNORED:
        told.asked_at = now
        return [ASKS]
    told.ignored += 1
    for one in dues[:MOST_SHOWN]:
        if one.thing is not None:
            told.things[one.kind, one.course] = (one.thing, now)
    return [(one.kind, one.title) for one in dues[:MOST_SHOWN]]


def take_back(student: Student, at: dt.datetime) -> None:
    """Lets a student know nothing of what was said at a moment, for it did not arrive."""
    told = student.told
    told.things = {key: known for key, known in told.things.items() if known[1] != at}
    if told.at != at:
        return
    student.owed_since = student.put_off_until = at
    if told.asked_at == at:
        told.asked_at = None
    elif told.ignored:
        told.ignored -= 1
    told.on = told.at = None
