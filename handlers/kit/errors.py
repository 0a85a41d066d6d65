"""How a view ends without a reply."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from db.repositories import Repositories
from handlers.kit.reply import Keyboard, Row, keyboard
from handlers.kit.text import Renderable

Keep: TypeAlias = Callable[[Repositories], Awaitable[None]]


class UserError(Exception):
    """A mistake of the person: nothing that the view wrote stays, the person reads the text.

    `keep` writes what must stay all the same, such as a counted login attempt. `erase` deletes the message that held
    a secret.
    """

    def __init__(self, text: Renderable, *rows: Row, keep: Keep | None = None, erase: bool = False) -> None:
        """Says `text`, with these rows of buttons."""
        super().__init__(text)
        self.text = text
        self.keyboard: Keyboard = keyboard(*rows)
        self.keep = keep
        self.erase = erase


class Pending(Exception):
    """A view needs something slow first. Its transaction ends, the work is done outside, and the view runs again."""

    def __init__(self, work: Callable[..., Any], args: tuple[Any, ...], keep: Keep | None) -> None:
        """Asks for `work(*args)`; `keep` is written before it begins."""
        super().__init__(work.__name__)
        self.work = work
        self.arguments = args
        self.keep = keep


class DialogOpen(Exception):
    """A view wants to begin a dialog while another is open."""
