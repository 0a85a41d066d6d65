"""People who talk to a real bot process over HTTP, through a playground in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.playground.launch import launched
from tests.chat import TOKEN

ROOT = Path(__file__).parents[1]
# Far more than anything takes; reached only when the answer never comes.
PATIENCE = 30.0
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
        async with asyncio.timeout(PATIENCE), self._client.stream("GET", "/play/events", timeout=None) as events:
            # The first line comes at once, the others whenever something happens.
            async for _line in events.aiter_lines():
                last = (await self.said(person))[-1:]
                if last and words in last[0]:
                    return last[0]
        raise AssertionError("the playground ended")

    async def _post(self, act: str, **body: Any) -> None:
        (await self._client.post(f"/play/{act}", json=body)).raise_for_status()


@asynccontextmanager
async def telegram(data: Path) -> AsyncIterator[Telegram]:
    """Yields a playground on a free port."""
    async with launched(port=0, data=data, token=TOKEN) as url, httpx.AsyncClient(base_url=url) as client:
        yield Telegram(url, client)


@asynccontextmanager
async def bot(server: Telegram, database_url: str, folder: Path, **environment: str) -> AsyncIterator[Process]:
    """Yields a bot process in a folder of its own, long polling that playground; killed at the end."""
    usual = {"BOT_TOKEN": TOKEN, "BOT_API_URL": server.url, "DATABASE_URL": database_url, "BCRYPT_ROUNDS": "4"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
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
