"""A school's day: who asks what."""

from collections import deque
from collections.abc import Iterator
from random import Random

from tests.bench.arena import Asks
from tests.bench.people import Account
from tests.bench.seed import FIRST, PASSWORD

COMMANDS = ("/start", "/courses", "/lesson", "/done", "/progress")
# The last ones of a school do nothing but log in.
LOGIN_PEOPLE = 20
# Of a day's asks; the rest is lessons that are opened, and as many that are done.
_SHARES = (("/progress", 0.35), ("/courses", 0.10), ("/start", 0.05))
# So many lessons are open at a time.
_AHEAD = 10
_STUDY = ""


class Day:
    """Deals out what the people of a school ask."""

    def __init__(self, students: int, rng: Random) -> None:
        """Chooses among so many students."""
        self._students = students
        self._rng = rng

    def people(self, count: int) -> list[int]:
        """Returns the Telegram ids of so many different students."""
        return [FIRST + n for n in self._rng.sample(range(1, self._students - LOGIN_PEOPLE + 1), count)]

    def everybody(self, command: str, count: int) -> Asks:
        """Returns the same question of so many different students."""
        return [(person, command) for person in self.people(count)]

    def mixed(self, count: int) -> Asks:
        """Returns the asks of a mixed day: each lesson that is done was opened before, by somebody who is new to it."""
        return list(self._mix(count))

    def _mix(self, count: int) -> Iterator[tuple[int, str]]:
        deck = [command for command, share in _SHARES for _ in range(round(count * share))]
        lessons = (count - len(deck)) // 2
        deck += [_STUDY] * (2 * lessons)
        self._rng.shuffle(deck)
        people = iter(self.people(count))
        learning: deque[int] = deque()
        for command in deck:
            if command != _STUDY:
                yield next(people), command
            elif lessons and len(learning) < _AHEAD:
                lessons -= 1
                learning.append(next(people))
                yield learning[-1], "/lesson"
            else:
                yield learning.popleft(), "/done"

    def logins(self) -> list[Account]:
        """Returns the accounts of those who log in again and again."""
        numbers = range(self._students - LOGIN_PEOPLE + 1, self._students + 1)
        return [(FIRST + n, f"p{n}@example.org", PASSWORD) for n in numbers]
