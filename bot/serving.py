"""Serving over HTTP: uvicorn's servers inside our own event loop, which keeps its signals."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.lifetime import StartError, Status
from bot.metrics import Metrics

log = logging.getLogger(__name__)

# Longer than the sixty seconds for which proxies keep an idle connection: whoever closes it must not be us, just when
# the next update is put into it.
KEEP_ALIVE = 75
# Seconds that a stop waits for answers under way. The updates have been waited for before.
STOP_TIMEOUT = 1


def listen(host: str, port: int, name: str) -> socket.socket:
    """Returns a socket that listens; port 0 is any that is free.

    Raises:
        StartError: something else listens there, or the address is not this machine's; *name* is the port's setting.
    """
    try:
        family, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartError(
            f"cannot listen on {host}:{port}: {reason}; LISTEN_HOST and {name} say where", Status.FAILED
        ) from None


def metrics_app(metrics: Metrics) -> Starlette:
    """Returns the app that shows the numbers, for a port that the world does not reach."""

    async def show(_request: Request) -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return Starlette(routes=[Route("/metrics", show)])


@contextlib.asynccontextmanager
async def serving(apps: list[tuple[Starlette, socket.socket]]) -> AsyncIterator[None]:
    """Serves each app on its socket while the block runs; then finishes the answers that are under way."""
    servers = [(Server(app), listening) for app, listening in apps]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(server.serve([listening])) for server, listening in servers]
        try:
            yield
        finally:
            for server, _listening in servers:
                server.should_exit = True
            if tasks:
                await asyncio.wait(tasks)


class Server(uvicorn.Server):
    """A server that says little about itself, and leaves signals to whoever runs it."""

    def __init__(self, app: Starlette) -> None:
        """Serves `app`."""
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=STOP_TIMEOUT,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes no signals: `bot.lifetime` has them, and ends what is open in order."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, then says where."""
        await super().startup(sockets)
        for each in sockets or []:
            host, port = each.getsockname()[:2]
            log.info("listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
