"""Time zones as people know them: by what their clock shows, and by a city or a country."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from babel.dates import format_date
from markupsafe import Markup, escape
from msgspec import Struct

from db.people import fold
from handlers.kit.text import Translator, zone_of

# Names that a place has today, not those of other times and of the military.
_REGIONS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
MAX_FOUND = 8


class Clock(Struct, frozen=True):
    """What a clock shows: `14:05`, with the day of the week where it is another day than at `beside`."""

    at: dt.datetime
    beside: dt.datetime

    def render(self, translator: Translator) -> Markup:
        """Returns the time of day; a button takes it, and so does a sentence."""
        time = f"{self.at:%H:%M}"
        if self.at.date() == self.beside.date():
            return escape(time)
        return escape(f"{format_date(self.at.date(), 'EEE', locale=translator.locale)} {time}")


def city_of(name: str) -> str:
    """Returns what people call a zone: `Buenos Aires` for `America/Argentina/Buenos_Aires`."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def names() -> frozenset[str]:
    """Returns all IANA names, from the package `tzdata` as everything here."""
    return frozenset((files("tzdata") / "zones").read_text().split())


@cache
def _main() -> Sequence[tuple[str, frozenset[str]]]:
    """Returns the zones whose clocks differ, the few hundred that people choose from, each with its countries."""
    rows = (line.split("\t") for line in _lines("zone1970.tab"))
    return [(row[2], frozenset(row[0].split(","))) for row in rows]


@cache
def _countries() -> Mapping[str, str]:
    return {_plain(name): code for code, name in (line.split("\t") for line in _lines("iso3166.tab"))}


def by_clock(now: dt.datetime) -> dict[int, list[str]]:
    """Returns the zones by how many minutes their clocks are ahead of UTC at this moment, cities by their names."""
    found: dict[int, list[str]] = {}
    for name, _where in _main():
        found.setdefault(minutes_ahead(name, now), []).append(name)
    return {minutes: sorted(found[minutes], key=city_of) for minutes in sorted(found)}


def find(words: str) -> list[str]:
    """Returns the few zones that somebody may mean: by IANA name, city, country, or how a city begins."""
    wanted = _plain(words)
    code = _countries().get(wanted)
    ways = (
        [name for name in sorted(names()) if _plain(name) == wanted],
        [name for name in _cities() if _plain(city_of(name)) == wanted],
        [name for name, countries in _main() if code in countries],
        [name for name in _cities() if wanted and _plain(city_of(name)).startswith(wanted)],
    )
    return next((found for found in ways if found), [])[:MAX_FOUND]


def _cities() -> list[str]:
    return [name for name in sorted(names()) if is_place(name)]


def is_place(name: str) -> bool:
    """Returns whether a zone is that of a city, and not of a clock alone, like UTC."""
    return name.partition("/")[0] in _REGIONS


def minutes_ahead(name: str, now: dt.datetime) -> int:
    """Returns by how many minutes a zone's clocks are ahead of UTC at a moment."""
    ahead = now.astimezone(zone_of(name)).utcoffset() or dt.timedelta()
    return round(ahead.total_seconds() / 60)


def _lines(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _plain(words: str) -> str:
    """Returns words without accents, capitals, and what joins them."""
    return " ".join(fold(words.replace("_", " ").replace("-", " ")).split())
