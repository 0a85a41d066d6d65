"""Other runs: two replicas behind a balancer, a database that goes away, faults on the wire."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from bot.playground.server import HOST, listen
from tests.chaos.crowd import Crowd
from tests.chaos.databases import Cluster
from tests.chaos.keeper import Bot, DiedError
from tests.chaos.relay import balancer, relay
from tests.chaos.run import AFTERLIFE, Plan, Run
from tests.chaos.storm import Weather

SECRET = "chaos-webhook-secret"
REPLICAS = 2
# Seconds for which the database runs, and for which it is away.
UP, DOWN = (2.0, 6.0), (1.0, 5.0)


class Replicas(Run):
    """Two bots with one webhook and no sticky sessions, of which one at a time is killed."""

    command = "serve"

    async def between(self, stack: contextlib.AsyncExitStack) -> dict[str, str]:
        """Puts a balancer before the bots."""
        self._bots: list[Bot] = []
        answer = balancer(lambda: [bot.port for bot in self._bots if bot.status is None], self.dice)
        address = await stack.enter_async_context(relay(answer))
        return {"WEBHOOK_URL": address, "WEBHOOK_SECRET": SECRET, "LISTEN_HOST": HOST}

    async def hunt(self) -> list[Bot]:
        """Kills one of them, waits until there are two again, and so on."""
        self._bots += [await self._begin_replica() for _each in range(REPLICAS)]
        while self.kills.total() < self.plan.kills:
            point, bot = self.choose_point(), self.dice.choice(self._bots)
            bot.order(point=point, countdown=self.dice.randint(1, 20))
            await self.strike(bot, point)
            self._bots.remove(bot)
            self._bots.append(await self._begin_replica())
        return self._bots

    async def count(self, bot: Bot) -> None:
        """Counts what this one had sent and not marked; the other one marks its own."""
        await asyncio.sleep(AFTERLIFE)
        rows = await self.books.rows()
        self.tally.count_kill(self.telegram.said, rows, self.telegram.unconfirmed(), bot.owner)

    async def _begin_replica(self) -> Bot:
        with contextlib.closing(listen(0)) as listening:
            port = str(listening.getsockname()[1])
        bot = await self.keeper.start(LISTEN_PORT=port)
        await bot.work()
        return bot


class Restarts(Run):
    """One bot that polls, on a PostgreSQL that is stopped at once and started again, again and again."""

    lives = 0.5, 6.0

    def __init__(self, plan: Plan, cluster: Cluster, folder: Path, tell: Callable[[str], None]) -> None:
        """Stops and starts this one."""
        super().__init__(plan, cluster.url, folder, tell)
        self._cluster = cluster
        # Held while the database is away.
        self._away = asyncio.Lock()
        self._outages = 0

    @property
    def title(self) -> str:
        """Says how often the database was stopped, too."""
        return f"{self.plan.name} {self._outages} times"

    async def hunt(self) -> list[Bot]:
        """Kills bots while another hand stops the database."""
        hand = asyncio.create_task(self._stop_and_start())
        try:
            return await super().hunt()
        finally:
            async with self._away:
                hand.cancel()

    async def begin(self, point: str) -> Bot:
        """Returns a bot that works; one that finds no database at its start ends, and another one is tried."""
        while True:
            async with self._away:
                before = self._outages
            try:
                return await super().begin(point)
            except DiedError:
                if self._outages == before:
                    raise

    async def count(self, bot: Bot) -> None:
        """Counts when the database is there to be asked; a dead bot comes back after that."""
        async with self._away:
            await super().count(bot)

    async def _stop_and_start(self) -> None:
        while True:
            await asyncio.sleep(self.dice.uniform(*UP))
            async with self._away:
                self._outages += 1
                await self._cluster.stop()
                await asyncio.sleep(self.dice.uniform(*DOWN))
                await self._cluster.start()


class Storm(Run):
    """One bot that polls, with a bad line to Telegram."""

    lives = 0.5, 6.0

    async def between(self, stack: contextlib.AsyncExitStack) -> dict[str, str]:
        """Puts the weather before Telegram."""
        self._weather = Weather(self.telegram.url, self.tally, self.dice)
        return {"BOT_API_URL": await stack.enter_async_context(relay(self._weather.answer))}

    async def settle(self, crowd: Crowd) -> None:
        """Settles when the weather has, too."""
        self._weather.is_calm = True
        await super().settle(crowd)
