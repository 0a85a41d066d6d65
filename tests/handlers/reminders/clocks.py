"""Clocks on walls: plans, places where the clock is set, and a look at each quarter of an hour there."""

import datetime as dt
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from db.models import DigestEvery
from db.records import PlanRecord

QUARTER = dt.timedelta(minutes=15)
BERLIN, NEW_YORK, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
# By an hour and by half of one, at midnight, at a quarter to three; never, and ahead or behind as far as can be.
ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "America/Santiago"),
    *("Asia/Beirut", "Pacific/Chatham", "Africa/Casablanca", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati"),
    *("Etc/GMT+12", "UTC"),
)


def plan(**details: Any) -> PlanRecord:
    """Returns the plan of somebody whose place in the window is its beginning, and who has never been told anything."""
    usual: dict[str, Any] = {
        **dict.fromkeys(("paused_until", "next_due", "later_at", "told_on", "told_at", "asked_at")),
        "user_id": 0,
        "is_on": True,
        "days": 0b1111111,
        "hour": 19,
        "quiet_from": 22,
        "quiet_until": 8,
        "digest": DigestEvery.WEEK,
        "ignored": 0,
    }
    return PlanRecord(**{**usual, **details})


def at(zone: ZoneInfo, *wall: int, fold: int = 0) -> dt.datetime:
    """Returns the moment at which the clocks of a place show this."""
    return dt.datetime(*wall, tzinfo=zone, fold=fold).astimezone(dt.UTC)  # type: ignore[misc,arg-type]


def quarters(begin: dt.datetime, days: float) -> list[dt.datetime]:
    """Returns each quarter of an hour from one on; nowhere is a clock set between them."""
    first = begin.replace(minute=begin.minute // 15 * 15, second=0, microsecond=0)
    return [first + number * QUARTER for number in range(int(days * 96))]


@cache
def changes(zone: ZoneInfo) -> list[dt.datetime]:
    """Returns when the clocks of a place are set in a year, or any day of it."""
    moments = quarters(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 365)
    offsets = [moment.astimezone(zone).utcoffset() for moment in moments]
    found = [
        moment for moment, before, after in zip(moments[1:], offsets, offsets[1:], strict=False) if before != after
    ]
    return found or [dt.datetime(2026, 5, 3, tzinfo=dt.UTC)]
