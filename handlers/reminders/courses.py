"""What courses remind of: the next lesson, one that was never begun, one that has changed since it was finished."""

from collections.abc import Callable, Mapping, Sequence

from db.models import CourseStatus, ProgressStatus
from db.reminding import Waiting
from handlers.kit.reply import Button
from handlers.kit.text import Bold, Text, _
from handlers.lessons import short
from handlers.reminders.kinds import Due, Facts, Find, Kind
from handlers.reminders.presses import FollowReminder

# What is on the way comes before what is new, and that before what was never begun; in each, the latest first.
_ON_THE_WAY, _CHANGED, _NOT_BEGUN = 0.0, 1.0, 2.0
_LONG_AGO = 10**10


def _find(fits: Callable[[Waiting], bool], says: Text, rank: float, *, once: bool = False) -> Find:
    def due(facts: Facts, course: Waiting) -> Due:
        age = (facts.now - course.acted_at).total_seconds()
        return Due(
            says.format(
                lesson=Bold(course.next_title or ""), course=Bold(course.title), done=course.done, total=course.total
            ),
            Button(_("Open {title}").format(title=short(course.next_title or "")), FollowReminder(course.course_id)),
            course_id=course.course_id,
            course=course.title,
            rank=rank + min(age / _LONG_AGO, 0.9),
            thing=course.newest_id if once else None,
        )

    async def find(facts: Facts) -> Mapping[int, Sequence[Due]]:
        return {
            user_id: [due(facts, course) for course in courses if _presses(course) and fits(course)]
            for user_id, courses in facts.waiting.items()
        }

    return find


def _presses(course: Waiting) -> bool:
    """Whether there is something to do in a course that goes on: an archived one is there to be looked up in."""
    return course.is_open and course.course_status is not CourseStatus.ARCHIVED


def _is_on_the_way(course: Waiting) -> bool:
    return course.status is ProgressStatus.IN_PROGRESS and course.done > 0


def _is_not_begun(course: Waiting) -> bool:
    return course.status is ProgressStatus.IN_PROGRESS and course.done == 0


def _is_finished(course: Waiting) -> bool:
    return course.status is ProgressStatus.COMPLETED


next_lesson = Kind(
    "next",
    _("the next lesson"),
    _("You have begun this course, and its next lesson waits for you."),
    _find(_is_on_the_way, _("{lesson} is waiting in {course}: {done} of {total} done."), _ON_THE_WAY),
)
changed = Kind(
    "changed",
    _("new lessons"),
    _("You have finished this course, and something new is in it."),
    _find(_is_finished, _("{course} has something new since you finished it: {lesson}."), _CHANGED, once=True),
)
not_begun = Kind(
    "begin",
    _("courses not begun"),
    _("You have enrolled in this course and not begun it yet."),
    _find(_is_not_begun, _("{course} is ready when you are. It begins with {lesson}."), _NOT_BEGUN),
)
