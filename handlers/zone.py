"""The time zone: asked by what the person's clock shows, then by city."""

from db.repositories import Repositories
from handlers.kit import zones
from handlers.kit.asks import words_of
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import Place, start
from handlers.kit.errors import UserError
from handlers.kit.pages import Page, in_rows
from handlers.kit.reply import Button, Reply, Row, Screen, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Value, _, zone_of
from handlers.kit.zones import Clock, city_of, minutes_ahead
from handlers.reminders import planning
from handlers.settings import BACK, clock_of, settings_screen, zone_name
from handlers.settings_presses import (
    AskZone,
    ListCities,
    ListClocks,
    NameCity,
    SetZone,
)

CLOCKS, CITIES = 12, 14
# Times are short, cities are not.
_CLOCKS_IN_ROW, _CITIES_IN_ROW = 4, 2
_TYPE = Button(_("Type my city"), NameCity())


async def _named_zone(request: Request, repos: Repositories) -> str:
    """Returns the zone that the message names; several are offered as buttons."""
    del repos
    found = zones.find(words_of(request))
    if not found:
        raise UserError(_("I do not know that city. Please send a large one with the same time, like Berlin or Lima."))
    if len(found) > 1:
        raise UserError(_("There are several. Which one is yours?"), *_cities(found))
    return found[0]


async def _set_named(request: Request, repos: Repositories, answers: Answers) -> Reply:
    return reply(await _set(request, repos, answers["city"]))


city = Dialog(
    "zone",
    _("Time zone"),
    Ask("city", _("In which city are you, or in a city with the same time?"), parse=_named_zone),
    done=_set_named,
)
router = Router(city)


@router.press(AskZone, looks=True)
async def ask_zone(request: Request, _repos: Repositories) -> Reply:
    """Asks whether the clock that is taken for the person's is right."""
    name = zone_name(request)
    # A default like UTC is no place: its clock shows the same now, and another hour when summer begins.
    is_known = request.session.zone == name or zones.is_place(name)
    right = SetZone(name) if is_known else ListCities(minutes_ahead(name, request.now))
    yes, no = Button(_("Yes"), right), Button(_("No"), ListClocks())
    return screen(_("Is it {time} for you?").format(time=clock_of(request)), [yes, no], _TYPE, BACK)


@router.press(ListClocks, looks=True)
async def list_clocks(request: Request, _repos: Repositories) -> Reply:
    """Shows what clocks in the world show, first those a few hours around the guess."""
    press = request.press
    assert isinstance(press, ListClocks)  # noqa: S101 (its route)
    minutes = list(zones.by_clock(request.now))
    ahead = minutes_ahead(zone_name(request), request.now)
    first = sum(each < ahead for each in minutes) - CLOCKS // 2 if press.first is None else press.first
    first = min(max(first, 0), len(minutes) - CLOCKS)
    buttons = [Button(_clock(request, each), ListCities(each)) for each in minutes[first : first + CLOCKS]]
    turning = [
        Button(_("‹ Earlier"), ListClocks(max(first - CLOCKS, 0))) if first > 0 else None,
        Button(_("Later ›"), ListClocks(first + CLOCKS)) if first + CLOCKS < len(minutes) else None,
    ]
    return screen(_("What does your clock show?"), *in_rows(buttons, _CLOCKS_IN_ROW), turning, _TYPE, BACK)


def _clock(request: Request, minutes: int) -> Value:
    beside = request.now.astimezone(zone_of(zone_name(request)))
    # Of all zones with this clock any will do.
    return Clock(request.now.astimezone(zone_of(zones.by_clock(request.now)[minutes][0])), beside)


@router.press(ListCities, looks=True)
async def list_cities(request: Request, _repos: Repositories) -> Reply:
    """Shows the cities where clocks show this time: others may change theirs on other days."""
    press = request.press
    assert isinstance(press, ListCities)  # noqa: S101 (its route)
    found = zones.by_clock(request.now).get(press.minutes)
    if found is None:
        raise UserError(_("No clock shows that now. Please choose once more."), Button(_("Clocks"), ListClocks()))
    page = Page.of(found, press.page, CITIES)
    text = _("It is {time} in these cities. Which one is nearest to you?").format(time=_clock(request, press.minutes))
    turning = page.turning(lambda number: ListCities(press.minutes, number))
    back = Button(_("‹ Clocks"), ListClocks())
    return screen(text, *_cities([name for _number, name in page.shown]), turning, _TYPE, back)


def _cities(names: list[str]) -> list[Row]:
    return in_rows([Button(city_of(name), SetZone(name)) for name in names], _CITIES_IN_ROW)


@router.press(NameCity)
async def name_city(request: Request, _repos: Repositories) -> Reply:
    """Begins to ask for a city."""
    return start(city, request)


@router.press(SetZone)
async def set_zone(request: Request, repos: Repositories) -> Reply:
    """Shows times in this zone from now on."""
    press = request.press
    assert isinstance(press, SetZone)  # noqa: S101 (its route)
    if press.name not in zones.names():
        raise UserError(_("There is no such time zone. Please choose once more."), Button(_("Time zone"), AskZone()))
    place = Place.of(request)
    if place is not None and place.name == city.name:
        # It was asked for a city, and this is one.
        request.session.dialog = place.aside
    return reply(await _set(request, repos, press.name))


async def _set(request: Request, repos: Repositories, name: str) -> Screen:
    request.session.zone = name
    await planning.follow_clock(request, repos)
    text = _("Thank you. Dates and times are those of {city} now.").format(city=city_of(name))
    return settings_screen(request, news=text)
