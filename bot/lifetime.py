"""The life of the process: its event loop, the signals that end it, and the status it ends with."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Any

log = logging.getLogger(__name__)

# Supervisors wait ten seconds before they kill. What is cut short is as safe as after a kill, and somebody is told.
PATIENCE = 9.0
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

    A database or a network that hangs may hold up the end: nine seconds after the signal it comes all the same.

    Raises:
        StartError: `work` could not start.
    """
    # Where the loop takes no signal handlers (Windows), Ctrl-C arrives as an exception instead.
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_until_signalled(work))


async def _until_signalled(work: Work) -> None:
    task = asyncio.create_task(work)
    # A thread's, for the loop itself may be stuck.
    guard = threading.Timer(PATIENCE, _cut_short)
    guard.daemon = True

    def end() -> None:
        # A second signal is no reason to hurry: what is open is being finished.
        if not guard.is_alive():
            guard.start()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, end)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelling():  # nobody asked for it: `work` lost something it was waiting for
            raise
    finally:
        guard.cancel()


def hurry() -> None:
    """Makes the interpreter fit for the start: libraries are loaded, and what they bring stays.

    It holds until `settle_in`. A start takes a fifth less of the processor than without, at least.
    """
    # The collector would look at all of it, a quarter of a million objects, and find nothing.
    gc.set_threshold(1_000_000, 50, 100)
    # httpx, which PTB brings, loads its own command line with it, and three more libraries for that.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: there is no such module


@contextmanager
def no_authorities() -> Iterator[None]:
    """Hides the certificates of the system's authorities, which take a thirtieth of a second to read.

    Whoever reads them meanwhile finds none, and trusts nobody.
    """
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # OpenSSL's, SSL_CTX_set_default_verify_paths
    usual = {name: os.environ[name] for name in names if name in os.environ}
    os.environ.update(dict.fromkeys(names, os.devnull))
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]
        os.environ.update(usual)


def settle_in() -> None:
    """Makes the interpreter fit for the work: many short-lived objects, and a thread that waits for the disk."""
    # What is loaded by now stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    # An update makes some thousands of objects, nearly all of which go by themselves.
    gc.set_threshold(10_000, 10, 10)
    # A thread that comes back from the disk waits for the busy loop a tenth of the usual five milliseconds.
    sys.setswitchinterval(0.0005)


def _cut_short() -> None:
    log.warning("something hangs: the end is cut short, and the next start goes on from there")
    os._exit(0)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 -- not there on Windows and PyPy
    except ImportError:
        return None
    return uvloop.new_event_loop
