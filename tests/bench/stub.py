"""A Bot API server that costs next to nothing, in a process of its own: `python -m tests.bench.stub`.

It knows what the contestants call, and takes everything else for granted. It also is the people, see
`tests.bench.people`. Orders come on standard input, a JSON object a line, and are answered likewise on standard output.
"""

import asyncio
import json
import re
import sys
from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import cycle
from time import perf_counter
from typing import Any, cast

import uvloop

from tests.bench.people import PATIENCE, ask, logging_in

# Telegram's own most for getUpdates.
LIMIT = 100
# Connections of a webhook, as the bot asks Telegram for them.
CONNECTIONS = 100

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
# JSON, a form, or a query: the same words, with other signs between.
_CHAT = re.compile(rb'(?<![a-z_])chat_id"?\s*[:=]\s*"?(-?\d+)')
_OFFSET = re.compile(rb'offset"?\s*[:=]\s*"?(-?\d+)')
_TIMEOUT = re.compile(rb'(?<![a-z_])timeout"?\s*[:=]\s*"?(\d+)')
_URL = re.compile(rb'"url"\s*:\s*"([^"]*)"')
_SECRET = re.compile(rb'secret_token"?\s*[:=]\s*"?([\w-]+)')

_ME = {
    "id": 42,
    "is_bot": True,
    "first_name": "Bench",
    "username": "bench_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}


def _ok(result: object) -> bytes:
    body = json.dumps({"ok": True, "result": result}).encode()
    return _http(body)


def _http(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


TRUE = _ok(result=True)
EMPTY = _ok([])


class Ask:
    """Somebody who waits for the bot's words."""

    __slots__ = ("begun", "done")

    def __init__(self, done: asyncio.Future[float]) -> None:
        self.begun = perf_counter()
        self.done = done


class Bot:
    """What the server knows of one bot: its queue of updates, and who waits for it."""

    def __init__(self) -> None:
        self.waiting: dict[int, bytes] = {}
        self.asked: dict[int, deque[Ask]] = defaultdict(deque)
        self.hooks: Iterator[Hook] | None = None
        self.url = self.secret = b""
        self.messages = 0
        # When it first asked for updates, by a clock that all processes share.
        self.polled: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._next_id = 1
        self._poll: tuple[Connection, int, asyncio.TimerHandle] | None = None

    def say(self, person: int, text: str) -> asyncio.Future[float]:
        """Queues a message; returns the future seconds until the bot says something to this person."""
        self._next_id += 1
        done: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.asked[person].append(Ask(done))
        update = _update(self._next_id, person, text)
        if self.hooks is not None:
            next(self.hooks).post(update, self.secret)
            return done
        self.waiting[self._next_id] = update
        if self._poll is not None:
            connection, offset, timer = self._poll
            timer.cancel()
            self._poll = None
            # In a moment: others may say something in the same breath.
            asyncio.get_running_loop().call_soon(self._give, connection, offset)
        return done

    def poll(self, connection: "Connection", offset: int, timeout: int) -> None:
        """Answers getUpdates: confirms all below the offset, gives what waits, or waits for the next."""
        if not self.polled.done():
            self.polled.set_result(perf_counter())
        for update_id in [known for known in self.waiting if known < offset]:
            del self.waiting[update_id]
        if self.waiting or not timeout:
            self._give(connection, offset)
            return
        timer = asyncio.get_running_loop().call_later(timeout, self._give_up, connection)
        self._poll = (connection, offset, timer)

    def _give(self, connection: "Connection", offset: int) -> None:
        found = [update for update_id, update in self.waiting.items() if update_id >= offset][:LIMIT]
        connection.write(_http(b'{"ok":true,"result":[%s]}' % b",".join(found)))

    def _give_up(self, connection: "Connection") -> None:
        self._poll = None
        connection.write(EMPTY)

    def hear(self, body: bytes) -> bytes:
        """Takes the bot's words; returns the message that they became."""
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        waiting = self.asked.get(chat)
        if waiting:
            ask = waiting.popleft()
            if not ask.done.done():
                ask.done.set_result(perf_counter() - ask.begun)
            if not waiting:
                del self.asked[chat]
        self.messages += 1
        return _http(
            b'{"ok":true,"result":{"message_id":%d,"date":1767225600,"chat":{"id":%d,"type":"private",'
            b'"first_name":"P"},"from":{"id":42,"is_bot":true,"first_name":"Bench"},"text":"."}}'
            % (self.messages, chat)
        )


def _update(update_id: int, person: int, text: str) -> bytes:
    # As the seeded sessions know them: a bot that writes down a new name would do more than it does every day.
    who = {"id": person, "first_name": "P"}
    message: dict[str, Any] = {
        "message_id": update_id,
        "date": 1767225600,
        "chat": {**who, "type": "private"},
        "from": {**who, "is_bot": False, "language_code": "en"},
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    return json.dumps({"update_id": update_id, "message": message}).encode()


class Connection(asyncio.Protocol):
    """One connection of a bot: requests come whole or in pieces, answers go out in order."""

    def __init__(self, bots: dict[bytes, Bot]) -> None:
        self._bots = bots
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is of no such class

    def write(self, data: bytes) -> None:
        """Sends an answer, unless the bot is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < stop:
                return
            body, self._buffer = self._buffer[end + 4 : stop], self._buffer[stop:]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        path, _space, _rest = head.split(b" ", 2)[1].partition(b"?")
        _empty, token, method = path.split(b"/", 2)
        bot = self._bots[token.removeprefix(b"bot")]
        name = method.lower()
        if name == b"getupdates":
            offset, timeout = _OFFSET.search(body), _TIMEOUT.search(body)
            bot.poll(self, int(offset[1]) if offset else 0, int(timeout[1]) if timeout else 0)
        elif name.startswith((b"sendm", b"editm")):
            self.write(bot.hear(body))
        elif name == b"getme":
            self.write(_ok(_ME))
        elif name == b"getwebhookinfo":
            self.write(_ok({"url": bot.url.decode(), "has_custom_certificate": False, "pending_update_count": 0}))
        else:
            if name == b"setwebhook" and (url := _URL.search(body)) and (secret := _SECRET.search(body)):
                bot.url, bot.secret = url[1], secret[1]
            self.write(TRUE)


class Hook(asyncio.Protocol):
    """One connection to a bot's webhook: one update at a time, the others wait."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._is_busy = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is of no such class

    def post(self, update: bytes, secret: bytes) -> None:
        """Delivers an update."""
        self._waiting.append(
            b"POST /telegram HTTP/1.1\r\nhost: bot\r\ncontent-type: application/json\r\n"
            b"x-telegram-bot-api-secret-token: %s\r\ncontent-length: %d\r\n\r\n%s" % (secret, len(update), update)
        )
        self._next()

    def _next(self) -> None:
        if self._waiting and not self._is_busy and self._transport is not None:
            self._is_busy = True
            self._transport.write(self._waiting.popleft())

    def data_received(self, data: bytes) -> None:
        # Without a body, as they are here, an answer comes in one piece.
        assert data.startswith(b"HTTP/1.1 200"), data
        self._is_busy = False
        self._next()


class Stub:
    """The server, and the people."""

    def __init__(self) -> None:
        self._bots: dict[bytes, Bot] = defaultdict(Bot)

    async def start(self) -> int:
        """Listens; returns the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self._bots), "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Does what an order says; returns the answer to it."""
        bot = self._bots[order["token"].encode()]
        if "ports" in order:
            await self._connect(bot, order["ports"])
            return {}
        if "asks" not in order:
            return {"polled": await asyncio.wait_for(asyncio.shield(bot.polled), PATIENCE)}
        async with logging_in(bot.say, order["logins"], order["every"]) as logins:
            begun = perf_counter()
            seconds = await ask(bot.say, order["asks"], order["flight"])
            return {"took": perf_counter() - begun, "seconds": seconds, "logins": list(logins)}

    async def _connect(self, bot: Bot, ports: list[int]) -> None:
        """Delivers to these webhooks from now on, to each in turn, as a balancer does that remembers nobody."""
        loop = asyncio.get_running_loop()
        hooks = []
        for _ in range(CONNECTIONS // len(ports)):
            for port in ports:
                _transport, hook = await loop.create_connection(Hook, "127.0.0.1", port)
                hooks.append(hook)
        bot.hooks = cycle(hooks)


async def _main() -> None:
    stub = Stub()
    lines = asyncio.StreamReader(limit=1 << 30)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    _tell({"port": await stub.start()})
    async with asyncio.TaskGroup() as group:
        while line := await lines.readline():
            group.create_task(_follow(stub, json.loads(line)))


async def _follow(stub: Stub, order: dict[str, Any]) -> None:
    _tell({"order": order["order"], **await stub.obey(order)})


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_main())
