"""What must never be, judged by what was heard; of the oracle, only whether somebody had asked to hear it once more."""

import datetime as dt
from collections.abc import Iterator, Sequence

from tests.simulation.oracle import Thing
from tests.simulation.people import Student, wall

# What is told once.
_ONCE = {"changed", "deadline"}


class Never:
    """Remembers what everybody has heard."""

    def __init__(self) -> None:
        """Knows of nothing yet."""
        self._days: set[tuple[int, dt.date]] = set()
        self._once: set[tuple[int, str, int, int]] = set()
        # Who asked to hear once more what then did not arrive.
        self._unheard: set[int] = set()

    def lose(self, student: Student) -> None:
        """Learns that what somebody asked to hear once more did not arrive: they may hear it yet."""
        self._unheard.add(student.id)

    def complaints(
        self, student: Student, messages: Sequence[Sequence[Thing]], now: dt.datetime, *, wanted_later: bool
    ) -> Iterator[str]:
        """Yields what is wrong with what somebody has just heard; what they asked for once more may come again."""
        if messages and student.id in self._unheard:
            self._unheard.remove(student.id)
            wanted_later = True
        if messages and student.is_quiet(wall(student.zone, now).hour):
            yield "heard something in the quiet hours"
        for message in messages:
            if self._is_second_today(student, message, now) and not wanted_later:
                yield "heard a second message of the day"
            for kind, title in message:
                course = next((each for each in student.taken.values() if each.course.title == title), None)
                if course is None:
                    continue
                number = course.course.id
                if {(kind, 0), ("", number), (kind, number)} & student.muted:
                    yield "heard something after Mute"
                if self._is_known(student, kind, number) and not wanted_later:
                    yield f"heard twice of one {kind}"

    def _is_second_today(self, student: Student, message: Sequence[Thing], now: dt.datetime) -> bool:
        if any(kind == "deadline" for kind, _title in message):
            return False
        day = student.id, student.date(now)
        is_second = day in self._days
        self._days.add(day)
        return is_second

    def _is_known(self, student: Student, kind: str, course: int) -> bool:
        if kind not in _ONCE:
            return False
        thing = student.deadlines[course][0] if kind == "deadline" else max(student.taken[course].left)
        key = student.id, kind, course, thing
        is_known = key in self._once
        self._once.add(key)
        return is_known
