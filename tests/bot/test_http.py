"""Calls over real sockets: what is sent, what comes back, and over which connections."""

import asyncio
import gzip
import inspect
import tracemalloc
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot import http
from bot.api import Api
from bot.http import AiohttpRequest
from tests import remote
from tests.bot.servers import Listener, data, listening
from tests.chat import TOKEN

WORDS = 'Grüße, Ωμέγα 🎓\n"quoted" \\ & <b>'


@pytest.fixture
def telegram() -> Listener:
    return Listener()


@pytest.fixture
async def root(telegram: Listener) -> AsyncIterator[str]:
    async with listening(telegram) as root:
        yield root


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(2) as request:
        yield request


async def test_parameters_are_one_json_object(telegram: Listener, root: str, request_: AiohttpRequest) -> None:
    """What is nested, a number or a truth stays that, and any language is understood."""
    parameters = {"chat_id": 7, "text": WORDS, "silent": True, "markup": {"rows": [[{"text": "✓"}], []], "x": None}}
    assert await request_.post(f"{root}/sendMessage", data(**parameters)) is True
    assert telegram.bodies == [parameters]
    [asked] = telegram.requests
    assert (asked.method, asked.path) == ("POST", f"/bot{TOKEN}/sendMessage")
    assert asked.headers["User-Agent"] == BaseRequest.USER_AGENT


@pytest.mark.parametrize("parameters", [None, RequestData()])
async def test_no_parameters_are_no_body(
    telegram: Listener, root: str, request_: AiohttpRequest, parameters: RequestData | None
) -> None:
    """A call without parameters sends nothing that would have to be read."""
    await request_.post(f"{root}/getMe", parameters)
    assert telegram.bodies == [b""]


@pytest.mark.parametrize("value", [float("nan"), {"deep": [float("inf")]}, {1, 2}, b"\xff", "\ud83c"])
async def test_what_is_no_json_is_refused(
    telegram: Listener, root: str, request_: AiohttpRequest, value: object
) -> None:
    """It will never be accepted, so it is no accident of the network, after which it would be sent again."""
    with pytest.raises(TelegramError, match="cannot be sent") as caught:
        await request_.post(f"{root}/sendMessage", data(value=value))
    assert not isinstance(caught.value, NetworkError)
    assert telegram.bodies == []


async def test_answers_come_back_whole(telegram: Listener, root: str, request_: AiohttpRequest) -> None:
    """Status and bytes are handed on, whatever they are, and what was compressed is not any more."""
    zipped = web.Response(body=gzip.compress(WORDS.encode()), headers={"Content-Encoding": "gzip"}, status=418)
    telegram.answer = lambda: zipped
    assert await request_.do_request(f"{root}/getMe", "POST") == (418, WORDS.encode())


async def test_connections_are_kept(telegram: Listener, root: str, request_: AiohttpRequest) -> None:
    """One call after the other goes over the same connection, and brings no cookie back."""
    cookie = {"Set-Cookie": "who=you; Path=/"}
    telegram.answer = lambda: web.json_response({"ok": True, "result": True}, headers=cookie)
    # No client keeps the cookies of a bare number.
    root = root.replace("127.0.0.1", "localhost")
    for method in ("getMe", "getMe", "sendMessage"):
        await request_.post(f"{root}/{method}", data(text="Hi"))
    assert len(set(telegram.connections)) == 1
    assert not any(asked.cookies for asked in telegram.requests)


async def test_connections_are_bounded(telegram: Listener, root: str, request_: AiohttpRequest) -> None:
    """Of many calls at once, as many are under way as there may be connections; all are answered."""
    telegram.may_answer.clear()
    calls = asyncio.gather(*(request_.post(f"{root}/getMe", pool_timeout=None) for _ in range(7)))
    while telegram.open < 2:
        await telegram.is_open.wait()
        telegram.is_open.clear()
    telegram.may_answer.set()
    assert await calls == [True] * 7
    assert (telegram.most_open, len(set(telegram.connections))) == (2, 2)


