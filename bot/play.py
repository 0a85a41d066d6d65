"""The playground and its bot, side by side: one clock, one folder, and a beginning that can be had again."""

import asyncio
import datetime as dt
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bot.clock import Clock, MovableClock
from bot.playground.launch import launched

# Runs a bot against the Bot API server at this address, by this clock.
Serve = Callable[[str, Clock], Coroutine[Any, Any, None]]


class _Round:
    """What the playground tells its bot until everything begins anew."""

    def __init__(self) -> None:
        self.clock = MovableClock()
        self.is_over = asyncio.Event()

    def ahead(self, seconds: int) -> None:
        self.clock.set_ahead(dt.timedelta(seconds=seconds))

    def reset(self) -> None:
        self.is_over.set()


async def play(serve: Serve, folder: Path, *, port: int, token: str, say: Callable[[str], None]) -> None:
    """Runs a playground and what `serve` makes, until cancelled; `say` is told the address, once.

    When somebody asks the playground to begin anew, both end, `folder` is emptied, and both start again, at the same
    address.

    Raises:
        LaunchError: when the playground cannot start.
    """
    said = False
    while True:
        this = _Round()
        async with launched(port=port, data=folder, token=token, listener=this) as address:
            if not said:
                say(address)
            said, port = True, int(address.rpartition(":")[2])
            if not await _interrupted(serve(address, this.clock), this.is_over):
                return
        _empty(folder)


async def _interrupted(work: Coroutine[Any, Any, None], over: asyncio.Event) -> bool:
    """Returns whether the work was ended by the event, and not by itself."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(over.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
            return True
        await working
        return False
    finally:
        for task in (working, waiting):
            task.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
