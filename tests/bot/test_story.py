"""The main job, end to end: a real bot process, long polling over HTTP, and a Bot API server that refuses mistakes."""

from pathlib import Path

import pytest

from tests.chat import PASSWORD
from tests.remote import Telegram, bot, telegram

ADA, IVAN, GRACE = 1001, 1002, 1003


async def register(server: Telegram, person: int, name: str, role: str) -> None:
    """Makes an account."""
    await server.talk(
        person,
        ("/register", "What is your name?"),
        (name, "Your email address?"),
        (f"{name.lower()}@example.org", "Choose a password"),
        (PASSWORD, "to learn or to teach"),
    )
    await server.press(person, role)


async def write_course(server: Telegram) -> None:
    """Writes and publishes a course of two lessons, as Ivan."""
    await server.talk(
        IVAN,
        ("/newcourse", "What is it called?"),
        ("Compilers 101", "Describe it"),
        ("From characters to running code.", "draft"),
    )
    for title in ("Lexing", "Parsing"):
        await server.press(IVAN, "Add lesson")
        await server.until(IVAN, "What is the lesson called?")
        await server.talk(IVAN, (title, "Now send the lesson itself"), (f"All about {title.lower()}.", "1 part so far"))
        await server.press(IVAN, "Finish")
        await server.until(IVAN, f"“{title}” added")
    await server.press(IVAN, "Publish")
    await server.until(IVAN, "published")


async def take_course(server: Telegram) -> None:
    """Finds the course and takes it to its end, as Ada."""
    await server.send(ADA, "/courses compil")
    await server.until(ADA, "Compilers 101")
    await server.press(ADA, "1")
    await server.until(ADA, "by Ivan")
    await server.press(ADA, "Enroll")
    await server.until(ADA, "Enjoy!")
    await server.press(ADA, "Start: Lexing")
    await server.until(ADA, "All about lexing.")
    await server.press(ADA, "Done")
    await server.until(ADA, "▓▓▓▓▓░░░░░  50 %")
    await server.press(ADA, "Next: Parsing")
    await server.until(ADA, "All about parsing.")
    await server.talk(ADA, ("/done", "Well done, Ada!"), ("/progress", "2/2 · 100 %"))


async def test_from_an_empty_database_to_a_finished_course(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An admin approves an instructor, who writes a course, which a student finishes; no call is refused."""
    async with (
        telegram(tmp_path / "playground") as server,
        bot(server, database_url, tmp_path, ADMIN_IDS=str(GRACE)) as process,
    ):
        await server.send(GRACE, "/start")
        await server.until(GRACE, "You are an admin here")
        await register(server, IVAN, "Ivan", "Instructor")
        await server.until(GRACE, "would like to teach here")
        await server.press(GRACE, "Approve")
        await server.until(IVAN, "You can write courses here now")
        await write_course(server)
        await register(server, ADA, "Ada", "Student")
        await server.until(ADA, "Welcome, Ada!")
        await take_course(server)
        process.terminate()
        output, _errors = await process.communicate()
    # The server says on its standard error which calls it refused, and the bot says what failed.
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == []
    assert [line for line in output.decode().splitlines() if " INFO " not in line] == []
