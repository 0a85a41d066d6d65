"""The wire: what the playground's server tells the process that launched it.

The bot and its Telegram are processes of their own, and the Bot API has no words for what only a playground can do.
So the server's standard output is a channel, from it to its parent, one line a word, one way:

    listening on http://127.0.0.1:8081      first of all, once
    {"ahead": 86400}                        how many seconds the playground is ahead of the machine's clock:
                                            right after that, and whenever somebody has moved the clock on
    {"reset": true}                         somebody wants to begin anew

No bot but one that was started together with a playground ever hears of it.
"""

import json
import sys
from typing import Protocol

from bot.playground.world import Event, World


class Listener(Protocol):
    """The parent's side."""

    def ahead(self, seconds: int) -> None:
        """Take the playground's time for the time from now on."""

    def reset(self) -> None:
        """Begin anew as soon as can be."""


class Wire:
    """The server's side."""

    def __init__(self, world: World) -> None:
        self._world = world

    def open(self) -> None:
        """Say what time it is, and from now on what happens."""
        self._say("ahead", self._world.ahead)
        self._world.listeners.append(self._tell)

    def _tell(self, event: Event) -> None:
        if event.kind == "ahead":
            self._say("ahead", event.data)
        elif event.kind == "reset":
            self._say("reset", value=True)

    def _say(self, word: str, value: object) -> None:
        sys.stdout.write(json.dumps({word: value}) + "\n")
        sys.stdout.flush()


def heard(line: str, listener: Listener) -> None:
    """Hand one line of the wire to the listener."""
    said = json.loads(line)
    if "ahead" in said:
        listener.ahead(said["ahead"])
    if "reset" in said:
        listener.reset()
