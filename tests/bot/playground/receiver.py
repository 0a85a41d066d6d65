"""The other end of a webhook: what the courier brings, one by one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot.playground.courier import Courier
from bot.playground.miniature import Miniature


class Delivery:
    """A request of the courier that waits for its answer."""

    def __init__(self, request: httpx.Request) -> None:
        self.request = request
        self.answered: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()

    @property
    def update(self) -> dict[str, Any]:
        update: dict[str, Any] = httpx.Response(200, content=self.request.content).json()
        return update

    def answer(self, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answered.set_result(httpx.Response(status, headers=named))

    def hang_up(self, error: Exception) -> None:
        self.answered.set_exception(error)


class Receiver(httpx.AsyncBaseTransport):
    """The other end of a webhook."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[Delivery] = asyncio.Queue()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        delivery = Delivery(request)
        self._came.put_nowait(delivery)
        return await delivery.answered

    async def next(self) -> Delivery:
        async with asyncio.timeout(10):
            return await self._came.get()

    async def is_idle(self) -> bool:
        """Returns whether nothing comes, once everybody has had a turn."""
        for _ in range(50):
            await asyncio.sleep(0)
        return self._came.empty()


@asynccontextmanager
async def delivered(miniature: Miniature) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    courier = asyncio.create_task(Courier(miniature.world, transport=receiver).run())
    yield receiver
    courier.cancel()
    await asyncio.gather(courier, return_exceptions=True)
