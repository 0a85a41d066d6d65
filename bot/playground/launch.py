"""Run the playground's server beside the bot, in a process of its own.

Its own, because it stands for Telegram: it must go on when the bot is killed in a test, and its
work must not be measured with the bot's.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_LOGGER = logging.getLogger(__name__)
_ROOT = Path(__file__).parents[2]
_READY = "listening on "
# Seconds from the request to stop until the server is killed.
_STOP_TIMEOUT = 5


class LaunchError(Exception):
    """The server did not start; the message is its own line about why."""


@asynccontextmanager
async def launched(*, port: int, data: Path, token: str, webhook_second: float = 1.0) -> AsyncIterator[str]:
    """Yield the base URL of a playground that runs on *port* until the block is left.

    Its state is in the directory *data*. Where Telegram pauses for a second before it delivers to a
    webhook again, it pauses for *webhook_second*. Should this process be killed, the server ends with it.

    Raises:
        LaunchError: the port is in use, or the server could not start.
    """
    process = await _start(_command(port, data, token, webhook_second))
    ready = asyncio.Event()
    errors = asyncio.create_task(_forward_errors(process, ready))
    try:
        address = await _address(process, errors)
        ready.set()
        yield address
    finally:
        await _stop(process)
        await errors


def _command(port: int, data: Path, token: str, webhook_second: float) -> list[str]:
    module = [sys.executable, "-m", "bot.playground", "--stop-with-parent"]
    state = ["--data", str(data.absolute()), "--token", token]
    return [*module, "--port", str(port), *state, "--webhook-second", str(webhook_second)]


async def _start(command: list[str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=_ROOT,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        # Ctrl-C is for the bot, which may have something left to send; the server ends after it.
        start_new_session=True,
    )


async def _address(process: Process, errors: asyncio.Task[str]) -> str:
    line = (await _stream(process.stdout).readline()).decode().strip()
    if not line.startswith(_READY):
        raise LaunchError(await errors or "the playground's server did not start")
    return line.removeprefix(_READY)


async def _forward_errors(process: Process, ready: asyncio.Event) -> str:
    """Log what the server says on its standard error once it is ready; return its last line."""
    line = ""
    async for raw in _stream(process.stderr):
        line = raw.decode(errors="replace").rstrip()
        if ready.is_set():
            _LOGGER.warning("%s", line)
    return line


async def _stop(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
    try:
        async with asyncio.timeout(_STOP_TIMEOUT):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _stream(stream: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if stream is None:  # all three are pipes
        raise TypeError
    return stream
