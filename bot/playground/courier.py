"""The courier: delivers updates to a webhook.

Source: ``WebhookActor.cpp`` of tdlib/telegram-bot-api. The updates of one queue go one after the
other, the next when the one before was answered with 2xx; queues go side by side. What fails is
sent again at once, then after 2, 4, 8 ... seconds, up to a minute, until it expires. A method call
in the answer would be made by Telegram; the bot never uses that, and here it is not read.
"""

import asyncio
import json
import logging
from collections import deque

import httpx

from bot.playground.updates import Update
from bot.playground.webhook import Target
from bot.playground.world import World

_LOGGER = logging.getLogger(__name__)
_LONGEST_PAUSE = 60
_LONGEST_RETRY_AFTER = 3600
# Seconds that an answer is waited for.
_PATIENCE = 60.0

# A kind of queue, and the chat or the person whose it is.
Queue = tuple[str, int]


class Courier:
    """Delivers while a webhook is set."""

    def __init__(self, world: World, *, second: float = 1.0, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Pauses for *second* where Telegram pauses for one; *transport* stands for the network."""
        self._world = world
        self._second = second
        self._transport = transport

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            target = self._world.webhook.target
            if target is None:
                self._world.updates.news.clear()
                await self._world.updates.news.wait()
            else:
                await self._serve(target)

    async def _serve(self, target: Target) -> None:
        """Deliver to *target* until it is no longer the one."""
        limits = httpx.Limits(max_connections=target.max_connections)
        # trust_env: a proxy that the environment names is not for this machine.
        async with httpx.AsyncClient(
            transport=self._transport, limits=limits, timeout=_PATIENCE, trust_env=False
        ) as client:
            shift = Shift(self._world, target, client, self._second)
            try:
                while self._world.webhook.target == target:
                    self._world.updates.news.clear()
                    shift.load()
                    await self._world.updates.news.wait()
            finally:
                await shift.end()


class Shift:
    """The deliveries to one target."""

    def __init__(self, world: World, target: Target, client: httpx.AsyncClient, second: float) -> None:
        self._world = world
        self._target = target
        self._client = client
        self._second = second
        self._connections = asyncio.Semaphore(target.max_connections)
        # As with Telegram, a queue that is stuck with enough updates holds up all others.
        self._most_loaded = target.max_connections * 2
        self._loaded: set[int] = set()
        self._queues: dict[Queue, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self) -> None:
        """Take the next updates into their queues."""
        for update in self._world.updates.waiting():
            if len(self._loaded) >= self._most_loaded:
                return
            if update["update_id"] in self._loaded:
                continue
            self._loaded.add(update["update_id"])
            queue = _queue(update)
            if queue in self._queues:
                self._queues[queue].append(update)
                continue
            self._queues[queue] = deque([update])
            task = asyncio.create_task(self._empty(queue))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def end(self) -> None:
        """Break off what is being delivered; it stays in the queue."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOGGER.error("a queue of updates is no longer delivered", exc_info=error)

    async def _empty(self, queue: Queue) -> None:
        waiting = self._queues[queue]
        while waiting:
            await self._deliver(waiting[0])
            self._loaded.discard(waiting.popleft()["update_id"])
            self.load()
        del self._queues[queue]

    async def _deliver(self, update: Update) -> None:
        """Send *update* until it is taken, expired or withdrawn; then it is gone."""
        pause, is_first = 1, True
        while (expires := self._world.updates.expires(update["update_id"])) is not None:
            answer = await self._post(update)
            if answer is None:
                break
            retry_after = min(int(answer), _LONGEST_RETRY_AFTER)
            if not retry_after and not is_first:
                pause = min(pause * 2, _LONGEST_PAUSE)
            wait = retry_after or (0 if is_first else pause)
            is_first = False
            if self._world.seconds() + wait > expires:
                break
            await asyncio.sleep(wait * self._second)
        self._world.updates.remove(update["update_id"])
        self._world.memory.save()

    async def _post(self, update: Update) -> int | None:
        """Send *update* once; return the seconds that the receiver asks to wait, None when it took the update."""
        async with self._connections:
            try:
                answer = await self._client.post(
                    self._target.url, content=json.dumps(update), headers=_headers(self._target)
                )
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return self._failed(_reason(error))
        if answer.is_success:
            self._succeeded()
            return None
        retry_after = answer.headers.get("retry-after", "")
        return self._failed(
            f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}",
            int(retry_after) if retry_after.isdecimal() else 0,
        )

    def _failed(self, reason: str, retry_after: int = 0) -> int:
        did_work = self._world.webhook.works
        self._world.webhook.failed(reason)
        self._world.memory.save()
        if did_work:  # the page says whether a bot is there
            self._world.tell("people")
        return retry_after

    def _succeeded(self) -> None:
        if not self._world.webhook.works:
            self._world.webhook.succeeded()
            self._world.tell("people")


def _headers(target: Target) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if target.secret_token:
        headers["X-Telegram-Bot-Api-Secret-Token"] = target.secret_token
    return headers


def _queue(update: Update) -> Queue:
    """Return the queue of *update*: a chat's messages, a person's presses, and so on.

    So a message and a press of one person may arrive at once, and in any order.
    """
    kind = next(name for name in update if name != "update_id")
    if kind == "callback_query":
        return kind, update[kind]["from"]["id"]
    return ("message" if kind == "edited_message" else kind), update[kind]["chat"]["id"]


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError):
        return "Connection refused"
    if isinstance(error, httpx.TimeoutException):
        return "Read timeout expired"
    return "Webhook connection closed"
