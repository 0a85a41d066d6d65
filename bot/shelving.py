"""Shelving: what is kept of an update that cannot be handled, and who hears of it."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self, TypeAlias

from msgspec import Struct

from db.repositories import Repositories
from handlers import shelf
from handlers.kit.reply import Erase, Reply, Screen, reply
from handlers.kit.request import Request
from handlers.kit.router import Route
from handlers.kit.text import _, printable
from handlers.talk import Talk

MAX_FINGERPRINT = 64
# Garbage may be nested as deep as Python goes.
MAX_FRAMES = 20
_OURS = frozenset({"bot", "handlers", "db"})

Apologise: TypeAlias = Callable[[Request, Repositories], Awaitable[Reply]]


class Trouble(Struct, frozen=True):
    """Why an update cannot be handled.

    The fingerprint is what went wrong and where: the same for the same trouble, and no word of what anybody said.
    """

    fingerprint: str
    traceback: str

    @classmethod
    def of(cls, reason: BaseException | str, hide: Callable[[str], str]) -> Self:
        """Returns the trouble that an exception is, or a plain reason of ours; `hide` takes secrets out."""
        if isinstance(reason, str):
            return cls(reason[:MAX_FINGERPRINT], reason)
        return cls(fingerprint(reason), printable(hide("".join(traceback.format_exception(reason)))))

    @classmethod
    def without_words(cls, error: BaseException) -> Self:
        """Returns the trouble that an error is whose own words may be somebody's, and secret."""
        frames = traceback.format_tb(error.__traceback__, limit=-MAX_FRAMES)
        return cls(fingerprint(error), printable("".join([*frames, type(error).__name__])))


def apology(talk: Talk, route: Route, trouble: Trouble, *, keeps: bool = True) -> Apologise:
    """Returns the responder that puts an update on the shelf and tells its sender; and the admins, of a new trouble.

    The update's content is kept when `keeps` says so, and when it held no secret.
    """

    async def apologise(request: Request, repos: Repositories) -> Reply:
        secret = talk.holds_secret(route, request)
        reference = await repos.shelf.add(
            update_id=request.update.update_id,
            telegram_id=request.telegram_id,
            content=request.update.to_dict() if keeps and not secret else None,
            traceback=trouble.traceback,
            fingerprint=trouble.fingerprint,
            now=request.now,
        )
        text = _(
            "Sorry, that went wrong on my side, and I have kept a note of it: number {reference}. "
            "Please try again in a while."
        )
        erase = Erase(request.message.message_id) if secret and request.message else None
        said = reply(erase, Screen(text.format(reference=reference), fresh=True))
        return said.with_parts(*await shelf.news(request, repos, reference, trouble.fingerprint))

    return apologise


def fingerprint(error: BaseException) -> str:
    """Returns the kind of an error and the function where it was raised; deep in a library all errors look alike."""
    cause = error.__cause__
    # A deadline is raised where it was set. Where the time went, the cancellation behind it knows.
    origin = cause if isinstance(cause, asyncio.CancelledError) else error
    frames = [frame for frame, _line in traceback.walk_tb(origin.__traceback__)]
    ours = [frame for frame in frames if frame.f_globals.get("__name__", "").partition(".")[0] in _OURS]
    if not frames:
        return type(error).__name__[:MAX_FINGERPRINT]
    code = (ours or frames)[-1].f_code
    return f"{type(error).__name__} in {Path(code.co_filename).name}:{code.co_name}"[:MAX_FINGERPRINT]
