"""The plan: what a run of the bench measures, how often, and where."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench.schools import Schools


@dataclass(frozen=True)
class Plan:
    """What the command line says."""

    # In each of so many rounds a bot is asked `asks` times what it is asked; so many people ask at a time.
    rounds: int
    asks: int
    flight: int
    # How many students a school has, smallest first.
    users: list[int]
    growth_on: str
    # How many different chats the memory is measured after.
    chats: int
    rng: Random
    schools: Schools
    # Bots run in here.
    folder: Path
    # Pictures go here.
    pictures: Path
    tell: Callable[[str], None]

    @property
    def fewer_rounds(self) -> int:
        """How often something is measured that takes long, or hardly varies."""
        return (self.rounds + 1) // 2
