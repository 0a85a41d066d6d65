"""The arena: one stub, and bots in processes of their own that are asked in turns."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, TypeAlias

from tests.bench.people import Account

ROOT = Path(__file__).parents[2]
# Where `make bench` installs what only the bench needs.
BENCH_PYTHON = ROOT / ".venv-bench/bin/python"
SECRET = "a-secret-of-the-benchmark"
POLLING, WEBHOOK = ([sys.executable, "-m", "bot", way] for way in ("run", "serve"))
# Seconds.
LOGIN_EVERY = 0.5
Asks: TypeAlias = Sequence[tuple[int, str]]
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Heat:
    """What one turn of one bot came to. Times are in seconds."""

    updates: int
    took: float
    waits: list[float]
    cpu: float
    # What each password took that was checked beside it.
    logins: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Updates per second."""
        return self.updates / self.took

    def percentile(self, percent: int) -> float:
        """Returns the wait that so many percent of the people stayed below."""
        return quantiles(self.waits, n=100, method="inclusive")[percent - 1]


@dataclass(slots=True)
class Bot:
    """A bot at work."""

    name: str
    token: str
    processes: list[Process] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """The seconds that its processes have computed so far, threads included."""
        return sum(_cpu(process.pid) for process in self.processes)

    @property
    def memory(self) -> float:
        """The megabytes that its processes hold in memory."""
        return sum(resident(process.pid) for process in self.processes)


class Arena:
    """Starts bots, and has people ask them."""

    def __init__(self, stub: Process, url: str, folder: Path) -> None:
        """Runs the bots in the folder, against the stub at the URL."""
        self._stub = stub
        self._url = url
        self._folder = folder
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._bots: list[Bot] = []

    def _enter(self, name: str) -> Bot:
        bot = Bot(name, f"{100 + len(self._bots)}:BENCH")
        self._bots.append(bot)
        return bot

    async def start(self, name: str, command: Sequence[str | Path]) -> Bot:
        """Returns a bot that answers."""
        bot = self._enter(name)
        await self._spawn(bot, command, {})
        await self.ask(bot, [(1, "/start")], 1)
        return bot

    async def start_syllabot(self, name: str, database_url: str, *, processes: int = 0) -> Bot:
        """Returns Syllabot: polling, or so many processes behind a webhook."""
        bot = self._enter(name)
        if not processes:
            await self._spawn(bot, POLLING, _settings(database_url))
        ports = [free_port() for _ in range(processes)]
        for port in ports:
            # One address for all, as behind a balancer, which the stub is.
            hook = {"WEBHOOK_URL": f"http://127.0.0.1:{ports[0]}", "WEBHOOK_SECRET": SECRET, "LISTEN_PORT": str(port)}
            await self._spawn(bot, WEBHOOK, _settings(database_url) | hook)
        for port in ports:
            await _until_ready(port)
        if processes:
            await self._order(token=bot.token, ports=ports)
        await self.ask(bot, [(1, "/start")], 1)
        return bot

    async def time_start(self, database_url: str) -> float:
        """Returns the seconds from the start of Syllabot's process to its first getUpdates, and ends it."""
        bot = self._enter("start")
        begun = perf_counter()
        await self._spawn(bot, POLLING, _settings(database_url))
        answer = await self._order(token=bot.token)
        await self.stop(bot)
        polled: float = answer["polled"]
        return polled - begun

    async def _spawn(self, bot: Bot, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        usual = {"BOT_TOKEN": bot.token, "BOT_API_URL": self._url, "PYTHONPATH": str(ROOT)}
        # A bot that may keep nothing compiled would compile all that it imports at each start.
        known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        process = await asyncio.create_subprocess_exec(
            *command, cwd=self._folder, env={**known, **usual, **environment}
        )
        bot.processes.append(process)

    async def ask(self, bot: Bot, asks: Asks, flight: int, logins: Sequence[Account] = ()) -> Heat:
        """Lets `flight` people at a time ask a bot, until all have; nobody asks another bot meanwhile.

        Beside them, somebody with one of the accounts logs in every half a second.
        """
        before = bot.cpu
        answer = await self._order(token=bot.token, asks=asks, flight=flight, logins=logins, every=LOGIN_EVERY)
        return Heat(len(asks), answer["took"], answer["seconds"], bot.cpu - before, answer["logins"])

    async def _order(self, **order: Any) -> dict[str, Any]:
        number = len(self._answers) + 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        assert self._stub.stdin is not None
        self._stub.stdin.write(json.dumps({"order": number, **order}).encode() + b"\n")
        await self._stub.stdin.drain()
        return await self._answers[number]

    async def read(self) -> None:
        """Reads the stub's answers until it ends."""
        assert self._stub.stdout is not None
        while line := await self._stub.stdout.readline():
            answer = json.loads(line)
            self._answers[answer["order"]].set_result(answer)
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(RuntimeError("the stub has ended; what it said stands above"))

    async def stop(self, bot: Bot) -> None:
        """Ends a bot."""
        for process in bot.processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
        bot.processes.clear()

    async def close(self) -> None:
        """Ends all bots."""
        await asyncio.gather(*(self.stop(bot) for bot in self._bots))


@contextlib.asynccontextmanager
async def arena(folder: Path) -> AsyncIterator[Arena]:
    """Yields an arena whose bots run in a folder."""
    stub = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.stub",
        cwd=ROOT,
        stdin=PIPE,
        stdout=PIPE,
        limit=1 << 30,
    )
    assert stub.stdout is not None
    url = f"http://127.0.0.1:{json.loads(await stub.stdout.readline())['port']}"
    one = Arena(stub, url, folder)
    reading = asyncio.create_task(one.read())
    try:
        yield one
    finally:
        await one.close()
        stub.kill()
        await stub.wait()
        await reading


def _settings(database_url: str) -> dict[str, str]:
    """Returns the settings that differ from the usual ones: nothing is limited, for there is no Telegram to spare."""
    settings = {"DATABASE_URL": database_url, "SEND_PER_SECOND": "0", "SEND_PER_CHAT": "0"}
    return settings | {"LOG_LEVEL": "WARNING", "METRICS_PORT": "0"}


def has_environment() -> bool:
    """Returns whether the environment is there that `make bench` makes, with aiogram and matplotlib."""
    return BENCH_PYTHON.parents[1].joinpath("ready").exists()


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def _until_ready(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /readyz HTTP/1.1\r\nhost: bot\r\nconnection: close\r\n\r\n")
                status = await reader.readline()
                writer.close()
                if b" 200 " in status:
                    return
            await asyncio.sleep(0.05)


def _cpu(pid: int) -> float:
    # proc(5): after the name in brackets, user and system time are fields 14 and 15 of all.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident(pid: int) -> float:
    """Returns the megabytes that a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
