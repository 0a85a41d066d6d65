"""The ledger: what people did, and what the bot must therefore know in the end."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SeededCourse:
    """A course that is there from the beginning; its lessons by title."""

    code: str
    title: str
    lessons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that one person did: one update."""

    update_id: int
    person_id: int
    words: str

    def __str__(self) -> str:
        return f"update {self.update_id}, {self.words!r} of person {self.person_id}"


@dataclass(slots=True)
class Ledger:
    """What was done, by whom. Persons are named by their Telegram ids."""

    acts: dict[int, Act] = field(default_factory=dict)
    # The address of everybody who began to register.
    emails: dict[int, str] = field(default_factory=dict)
    # The lessons whose Done button was pressed, by update.
    done: dict[int, int] = field(default_factory=dict)
    # The parts of each lesson that was written, by its title: the update and the words of each.
    parts: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    # The presses of Finish, by update: the title of the lesson.
    finished: dict[int, str] = field(default_factory=dict)
