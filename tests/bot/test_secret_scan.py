"""After a full story with real processes, no secret is in what they wrote: neither logs, nor database, nor backup."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

from tests.bot.test_cli import bot as command
from tests.chat import TOKEN
from tests.db.raw import everything, execute
from tests.db.test_encryption import KEY
from tests.remote import WEBHOOK_SECRET, Telegram, bot, free_port, telegram

ADA, BOB = 1001, 1002
# With letters that each way of writing writes in its own way.
PASSWORD, WRONG = 'Zauberlehrling "ä/ö" 55', "Hexenmeister <ß+ü> 66"
SECRETS = {
    "token": TOKEN.partition(":")[2],
    "webhook": WEBHOOK_SECRET,
    "password": PASSWORD,
    "wrong": WRONG,
    "key": KEY,
}


def forms(secret: str) -> set[bytes]:
    """Returns a secret as it may stand in a file: as bytes, escaped, quoted, and in base64 wherever it begins."""
    written = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    written |= {json.dumps(form)[1:-1] for form in written} | {secret.encode().hex()}
    found = {form.encode() for form in written} | {secret.encode("utf-16-le"), secret.encode("utf-16-be")}
    for shift in range(3):
        # The first and the last sign depend on their neighbours.
        found.add(base64.b64encode(b" " * shift + secret.encode())[4 if shift else 0 :].rstrip(b"=")[:-1])
    return found


def leaks(haystacks: dict[str, bytes]) -> list[str]:
    """Returns where which secret was found."""
    return [
        f"{name} in {place}"
        for place, hay in haystacks.items()
        for name, secret in SECRETS.items()
        if any(form.lower() in hay.lower() for form in forms(secret))
    ]


@pytest.mark.parametrize("name", SECRETS)
def test_each_form_of_a_secret_is_found(name: str) -> None:
    """The scan bites: plain, in JSON, in an address, as UTF-16, and in base64 at any place."""
    secret = SECRETS[name]
    texts = [f"x{secret}y", json.dumps([secret]), f"?a={quote(secret)}&b", repr({"a": secret})]
    for hay in (*(text.encode() for text in texts), secret.encode("utf-16")):
        assert leaks({"there": hay}) == [f"{name} in there"]
    for before in ("", "1", "12", "123"):
        assert leaks({"there": base64.b64encode(f"{before}{secret}!".encode())}) == [f"{name} in there"]
    assert leaks({"there": b"Zauberlehrling 55, a secret of 42"}) == []


class Logs:
    """Bot processes, each with its log."""

    def __init__(self, server: Telegram, database_url: str, folder: Path, data_key: str) -> None:
        """Begins with none."""
        self.server = server
        self.written: list[bytes] = []
        self._data_key = data_key
        self._database_url = database_url
        self._folder = folder

    @asynccontextmanager
    async def process(self, name: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Yields a process that logs all it can."""
        async with bot(
            self.server,
            self._database_url,
            self._folder,
            name,
            LOG_LEVEL="DEBUG",
            DATA_KEY=self._data_key,
            **environment,
        ) as process:
            reading = asyncio.create_task(process.communicate())
            try:
                yield process
            finally:
                if process.returncode is None:
                    process.terminate()
                async with asyncio.timeout(20):
                    self.written.append((await reading)[0])


async def tell(server: Telegram, person: int, *talk: tuple[str, str]) -> None:
    """Says things, and waits for an answer to each."""
    for words, answer in talk:
        await server.send(person, words)
        await server.until(person, answer)


