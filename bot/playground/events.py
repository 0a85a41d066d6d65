"""What happens in the miniature, told to the page as it happens.

Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): each says
which chat to read again, or carries a toast.
"""

import asyncio
import json
from collections.abc import AsyncIterator

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.playground.world import Event, World

# Milliseconds until a browser comes back to a server that was restarted.
_RETRY = 1000


class Events:
    """The open streams of one world."""

    def __init__(self, world: World) -> None:
        self._streams: set[asyncio.Queue[str | None]] = set()
        world.listeners.append(self._tell)

    async def stream(self, _request: Request) -> Response:
        """Answer with a stream that lasts until either side ends it."""
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._lines(), media_type="text/event-stream", headers=headers)

    def end(self) -> None:
        """End all open streams."""
        for stream in self._streams:
            stream.put_nowait(None)

    def _tell(self, event: Event) -> None:
        line = json.dumps(to_builtins(event))
        for stream in self._streams:
            stream.put_nowait(f"data: {line}\n\n")

    async def _lines(self) -> AsyncIterator[str]:
        stream: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams.add(stream)
        try:
            yield f"retry: {_RETRY}\n\n"
            while (line := await stream.get()) is not None:
                yield line
        finally:
            self._streams.discard(stream)
