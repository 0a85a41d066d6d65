import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx
import pytest
from telegram import Bot

from bot.playground.launch import LaunchError, launched
from tests.bot.playground.conftest import ADA, TOKEN

ROOT = Path(__file__).parents[3]


async def started(data: Path, *options: str, stdin: int | None = None) -> tuple[asyncio.subprocess.Process, str]:
    """Starts the server as a process; returns it and its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.playground",
        "--port",
        "0",
        "--data",
        str(data),
        "--token",
        TOKEN,
        *options,
        cwd=ROOT,
        stdin=stdin,
        stdout=PIPE,
    )
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


async def test_a_bot_over_real_http(tmp_path: Path) -> None:
    """A bot talks to the launched server, which has its three people, and ends with the block, polls and all."""
    async with (
        launched(port=0, data=tmp_path, token=TOKEN) as address,
        httpx.AsyncClient(base_url=address) as page,
    ):
        people = (await page.get("/play/state")).json()["people"]
        await page.post("/play/say", json={"person": ADA, "text": "/start"})
        async with Bot(TOKEN, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot") as bot:
            updates = await bot.get_updates()
            message = await bot.send_document(ADA, b"notes", filename="a.txt")
            assert message.document is not None
            file = await bot.get_file(message.document)
            assert bytes(await file.download_as_bytearray()) == b"notes"

    assert [(person["name"], person["role"]) for person in people] == [
        ("Ada Lovelace", "student"),
        ("Ivan Petrov", "instructor"),
        ("Grace Hopper", "admin"),
    ]
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"


async def test_state_is_there_after_a_kill(tmp_path: Path) -> None:
    """What was answered before kill -9 is there at the next start."""
    process, line = await started(tmp_path)
    async with httpx.AsyncClient(base_url=line.removeprefix("listening on ")) as page:
        await page.post("/play/say", json={"person": ADA, "text": "hello"})
    process.kill()
    await process.wait()

    async with launched(port=0, data=tmp_path, token=TOKEN) as address, httpx.AsyncClient(base_url=address) as page:
        chat = (await page.get(f"/play/chat/{ADA}")).json()
        updates = (await page.get(f"/bot{TOKEN}/getUpdates")).json()["result"]

    assert [message["text"] for message in chat["messages"]] == ["hello"]
    assert len(updates) == 1


async def test_busy_port(tmp_path: Path) -> None:
    """A port that is taken is one clear line and exit status 2."""
    async with launched(port=0, data=tmp_path / "one", token=TOKEN) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(LaunchError, match=f"cannot listen on 127.0.0.1:{port}: "):
            async with launched(port=port, data=tmp_path / "two", token=TOKEN):
                pass
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.playground",
            "--port",
            str(port),
            "--data",
            str(tmp_path),
            "--token",
            TOKEN,
            cwd=ROOT,
            stderr=PIPE,
        )
        _, errors = await process.communicate()

    assert process.returncode == 2
    assert errors.decode().count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_end_it_well(tmp_path: Path, number: signal.Signals) -> None:
    """SIGTERM and SIGINT end the server with status 0, whatever stream or poll is open."""
    process, line = await started(tmp_path)
    async with httpx.AsyncClient(base_url=line.removeprefix("listening on "), timeout=30) as client:
        poll = asyncio.create_task(client.get(f"/bot{TOKEN}/getUpdates", params={"timeout": 50}))
        async with client.stream("GET", "/play/events") as events:
            lines = events.aiter_lines()
            assert (await anext(lines)).startswith("retry")
            while not (await client.get("/play/state")).json()["listening"]:
                pass
            process.send_signal(number)
            async with asyncio.timeout(10):
                assert await process.wait() == 0
            # Reading on raises unless the stream was ended, too.
            async for _line in lines:
                pass
        assert (await poll).json() == {"ok": True, "result": []}


async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """When its parent dies, the pipe to it breaks, and the server ends."""
    reading, writing = os.pipe()
    process, _ = await started(tmp_path, "--stop-with-parent", stdin=reading)
    os.close(reading)
    assert process.returncode is None

    os.close(writing)

    async with asyncio.timeout(10):
        assert await process.wait() == 0
