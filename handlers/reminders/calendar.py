"""Dates as people type them."""

import calendar
import datetime as dt
import re

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NUMBERS = re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})(?:\.(?: ?(?P<year>\d{4}))?)?")
_WORDS = re.compile(r"(?P<day>\d{1,2})\.? (?P<month>[^\W\d]+)\.?,?(?: (?P<year>\d{4}))?")
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d]+)\.? (?P<day>\d{1,2})(?:,? (?P<year>\d{4}))?")
_SHORTEST = 3


def read_date(typed: str, today: dt.date, language: str) -> dt.date | None:
    """Returns the date that somebody means: `2026-12-24`, `24.12.`, `24 Dec`, in English or their own language.

    Without a year it is the one ahead of us, or today; None when it is no date.
    """
    words = " ".join(typed.split())
    for pattern in (_ISO, _NUMBERS, _WORDS, _MONTH_FIRST):
        found = pattern.fullmatch(words)
        if found:
            month = _month(found["month"], language)
            year = found["year"]
            return _date(int(year) if year else None, month, int(found["day"]), today) if month else None
    return None


def _date(year: int | None, month: int, day: int, today: dt.date) -> dt.date | None:
    try:
        if year is not None:
            return dt.date(year, month, day)
        date = dt.date(today.year, month, day)
        return date if date >= today else dt.date(today.year + 1, month, day)
    except ValueError:
        return None


def _month(word: str, language: str) -> int | None:
    if word.isdecimal():
        return int(word)
    wanted = word.casefold()
    names = [*_names("en"), *_names(language)] if len(wanted) >= _SHORTEST else []
    return next((number for number, name in names if name.startswith(wanted)), None)


def _names(language: str) -> list[tuple[int, str]]:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return []
    return [(number, name.casefold()) for number, name in get_month_names("wide", "format", locale).items()]


def in_a_year(today: dt.date) -> dt.date:
    """Returns the same date a year later; a leap day has the day before it."""
    day = min(today.day, calendar.monthrange(today.year + 1, today.month)[1])
    return today.replace(year=today.year + 1, day=day)


def next_month(today: dt.date) -> dt.date:
    """Returns the same date a month later, or that month's last."""
    first = (today.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
    return first.replace(day=min(today.day, calendar.monthrange(first.year, first.month)[1]))
