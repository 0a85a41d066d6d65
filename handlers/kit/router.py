"""Routers: which view answers what."""

import enum
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from db.repositories import Repositories
from handlers.kit.dialog import Dialog
from handlers.kit.press import Press
from handlers.kit.renderer import Renderer
from handlers.kit.reply import Reply
from handlers.kit.request import Request
from handlers.kit.text import Text
from handlers.policies import Action

View: TypeAlias = Callable[[Request, Repositories], Awaitable[Reply]]
Register: TypeAlias = Callable[[View], View]


class Event(enum.Enum):
    """What reaches the bot besides commands and known buttons."""

    CHAT_MEMBER = enum.auto()
    GROUP = enum.auto()
    EDITED = enum.auto()
    WORDS = enum.auto()


class Route(Struct, frozen=True):
    """A view, and what one must be allowed to do to reach it.

    One that `looks` only reads. Should it have something to write after all, such as a dialog that is asked about, it
    is run again as one that writes.
    """

    view: View
    action: Action
    looks: bool = False


class Command(Route, frozen=True, kw_only=True):
    """A view reached by typing a command. `usage` names its arguments; of one that `guards`, they may be a password."""

    name: str
    description: Text
    usage: str = ""
    guards: bool = False


class Router:
    """The routes of one part of the talk. A route declared twice is an error at import."""

    def __init__(self, *dialogs: Dialog, renderers: Sequence[Renderer[Any]] = ()) -> None:
        """Begins with these dialogs and renderers, and no routes."""
        self.commands: dict[str, Command] = {}
        self.presses: dict[type[Press], Route] = {}
        self.events: dict[Event, Route] = {}
        self.dialogs = dialogs
        self.renderers = renderers

    def command(
        self,
        name: str,
        description: Text,
        *,
        action: Action = Action.TALK,
        usage: str = "",
        looks: bool = False,
        guards: bool = False,
    ) -> Register:
        """Registers a view for `/name`; one that `looks` only reads, one that `guards` refuses words behind it."""

        def register(view: View) -> View:
            known = Command(view, action, looks, name=name, description=description, usage=usage, guards=guards)
            _add(self.commands, name, known)
            return view

        return register

    def press(self, press: type[Press], *, action: Action = Action.TALK, looks: bool = False) -> Register:
        """Registers a view for a button; one that `looks` only reads.

        Raises:
            TypeError: when the press does not fit into callback data.
        """
        press.check()

        def register(view: View) -> View:
            _add(self.presses, press, Route(view, action, looks))
            return view

        return register

    def event(self, event: Event, *, action: Action = Action.TALK) -> Register:
        """Registers a view for what is neither a command nor a known button."""

        def register(view: View) -> View:
            _add(self.events, event, Route(view, action))
            return view

        return register


def _add(routes: dict, key: object, route: Route) -> None:  # type: ignore[type-arg]
    if key in routes:
        message = f"{key} has a view already"
        raise ValueError(message)
    routes[key] = route
