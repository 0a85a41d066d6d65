"""The bot behind a webhook, as people run it: real processes, a load balancer, and one database."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.clock import utc_now
from bot.lifetime import StartError
from bot.serving import listen
from bot.settings import Settings
from db.transaction import Database
from tests.chat import PASSWORD, TOKEN
from tests.remote import PATIENCE, ROOT, WEBHOOK_SECRET, Telegram, balanced, bot, free_port, logged, replica, telegram

ADA, IVAN = 1001, 1002


async def register(server: Telegram, person: int, name: str) -> None:
    """Makes an account."""
    await server.talk(
        person,
        ("/register", "What is your name?"),
        (name, "Your email address?"),
        (f"{name.lower()}@example.org", "Choose a password"),
        (PASSWORD, "to learn or to teach"),
    )
    await server.press(person, "Student")
    await server.until(person, f"Welcome, {name}!")


async def test_a_dialog_goes_on_at_another_replica(database_url: str, tmp_path: Path, *, is_postgresql: bool) -> None:
    """Any replica answers any step of a dialog; a person notices neither which, nor that one has ended."""
    async with (
        telegram(tmp_path / "playground") as server,
        balanced() as balancer,
        replica(server, database_url, tmp_path, balancer) as first,
    ):
        if not is_postgresql:  # SQLite's file has one process
            await register(server, ADA, "Ada")
            assert {answer for _url, answer in balancer.answers} == {200}
            return
        async with replica(server, database_url, tmp_path, balancer) as second:
            await register(server, ADA, "Ada")
            assert set(balancer.answers) == {(first.url, 200), (second.url, 200)}
            await server.send(IVAN, "/register")
            await server.until(IVAN, "What is your name?")
            status, output = await second.end()
            assert (status, "Traceback" in output) == (0, False), output
            await server.send(IVAN, "Ivan")
            await server.until(IVAN, "Your email address?")
            assert balancer.answers[-1] == (first.url, 200)


async def test_sigterm_with_an_update_open(database_url: str, tmp_path: Path) -> None:
    """What is open at a polite end is finished, confirmed and answered; nothing new is taken, and the exit is 0."""
    database = Database(database_url)
    async with (
        telegram(tmp_path / "playground") as server,
        balanced() as balancer,
        replica(server, database_url, tmp_path, balancer) as process,
    ):
        await server.send(ADA, "/start")
        await server.until(ADA, "Hi Ada!")
        async with database.transaction() as repos:
            # As long as somebody else has the session, the update waits.
            await repos.sessions.open(ADA, 1, utc_now())
            await server.send(ADA, "/register")
            async with asyncio.timeout(PATIENCE):
                while "syllabot_updates_open 1.0" not in await process.metrics():
                    pass
            process.process.terminate()
            await process.until("/readyz", "stopping")
        status, output = await process.ended()
        assert (status, "Traceback" in output) == (0, False), output
        assert balancer.answers[-1] == (process.url, 200)
        assert "What is your name?" in (await server.said(ADA))[-1]
    await database.close()


async def test_what_comes_while_every_replica_is_away(database_url: str, tmp_path: Path) -> None:
    """It is delivered when one is back, and the dialog goes on."""
    async with telegram(tmp_path / "playground", webhook_second=0.01) as server, balanced() as balancer:
        async with replica(server, database_url, tmp_path, balancer) as process:
            await server.send(ADA, "/register")
            await server.until(ADA, "What is your name?")
            process.process.kill()
            await process.process.wait()
        await server.send(ADA, "Ada Lovelace")
        async with replica(server, database_url, tmp_path, balancer):
            await server.until(ADA, "Your email address?")
        # Who was killed may not have noted that its question was sent: that one may be asked again, and no other.
        *before, last = await server.said(ADA)
        assert [words for words in before if "What is your name?" not in words] == []
        assert "Your email address?" in last


async def test_whoever_does_not_know_the_secret(database_url: str, tmp_path: Path) -> None:
    """A forged update changes nothing, and neither logs nor numbers say anything about people or secrets."""
    async with (
        telegram(tmp_path / "playground") as server,
        balanced() as balancer,
        replica(server, database_url, tmp_path, balancer, LOG_LEVEL="DEBUG") as process,
    ):
        await register(server, ADA, "Ada")
        person = {"id": ADA, "is_bot": False, "first_name": "Ada"}
        chat = {"id": ADA, "type": "private", "first_name": "Ada"}
        command = [{"type": "bot_command", "offset": 0, "length": 7}]
        message = {"message_id": 99, "date": 0, "text": "/logout", "entities": command, "from": person, "chat": chat}
        for secret in ("", "x", WEBHOOK_SECRET[:-1], WEBHOOK_SECRET.upper()):
            assert await process.post({"update_id": 5, "message": message}, secret) == 403
        await server.send(ADA, "/me")
        await server.until(ADA, "ada@example.org")
        numbers = await process.metrics()
        status, output = await process.end()
    assert status == 0, output
    assert 'syllabot_webhook_requests_total{status="403"} 4.0' in numbers
    assert re.search(r"syllabot_loop_lag_seconds_count \d", numbers)
    for word in ("Ada", "ada@", str(ADA), TOKEN, WEBHOOK_SECRET, "register"):
        assert word not in numbers
    for word in (PASSWORD, TOKEN, WEBHOOK_SECRET):
        assert word not in output


async def test_it_lives_while_telegram_is_away(database_url: str, tmp_path: Path) -> None:
    """Whoever restarts what is dead must not restart what waits for the network: it is alive, and not ready."""
    nowhere = Telegram(f"http://127.0.0.1:{free_port()}", httpx.AsyncClient())
    settings = {"WEBHOOK_URL": "http://127.0.0.1:1", "WEBHOOK_SECRET": WEBHOOK_SECRET, "METRICS_PORT": "0"}
    port = free_port()
    async with (
        bot(nowhere, database_url, tmp_path, "serve", LISTEN_PORT=str(port), **settings) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        await logged(process, "cannot be reached")
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "starting")
        assert "server" not in answer.headers
        process.terminate()
        async with asyncio.timeout(10):
            await process.communicate()
        assert process.returncode == 0


async def test_polling_takes_the_webhook_away(database_url: str, tmp_path: Path) -> None:
    """Who goes back to `run` gets what came in between; the log says what was done, and no secret address."""
    async with telegram(tmp_path / "playground") as server, httpx.AsyncClient(base_url=server.url) as client:
        params = {"url": f"http://127.0.0.1:{free_port()}/secret-path"}
        assert (await client.get(f"/bot{TOKEN}/setWebhook", params=params)).status_code == 200
        await server.send(ADA, "/start")
        async with bot(server, database_url, tmp_path) as process:
            await server.until(ADA, "Hi Ada!")
            process.terminate()
            output = (await process.communicate())[0].decode()
    assert "the webhook at 127.0.0.1 is taken away, for this process polls" in output
    assert "secret-path" not in output


async def test_run_has_numbers_when_asked(database_url: str, tmp_path: Path) -> None:
    """A bot that polls shows its numbers at METRICS_PORT, and how long Telegram has been silent."""
    port = free_port()
    async with (
        telegram(tmp_path / "playground") as server,
        bot(server, database_url, tmp_path, METRICS_PORT=str(port)),
        httpx.AsyncClient(trust_env=False) as client,
    ):
        await server.send(ADA, "/start")
        await server.until(ADA, "Hi Ada!")
        numbers = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    assert "syllabot_poll_silence_seconds " in numbers
    assert "syllabot_replies_unsent " in numbers


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({}, "serve needs BOT_TOKEN and WEBHOOK_URL and WEBHOOK_SECRET; .env.example says what each is"),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_SECRET": WEBHOOK_SECRET}, "serve needs WEBHOOK_URL; .env.example says"),
        ({"WEBHOOK_SECRET": "too-short"}, "WEBHOOK_SECRET should be 16 to 256 letters, digits, _ or -, for example"),
        ({"WEBHOOK_URL": "http://bot.example"}, "WEBHOOK_URL should be an https address that Telegram can reach, for"),
    ],
)
def test_serve_needs_settings(
    tmp_path: Path, environment: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing or wrong is one line and status 2."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"syllabot: {line}")
    assert ended.stderr.count("\n") == 1


def test_a_port_that_is_taken() -> None:
    """Which setting to change is said in one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*; LISTEN_HOST and X say where"):
            listen("127.0.0.1", port, "X")
    with pytest.raises(StartError, match=r"cannot listen on nowhere\.invalid:80: "):
        listen("nowhere.invalid", 80, "X")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_hosts(host: str) -> None:
    """A name, and an address of either kind, can be listened at."""
    try:
        listening = listen(host, 0, "X")
    except StartError:
        pytest.skip(f"this machine has no {host}")
    with listening:
        assert listening.getsockname()[1] > 0
