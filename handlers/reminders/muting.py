"""Mute: no more of a course, or of a kind of reminder; and what is muted, to be taken back."""

from db.reminding import Mute
from db.repositories import Repositories
from handlers.enrollment import student_of
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Value, _
from handlers.lessons import short
from handlers.policies import Action
from handlers.reminders.answering import BACK, find_told, title_of
from handlers.reminders.choosing import BACK as BACK_TO_PLAN
from handlers.reminders.kinds import Facts
from handlers.reminders.plan_presses import ListMuted, ShowReminders, Unmute
from handlers.reminders.plans import get_plan, load_own, react
from handlers.reminders.presses import AskMute, MuteThis, StopReminders, UndoMute
from handlers.reminders.registry import KINDS

_ANY_KIND, _ANY_COURSE = "", 0
# More would be no list to tap on; what comes before is unmuted first.
MOST_LISTED = 20
router = Router()


def _label_of(kind: str) -> Text | None:
    return next((one.label for one in KINDS if one.name == kind), None)


async def _title(request: Request, repos: Repositories, course_id: int) -> str | None:
    plan = await get_plan(request, repos)
    facts: Facts = await load_own(request, repos, plan)
    return title_of(facts, await find_told(facts, plan), course_id)


@router.press(AskMute, action=Action.STUDY)
async def ask_mute(request: Request, repos: Repositories) -> Reply:
    """Asks of what nothing is to come any more."""
    press = request.press
    assert isinstance(press, AskMute)  # noqa: S101 (its route)
    await react(request, repos)
    label, title = _label_of(press.kind), await _title(request, repos, press.course_id)
    course = Button(_("{title}, all of it").format(title=short(title or "")), MuteThis(_ANY_KIND, press.course_id))
    kind = Button(_("{kind}, everywhere").format(kind=label), MuteThis(press.kind, _ANY_COURSE)) if label else None
    off = Button(_("Turn all reminders off"), StopReminders())
    return screen(_("Of what shall I remind you no more?"), course if title else None, kind, off, BACK)


@router.press(MuteThis, action=Action.STUDY)
async def mute(request: Request, repos: Repositories) -> Reply:
    """Reminds no more of a course that is the person's, or of a kind that there is."""
    press = request.press
    assert isinstance(press, MuteThis)  # noqa: S101 (its route)
    await react(request, repos)
    what = await _named(request, repos, press.kind, press.course_id)
    if what is None:
        return screen(_("I do not remind you of that, so there is nothing to mute."), BACK)
    await repos.reminders.mute(Mute(student_of(request).id, press.kind, press.course_id))
    text = _("I remind you no more of {what}. Undo takes that back; later, /reminders does.")
    undo = Button(_("Undo"), UndoMute(press.kind, press.course_id))
    return screen(text.format(what=what), undo, BACK)


async def _named(request: Request, repos: Repositories, kind: str, course_id: int) -> Value | None:
    """Returns what is to be muted, a whole course or a whole kind; None when it is neither, or not this person's."""
    if course_id == _ANY_COURSE:
        label = _label_of(kind)
        return Bold(label) if label else None
    title = await _title(request, repos, course_id) if kind == _ANY_KIND else None
    return Bold(title) if title else None


@router.press(UndoMute, action=Action.STUDY)
async def undo_mute(request: Request, repos: Repositories) -> Reply:
    """Takes back what was muted a moment ago, or longer."""
    press = request.press
    assert isinstance(press, UndoMute)  # noqa: S101 (its route)
    await repos.reminders.unmute(Mute(student_of(request).id, press.kind, press.course_id))
    return screen(_("Good, I remind you of it again."), BACK, Button(_("Reminders"), ShowReminders()))


@router.press(ListMuted, action=Action.STUDY, looks=True)
async def list_muted(request: Request, repos: Repositories) -> Reply:
    """Lists what is muted, each with a button that lets it come again."""
    mutes = sorted(await repos.reminders.list_mutes([student_of(request).id]))
    if not mutes:
        return screen(_("Nothing is muted."), BACK_TO_PLAN)
    courses = await repos.reminders.list_waiting([student_of(request).id])
    titles = {course.course_id: course.title for taken in courses.values() for course in taken}
    rows = []
    for one in mutes[:MOST_LISTED]:
        what = await _what(repos, one, titles)
        rows.append(Button(_("Unmute {what}").format(what=what), Unmute(one.kind, one.course_id)))
    return screen(_("I remind you of none of these. A tap brings it back."), *rows, BACK_TO_PLAN)


async def _what(repos: Repositories, one: Mute, titles: dict[int, str]) -> Value:
    if one.course_id == _ANY_COURSE:
        return _label_of(one.kind) or _("what does not come any more")
    if one.course_id not in titles:
        # One that the person has left, or teaches.
        course = await repos.courses.get(one.course_id)
        return short(course.title) if course else _("a course that is gone")
    return short(titles[one.course_id])


@router.press(Unmute, action=Action.STUDY)
async def unmute(request: Request, repos: Repositories) -> Reply:
    """Lets something come again, and shows what is still muted."""
    press = request.press
    assert isinstance(press, Unmute)  # noqa: S101 (its route)
    await repos.reminders.unmute(Mute(student_of(request).id, press.kind, press.course_id))
    return Reply((await list_muted(request, repos)).parts, toast=_("Done."))
