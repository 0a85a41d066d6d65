"""Counting: how many statements an update takes."""

from collections.abc import Mapping

from bot.clock import utc_now
from tests.bench.arena import Asks
from tests.chat import FakeClock, Person, World, open_world
from tests.statements import statements


def clock_of_today() -> FakeClock:
    """Returns a clock that stands at this moment: what is seeded was seeded before it."""
    clock = FakeClock()
    clock.now = utc_now()
    return clock


async def count_statements(database_url: str, decks: Mapping[str, Asks]) -> dict[str, float]:
    """Returns how many statements an update takes on average, by the name of what is asked.

    They are counted in this process, for that would slow a bot whose time is taken. Those that mark replies as sent
    are not counted: they serve many updates at once.
    """
    found = {}
    async with open_world(database_url, clock=clock_of_today()) as world:
        people: dict[int, Person] = {}
        for name, asks in decks.items():
            with statements() as seen:
                for telegram_id, text in asks:
                    await meet(world, people, telegram_id).send(text)
            found[name] = sum(not one.sql.startswith("UPDATE outbox") for one in seen) / len(asks)
    return found


def meet(world: World, people: dict[int, Person], telegram_id: int) -> Person:
    """Returns the person with that account, whose name the school knows."""
    if telegram_id not in people:
        people[telegram_id] = world.person("P", telegram_id)
    return people[telegram_id]