async def register(server: Telegram) -> None:
    """Registers, with the password sent once too often, typed behind a command, and put into an edited message."""
    await tell(
        server,
        ADA,
        (f"/login ada@example.org {WRONG}", "I deleted your message"),
        ("/register", "What is your name?"),
        ("Ada", "Your email address?"),
        ("ada@example.org", "Choose a password"),
    )
    mine = [message for message in await server.chat(ADA) if not message["from_bot"]]
    await server._post("edit", person=ADA, message_id=mine[-1]["id"], text=PASSWORD)
    await server.until(ADA, "send your answer as a new message")
    await tell(server, ADA, (PASSWORD, "to learn or to teach"), (PASSWORD, "Please tap one of the buttons"))
    await server.press(ADA, "Student")
    await server.until(ADA, "Welcome, Ada!")


async def log_in(server: Telegram) -> None:
    """Logs out, and in again at the second try."""
    await tell(
        server,
        ADA,
        ("/logout", "You are logged out"),
        ("/login", "Your email address?"),
        ("ada@example.org", "Your password?"),
        (WRONG, "do not belong together"),
    )


async def forge(url: str) -> None:
    """Sends what is no update, and updates by somebody who does not know the secret, or almost knows it."""
    update: dict[str, Any] = {"update_id": 1, "message": {"text": PASSWORD}}
    async with httpx.AsyncClient(trust_env=False) as client:
        for secret in ("", quote(WRONG), WEBHOOK_SECRET[:-1], WEBHOOK_SECRET):
            for body in (json.dumps(update), json.dumps([PASSWORD]), PASSWORD):
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                await client.post(f"{url}/telegram?{quote(PASSWORD)}", content=body, headers=headers)


async def tell_the_story(logs: Logs, database_url: str) -> None:
    """A webhook, a crash in the middle of a login, long polling, an update on the shelf that held a password."""
    server, port = logs.server, free_port()
    url = f"http://127.0.0.1:{port}"
    webhook = {"WEBHOOK_URL": url, "WEBHOOK_SECRET": WEBHOOK_SECRET, "LISTEN_PORT": str(port)}
    async with logs.process("serve", **webhook, METRICS_PORT=str(free_port())) as process:
        await server.send(ADA, "/start")
        await server.until(ADA, "Hi Ada!")
        await forge(url)
        await register(server)
        await log_in(server)
        await server.send(ADA, PASSWORD)
        process.kill()
    async with logs.process("run", LOG_FORMAT="json"):
        await server.until(ADA, "Welcome back, Ada.")
        # From now on bcrypt refuses the hash: each try fails for a reason of ours.
        await execute(database_url, "UPDATE users SET password_hash = 'broken'")
        await tell(
            server,
            BOB,
            ("/login", "Your email address?"),
            ("ada@example.org", "Your password?"),
            (PASSWORD, "I have kept a note of it"),
        )


def backup(database_url: str, folder: Path) -> bytes:
    """Returns a backup of the database."""
    done = command("backup", str(folder / "copy.sqlite3"), DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    return (folder / "copy.sqlite3").read_bytes()


@pytest.mark.parametrize("data_key", ["", KEY])
async def test_no_secret_is_written_anywhere(
    database_url: str, tmp_path: Path, *, is_postgresql: bool, data_key: str
) -> None:
    """Registered, logged in, mistyped, edited, sent twice, killed, shelved: no secret is in log, database or backup."""
    async with telegram(tmp_path / "playground", webhook_second=0.05) as server:
        logs = Logs(server, database_url, tmp_path, data_key)
        await tell_the_story(logs, database_url)
        for person in (ADA, BOB):
            assert all(PASSWORD not in message["text"] for message in await server.chat(person))
    stored = await everything(database_url)
    # The story was told to its end, and the logs are whole.
    assert ("Invalid salt" in stored) is not bool(data_key)
    assert all(b"@syllabot_bot answers" in log for log in logs.written)
    haystacks = {f"log {number}": log for number, log in enumerate(logs.written)}
    haystacks["database"] = stored.encode() if is_postgresql else stored.encode("latin-1")
    if not is_postgresql:
        haystacks["backup"] = backup(database_url, tmp_path)
    assert leaks(haystacks) == []
    assert not [log for log in logs.written if b"$2b$" in log]
