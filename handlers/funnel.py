"""A course's funnel: a picture of how many of its students finished each lesson."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from db.repositories import Repositories
from db.standing import percent
from handlers.catalog import count_students
from handlers.claims import claim, renew, require_claimed
from handlers.desk import require_course
from handlers.kit.errors import UserError
from handlers.kit.graphemes import shorten
from handlers.kit.picture import WIDTH, new_figure, png, write
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Button, Picture, Reply, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Translator, _, lines, say
from handlers.people_presses import ShowFunnel
from handlers.policies import Action
from handlers.presses import AddLesson, Desk

# Students who are counted in one read: even where a course has sixty lessons, it holds nobody else up for long.
BATCH = 250
# Telegram makes pictures smaller that have more than 2560 pixels on a side.
MAX_ROWS = 60
# Signs of a title that fit beside its bar.
MAX_LABEL, MAX_HEADING = 20, 34
# Inches: the titles, a row and its bar, and what is above and below the rows.
LABELS, ROW, BAR, HEAD, FOOT = 2.05, 0.31, 0.19, 0.9, 0.15
# … the edge, and the room for figures such as 10000 · 100 %.
EDGE, FIGURES = 0.2, 1.12
_INK, _BAR, _TRACK, _PALE = "#1f2933", "#2f80c2", "#e8eef3", "#6b7a88"


class Funnel(NamedTuple):
    """What the picture shows: lessons in order, each with how many finished it; `after` is None when all are counted.

    `counts` are by lesson, of the students so far.
    """

    claim: Arguments
    title: str
    lessons: Sequence[tuple[int, str]]
    counts: Mapping[str, int]
    students: int
    after: int | None


async def _fetch(repos: Repositories, arguments: Arguments) -> Funnel:
    """Counts the next students, and adds them to those of the arguments."""
    course = await require_claimed(repos, arguments)
    lessons = [(lesson.id, lesson.title) for lesson in await repos.lessons.list_of(course.id)]
    counted = await repos.students.count_finishes(course.id, limit=BATCH, after=arguments.get("after", 0))
    counts = dict(arguments.get("counts", {}))
    for lesson_id, count in counted.lessons.items():
        # Text, for so it comes back from JSON.
        counts[str(lesson_id)] = counts.get(str(lesson_id), 0) + count
    students = arguments.get("students", 0) + counted.students
    if not lessons or not (students or counted.last):
        raise UserError(_nothing_to_show(has_lessons=bool(lessons)).format(title=Bold(course.title)))
    after = counted.last if counted.students == BATCH else None
    return Funnel(renew(arguments), course.title, lessons, counts, students, after)


def _following(funnel: Funnel) -> dict[str, Any] | None:
    if funnel.after is None:
        return None
    so_far = {"counts": dict(funnel.counts), "students": funnel.students}
    return {**funnel.claim, "after": funnel.after, **so_far}


def draw_funnel(funnel: Funnel, to: Translator) -> bytes:
    """Returns a PNG with a bar for each lesson; nothing while there are students to be counted."""
    if funnel.after is not None:
        return b""
    rows = funnel.lessons[:MAX_ROWS]
    height = HEAD + ROW * len(rows) + FOOT
    figure = new_figure(WIDTH, height)
    axes = figure.add_axes((0, 0, 1, 1))
    # One unit is one inch, from the top left.
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    write(axes, EDGE, 0.35, shorten(funnel.title, MAX_HEADING), size=14, weight="bold", color=_INK, va="center")
    write(axes, EDGE, 0.64, say(_subtitle(funnel), to).unescape(), size=10, color=_PALE, va="center")
    for number, (lesson_id, title) in enumerate(rows, 1):
        done = funnel.counts.get(str(lesson_id), 0)
        _draw_row(axes, HEAD + ROW * (number - 0.5), f"{number}. {title}", done, funnel.students)
    return png(figure)


def _draw_row(axes: Any, y: float, title: str, done: int, students: int) -> None:
    share = done / students if students else 0.0
    room = WIDTH - LABELS - FIGURES - EDGE
    write(axes, LABELS - 0.1, y, shorten(title, MAX_LABEL), size=10, color=_INK, ha="right", va="center")
    axes.barh(y, room, left=LABELS, height=BAR, color=_TRACK)
    axes.barh(y, room * share, left=LABELS, height=BAR, color=_BAR)
    figures = f"{done} · {percent(done, students)} %"
    write(axes, LABELS + room + 0.1, y, figures, size=10, color=_INK, va="center")


def _subtitle(funnel: Funnel) -> Text:
    hidden = len(funnel.lessons) - MAX_ROWS
    text = _("{students} · how many finished each lesson")
    if hidden > 0:
        text = _("{students} · how many finished each of the first {shown} lessons of {total}")
    return text.format(students=count_students(funnel.students), shown=MAX_ROWS, total=len(funnel.lessons))


def _nothing_to_show(*, has_lessons: bool) -> Text:
    if has_lessons:
        return _("Nobody takes {title} at the moment, so there is nothing to draw yet.")
    return _("{title} has no lessons yet, so there is nothing to draw.")


funnel = Renderer("funnel", fetch=_fetch, draw=draw_funnel, following=_following)
router = Router(renderers=[funnel])


@router.press(ShowFunnel, action=Action.DESK)
async def show_funnel(request: Request, repos: Repositories) -> Reply:
    """Sends the picture; says in words when a course has nobody, or nothing, to show."""
    assert isinstance(request.press, ShowFunnel)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id, Action.MANAGE)
    card = await repos.courses.require_card(course.id)
    back = Button(_("‹ Desk"), Desk(course.id))
    if not card.lessons or not card.course.students:
        write_one = None if card.lessons else Button(_("Add lesson"), AddLesson(course.id))
        text = _nothing_to_show(has_lessons=bool(card.lessons)).format(title=Bold(course.title))
        raise UserError(text, write_one, back)
    caption = lines(Bold(course.title), _("How far its students have come, lesson by lesson."))
    return reply(Picture(funnel, f"{course.code}-funnel.png", claim(request, course), caption, keyboard(back)))
