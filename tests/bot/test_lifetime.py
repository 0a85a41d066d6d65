import asyncio
import os
import signal

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
