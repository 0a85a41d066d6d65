"""Renderers: how a file is made at the moment when it is sent, from what the database holds then."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct

from db.repositories import Repositories
from handlers.kit.text import Translator

D = TypeVar("D")

# JSON data: they wait in the outbox, perhaps for another process to take over.
Arguments: TypeAlias = Mapping[str, Any]


class Renderer(Struct, Generic[D], frozen=True):
    """Makes a file in two steps, so that nothing slow holds a transaction.

    `fetch` reads what is needed, and may raise UserError: then the person reads its sentence instead. `draw` turns that
    into the bytes of the file, in the reader's language; it runs on a thread, beside others, so it changes nothing that
    others see, and imports what is large itself.

    A file that is long is made in pieces, each with a read of its own: `following` returns the arguments of the next
    one, None after the last. The file is the pieces, one after the other.
    """

    name: str
    fetch: Callable[[Repositories, Arguments], Awaitable[D]]
    draw: Callable[[D, Translator], bytes]
    following: Callable[[D], Arguments | None] | None = None
