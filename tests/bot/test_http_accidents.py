"""What becomes of a call when the wire, the server or what is between does not do as it should."""

import asyncio
import traceback
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientError, web
from telegram import InputFile
from telegram.error import NetworkError, TimedOut

from bot.http import AiohttpRequest
from bot.logs import redactor
from tests.bot.accidents import PAGE
from tests.bot.servers import Listener, ask, data, listening, talking
from tests.chat import TOKEN

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Something that a test waits for, where everything else has seconds and more.
MOMENT = 0.03


class Clock:
    """The event loop's clock, which may leap ahead of ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.late = 0.0
        loop = asyncio.get_running_loop()
        now = loop.time
        monkeypatch.setattr(loop, "time", lambda: now() + self.late)

    async def leap(self, seconds: float) -> None:
        """Leaps when what is under way has arrived."""
        for _ in range(5):
            await asyncio.sleep(0)
        self.late += seconds


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def head(reader: asyncio.StreamReader) -> bytes:
    """Reads a call, up to the end of its small body."""
    asked = await reader.readuntil(b"\r\n\r\n")
    return asked + await reader.readuntil(b"}")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        HEAD + b"Content-Length: 100\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nfive\r\n{",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
        HEAD + b"Content-Length: many\r\n\r\n",
        b"\x16\x03\x01 garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        None,
    ],
)
async def test_broken_answers_are_the_networks(answer: bytes | None) -> None:
    """A dropped connection, half an answer, no HTTP at all, an echo: each is one line, with a cause, and no token."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await head(reader)
        writer.write(asked if answer is None else answer)

    async with talking(talk) as root:
        with pytest.raises(NetworkError) as caught:
            await ask(root)
    assert type(caught.value) is NetworkError
    assert isinstance(caught.value.__cause__, ClientError)
    assert caught.value.message.startswith(f"{type(caught.value.__cause__).__name__}: ")
    assert "\n" not in caught.value.message
    assert TOKEN not in caught.value.message


async def test_nobody_there_is_the_networks() -> None:
    """A refused connection names the host, and not the token."""
    async with listening(Listener()) as root:
        pass
    with pytest.raises(NetworkError, match=r"^ClientConnectorError: Cannot connect to host 127\.0\.0\.1") as caught:
        await ask(root)
    assert TOKEN not in caught.value.message


@pytest.mark.parametrize(
    "address", ["http://", "http:///bot{}", "ftp://h/bot{}", "http://h:port/bot{}", "http://[/bot{}"]
)
async def test_a_wrong_address_does_not_tell_the_token(address: str) -> None:
    """What aiohttp says of an address, it quotes; that is hidden, and in tracebacks by the log."""
    with pytest.raises(NetworkError) as caught:
        await ask(address.format(TOKEN))
    assert not caught.value.message.startswith("Unknown error")
    assert TOKEN not in caught.value.message
    assert TOKEN not in redactor(())("".join(traceback.format_exception(caught.value)))


