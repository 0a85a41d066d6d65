"""Zones, by what clocks show and by where people are."""

import datetime as dt

import pytest

from handlers.kit import zones
from handlers.kit.zones import Clock
from tests.handlers.kit.test_text import spoken

SPRING = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)
AUTUMN = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Berlin", ["Europe/Berlin"]),
        ("  são  PAULO ", ["America/Sao_Paulo"]),
        ("new-york", ["America/New_York"]),
        ("asia/kolkata", ["Asia/Kolkata"]),
        ("Stockholm", ["Europe/Stockholm"]),
        ("France", ["Europe/Paris"]),
        ("UTC", ["UTC"]),
        ("Buenos", ["America/Argentina/Buenos_Aires", "America/Buenos_Aires"]),
        ("Atlantis", []),
        ("/", []),
        ("", []),
    ],
)
def test_places_are_found(words: str, found: list[str]) -> None:
    """A city, its beginning, a country or an IANA name will do, whatever its accents and capitals."""
    assert zones.find(words) == found


def test_only_so_many_are_offered() -> None:
    """A beginning that many cities share brings the first few: there is room for no more buttons."""
    assert len(zones.find("s")) == zones.MAX_FOUND


def test_clocks_follow_the_season() -> None:
    """Berlin's clock is two hours ahead in spring and one in November, and Kathmandu's is what it is."""
    assert "Europe/Berlin" in zones.by_clock(SPRING)[120]
    assert "Europe/Berlin" in zones.by_clock(AUTUMN)[60]
    assert zones.by_clock(SPRING)[345] == ["Asia/Kathmandu"]
    assert list(zones.by_clock(SPRING)) == sorted(zones.by_clock(SPRING))


def test_every_zone_fits_into_a_button() -> None:
    """The names that are offered may all be stored, and are no longer than callback data has room for."""
    offered = {name for names in zones.by_clock(SPRING).values() for name in names}
    assert offered <= zones.names()
    assert max(len(name.encode()) for name in zones.names()) <= 40


def test_another_day_is_named() -> None:
    """Beside a clock of another day, the day of the week tells them apart."""
    tomorrow = SPRING + dt.timedelta(days=1)
    assert spoken(Clock(SPRING, SPRING)) == "09:00"
    assert spoken(Clock(tomorrow, SPRING)) == "Mon 09:00"
