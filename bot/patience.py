"""Patience: what must be done at Telegram, or in the database, is tried until it is."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import InvalidToken, RetryAfter, TelegramError

from db.transaction import is_temporary

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

T = TypeVar("T")


async def insist(call: Callable[[], Awaitable[T]], trouble: str) -> T:
    """Returns the result of a call to the Bot API; waits for a network that is away, and says what the trouble is.

    Raises:
        telegram.error.InvalidToken: when the Bot API refuses the token.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await call()
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("%s: %s", trouble, error.message)
            asked = error.retry_after if isinstance(error, RetryAfter) else None
            await asyncio.sleep(asked.total_seconds() if isinstance(asked, dt.timedelta) else asked or pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def outlast(work: Callable[[], Awaitable[T]]) -> T:
    """Returns the result of work with the database; waits for one that is away, and tries again what was in the way."""
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("the database is away: waiting for it")
            await asyncio.sleep(FIRST_PAUSE)
