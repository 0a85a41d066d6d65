"""What answers a reminder: open what it is about, why it comes, go on, stop; each counts as a reaction."""

from msgspec.structs import replace

from db.records import PlanRecord
from db.reminding import Thing
from db.repositories import Repositories
from handlers.enrollment import student_of
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, lines
from handlers.learning import open_next
from handlers.policies import Action
from handlers.presses import ListCourses, ShowProgress
from handlers.reminders.choosing import turn
from handlers.reminders.claiming import find
from handlers.reminders.digest import digest
from handlers.reminders.kinds import Facts, Found
from handlers.reminders.plan_presses import ShowReminders, ShowUpcoming
from handlers.reminders.planning import own_zone
from handlers.reminders.plans import clock, habit, load_own, person_of, react
from handlers.reminders.presses import FollowReminder, GoOn, ShowReminder, ShowWhy, StopReminders
from handlers.reminders.registry import KINDS

BACK = Button(_("‹ The reminder"), ShowReminder())
_REMINDERS = Button(_("Reminders"), ShowReminders())
router = Router()


@router.press(FollowReminder, action=Action.STUDY)
async def follow_reminder(request: Request, repos: Repositories) -> Reply:
    """Opens the next lesson of the course that a reminder is about."""
    assert isinstance(request.press, FollowReminder)  # noqa: S101 (its route)
    await react(request, repos)
    return await open_next(request, repos, request.press.course_id)


@router.press(ShowReminder, action=Action.STUDY)
async def show_reminder(request: Request, repos: Repositories) -> Reply:
    """Shows the reminder anew, for what it said may be over."""
    plan = await react(request, repos)
    found = await find_told(await load_own(request, repos, plan), plan)
    if found:
        return reply(digest(person_of(request, plan), found, request.now, own_zone(request)))
    text = _("Nothing waits for you any more, {name}. Enjoy your day!").format(name=student_of(request).name)
    return screen(text, [Button(_("My progress"), ShowProgress()), Button(_("Browse courses"), ListCourses())])


async def find_told(facts: Facts, plan: PlanRecord) -> list[Found]:
    """Returns what the last reminder may have told that still is so: what is told once was told by it, too."""
    things = {
        key: thing._replace(told_at=None) if _is_of_last(thing, plan) else thing for key, thing in facts.things.items()
    }
    return (await find(replace(facts, things=things), KINDS)).get(plan.user_id, [])


def _is_of_last(thing: Thing, plan: PlanRecord) -> bool:
    return thing.told_at is not None and plan.told_at is not None and thing.told_at >= plan.told_at


@router.press(ShowWhy, action=Action.STUDY)
async def show_why(request: Request, repos: Repositories) -> Reply:
    """Says why a reminder came, and what decides when the next one does."""
    press = request.press
    assert isinstance(press, ShowWhy)  # noqa: S101 (its route)
    plan = await react(request, repos)
    facts = await load_own(request, repos, plan)
    kind = next((kind for kind in KINDS if kind.name == press.kind), None)
    title = title_of(facts, await find_told(facts, plan), press.course_id)
    return screen(
        lines(
            lines(
                Bold(title) if title else None,
                kind.why if kind else _("Reminders of this kind do not come any more."),
            ),
            _how(plan),
            _("/reminders changes all of that."),
            between="\n\n",
        ),
        BACK,
        _REMINDERS,
    )


def _how(plan: PlanRecord) -> Text:
    if not plan.is_on:
        return _("Reminders are off now: nothing more comes.")
    if plan.quiet_from == plan.quiet_until:
        text = _("I write once a day at most: {habit}; not on a day on which you have learned.")
    else:
        text = _(
            "I write once a day at most: {habit}; not on a day on which you have learned, "
            "and nothing from {begins} to {ends}."
        )
    return text.format(habit=habit(plan), begins=clock(plan.quiet_from), ends=clock(plan.quiet_until))


def title_of(facts: Facts, found: list[Found], course_id: int) -> str | None:
    """Returns the title of a course that this person takes, or is reminded of; of no other."""
    taken = {course.course_id: course.title for courses in facts.waiting.values() for course in courses}
    told = {one.due.course_id: one.due.course for one in found if one.due.course_id}
    return {**told, **taken}.get(course_id)


@router.press(GoOn, action=Action.STUDY)
async def go_on(request: Request, repos: Repositories) -> Reply:
    """Goes on with reminders, also where they were turned off."""
    plan = await turn(request, repos, on=True)
    text = _("Gladly. I remind you {habit}.").format(habit=habit(plan))
    return screen(text, [Button(_("What is coming"), ShowUpcoming()), _REMINDERS])


@router.press(StopReminders, action=Action.STUDY)
async def stop_reminders(request: Request, repos: Repositories) -> Reply:
    """Turns all reminders off, which can be undone."""
    await turn(request, repos, on=False)
    text = _("Reminders are off: I stay silent. Undo, or /reminders, turns them on again.")
    return reply(Screen(text, keyboard([Button(_("Undo"), GoOn()), _REMINDERS])))