async def test_waiting_for_a_connection_has_an_end(telegram: Listener, root: str) -> None:
    """The error says that this call was surely not sent, and the connection is there again afterwards."""
    async with AiohttpRequest(1, pool_timeout=0.01) as request:
        telegram.may_answer.clear()
        first = asyncio.create_task(request.post(f"{root}/getMe"))
        await telegram.is_open.wait()
        with pytest.raises(TimedOut, match=r"^Pool timeout: .* was \*not\* sent") as caught:
            await request.post(f"{root}/getMe")
        assert isinstance(caught.value.__cause__, TimeoutError)
        telegram.may_answer.set()
        assert await first is True
        assert await request.post(f"{root}/getMe") is True


async def test_a_cancelled_call_leaves_no_half_used_connection(telegram: Listener, root: str) -> None:
    """The next call gets its own answer, over a connection of its own, and finds the place free."""
    async with AiohttpRequest(1) as request:
        telegram.may_answer.clear()
        call = asyncio.create_task(request.post(f"{root}/getMe"))
        await telegram.is_open.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        telegram.may_answer.set()
        telegram.answer = lambda: web.json_response({"ok": True, "result": {"mine": 1}})
        assert await request.post(f"{root}/getMe") == {"mine": 1}
    assert len(set(telegram.connections)) == 2


async def test_files_travel_with_their_parameters(
    telegram: Listener, root: str, request_: AiohttpRequest, tmp_path: Path
) -> None:
    """Two files arrive, with all of their names that Telegram can read; the one that was open stays so."""
    file = tmp_path / "notes"
    file.write_bytes(bytes(range(256)) * 1000)
    with file.open("rb") as handle:
        handle.read(7)
        open_file = InputFile(handle, filename='Übung; "1"\\\r\n.txt', attach=True, read_file_handle=False)
        photo = InputFile(b"pixels", filename="Ωμέγα 🎓.png", attach=True)
        parameters = data(chat_id=7, caption=WORDS, media=[photo.attach_uri, open_file.attach_uri])
        parameters._parameters.append(RequestParameter("files", None, [photo, open_file]))
        parameters.contains_files = True
        assert await request_.post(f"{root}/sendMediaGroup", parameters) is True
        assert not handle.closed
    [body] = telegram.bodies
    assert body[photo.attach_name] == ("Ωμέγα 🎓.png", "image/png", b"pixels")
    assert body[open_file.attach_name] == ("Übung_ _1____.txt", "text/plain", file.read_bytes())
    assert body["caption"][2].decode() == WORDS
    assert body["media"][2].decode() == f'["{photo.attach_uri}", "{open_file.attach_uri}"]'


