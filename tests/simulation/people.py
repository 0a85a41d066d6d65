"""Students as they are, known to whoever made them: their habits, their courses, and what they were told."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "America/Santiago"),
    *("Pacific/Chatham", "Africa/Casablanca", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"),
)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
QUARTER = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)


@dataclass
class Course:
    """A course, of which lessons are only added."""

    id: int
    title: str
    lessons: list[int] = field(default_factory=list)


@dataclass
class Taken:
    """A course that somebody takes."""

    course: Course
    enrolled_at: dt.datetime
    done: list[int] = field(default_factory=list)
    last_done: dt.datetime | None = None
    is_finished: bool = False

    @property
    def acted_at(self) -> dt.datetime:
        """When they last did something there."""
        return max(self.enrolled_at, self.last_done or self.enrolled_at)

    @property
    def left(self) -> list[int]:
        """The lessons that are not completed, first ones first."""
        return [lesson for lesson in self.course.lessons if lesson not in self.done]


@dataclass
class Told:
    """What somebody knows from us."""

    on: dt.date | None = None
    at: dt.datetime | None = None
    ignored: int = 0
    asked_at: dt.datetime | None = None
    # What is told once: by kind and course, which, and when.
    things: dict[tuple[str, int], tuple[int, dt.datetime]] = field(default_factory=dict)


@dataclass
class Student:
    """Somebody who takes courses, and how they wish to be reminded."""

    id: int
    chat: int
    zone: str
    hour: int
    days: set[int]
    quiet: tuple[int, int]
    is_on: bool = True
    paused_until: dt.date | None = None
    is_gone: bool = False
    later_at: dt.datetime | None = None
    muted: set[tuple[str, int]] = field(default_factory=set)
    taken: dict[int, Taken] = field(default_factory=dict)
    # What ends when, by course: its number and its moment.
    deadlines: dict[int, tuple[int, dt.datetime]] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    # Up to when it has been looked whether their hour came, and since when the message of a date is put off.
    looked_until: dt.datetime = LONG_AGO
    owed_since: dt.datetime | None = None
    # Whoever is put off is not looked at before, also where the clock that put them off was ahead.
    put_off_until: dt.datetime = LONG_AGO

    def is_quiet(self, hour: int) -> bool:
        """Whether they want to be left alone at this hour of their wall."""
        begin, end = self.quiet
        return (hour - begin) % 24 < (end - begin) % 24

    def date(self, moment: dt.datetime) -> dt.date:
        """Returns the date on their wall."""
        return wall(self.zone, moment).date()

    def moment(self, date: dt.date) -> dt.datetime:
        """Returns the first quarter of an hour at which the message of a date must have come."""
        return _moment(self.zone, date, self.quiet[1] if self.is_quiet(self.hour) else self.hour)

    @property
    def acted_at(self) -> dt.datetime:
        """When they last learned or enrolled."""
        return max(taken.acted_at for taken in self.taken.values())


@cache
def _place(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


@lru_cache(maxsize=4096)
def wall(zone: str, moment: dt.datetime) -> dt.datetime:
    """Returns what the wall of a place shows."""
    return moment.astimezone(_place(zone))


@cache
def _moment(zone: str, date: dt.date, hour: int) -> dt.datetime:
    """Returns when a wall shows a quarter past an hour for the first time; as much later as it skips the hour."""
    shown = dt.datetime.combine(date, dt.time(hour, 15), dt.UTC)
    offsets = {wall(zone, shown + hours * dt.timedelta(hours=1)).utcoffset() or dt.timedelta() for hours in (-30, 30)}
    tries = [shown - offset for offset in offsets]
    fitting = [each for each in tries if wall(zone, each).replace(tzinfo=dt.UTC) == shown]
    return min(fitting) if fitting else max(tries)
