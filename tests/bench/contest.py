"""A contest: bots that are all alive, asked in turns, round after round."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from typing import NamedTuple

from tests.bench.arena import Arena, Asks, Bot, Heat
from tests.bench.people import Account

# What a figure is read from a heat with.
Reading = Callable[[Heat], float]


class Turn(NamedTuple):
    """A bot is asked; what comes of it stands in a row of the table."""

    row: str
    bot: Bot
    asks: Asks
    logins: Sequence[Account] = ()


class Contest:
    """Keeps the heats of each row, a round each.

    A machine that is busy with something else for a while makes all of a round slow. So what is compared are heats of
    the same round, and of these ratios the median.
    """

    def __init__(self, arena: Arena, rng: Random, flight: int) -> None:
        """Asks bots of this arena, so many people at a time; the rng says who comes first."""
        self._arena = arena
        self._rng = rng
        self._flight = flight
        self._heats: dict[str, list[Heat]] = defaultdict(list)

    async def play(self, rounds: int, deal: Callable[[int], Sequence[Sequence[Turn]]], count: int) -> None:
        """Plays rounds of what is dealt: turns that belong together stay in order. `count` asks are dealt a turn.

        A short round comes before, and is forgotten.
        """
        for number in range(rounds + 1):
            groups = list(deal(count if number else max(count // 8, 2)))
            self._rng.shuffle(groups)
            for turn in (turn for group in groups for turn in group):
                heat = await self._arena.ask(turn.bot, turn.asks, self._flight, turn.logins)
                if number:
                    self._heats[turn.row].append(heat)

    def rows(self, order: Sequence[str]) -> list[str]:
        """Returns the rows that were played, in this order."""
        return sorted(self._heats, key=order.index)

    def figure(self, row: str, read: Reading) -> float:
        """Returns the median of a figure over the rounds."""
        return median(map(read, self._heats[row]))

    def ratio(self, row: str, to: str, read: Reading) -> float | None:
        """Returns the median of a figure's ratios to another row's in the same round; None without that row."""
        if to not in self._heats:
            return None
        pairs = zip(self._heats[row], self._heats[to], strict=True)
        return median(read(one) / read(other) for one, other in pairs)


def rate(heat: Heat) -> float:
    """Returns updates per second."""
    return heat.rate


def cost(heat: Heat) -> float:
    """Returns the seconds that a processor computed for an update."""
    return heat.cpu / heat.updates


def wait(percent: int) -> Reading:
    """Returns a reading of the seconds that so many percent of the people waited at most."""
    return lambda heat: heat.percentile(percent)
