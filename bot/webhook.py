"""The webhook: an ASGI app that takes updates, and says how it is.

Telegram keeps an update until it is answered with 2xx, so the answer is given only when the update's effects are
committed. Any other answer, or none, brings it again: at once, then after 2, 4, 8 ... seconds.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.lanes import LaneBusyError
from bot.metrics import Metrics
from bot.setting_types import WEBHOOK_PATH

log = logging.getLogger(__name__)

# Telegram's largest update, a long text full of entities, is a tenth of this.
BODY_LIMIT = 1024 * 1024
# Seconds in the lane until Telegram is asked to come again: what has come again and waits behind itself must not pile
# up. Twice the ten seconds that an update may take, and less than the sixty that Telegram and most proxies wait.
PATIENCE = 20.0
# Seconds that open updates get at the end; with those of the replies and the server less than the ten that supervisors
# wait.
GRACE = 3.0
_LARGEST_ID = 2**63

# Says what is missing, in a word; None when nothing is.
Check = Callable[[], Awaitable[str | None]]


class Process(Protocol):
    """What handles an update: returns when its effects are committed."""

    async def __call__(self, data: dict[str, Any], patience: float | None = None) -> object:
        """Raises LaneBusyError when the person's earlier updates take too long."""
        ...


class Webhook:
    """Takes updates while it is open; `app` is there before, to be asked whether the process lives."""

    def __init__(self, secret: str, metrics: Metrics) -> None:
        """Believes only who knows the secret."""
        self._secret = secret.encode()
        self._metrics = metrics
        self._process: Process | None = None
        self._check: Check = _starting
        self._open: set[asyncio.Task[Any]] = set()
        self.app = Starlette(
            routes=[
                Route(WEBHOOK_PATH, self._take, methods=["POST"]),
                Route("/healthz", self._live),
                Route("/readyz", self._ready),
            ]
        )

    @property
    def handling(self) -> int:
        """How many updates are being handled, or wait for their turn."""
        return len(self._open)

    def open(self, process: Process, check: Check) -> None:
        """Hands updates to `process` from now on; `check` says whether this process is fit to get them."""
        self._process, self._check = process, check

    async def close(self) -> None:
        """Takes no more updates, and gives those that are being handled a while."""
        self._process, self._check = None, _stopping
        if self._open:
            _done, late = await asyncio.wait(self._open, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _take(self, request: Request) -> Response:
        answer = await self._answer(request)
        self._metrics.posted(answer.status_code)
        return answer

    async def _answer(self, request: Request) -> Response:
        # As bytes, for headers may hold any; and before the body is read, for nobody else may send us one.
        known = request.headers.get("x-telegram-bot-api-secret-token", "").encode()
        if not hmac.compare_digest(known, self._secret):
            return Response(status_code=403)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            log.error("an update of more than %d bytes was refused", BODY_LIMIT)
            return Response(status_code=413)
        update = _parse(body)
        if update is None:
            # Telegram sends no such thing, so something on the way has damaged it. To say 200 would lose an update that
            # nobody has read; when it is sent again, it may come whole, and after a day Telegram gives it up.
            log.error("what came to the webhook is no update: %d bytes", len(body))
            return Response(status_code=400)
        return await self._handle(update)

    async def _handle(self, update: dict[str, Any]) -> Response:
        # Without a word in between: whoever closes waits for all that have passed this line.
        if self._process is None:
            return _later()
        task = asyncio.ensure_future(self._process(update, PATIENCE))
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.cancelled():
            return _later()
        if isinstance(task.exception(), LaneBusyError):
            log.warning("update %s comes again: earlier ones of the same person take long", update["update_id"])
            return _later(seconds=1)
        task.result()
        return Response()

    async def _live(self, _request: Request) -> Response:
        return PlainTextResponse("alive")

    async def _ready(self, _request: Request) -> Response:
        missing = await self._check()
        return PlainTextResponse(missing or "ready", 503 if missing else 200)


async def _starting() -> str:
    return "starting"


async def _stopping() -> str:
    return "stopping"


def _later(seconds: int = 0) -> Response:
    """Returns the answer that brings an update again: at once, for another replica may take it, or after seconds."""
    return Response(status_code=503, headers={"Retry-After": str(seconds)} if seconds else {})


async def _read(request: Request) -> bytes | None:
    """Returns the body; None when it is too long, of which no more is read than that takes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)


def _parse(body: bytes) -> dict[str, Any] | None:
    """Returns the update; None when it is none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        return None
    return update if 0 <= update["update_id"] < _LARGEST_ID else None