async def test_a_large_file_is_not_copied(root: str, telegram: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in memory once, however large: what is under way is a few pieces of it."""
    size = 0

    async def count(request: web.BaseRequest) -> web.Response:
        nonlocal size
        async for piece in request.content.iter_any():
            size += len(piece)
        return web.json_response({"ok": True, "result": True})

    monkeypatch.setattr(telegram, "handle", count)
    video = data(video=InputFile(bytes(16 << 20), filename="video.mp4"))
    async with listening(telegram) as counting, AiohttpRequest() as request:
        tracemalloc.start()
        await request.post(f"{counting}/sendVideo", video)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 16 << 20
    assert peak < 3 << 20


async def test_files_are_downloaded(telegram: Listener, root: str, request_: AiohttpRequest) -> None:
    """A file comes as it is, also a large one."""
    content = bytes(range(256)) * 40_000
    telegram.answer = lambda: web.Response(body=content)
    assert await request_.retrieve(f"{root}/documents/a%20b%2F%7Ec.pdf") == content
    assert telegram.requests[0].raw_path.endswith("/documents/a%20b%2F%7Ec.pdf")


@pytest.mark.parametrize("zip_", [bytes, gzip.compress])
async def test_too_large_a_file_is_not(
    telegram: Listener, root: str, monkeypatch: pytest.MonkeyPatch, zip_: Callable[[bytes], bytes]
) -> None:
    """What is larger than a bot may download is given up, also when it grows only here; calls go on."""
    monkeypatch.setattr(http, "LARGEST", 1 << 20)
    content = bytes((1 << 20) + 1)
    async with AiohttpRequest(1) as request:
        headers = {"Content-Encoding": "gzip"} if zip_ is gzip.compress else {}
        telegram.answer = lambda: web.Response(body=zip_(content), headers=headers)
        with pytest.raises(NetworkError, match="larger than 1 MB"):
            await request.retrieve(f"{root}/documents/file.zip")
        telegram.answer = lambda: web.Response(body=content[1:])
        assert await request.retrieve(f"{root}/documents/file.zip") == content[1:]


async def test_a_redirect_is_not_followed(telegram: Listener, root: str, request_: AiohttpRequest) -> None:
    """The address holds the token: no other host is told of it."""
    other = Listener()
    async with listening(other) as elsewhere:
        telegram.answer = lambda: web.Response(status=307, headers={"Location": f"{elsewhere}/getMe"})
        assert (await request_.do_request(f"{root}/getMe", "POST", data(a=1)))[0] == 307
        assert (await request_.do_request(f"{root}/file.pdf", "GET"))[0] == 307
    assert other.requests == []


async def test_it_begins_and_ends_as_often_as_one_likes(root: str) -> None:
    """Twice is as good as once, and after the end there may be another beginning; calls need one."""
    request = AiohttpRequest()
    await request.shutdown()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not initialized"):
            await request.do_request(f"{root}/getMe", "POST")
        await request.initialize()
        await request.initialize()
        assert await request.post(f"{root}/getMe") is True
        await request.shutdown()
        await request.shutdown()


async def test_the_end_does_not_wait_for_calls(telegram: Listener, root: str) -> None:
    """What is under way, or waits for its turn, ends as a network error."""
    request = AiohttpRequest(1, read_timeout=None, pool_timeout=None)
    await request.initialize()
    telegram.may_answer.clear()
    calls = [asyncio.create_task(request.post(f"{root}/getMe")) for _ in range(2)]
    await telegram.is_open.wait()
    await request.shutdown()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(end) for end in ends] == [NetworkError] * 2


def test_the_defaults_are_those_of_ptb() -> None:
    """Who knows PTB's own client knows this one."""
    ours = inspect.signature(AiohttpRequest).parameters
    theirs = inspect.signature(HTTPXRequest).parameters
    assert {name: ours[name].default for name in ours if name.endswith("timeout")} == {
        name: theirs[name].default for name in theirs if name.endswith("timeout")
    }
    assert ours["connections"].default == theirs["connection_pool_size"].default
    assert AiohttpRequest(read_timeout=7).read_timeout == 7
    assert AiohttpRequest(read_timeout=None).read_timeout is None


async def test_the_miniature_understands_it(tmp_path: Path) -> None:
    """A message in two languages, a file there and back, and an update, all over HTTP."""
    async with remote.telegram(tmp_path) as server:
        await server.send(1001, "/start")
        both = AiohttpRequest(), AiohttpRequest(1)
        roots = f"{server.url}/bot", f"{server.url}/file/bot"
        async with Api(TOKEN, *roots, request=both[0], get_updates_request=both[1]) as api:
            sent = await api.call("sendMessage", {"chat_id": 1001, "text": WORDS, "link_preview_options": None})
            assert sent["text"] == WORDS
            message = await Bot.send_document(api, 1001, BytesIO(b"notes"), filename="Übung.txt", caption="Da")
            assert message.document is not None
            assert message.document.file_name == "Übung.txt"
            file = await api.get_file(message.document)
            assert bytes(await file.download_as_bytearray()) == b"notes"
            [update] = await api.call("getUpdates", {"timeout": 10, "allowed_updates": ["message"]})
            assert update["message"]["text"] == "/start"
