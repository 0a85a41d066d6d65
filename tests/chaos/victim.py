"""The bot, as `python -m bot` runs it, but for a trap that kills it at a chosen point.

It is started ahead of its time and waits, all modules loaded, for orders on its standard input: one JSON object a line.
The first one sets the environment and the arguments; any may set the trap. When the harness ends, so does this.
"""

import asyncio
import functools
import inspect
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import bot.running
import bot.sender
from bot.cli import app
from bot.pipeline import Pipeline
from bot.sender import Sender
from db.records import OutgoingRecord
from db.repositories.outbox import Outbox
from db.work import Work
from tests.chaos.telegram import LOOK

# What the harness reads: the bot works from now on, and the rows that it sends carry this name.
READY = "chaos: ready as"
# Seconds before the end in the middle of a transaction.
LINGER = 0.05
_POINT = "chaos"


class Trap:
    """Ends the process without a word, as `kill -9` does, when a point was passed so many times."""

    def __init__(self) -> None:
        """Is not set."""
        self._point = ""
        self._left = 0

    def set(self, point: str, countdown: int) -> None:
        """Ends the process when `point` is passed for the `countdown`-th time from now on."""
        self._point, self._left = point, countdown

    def step(self, point: str) -> None:
        """Passes a point."""
        if self._strikes(point):
            os.kill(os.getpid(), signal.SIGKILL)

    async def linger(self, point: str) -> None:
        """Passes a point; what has left the house too early gets the time to arrive before the end."""
        if self._strikes(point):
            await asyncio.sleep(LINGER)
            os.kill(os.getpid(), signal.SIGKILL)

    def _strikes(self, point: str) -> bool:
        if not point or point != self._point:
            return False
        self._left -= 1
        return self._left <= 0


def place_traps(trap: Trap) -> None:
    """Puts the points into the bot's ways."""
    _wrap(Pipeline, "process", trap, before="arrived", after="before it is confirmed")
    _wrap(Sender, "deliver", trap, before="after the commit")
    _wrap(bot.sender, "deliver", trap, before="before the send", after="after the send")
    _place_at_commits(trap)


def _wrap(owner: Any, name: str, trap: Trap, *, before: str, after: str = "") -> None:
    original: Callable[..., Any] = getattr(owner, name)

    async def stepping(*args: Any, **named: Any) -> Any:
        trap.step(before)
        result = await original(*args, **named)
        trap.step(after)
        return result

    def stepping_at_once(*args: Any, **named: Any) -> Any:
        trap.step(before)
        return original(*args, **named)

    is_async = inspect.iscoroutinefunction(original)
    setattr(owner, name, functools.wraps(original)(stepping if is_async else stepping_at_once))


def _place_at_commits(trap: Trap) -> None:
    """Tells the commits apart: that of an update writes replies down, that of the sender marks them as sent."""
    for name, point in (("add", "before the commit"), ("mark_sent", "before the mark's commit")):
        setattr(Outbox, name, _noting(getattr(Outbox, name), point))
    finish = Work.finish

    async def lingering(self: Work) -> None:
        await trap.linger(getattr(self, _POINT, ""))
        await finish(self)

    Work.finish = lingering  # type: ignore[method-assign]


def _noting(original: Callable[..., Any], point: str) -> Callable[..., Any]:
    async def note(self: Outbox, *args: Any) -> Any:
        setattr(self._work, _POINT, point)
        return await original(self, *args)

    return note


def mark_looks() -> None:
    """Lets replies that no row tells of say which update they answer, and whose they are."""
    original = Sender.send_at_once

    async def send_at_once(self: Sender, row: OutgoingRecord) -> bool:
        row.content = {**(row.content or {}), LOOK: f"{row.update_id}:{self.owner}"}
        return await original(self, row)

    Sender.send_at_once = send_at_once  # type: ignore[method-assign]


def _announce() -> None:
    """Says so when the bot has begun to work."""
    original = Sender.start

    async def start(self: Sender) -> None:
        await original(self)
        sys.stdout.write(f"{READY} {self.owner}\n")
        sys.stdout.flush()

    Sender.start = start  # type: ignore[method-assign]


def _obey(trap: Trap, orders_in: io.FileIO) -> None:
    """Follows orders until there are no more, which is when the harness has ended."""
    for line in orders_in:
        orders = json.loads(line)
        trap.set(orders["point"], orders["countdown"])
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Waits for orders, then is the bot."""
    trap = Trap()
    place_traps(trap)
    mark_looks()
    _announce()
    # Unbuffered: a buffer's lock, held by the thread that waits for more, would break an orderly end.
    orders_in = io.FileIO(sys.stdin.fileno(), closefd=False)
    first = orders_in.readline()
    if not first:
        return
    orders = json.loads(first)
    trap.set(orders["point"], orders["countdown"])
    os.environ.update(orders["environment"])
    threading.Thread(target=_obey, args=[trap, orders_in], daemon=True).start()
    app(orders["arguments"], prog_name="python -m bot")


if __name__ == "__main__":
    main()
