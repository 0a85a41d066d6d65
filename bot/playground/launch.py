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

from bot.playground.wire import Listener, heard

_LOGGER = logging.getLogger(__name__)
_ROOT = Path(__file__).parents[2]
_READY = "listening on "
# Seconds from the request to stop until the server is killed.
_STOP_TIMEOUT = 5


class LaunchError(Exception):
    """The server did not start; the message is its own line about why."""


@asynccontextmanager
async def launched(
    *, port: int, data: Path, token: str, webhook_second: float = 1.0, listener: Listener | None = None
) -> AsyncIterator[str]:
    """Yield the base URL of a playground that runs on *port* until the block is left.

    Its state is in the directory *data*. Where Telegram pauses for a second before it delivers to a
    webhook again, it pauses for *webhook_second*. The *listener* hears what the server says on its wire, and can be
    asked to begin anew. Should this process be killed, the server ends with it.

    Raises:
        LaunchError: the port is in use, or the server could not start.
    """
    command = _command(port, data, token, webhook_second)
    process = await _start([*command, "--can-reset"] if listener else command)
    ready = asyncio.Event()
    errors = asyncio.create_task(_forward_errors(process, ready))
    try:
        address = await _address(process, errors)
        ready.set()
        await _hear(process, listener)  # what time it is, before anybody asks
        async with _hearing(process, listener):
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


@asynccontextmanager
async def _hearing(process: Process, listener: Listener | None) -> AsyncIterator[None]:
    async def hear() -> None:
        while await _hear(process, listener):
            pass

    hearing = asyncio.create_task(hear())
    try:
        yield
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def _hear(process: Process, listener: Listener | None) -> bool:
    """Wait for the next line of the wire; return False after the last one."""
    line = await _stream(process.stdout).readline()
    if line and listener:
        heard(line.decode(), listener)
    return bool(line)


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
