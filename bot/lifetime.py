"""The life of the process: its event loop, the signals that end it, and the status it ends with."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import IntEnum
from typing import Any

# What runs until it is done or cancelled.
Work = Coroutine[Any, Any, None]


class Status(IntEnum):
    """Exit statuses, as other programs use them."""

    FAILED = 1  # the world around is not as it should be
    MISUSED = 2  # what the person wrote is not


class StartError(Exception):
    """The program cannot do its work. The message is one line for the person who started it."""

    def __init__(self, message: str, status: Status) -> None:
        super().__init__(message)
        self.status = status


def live(work: Work) -> None:
    """Runs `work` until it is done, or until SIGINT or SIGTERM cancels it; both are a good end.

    Raises:
        StartError: `work` could not start.
    """
    # Where the loop takes no signal handlers (Windows), Ctrl-C arrives as an exception instead.
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_until_signalled(work))


async def _until_signalled(work: Work) -> None:
    task = asyncio.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelling():  # nobody asked for it: `work` lost something it was waiting for
            raise


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 -- not there on Windows and PyPy
    except ImportError:
        return None
    return uvloop.new_event_loop
