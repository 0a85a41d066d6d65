"""Teaching: once a day or a week, instructors hear what is new in their courses."""

import datetime as dt
from collections.abc import Mapping, Sequence

from db.models import DigestEvery
from db.reminding import Person, Thing
from db.repositories.teaching import CourseNews
from handlers.kit.reply import Button
from handlers.kit.text import Bold, Day, Lines, Number, Text, _, _n, lines
from handlers.presses import Desk, ListMine
from handlers.reminders.kinds import Due, Facts, Kind

NAME = "teaching"
# More would be a wall of text; the rest is a number.
MOST_SHOWN = 5
_PERIODS = {DigestEvery.DAY: dt.timedelta(days=1), DigestEvery.WEEK: dt.timedelta(days=7)}
# The same hour comes a little earlier on some days: a clock that is changed, a tick that was late the last time.
_LEEWAY = dt.timedelta(hours=12)
# Behind a question that somebody asks, before the person's own lessons: it comes rarely.
_RANK = -0.5
_HOUR = 3600


async def _find(facts: Facts) -> Mapping[int, Sequence[Due]]:
    since = {}
    for person in facts.people:
        moment = _since(person, facts.things.get((person.plan.user_id, NAME, 0)), facts.now)
        if moment is not None:
            since[person.plan.user_id] = moment
    news = await facts.repos.teaching.list_news(since, facts.now)
    return {user_id: [_due(courses, since[user_id], facts.now)] for user_id, courses in news.items()}


def _since(person: Person, last: Thing | None, now: dt.datetime) -> dt.datetime | None:
    """Returns the moment from which on everything is news to somebody; None when it is not their time yet."""
    period = _PERIODS.get(person.plan.digest)
    if period is None or not person.teaches:
        return None
    if last is None:
        return now - period
    if last.told_at is None:
        # It did not reach them, and neither did what it was about.
        return last.since - period
    return last.told_at if now - last.told_at >= period - _LEEWAY else None


def _due(courses: Sequence[CourseNews], since: dt.datetime, now: dt.datetime) -> Due:
    only = courses[0] if len(courses) == 1 else None
    return Due(
        _news(courses, Day(since, now)),
        Button(_("Desk"), Desk(only.course_id)) if only else Button(_("My courses"), ListMine()),
        rank=_RANK,
        # No two are told in one hour, and each is told once.
        thing=int(now.timestamp()) // _HOUR,
    )


def _news(courses: Sequence[CourseNews], day: Day) -> Lines:
    rest = len(courses) - MOST_SHOWN
    return lines(
        _("In your courses since {day}:").format(day=day),
        *(_row(course) for course in courses[:MOST_SHOWN]),
        _n("… and in {n} course more", "… and in {n} courses more", rest) if rest > 0 else None,
    )


def _row(course: CourseNews) -> Text:
    came = _n("{n} new student", "{n} new students", course.new)
    finished = _n("{n} finished", "{n} finished", course.finished)
    stalled = _n("{n} has done nothing for two weeks", "{n} have done nothing for two weeks", course.stalled)
    counted = ((came, course.new), (finished, course.finished), (stalled, course.stalled))
    facts = lines(*(text.format(n=Number(count)) for text, count in counted if count), between=", ")
    return _("{title}: {facts}").format(title=Bold(course.title), facts=facts)


teaching = Kind(
    NAME,
    _("news of your courses"),
    _("You teach here. So I tell you once in a while who has come, who has finished, and who has come to a halt."),
    _find,
    of_learning=False,
)
