"""Deadlines: work that must not take longer than it may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class DeadlineError(Exception):
    """The work has taken too long."""


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Cuts the block short after so long. A timeout inside it, such as a driver's own, goes through as it is.

    Raises:
        DeadlineError: then; the cancellation behind it knows where the time went.
    """
    try:
        async with asyncio.timeout(seconds) as deadline:
            yield
    except TimeoutError as error:
        if not deadline.expired():
            raise
        raise DeadlineError(f"more than {seconds:g} seconds") from error.__cause__
