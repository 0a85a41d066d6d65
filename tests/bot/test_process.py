"""The bot as people run it: a process of its own, long polling, SQLite or PostgreSQL, and a kill."""

import asyncio
import signal
from pathlib import Path

from db.transaction import Database
from tests.chat import PASSWORD
from tests.remote import bot, telegram

ADA = 1001


async def test_a_killed_bot_goes_on_where_it_was(database_url: str, tmp_path: Path) -> None:
    """`kill -9` after an answer was shown loses nothing of it: the open dialog goes on at the next start."""
    async with telegram(tmp_path / "playground") as server:
        async with bot(server, database_url, tmp_path) as process:
            await server.talk(ADA, ("/register", "What is your name?"), ("Ada Lovelace", "Your email address?"))
            process.kill()
            await process.wait()
        # Sent while nobody listens; Telegram keeps it.
        await server.send(ADA, "ada@example.org")
        async with bot(server, database_url, tmp_path) as process:
            await server.until(ADA, "Choose a password")
            await server.send(ADA, PASSWORD)
            await server.until(ADA, "to learn or to teach")
            await server.press(ADA, "Student")
            await server.until(ADA, "Welcome, Ada Lovelace!")
            process.kill()
            await process.wait()
        async with bot(server, database_url, tmp_path):
            await server.send(ADA, "/me")
            await server.until(ADA, "ada@example.org")
        assert all(PASSWORD not in message["text"] for message in await server.chat(ADA))
    database = Database(database_url)
    async with database.transaction() as repos:
        user = await repos.users.get_by_email("ada@example.org")
    await database.close()
    assert user is not None
    assert user.name == "Ada Lovelace"


async def test_sigterm_ends_the_bot_cleanly(database_url: str, tmp_path: Path) -> None:
    """A polite end finishes what is open, confirms it, and exits with 0."""
    async with telegram(tmp_path / "playground") as server, bot(server, database_url, tmp_path) as process:
        await server.send(ADA, "/start")
        await server.until(ADA, "Hi Ada!")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            output, _errors = await process.communicate()
        assert process.returncode == 0
        assert b"Traceback" not in output
        async with bot(server, database_url, tmp_path):
            await server.send(ADA, "/me")
            await server.until(ADA, "not signed in")
        assert len([said for said in await server.said(ADA) if said.startswith("Hi Ada!")]) == 1
