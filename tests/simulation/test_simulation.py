"""Some days of the simulated year, in which the clocks of half the places are set."""

import datetime as dt

from tests.simulation.__main__ import report
from tests.simulation.year import Year

# Berlin, Havana and Casablanca behind it; Lord Howe, Chatham and Santiago before it.
SPRING = dt.datetime(2026, 3, 28, tzinfo=dt.UTC)


async def test_each_due_thing_arrives_or_is_silent_for_a_reason(database_url: str) -> None:
    """The bot and an oracle that shares no code with it agree on each, whatever people and accidents do."""
    year = Year(database_url, students=24, days=10, seed=7, begin=SPRING)
    await year.play()
    assert year.quarrels == []
    assert year.fates["arrived"] > 50
    assert "0 times the bot and the oracle were of two minds." in report(year)
