"""Rendering: a row of the outbox whose file is made when it is sent.

The row has the renderer's name and arguments. So it survives a kill like any other, and each try makes the file anew.
"""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from msgspec.structs import replace
from telegram import InputFile

from bot.delivery import Calls, Delivered, Postponed, Unreachable, deliver
from bot.threads import threads
from db.models.outgoing import CALL, RENDERED
from db.records import OutgoingRecord
from db.transaction import Database, is_temporary
from handlers.kit.errors import UserError
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.text import Catalogs, Renderable, Translator, _

log = logging.getLogger(__name__)

# So many files are made at a time; the threads share the interpreter with the event loop.
THREADS = 2
# Seconds that a piece of a file may take. Nothing can end its thread, but the chat goes on.
PATIENCE = 30.0
# Bot API, 'Sending files': bytes that a bot may upload.
LARGEST = {"sendPhoto": 10 * 1024 * 1024, "sendDocument": 50 * 1024 * 1024}
_FIELD = {"sendPhoto": "photo", "sendDocument": "document"}


class RenderError(Exception):
    """A file cannot be made, for a reason of ours."""


def is_rendered(row: OutgoingRecord) -> bool:
    """Whether a row has a file that is to be made first."""
    return row.version == RENDERED


class Rendering:
    """Makes files, and delivers them."""

    def __init__(self, renderers: Mapping[str, Renderer[Any]], database: Database, catalogs: Catalogs) -> None:
        """Knows renderers by their names; `close` ends its threads."""
        self._renderers = renderers
        self._database = database
        self._catalogs = catalogs
        self._pool: ThreadPoolExecutor = threads("rendering", THREADS)
        # Waiting for a thread is not the renderer's fault, and must not use up its time.
        self._places = asyncio.Semaphore(THREADS)

    async def deliver(self, api: Calls, row: OutgoingRecord) -> Delivered | Postponed | Unreachable:
        """Makes the file of a row and sends it; the person reads a sentence where that cannot be.

        Raises:
            Exception: what the database raises while it is away.
        """
        content = dict(row.content or {})
        file = content.pop("file")
        to = self._catalogs.translator(file["language"], file.get("zone"))
        try:
            data = await self._make(row.method, file, to)
        except UserError as error:
            return await deliver(api, _saying(row, error.text, to), None)
        except RenderError as error:
            log.error("outbox row %s: %s", row.id, error, exc_info=error.__cause__)  # noqa: TRY400 -- without its cause
            return await self._apologize(api, row, str(error), to)
        content[_FIELD[row.method]] = InputFile(data, filename=file["name"])
        outcome = await deliver(api, replace(row, content=content), None)
        if isinstance(outcome, Delivered) and outcome.error is not None:
            return await self._apologize(api, row, outcome.error, to)
        return outcome

    async def _apologize(
        self, api: Calls, row: OutgoingRecord, reason: str, to: Translator
    ) -> Delivered | Postponed | Unreachable:
        sorry = _("Sorry, this file could not be made. The people who run this bot have been told; please try later.")
        outcome = await deliver(api, _saying(row, sorry, to), None)
        return replace(outcome, error=reason[:200]) if isinstance(outcome, Delivered) else outcome

    async def _make(self, method: str, file: Mapping[str, Any], to: Translator) -> bytes:
        """Returns the file.

        Raises:
            UserError: when the renderer has a sentence for the person instead.
            RenderError: when it fails.
            Exception: what the database raises while it is away.
        """
        renderer = self._renderers.get(file["renderer"])
        if renderer is None:
            raise RenderError(f"there is no renderer {file['renderer']}")
        data, arguments = bytearray(), file["arguments"]
        while arguments is not None:
            found = await self._fetch(renderer, arguments)
            data += await self._draw(renderer, found, to)
            arguments = renderer.following(found) if renderer.following else None
            if len(data) > LARGEST[method]:
                raise RenderError(f"renderer {renderer.name}: more than {LARGEST[method]} bytes")
        return bytes(data)

    async def _fetch(self, renderer: Renderer[Any], arguments: Arguments) -> Any:
        try:
            async with self._database.reading() as repos:
                return await renderer.fetch(repos, arguments)
        except Exception as error:
            if isinstance(error, UserError) or is_temporary(error):
                raise
            raise _failure(renderer, error) from error

    async def _draw(self, renderer: Renderer[Any], found: Any, to: Translator) -> bytes:
        try:
            async with self._places, asyncio.timeout(PATIENCE):
                return await asyncio.get_running_loop().run_in_executor(self._pool, renderer.draw, found, to)
        except Exception as error:  # a timeout, too: it is nobody's but the renderer's
            raise _failure(renderer, error) from error

    def close(self) -> None:
        """Begins nothing more; what is being made is forgotten."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _failure(renderer: Renderer[Any], error: Exception) -> RenderError:
    return RenderError(f"renderer {renderer.name}: {type(error).__name__}")


def _saying(row: OutgoingRecord, text: Renderable, to: Translator) -> OutgoingRecord:
    """Returns a row that says something in the place of a file."""
    content = {"text": str(text.render(to)), "parse_mode": "HTML"}
    return replace(row, method="sendMessage", content=content, version=CALL)
