"""The playground's HTTP server: the Bot API, the page and what the page asks for."""

import asyncio
import socket
import sys
from collections import deque
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.playground import bot_api
from bot.playground.courier import Courier
from bot.playground.events import Events
from bot.playground.guard import Guard
from bot.playground.miniature import Miniature
from bot.playground.stage import Stage
from bot.playground.store import DirectoryStore
from bot.playground.wire import Wire

HOST = "127.0.0.1"
_PAGE = Path(__file__).with_name("page")
# A server that runs for days must not remember every call.
_REMEMBERED_CALLS = 200
# Seconds that a stop waits for answers under way.
_STOP_TIMEOUT = 2


class PortError(Exception):
    """The port cannot be listened on; the message is one line for the person who chose it."""


def build_app(miniature: Miniature, events: Events, *, can_reset: bool = False) -> Starlette:
    """Return the ASGI application of *miniature*; with *can_reset* the page can ask to begin anew."""
    return Starlette(
        routes=[
            *bot_api.routes(miniature),
            *Stage(miniature, can_reset=can_reset).routes(),
            Route("/play/events", events.stream),
            Mount("/", StaticFiles(directory=_PAGE, html=True)),
        ],
        middleware=[Middleware(Guard)],
    )


def open_miniature(data: Path, token: str) -> Miniature:
    """Return the miniature whose state is in the directory *data*; a new one has its three people."""
    miniature = Miniature(token=token, store=DirectoryStore(data))
    miniature.calls = deque(maxlen=_REMEMBERED_CALLS)
    if not miniature.world.people.everybody():
        miniature.add_person(1001, "Ada", last_name="Lovelace", username="ada", role="student")
        miniature.add_person(1002, "Ivan", last_name="Petrov", username="ivan", role="instructor")
        miniature.add_person(1003, "Grace", last_name="Hopper", username="grace", role="admin")
    return miniature


def listen(port: int) -> socket.socket:
    """Return a socket that listens on 127.0.0.1; port 0 is any free one.

    Raises:
        PortError: something else listens there, or the port is not for us.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port that was in use a moment ago can be taken again; on Windows this means something else.
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        message = f"cannot listen on {HOST}:{port}: {error.strerror}; PLAYGROUND_PORT may name another"
        raise PortError(message) from None
    return listening


class PlaygroundServer(uvicorn.Server):
    """A server that says when it is ready, and that open streams and long polls do not keep alive."""

    def __init__(self, miniature: Miniature, *, webhook_second: float = 1.0, can_reset: bool = False) -> None:
        """Serve *miniature*.

        Failed deliveries to a webhook pause *webhook_second* where Telegram pauses for a second. With *can_reset*,
        whoever launched the server begins anew when the page asks for it.
        """
        self._miniature = miniature
        self._courier = Courier(miniature.world, second=webhook_second)
        self._events = Events(miniature.world)
        super().__init__(
            uvicorn.Config(
                build_app(miniature, self._events, can_reset=can_reset),
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=_STOP_TIMEOUT,
            )
        )

    async def run_on(self, listening: socket.socket) -> None:
        """Serve until `stop`; the store is closed at the end."""
        courier = asyncio.create_task(self._courier.run())
        try:
            await self.serve(sockets=[listening])
        finally:
            courier.cancel()
            await asyncio.gather(courier, return_exceptions=True)
            self._miniature.close()

    def stop(self) -> None:
        """Let `run_on` come to its end soon."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; unlike uvicorn's own, a signal is a good end and is not raised again."""
        self.stop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say where, and what else whoever launched the server should know."""
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        sys.stdout.write(f"listening on http://{HOST}:{port}\n")
        sys.stdout.flush()
        Wire(self._miniature.world).open()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening first, then end what would stay open."""
        asyncio.get_running_loop().call_soon(self._end_waiting)
        await super().shutdown(sockets)

    def _end_waiting(self) -> None:
        self._events.end()
        self._miniature.world.updates.end_poll()
