"""People who talk to a real bot process over HTTP, through a playground in a process of its own."""

import asyncio
import contextlib
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.launch import launched
from bot.serving import listen, serving
from tests.chat import TOKEN

ROOT = Path(__file__).parents[1]
# Far more than anything takes; reached only when the answer never comes.
PATIENCE = 30.0
WEBHOOK_SECRET = "a-secret_of-the-webhook"
Message = dict[str, Any]


class Telegram:
    """The playground, seen from outside."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        """Talks to the playground at `url`."""
        self.url = url
        self._client = client

    async def send(self, person: int, text: str) -> None:
        """Says something as a person."""
        await self._post("say", person=person, text=text)

    async def send_file(self, person: int, name: str, data: bytes, kind: str) -> None:
        """Sends a file of this MIME type as a person."""
        form = {"data": {"person": str(person)}, "files": {"files": (name, data, kind)}}
        (await self._client.post("/play/upload", **form)).raise_for_status()  # type: ignore[arg-type]

    async def file(self, file_id: str) -> bytes:
        """Returns the bytes of a file that somebody sees."""
        return (await self._client.get(f"/play/file/{file_id}")).raise_for_status().content

    async def press(self, person: int, label: str) -> None:
        """Presses the newest button whose label begins so."""
        for message in reversed(await self.chat(person)):
            for button in [button for row in message["keyboard"] for button in row]:
                if button["text"].startswith(label):
                    await self._post("press", person=person, message_id=message["id"], data=button["data"])
                    return
        raise AssertionError(f"no button {label!r}")

    async def chat(self, person: int) -> list[Message]:
        """Returns what the person sees."""
        answer = await self._client.get(f"/play/chat/{person}")
        messages: list[Message] = answer.raise_for_status().json()["messages"]
        return messages

    async def said(self, person: int) -> list[str]:
        """Returns all that the bot has said to the person."""
        return [message["text"] for message in await self.chat(person) if message["from_bot"]]

    async def until(self, person: int, words: str) -> str:
        """Returns the bot's newest words when they contain these."""
        last: list[str] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._client.stream("GET", "/play/events", timeout=None) as events:
                # The first line comes at once, the others whenever something happens.
                async for _line in events.aiter_lines():
                    last = (await self.said(person))[-1:]
                    if last and words in last[0]:
                        return last[0]
        raise AssertionError(f"the bot did not say {words!r} at last, but {last}")

    async def talk(self, person: int, *turns: tuple[str, str]) -> None:
        """Says one thing after the other as a person, each when the bot has answered with the words beside the last."""
        for text, words in turns:
            await self.send(person, text)
            await self.until(person, words)

    async def _post(self, act: str, **body: Any) -> None:
        (await self._client.post(f"/play/{act}", json=body)).raise_for_status()


@asynccontextmanager
async def telegram(data: Path, *, webhook_second: float = 1.0, token: str = TOKEN) -> AsyncIterator[Telegram]:
    """Yields a playground on a free port, which pauses so long where Telegram pauses for a second."""
    launch = launched(port=0, data=data, token=token, webhook_second=webhook_second)
    async with launch as url, httpx.AsyncClient(base_url=url) as client:
        yield Telegram(url, client)


class Listening(Protocol):
    """A Bot API server."""

    url: str


@asynccontextmanager
async def bot(
    server: Listening, database_url: str, folder: Path, command: str = "run", **environment: str
) -> AsyncIterator[Process]:
    """Yields a bot process in a folder of its own, long polling that playground; killed at the end."""
    usual = {"BOT_TOKEN": TOKEN, "BOT_API_URL": server.url, "DATABASE_URL": database_url, "BCRYPT_ROUNDS": "4"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **usual, **environment},
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


class Replica:
    """A bot process behind a webhook."""

    def __init__(self, process: Process, client: httpx.AsyncClient, urls: list[str]) -> None:
        """Is reached at its address, and at the one of its numbers."""
        self.process = process
        self.metrics_url, self.url = urls
        self._client = client

    async def post(self, update: Any, secret: str) -> int:
        """Sends an update as Telegram does, but perhaps without knowing the secret; returns the status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return (await self._client.post(f"{self.url}/telegram", json=update, headers=headers)).status_code

    async def ask(self, path: str) -> tuple[int, str]:
        """Returns what the process says of itself."""
        answer = await self._client.get(f"{self.url}{path}")
        return answer.status_code, answer.text

    async def metrics(self) -> str:
        """Returns its numbers."""
        return (await self._client.get(f"{self.metrics_url}/metrics")).raise_for_status().text

    async def until(self, path: str, says: str) -> None:
        """Returns when the process says so."""
        async with asyncio.timeout(PATIENCE):
            while (await self.ask(path))[1] != says:
                pass

    async def end(self) -> tuple[int | None, str]:
        """Asks it to end; returns its exit status and its log."""
        self.process.terminate()
        return await self.ended()

    async def ended(self) -> tuple[int | None, str]:
        """Waits for its end, ten seconds as a supervisor does; returns its exit status and the rest of its log."""
        async with asyncio.timeout(10):
            output, _errors = await self.process.communicate()
        return self.process.returncode, output.decode()


@asynccontextmanager
async def replica(
    server: Telegram, database_url: str, folder: Path, balancer: "Balancer", **environment: str
) -> AsyncIterator[Replica]:
    """Yields a bot process that the balancer sends updates to, ready; killed at the end."""
    settings = {"WEBHOOK_URL": balancer.url, "WEBHOOK_SECRET": WEBHOOK_SECRET, "LISTEN_PORT": "0"}
    settings |= {"METRICS_PORT": str(free_port()), **environment}
    async with (
        bot(server, database_url, folder, "serve", **settings) as process,
        httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client,
    ):
        found = Replica(process, client, [(await logged(process, "listening on ")).split()[-1] for _ in range(2)])
        await found.until("/readyz", "ready")
        balancer.urls.append(found.url)
        yield found
        balancer.urls.remove(found.url)


def free_port() -> int:
    """Returns a port at which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def logged(process: Process, words: str) -> str:
    """Reads a process's log up to the next line with these words, and returns it."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stdout.readline()).decode():
            if words in line:
                return line
    raise AssertionError(f"the process ended without {words!r}")


class Balancer:
    """A load balancer that remembers nobody: each request goes to the next replica."""

    def __init__(self, url: str) -> None:
        """Knows no replica yet."""
        self.url = url
        self.urls: list[str] = []
        # What was answered, by whom.
        self.answers: list[tuple[str, int]] = []
        self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)

    async def forward(self, request: Request) -> Response:
        """Hands a request on; a replica that is gone is passed over, as nginx does."""
        self.urls.append(self.urls.pop(0))
        for url in reversed(self.urls):
            headers = {name: value for name, value in request.headers.items() if name.startswith("x-telegram")}
            try:
                answer = await self._client.post(
                    f"{url}{request.url.path}", content=await request.body(), headers=headers
                )
            except httpx.TransportError:
                continue
            self.answers.append((url, answer.status_code))
            return Response(answer.content, answer.status_code)
        return Response(status_code=502)

    async def close(self) -> None:
        """Lets go of its connections."""
        await self._client.aclose()


@asynccontextmanager
async def balanced() -> AsyncIterator[Balancer]:
    """Yields a load balancer on a free port."""
    listening = listen("127.0.0.1", 0, "the balancer's port")
    balancer = Balancer(f"http://127.0.0.1:{listening.getsockname()[1]}")
    app = Starlette(routes=[Route("/{path:path}", balancer.forward, methods=["POST"])])
    async with serving([(app, listening)]):
        yield balancer
        await balancer.close()
