"""What stands between: a relay for HTTP, which hands each request on as it likes, and the balancer made of it."""

import asyncio
import contextlib
import random
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import NamedTuple

from bot.playground.server import HOST

_ADDRESSEE = re.compile(rb"\r\nhost:[^\r]*", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Message(NamedTuple):
    """A request or an answer, as it was on the wire."""

    head: bytes
    body: bytes = b""


# Returns the answer; nothing drops the connection.
Answer = Callable[[Message], Awaitable[Message | None]]


@contextlib.asynccontextmanager
async def relay(answer: Answer) -> AsyncIterator[str]:
    """Yields the address at which `answer` answers."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(_serve(reader, writer, answer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, HOST, 0)
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(reader: StreamReader, writer: StreamWriter, answer: Answer) -> None:
    # Whoever is killed breaks its connections off, in the middle of whatever it was.
    with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while request := await _read(reader):
            said = await answer(request)
            if said is None:
                return
            writer.write(said.head + said.body)
            await writer.drain()


async def _read(reader: StreamReader) -> Message | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    length = _LENGTH.search(head)
    return Message(head, await reader.readexactly(int(length[1])) if length else b"")


async def forward(request: Message, port: int) -> Message | None:
    """Returns the answer of who listens on a port; nothing when it broke the connection off.

    Raises:
        ConnectionRefusedError: nobody listens there.
    """
    reader, writer = await asyncio.open_connection(HOST, port)
    with contextlib.closing(writer):
        try:
            # The playground talks to those only who call it by its own name.
            head = _ADDRESSEE.sub(b"\r\nhost: %s:%d" % (HOST.encode(), port), request.head, count=1)
            writer.write(head + request.body)
            await writer.drain()
            return await _read(reader)
        except (OSError, asyncio.IncompleteReadError):
            return None


def balancer(living: Callable[[], Iterable[int]], dice: random.Random) -> Answer:
    """Returns what hands each request to any of the ports that are living at the moment: nothing sticks to anything."""

    async def answer(request: Message) -> Message | None:
        ports = list(living())
        dice.shuffle(ports)
        for port in ports:
            # Only who took the request may have done something with it.
            with contextlib.suppress(ConnectionRefusedError):
                return await forward(request, port)
        return None

    return answer
