"""Nudging: an instructor asks students who do not get on how they are; each hears it in their next reminder."""

import datetime as dt
from collections.abc import Mapping, Sequence

from db.models import CourseStatus, ProgressStatus
from db.records import CourseRecord
from db.reminding import Thing, Waiting
from db.repositories import Repositories
from handlers.desk import require_course
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Lines, Number, Text, Value, _, _n, lines
from handlers.lessons import short
from handlers.people_presses import NudgeStudents
from handlers.policies import Action
from handlers.presses import ListStudents
from handlers.reminders.kinds import Due, Facts, Kind
from handlers.reminders.presses import FollowReminder

NAME = "nudge"
# A course asks no more often: who hears it each week hears it no more.
EVERY = dt.timedelta(days=7)
# Students whose plans are changed with one statement each way, however many there are.
BATCH = 500
# Somebody asks, and that comes before all that waits.
_FIRST = -1.0


async def _find(facts: Facts) -> Mapping[int, Sequence[Due]]:
    asked = [
        (course, thing)
        for courses in facts.waiting.values()
        for course in courses
        if (thing := facts.things.get((course.user_id, NAME, course.course_id))) and _is_open(course, thing)
    ]
    # Most people are asked nothing.
    names = await facts.repos.teaching.name_instructors({course.course_id for course, _thing in asked}) if asked else {}
    found: dict[int, list[Due]] = {}
    for course, thing in asked:
        found.setdefault(course.user_id, []).append(_due(course, thing, names[course.course_id]))
    return found


def _is_open(course: Waiting, thing: Thing) -> bool:
    """Whether somebody is still to hear that they are asked: not who has done something since, or has nothing to do."""
    is_asked = thing.told_at is None and course.acted_at <= thing.since
    is_under_way = course.status is ProgressStatus.IN_PROGRESS and course.is_open
    return is_asked and is_under_way and course.course_status is not CourseStatus.ARCHIVED


def _due(course: Waiting, thing: Thing, name: str) -> Due:
    title = course.next_title or ""
    says = _("{name} asks how you are getting on with {course}: {lesson} is next.")
    return Due(
        says.format(name=name, course=Bold(course.title), lesson=Bold(title)),
        Button(_("Open {title}").format(title=short(title)), FollowReminder(course.course_id)),
        course_id=course.course_id,
        course=course.title,
        rank=_FIRST,
        thing=thing.thing,
        at_once=True,
    )


nudge = Kind(
    NAME,
    _("questions from instructors"),
    _("The instructor of this course asks how you are getting on, for you have done no lesson of it for two weeks."),
    _find,
)
router = Router()


@router.press(NudgeStudents, action=Action.DESK)
async def nudge_students(request: Request, repos: Repositories) -> Reply:
    """Asks the students of a course who do not get on how they are, once the instructor is sure."""
    press = request.press
    assert isinstance(press, NudgeStudents)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, Action.EDIT, lock=True)
    back = Button(_("‹ Students"), ListStudents(course_id=course.id))
    await _require_time(request, repos, course, back)
    if not press.sure:
        count = await repos.teaching.count_stalled(course.id, request.now)
        if not count:
            return screen(_all_get_on(course), back)
        go = Button(_("Nudge · {n}").format(n=Number(count)), NudgeStudents(course.id, 1))
        return screen(_question(request, course, count), go, back)
    count = await _write(request, repos, course)
    if not count:
        return screen(_all_get_on(course), back)
    await repos.teaching.mark_nudged(course.id, request.now)
    text = _n(
        "{n} student of {title} hears that you ask, in a reminder.",
        "{n} students of {title} hear that you ask, each in a reminder.",
        count,
    )
    return screen(text.format(n=Number(count), title=Bold(course.title)), back)


async def _require_time(request: Request, repos: Repositories, course: CourseRecord, back: Button) -> None:
    """Returns when the last time is long enough ago.

    Raises:
        UserError: otherwise, with the day on which it is.
    """
    last = await repos.teaching.get_nudged_at(course.id)
    if last is None or request.now - last >= EVERY:
        return
    text = _(
        "You asked the students of {title} on {day}. Once a week is the most: from {next} on you can ask again. "
        "A message to one of them is on their page."
    )
    days = {"day": Day(last, request.now), "next": Day(last + EVERY, request.now)}
    raise UserError(text.format(title=Bold(course.title), **days), back)


def _all_get_on(course: CourseRecord) -> Text:
    text = _("Nobody in {title} is to be nudged: who is under way has done a lesson in the last two weeks.")
    return text.format(title=Bold(course.title))


def _question(request: Request, course: CourseRecord, count: int) -> Lines:
    who = _n(
        "{n} student of {title} has done no lesson for two weeks.",
        "{n} students of {title} have done no lesson for two weeks.",
        count,
    )
    what = _(
        "Shall I ask how they are getting on? Their next reminder says that {name} asks, and which lesson is next. "
        "Nobody gets more than one reminder a day, or one in their quiet hours. Whoever has switched reminders off, "
        "paused or muted them hears nothing, and is not counted."
    )
    name: Value = (
        request.user.name if request.user and request.user.id == course.instructor_id else _("their instructor")
    )
    return lines(who.format(n=Number(count), title=Bold(course.title)), what.format(name=name), between="\n\n")


async def _write(request: Request, repos: Repositories, course: CourseRecord) -> int:
    """Lets all who are to be asked be reminded; returns how many there are."""
    day, count, key = request.now.toordinal(), 0, 0
    while True:
        stretch = await repos.teaching.list_stalled(course.id, request.now, after=key, limit=BATCH)
        user_ids = sorted(stretch.user_ids)
        if user_ids:
            # The plans before what is told, as whoever claims people locks them, too.
            await repos.reminders.bring_forward(user_ids, request.now)
            things = [Thing(user_id, NAME, course.id, day, request.now, None) for user_id in user_ids]
            await repos.reminders.put(things)
        count += len(user_ids)
        if stretch.last is None:
            return count
        key = stretch.last
