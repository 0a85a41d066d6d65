"""Deadlines: work that must not take longer than it may."""

import asyncio
from types import TracebackType


class DeadlineError(Exception):
    """The work has taken too long."""


class Deadline:
    """Cuts a block short after so many seconds. A timeout inside it, such as a driver's own, goes through as it is.

    Leaving it raises:
        DeadlineError: then; the cancellation behind it knows where the time went.
    """

    def __init__(self, seconds: float) -> None:
        """Begins to count when it is entered."""
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        """Begins to count."""
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Raises when it was too long."""
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError as late:
            raise DeadlineError(f"more than {self._seconds:g} seconds") from late.__cause__
