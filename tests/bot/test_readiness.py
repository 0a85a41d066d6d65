import asyncio

import pytest

from bot import readiness
from bot.readiness import check_database
from db.engine import DatabaseAwayError
from db.repositories.upkeep import Attempts
from db.transaction import Database
from tests.bot.accidents import fail_first


async def test_a_database_that_answers(database: Database) -> None:
    """A database is there when it answers a question."""
    assert await check_database(database) is None


@pytest.mark.parametrize("error", [DatabaseAwayError(), TimeoutError()])
async def test_a_database_that_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """Without a database no update can be handled, and the log says why."""
    fail_first(monkeypatch, Attempts, "count", error)
    assert await check_database(database) == "database"
    said = [record.message for record in caplog.records if record.name == readiness.log.name]
    assert said == [f"not ready: the database does not answer ({type(error).__name__})"]


async def test_a_database_that_hangs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that does not answer in time is away."""

    async def hang(attempts: Attempts, update_id: int) -> None:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(Attempts, "count", hang)
    monkeypatch.setattr(readiness, "CHECK_TIMEOUT", 0.01)
    assert await check_database(database) == "database"
