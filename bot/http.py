"""PTB's connection to the Bot API, over aiohttp, in a fifth of the time that PTB's own client takes, or less."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator
from functools import cached_property, lru_cache
from io import BytesIO
from typing import IO, NamedTuple
from urllib.request import getproxies, proxy_bypass

import certifi
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.lifetime import no_authorities
from bot.logs import redactor

with no_authorities():  # at its import, aiohttp reads them twice; here they are read once, when they are needed
    from aiohttp import (
        BytesPayload,
        ClientError,
        ClientResponse,
        ClientSession,
        ClientTimeout,
        DummyCookieJar,
        FormData,
        TCPConnector,
    )

# Bots may download 20 MB (Bot API, getFile); an answer to a call has a hundredth of that.
LARGEST = 20 * 1024 * 1024
# Bytes of a file that are in memory at a time.
CHUNK = 64 * 1024
# Seconds that an address of Telegram's is remembered.
DNS_TTL = 60
# Addresses that are kept parsed: one a method, and those of files that come and go.
ADDRESSES = 256

_POOL_TIMEOUT = "Pool timeout: all connections are occupied. The request was *not* sent to Telegram."
# Each call's own `json.dumps` would build this anew. NaN is no JSON, and Telegram's parser would refuse all of it.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
# Telegram cuts a part's header at any semicolon, quoted or not, and takes nothing for an escape (HttpReader.cpp).
_UNSAFE = re.compile(r'[\x00-\x1f\x7f";\\]')


class Limits(NamedTuple):
    """Seconds that the steps of a call may take; None is for ever."""

    connect: float | None
    write: float | None
    read: float | None

    @property
    def total(self) -> float | None:
        """The seconds that all of them may take together."""
        known = [seconds for seconds in self if seconds is not None]
        return sum(known) if len(known) == len(self) else None


class Way(NamedTuple):
    """How a call comes to where it goes."""

    address: URL
    proxy: URL | None
    # Whether somebody on it has to prove who they are.
    is_encrypted: bool


class AiohttpRequest(BaseRequest):
    """What PTB's HTTPXRequest does, faster: the same defaults, timeouts and errors."""

    def __init__(
        self,
        connections: int = 256,
        *,
        connect_timeout: float | None = 5.0,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
    ) -> None:
        """Keeps so many connections at most; the timeouts, in seconds, hold where a call has none of its own."""
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._pool_timeout = pool_timeout
        self._media_write_timeout = media_write_timeout
        self._session: ClientSession | None = None
        # When the last answer was given, by the clock and in the words of whoever gave it.
        self.date: str | None = None
        self._free = asyncio.Semaphore(connections)
        self._way = lru_cache(ADDRESSES)(_way)
        # An error of aiohttp's may quote the address of the call, in which stands the token.
        self._hide = redactor(())

    @property
    def read_timeout(self) -> float | None:
        """The seconds without a byte after which an answer is given up."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Makes the session; a second time changes nothing."""
        if self._session is None:
            self._session = ClientSession(
                # Ours is the limit, for aiohttp does not tell waiting for a connection from making one.
                connector=TCPConnector(limit=0, ttl_dns_cache=DNS_TTL),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Closes all connections; a second time changes nothing."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(  # noqa: PLR0917 -- PTB's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Returns the status and the body of the answer.

        Raises:
            RuntimeError: before `initialize`, and after `shutdown`.
            telegram.error.TimedOut: when one of the timeouts passes.
            telegram.error.NetworkError: when the connection fails.
            telegram.error.TelegramError: when the parameters are not such as can be sent.
        """
        session = self._session
        if session is None:
            raise RuntimeError("This AiohttpRequest is not initialized!")
        has_files = request_data is not None and request_data.contains_files
        limits = Limits(
            _given(connect_timeout, self._connect_timeout),
            _given(write_timeout, self._media_write_timeout if has_files else self._write_timeout),
            _given(read_timeout, self._read_timeout),
        )
        await self._wait_for_place(_given(pool_timeout, self._pool_timeout))
        try:
            # An answer to a call is small, and must not come drop by drop for ever; a file takes the time it takes.
            total = limits.total if method == "POST" and not has_files else None
            async with asyncio.timeout(total) as limit:
                return await self._exchange(session, method, url, _body(request_data, limit, limits.write), limits)
        except TimeoutError as error:
            raise TimedOut from error
        except (ClientError, ValueError) as error:
            message = " ".join(str(error).split())
            raise NetworkError(self._hide(f"{type(error).__name__}: {message}")) from error
        finally:
            self._free.release()

    async def _exchange(
        self, session: ClientSession, method: str, url: str, body: BytesPayload | FormData | None, limits: Limits
    ) -> tuple[int, bytes]:
        way, timeout = self._way(url), _timeout(limits.connect, limits.read)
        trust = self._trust if way.is_encrypted else True
        # The token is in the address: no other host may be told of it.
        asking = session.request(
            method, way.address, data=body, timeout=timeout, allow_redirects=False, proxy=way.proxy, ssl=trust
        )
        async with asking as response:
            self.date = response.headers.get("Date")
            return response.status, await _read(response)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """What tells Telegram's certificate from a forged one: the system's authorities."""
        paths = ssl.get_default_verify_paths()
        # Python from python.org on macOS has none. Those of certifi are the ones that PTB's own client goes by.
        cafile = None if paths.cafile or paths.capath else certifi.where()
        context = ssl.create_default_context(cafile=cafile)
        context.set_alpn_protocols(["http/1.1"])
        return context

    async def _wait_for_place(self, seconds: float | None) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise TimedOut(_POOL_TIMEOUT) from error


@lru_cache
def _timeout(connect: float | None, read: float | None) -> ClientTimeout:
    return ClientTimeout(connect=connect, sock_read=read)


def _given(timeout: ODVInput[float], usual: float | None) -> float | None:
    return usual if isinstance(timeout, DefaultValue) else timeout


def _body(data: RequestData | None, limit: asyncio.Timeout, write: float | None) -> BytesPayload | FormData | None:
    """Returns the parameters as JSON, or as a form when there are files.

    Raises:
        TelegramError: when there is no JSON for them.
    """
    if data is None:
        return None
    try:
        if data.contains_files:
            return _form(data, limit, write)
        parameters = data.parameters
        return BytesPayload(_encode(parameters).encode(), content_type="application/json") if parameters else None
    except (TypeError, ValueError) as error:
        raise TelegramError(f"the parameters cannot be sent: {error}") from error


def _form(data: RequestData, limit: asyncio.Timeout, write: float | None) -> FormData:
    form = FormData(data.json_parameters, quote_fields=False)
    for name, (filename, content, kind) in data.multipart_data.items():
        chunks = _chunks(content, limit, write)
        form.add_field(name, chunks, filename=_UNSAFE.sub("_", filename), content_type=kind)
    return form


async def _chunks(content: bytes | IO[bytes], limit: asyncio.Timeout, write: float | None) -> AsyncIterator[bytes]:
    """Yields a file, and puts the limit off with each piece that is taken: it may take long, but not stand still."""
    loop = asyncio.get_running_loop()
    file = BytesIO(content) if isinstance(content, bytes) else content
    file.seek(0)
    while chunk := file.read(CHUNK) if isinstance(file, BytesIO) else await asyncio.to_thread(file.read, CHUNK):
        if write is not None:
            limit.reschedule(loop.time() + write)
        yield chunk
    limit.reschedule(None)


async def _read(response: ClientResponse) -> bytes:
    """Returns the body.

    Raises:
        NetworkError: when it is larger than anything that a bot may download.
    """
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > LARGEST:
            raise NetworkError(f"the answer is larger than {LARGEST >> 20} MB")
        chunks.append(chunk)
    return b"".join(chunks)


def _way(url: str) -> Way:
    """Returns the way to an address, through the proxy that the environment names for it.

    aiohttp's own `trust_env` reads the environment on a thread at each call, and sends what stands in ~/.netrc.

    Raises:
        ValueError: when the proxy speaks something else than HTTP.
    """
    address, proxies = URL(url, encoded=True), getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    # No proxy knows what this machine is to itself: the playground is here.
    is_here = address.host in {"localhost", "127.0.0.1", "::1"}
    if not proxy or is_here or proxy_bypass(address.authority):
        return Way(address, None, address.scheme == "https")
    through = URL(proxy if "://" in proxy else f"http://{proxy}")
    if through.scheme not in {"http", "https"}:
        raise ValueError(f"a proxy must speak HTTP, not {through.scheme}")
    return Way(address, through, "https" in {address.scheme, through.scheme})
