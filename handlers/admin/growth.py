"""Growth: a picture of how many people came, enrolled and completed lessons in each of the last weeks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

from db.models import Tallied
from db.repositories import Repositories
from db.repositories.tallies import week_of
from handlers.admin.menu import BACK
from handlers.admin_presses import ShowGrowth
from handlers.kit.picture import WIDTH, new_figure, png, write
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Picture, Reply, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Translator, _, say
from handlers.policies import Action

WEEKS = 12
_SHOWN = {
    Tallied.PEOPLE: _("New people"),
    Tallied.ENROLLMENTS: _("Enrollments"),
    Tallied.COMPLETIONS: _("Lessons completed"),
}
# Inches: what a row of bars is high with its heading, the bars alone, the room for dates below, and the edge.
ROW, BARS, FOOT, EDGE = 1.55, 0.9, 0.4, 0.25
# Of the room between two weeks; and a number that is too long for it.
BAR, LONG = 0.62, 10_000
_INK, _BAR, _NOW, _PALE = "#1f2933", "#2f80c2", "#a9cdea", "#6b7a88"


class Growth(NamedTuple):
    """How many of each kind came in each week, from the first Monday on."""

    first: dt.date
    counts: Mapping[Tallied, Sequence[int]]


async def _fetch(repos: Repositories, arguments: Arguments) -> Growth:
    first = dt.date.fromisoformat(arguments["first"])
    return Growth(first, {kind: await repos.tallies.list_weeks(kind, first, WEEKS) for kind in _SHOWN})


def draw_growth(found: Growth, to: Translator) -> bytes:
    """Returns a PNG with a row of bars for each kind, the same weeks under each other; the last is not over yet."""
    height = ROW * len(_SHOWN) + FOOT
    figure = new_figure(WIDTH, height)
    axes = figure.add_axes((0, 0, 1, 1))
    # One unit is one inch, from the top left.
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    for number, (kind, name) in enumerate(_SHOWN.items()):
        _draw_row(axes, number * ROW, say(name, to).unescape(), found.counts[kind], to)
    for week in range(0, WEEKS, 4):
        _date(axes, week, found.first + dt.timedelta(weeks=week), height, to)
    _date(axes, WEEKS - 1, found.first + dt.timedelta(weeks=WEEKS - 1), height, to)
    return png(figure)


def _draw_row(axes: Any, top: float, name: str, counts: Sequence[int], to: Translator) -> None:
    bottom, most = top + ROW - 0.1, max(*counts, 1)
    write(axes, EDGE, top + 0.3, name, size=12, weight="bold", color=_INK, va="center")
    total = format_decimal(sum(counts), locale=to.locale)
    write(axes, WIDTH - EDGE, top + 0.3, total, size=12, color=_INK, ha="right", va="center")
    axes.plot((EDGE, WIDTH - EDGE), (bottom, bottom), color=_PALE, linewidth=0.8)
    for week, count in enumerate(counts):
        height = BARS * 0.8 * count / most
        color = _NOW if week == WEEKS - 1 else _BAR
        axes.bar(_middle(week), height, width=BAR * _step(), bottom=bottom - height, color=color)
        if count:
            above = bottom - height - 0.07
            write(axes, _middle(week), above, _short(count, to), size=7.5, color=_PALE, ha="center", va="center")


def _date(axes: Any, week: int, day: dt.date, height: float, to: Translator) -> None:
    words = format_date(day, "d MMM", locale=to.locale)
    write(axes, _middle(week), height - FOOT + 0.1, words, size=9, color=_PALE, ha="center", va="center")


def _short(count: int, to: Translator) -> str:
    """Returns a number that fits over its bar: `1730`, `17K`, `4.3M`."""
    if count < LONG:
        return str(count)
    return format_compact_decimal(count, locale=to.locale, fraction_digits=1 if count >= 100 * LONG else 0)


def _step() -> float:
    return (WIDTH - 2 * EDGE) / WEEKS


def _middle(week: int) -> float:
    return EDGE + (week + 0.5) * _step()


growth = Renderer("growth", fetch=_fetch, draw=draw_growth)
router = Router(renderers=[growth])


@router.press(ShowGrowth, action=Action.ADMINISTER)
async def show_growth(request: Request, _repos: Repositories) -> Reply:
    """Sends the picture of the last weeks."""
    first = week_of(request.now) - dt.timedelta(weeks=WEEKS - 1)
    caption = _("The last twelve weeks, each from Monday. This one is not over yet.")
    return reply(Picture(growth, "growth.png", {"first": first.isoformat()}, caption, keyboard(BACK)))
