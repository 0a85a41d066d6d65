"""Readiness: whether what the bot needs is there."""

import asyncio
import logging

from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

# Seconds in which a database answers that is there.
CHECK_TIMEOUT = 2.0


async def check_database(database: Database) -> str | None:
    """Returns what is missing, in a word; None when the database answers in time."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT), database.transaction() as repos:
            await repos.attempts.count(0)  # any small question
    except Exception as error:
        if not is_temporary(error):
            raise
        log.warning("not ready: the database does not answer (%s)", type(error).__name__)
        return "database"
    return None
