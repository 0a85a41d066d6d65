"""Servers of a test's own, on real sockets, and calls to them: one that listens well, and wires as they like to be."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import RawTestServer
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.http import AiohttpRequest
from tests.chat import TOKEN

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """A Bot API that says yes to everything, and remembers who asked for what over which connection."""

    def __init__(self) -> None:
        self.requests: list[web.BaseRequest] = []
        self.bodies: list[Any] = []
        self.connections: list[Any] = []
        self.open = self.most_open = 0
        self.is_open = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.answer: Callable[[], web.Response] = lambda: web.json_response({"ok": True, "result": True})

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.requests.append(request)
        self.bodies.append(await _body(request))
        self.connections.append(request.transport and request.transport.get_extra_info("peername"))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.is_open.set()
        try:
            await self.may_answer.wait()
        finally:
            self.open -= 1
        return self.answer()


async def _body(request: web.BaseRequest) -> Any:
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type != "multipart/form-data":
        return await request.read()
    parts = {}
    async for part in await request.multipart():
        content = await part.read()  # type: ignore[union-attr]  # no multipart in a multipart here
        parts[part.name] = (part.filename, part.headers.get("Content-Type"), bytes(content))  # type: ignore[union-attr]
    return parts


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[str]:
    """Yields the address of a bot on that server."""
    async with RawTestServer(listener.handle, host="127.0.0.1") as server:
        yield str(server.make_url(f"/bot{TOKEN}"))


@asynccontextmanager
async def talking(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Yields the address of a bot on a server that does as it likes with each connection."""
    talks: list[asyncio.Task[None]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(talk(reader, writer)))
        await asyncio.wait(talks[-1:])
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"{'https' if context else 'http'}://127.0.0.1:{port}/bot{TOKEN}"
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def data(**parameters: Any) -> RequestData:
    """Returns parameters as PTB hands them over."""
    return RequestData([RequestParameter.from_input(name, value) for name, value in parameters.items()])


async def ask(root: str, request: AiohttpRequest | None = None, **timeouts: float | None) -> object:
    """Makes one call, over a client of its own, and returns the result."""
    async with request or AiohttpRequest() as client:
        return await client.post(f"{root}/sendMessage", data(text="Hi"), **timeouts)
