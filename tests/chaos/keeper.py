"""The keeper of the bot's processes: starts them, sets their traps, kills them, reads what they log."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.chaos.victim import READY

ROOT = Path(__file__).parents[2]
# Seconds for what takes two at most, on a machine that has much else to do.
START_PATIENCE = 60.0
# A SIGTERM is obeyed within so many seconds, or it is a fault.
STOP_PATIENCE = 15.0
_TROUBLE = re.compile(r"^\S+Z (ERROR|CRITICAL) ")


class DiedError(Exception):
    """A bot ended by itself."""


class Bot:
    """One process, from its orders to its end."""

    def __init__(self, number: int, process: Process, log: Path) -> None:
        """Reads what the process writes, and writes it to the file `log`."""
        self.number = number
        self.owner = ""
        self.port = 0
        self.ready = asyncio.Event()
        self.errors: list[str] = []
        self._process = process
        self._log = log.open("w", buffering=1)
        self._reading = asyncio.create_task(self._read())

    @property
    def status(self) -> int | None:
        """How the process ended; None while it lives."""
        return self._process.returncode

    def order(
        self, *, point: str, countdown: int, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        """Sets the trap; the first order starts the bot."""
        assert self._process.stdin is not None
        orders = {"point": point, "countdown": countdown, "arguments": arguments, "environment": environment or {}}
        # Dead already: then it needs no trap any more.
        with suppress(ConnectionError):
            self._process.stdin.write(json.dumps(orders).encode() + b"\n")

    async def work(self) -> None:
        """Returns when the bot works.

        Raises:
            DiedError: when it ended before, otherwise than by its trap.
        """
        ready, ended = asyncio.create_task(self.ready.wait()), asyncio.create_task(self._process.wait())
        try:
            async with asyncio.timeout(START_PATIENCE):
                await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            ended.cancel()
        if self.status is not None:
            self.check_killed()

    async def ended(self, seconds: float) -> bool:
        """Returns whether the process ended within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
        return self.status is not None

    async def kill(self) -> None:
        """Ends the process as a power cut would."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def stop(self) -> None:
        """Asks the process to end.

        Raises:
            DiedError: when that takes too long, or ends with another status than 0.
        """
        with suppress(ProcessLookupError):
            self._process.terminate()
        if not await self.ended(STOP_PATIENCE):
            await self.kill()
            raise DiedError(f"bot {self.number} did not end within {STOP_PATIENCE:.0f} s of SIGTERM")
        await self._reading
        if self.status:
            raise DiedError(f"bot {self.number} ended with status {self.status} after SIGTERM")

    def check_killed(self) -> None:
        """Looks how the process ended.

        Raises:
            DiedError: when it was not killed.
        """
        if self.status != -signal.SIGKILL:
            raise DiedError(f"bot {self.number} ended by itself, with status {self.status}")

    async def _read(self) -> None:
        assert self._process.stdout is not None
        before = ""
        async for raw in self._process.stdout:
            line = raw.decode(errors="replace")
            self._log.write(line)
            if line.startswith(READY):
                self.owner = line.removeprefix(READY).strip()
                self.ready.set()
            # A traceback below an error is the same trouble.
            elif _TROUBLE.match(line) or (line.startswith("Traceback ") and not _TROUBLE.match(before)):
                self.errors.append(f"{line.strip()} (bot {self.number})")
            before = line
        self._log.close()


class Keeper:
    """Starts bots; one more than needed is always waiting with its modules loaded, so that little time is lost."""

    def __init__(self, folder: Path, command: str, environment: Mapping[str, str]) -> None:
        """Runs `python -m bot COMMAND` in a folder of its own, with these settings."""
        self._folder = folder
        self._command = command
        self._environment = environment
        self._spare: Bot | None = None
        self.bots: list[Bot] = []

    @property
    def errors(self) -> list[str]:
        """What any bot logged as an error, and each traceback."""
        return [line for bot in self.bots for line in bot.errors]

    async def start(self, point: str = "", countdown: int = 0, **environment: str) -> Bot:
        """Returns a bot that has got its orders."""
        bot = self._spare or await self._spawn()
        self.bots.append(bot)
        bot.order(
            point=point,
            countdown=countdown,
            arguments=[self._command],
            environment={**self._environment, **environment},
        )
        bot.port = int(environment.get("LISTEN_PORT", "0"))
        self._spare = await self._spawn()
        return bot

    async def close(self) -> None:
        """Ends all that still live."""
        spare = [self._spare] if self._spare else []
        await asyncio.gather(*(bot.kill() for bot in [*self.bots, *spare] if bot.status is None))

    async def _spawn(self) -> Bot:
        number = len(self.bots) + 1
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.victim",
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            # Ctrl-C is for the harness.
            start_new_session=True,
        )
        return Bot(number, process, self._folder / f"bot-{number:03}.log")
