"""A fetcher that is killed at a chosen moment: `python -m tests.bot.killed_fetch MOMENT DATABASE_URL DIRECTORY`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.fetcher import Fetcher
from db.repositories.media import Media
from db.transaction import Database
from tests.bot.fetching import Telegram, fetcher
from tests.chat import FakeClock

# From the first to the last: all that a fetch does.
MOMENTS = ("claimed", "told", "written", "renamed", "marked", "committed")


def kill(*_arguments: object) -> None:
    """Ends this process as no process can foresee."""
    os.kill(os.getpid(), signal.SIGKILL)


def _after(owner: Any, name: str) -> None:
    """Kills the process when a method has done its work."""
    original: Callable[..., Any] = getattr(owner, name)
    if asyncio.iscoroutinefunction(original):

        async def wait_and_kill(*args: Any, **kwargs: Any) -> None:
            await original(*args, **kwargs)
            kill()

        setattr(owner, name, wait_and_kill)
    else:

        def call_and_kill(*args: Any, **kwargs: Any) -> None:
            original(*args, **kwargs)
            kill()

        setattr(owner, name, call_and_kill)


async def main(moment: str, database_url: str, directory: str) -> None:
    """Fetches until it is killed."""
    places: dict[str, tuple[Any, str]] = {
        "told": (Telegram, "call"),
        "written": (os, "fsync"),
        "renamed": (Path, "replace"),
        "marked": (Media, "mark_kept"),
        "committed": (Fetcher, "_keep"),
        "claimed": (Fetcher, "_claim"),
    }
    _after(*places[moment])
    await fetcher(Telegram(), Database(database_url), Path(directory), FakeClock()).fetch()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