async def test_a_proxys_page_is_the_networks() -> None:
    """502 with a page is a network error with a cause, as it is with PTB's own client."""
    telegram = Listener()
    telegram.answer = lambda: web.Response(body=PAGE, status=502, content_type="text/html")
    async with listening(telegram) as root:
        with pytest.raises(NetworkError, match="Bad Gateway") as caught:
            await ask(root)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1", HEAD, HEAD + b"Content-Length: 100\r\n\r\n{"])
@pytest.mark.parametrize("is_own", [False, True], ids=["usual", "the call's own"])
async def test_silence_ends(answer: bytes, *, is_own: bool) -> None:
    """Before the answer, or in the middle of it: after the read timeout the call is over, and the place free."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(answer)
        await reader.read()

    async with talking(talk) as root, AiohttpRequest(1, read_timeout=60 if is_own else MOMENT) as request:
        for _ in range(2):
            with pytest.raises(TimedOut) as caught:
                await request.post(f"{root}/getMe", data(a=1), **({"read_timeout": MOMENT} if is_own else {}))
            assert isinstance(caught.value.__cause__, TimeoutError)
            assert caught.value.message == "Timed out"


@pytest.mark.parametrize("is_file", [False, True], ids=["a call", "a file"])
async def test_drops_end(clock: Clock, *, is_file: bool) -> None:
    """An answer of which a little comes always, and the end never, is given up; a file takes the time it takes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: 10\r\n\r\n")
        for _ in range(10):
            writer.write(b" ")
            await clock.leap(15)

    async with talking(talk) as root, AiohttpRequest(read_timeout=20) as request:
        if is_file:
            assert await request.retrieve(f"{root}/notes.txt") == b" " * 10
        else:
            with pytest.raises(TimedOut):
                await request.post(f"{root}/getMe")


async def test_no_timeout_is_none(clock: Clock) -> None:
    """A call may wait as long as it takes, whatever is usual."""
    telegram = Listener()
    telegram.may_answer.clear()
    async with listening(telegram) as root, AiohttpRequest(1, read_timeout=MOMENT, pool_timeout=None) as request:
        patient = asyncio.create_task(request.post(f"{root}/getUpdates", read_timeout=None))
        await telegram.is_open.wait()
        with pytest.raises(TimedOut):
            await request.post(f"{root}/getMe", pool_timeout=MOMENT * 2)
        await clock.leap(1000)
        await clock.leap(0)
        telegram.may_answer.set()
        assert await patient is True


@pytest.mark.parametrize("is_own", [False, True], ids=["usual", "the call's own"])
async def test_connecting_ends(*, is_own: bool) -> None:
    """A server that takes the connection, and never says hello, is not waited for."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with talking(talk) as root:
        request = AiohttpRequest(connect_timeout=None if is_own else MOMENT, read_timeout=None)
        with pytest.raises(TimedOut):
            await ask(root.replace("http:", "https:"), request, **({"connect_timeout": MOMENT} if is_own else {}))


class Slow(BytesIO):
    """A file that takes so many seconds a piece."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__(bytes(1 << 20))
        self._clock, self._seconds = clock, seconds

    def read(self, size: int | None = -1) -> bytes:
        self._clock.late += self._seconds
        return super().read(size)


@pytest.mark.parametrize(("seconds", "timeouts"), [(15.0, {}), (25.0, {"write_timeout": None})])
async def test_a_slow_upload_takes_its_time(clock: Clock, seconds: float, timeouts: dict[str, float | None]) -> None:
    """The limit is for each piece of a file, not for all, nor for the answer: what goes on is not ended."""
    telegram = Listener()

    def think() -> web.Response:
        clock.late += 25
        return web.json_response({"ok": True, "result": True})

    telegram.answer = think
    async with listening(telegram) as root, AiohttpRequest(read_timeout=60) as request:
        file = InputFile(Slow(clock, seconds), read_file_handle=False)
        assert await request.post(f"{root}/sendVideo", data(video=file), **timeouts) is True
    assert len(telegram.bodies[0]["video"][2]) == 1 << 20


@pytest.mark.parametrize("timeouts", [{"write_timeout": MOMENT}, {}])
async def test_a_stuck_upload_ends(timeouts: dict[str, float]) -> None:
    """A server that reads no more is not waited for longer than for a piece."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.Event().wait()

    usual = None if timeouts else MOMENT
    async with talking(talk) as root, AiohttpRequest(write_timeout=None, media_write_timeout=usual) as request:
        with pytest.raises(TimedOut):
            await request.post(f"{root}/sendVideo", data(video=InputFile(bytes(32 << 20))), **timeouts)


async def test_an_early_answer_ends_the_upload() -> None:
    """A server that refuses a file before it has it all is understood, and the connection is not used again."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await reader.read(1 << 16)

    async with talking(talk) as root, AiohttpRequest(1) as request:
        for _ in range(2):
            file = data(video=InputFile(bytes(32 << 20)))
            assert await request.do_request(f"{root}/sendVideo", "POST", file) == (413, b"{}")
    assert connections == 2


async def test_an_unreadable_file_is_said(tmp_path: Path) -> None:
    """A file that cannot be read ends the call at once, and the token is not told."""
    with (tmp_path / "file").open("wb") as write_only:
        file = InputFile(write_only, read_file_handle=False)
        async with listening(Listener()) as root, AiohttpRequest() as request:
            with pytest.raises(NetworkError, match=r"bot\*\*\*/sendVideo") as caught:
                await request.post(f"{root}/sendVideo", data(video=file))
    assert TOKEN not in caught.value.message
