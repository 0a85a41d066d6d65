"""Kinds: what there is to be reminded of. Each is one declaration; what may be said when is for others to decide."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from msgspec import Struct, field

from db.reminding import Mute, Person, Thing, Waiting
from handlers.kit.reply import Button
from handlers.kit.text import Renderable, Text

if TYPE_CHECKING:
    from db.repositories import Repositories


class Facts(Struct, frozen=True):
    """What is known of some people at a moment, read at once for all of them."""

    repos: "Repositories"
    now: dt.datetime
    people: Sequence[Person]
    waiting: Mapping[int, Sequence[Waiting]]
    # By person, kind and course.
    things: Mapping[tuple[int, str, int], Thing]
    mutes: AbstractSet[Mute]
    # Since when that is which some want to be told once more.
    repeated: Mapping[int, dt.datetime] = field(default_factory=dict)

    def is_news(self, user_id: int, kind: "Kind", due: "Due") -> bool:
        """Whether somebody may hear of something: it is not muted, and was not told before."""
        wide = (Mute(user_id, kind.name, 0), Mute(user_id, "", due.course_id), Mute(user_id, kind.name, due.course_id))
        if any(mute in self.mutes for mute in wide):
            return False
        known = self.things.get((user_id, kind.name, due.course_id))
        if due.thing is None or known is None or known.told_at is None or known.thing < due.thing:
            return True
        return user_id in self.repeated and known.told_at >= self.repeated[user_id]


class Due(Struct, frozen=True):
    """Something of which one person is to be reminded.

    `says` is a sentence; `button` opens it. The smaller the `rank`, the more useful it is now. With a `thing`, each
    kind's own number, it is told once: not when this one, or a greater one, was told in this course; what cannot wait
    has to be one. With `at_once` it need not wait for the person's hour.
    """

    says: Renderable
    button: Button
    course_id: int = 0
    course: str = ""
    rank: float = 0.0
    thing: int | None = None
    at_once: bool = False


# The due things of each person who has any.
Find: TypeAlias = Callable[[Facts], Awaitable[Mapping[int, Sequence[Due]]]]
When: TypeAlias = Callable[[Facts], Awaitable[Mapping[int, dt.datetime]]]


class Kind(Struct, frozen=True):
    """A kind of reminder: when it is due and what it says, `label` for a button that mutes it, `why` it comes.

    What can wait shares the one message of a day; what cannot comes on its own, outside the quiet hours, and `when`
    tells its next moment for each person that has one. What is `of_learning` is not said on a day on which the person
    has learned, and is what somebody ignores.
    """

    name: str  # of at most 16 signs, as a column has it
    label: Text
    why: Text
    find: Find
    can_wait: bool = True
    of_learning: bool = True
    when: When | None = None


class Found(NamedTuple):
    """Something due, and its kind."""

    kind: Kind
    due: Due
