import asyncio
import os
import signal
import subprocess
import sys

import pytest

from bot.lifetime import live


def test_work_is_done() -> None:
    """The program ends when its work is done."""
    done = []

    async def work() -> None:
        done.append(await asyncio.sleep(0, "done"))

    live(work())

    assert done == ["done"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_work(number: signal.Signals) -> None:
    """A signal cancels the work, which may tidy up before the program ends well."""
    tidied = []

    async def work() -> None:
        os.kill(os.getpid(), number)
        try:
            await asyncio.Event().wait()
        finally:
            tidied.append(await asyncio.sleep(0, "up"))

    live(work())

    assert tidied == ["up"]


def test_failure_is_told() -> None:
    """What goes wrong with the work is not swallowed."""

    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        live(work())


def test_unasked_cancellation_is_a_failure() -> None:
    """Work that is cancelled from within, and by no signal, did not end well."""

    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        live(work())


HANGING = """
import asyncio, os, signal
from bot import lifetime

lifetime.PATIENCE = 0.2

async def work():
    os.kill(os.getpid(), signal.SIGTERM)
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            print("asked", flush=True)

lifetime.live(work())
"""


def test_what_hangs_is_cut_short() -> None:
    """Work that does not end when it is asked to is left behind after a while, which is a good end, too."""
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (0, "asked\n")
    assert "something hangs" in done.stderr


def test_a_second_signal_hurries_nobody() -> None:
    """Whoever presses Ctrl-C twice still lets what is open come to its end."""
    tidied = []

    async def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            for _ in range(10):
                await asyncio.sleep(0)
            tidied.append("up")

    live(work())

    assert tidied == ["up"]
