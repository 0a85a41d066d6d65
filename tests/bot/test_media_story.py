"""Files of a lesson, end to end: two real bot processes, one after the other, each with a token of its own."""

import asyncio
import hashlib
from pathlib import Path

from bot.playground.images import PIXEL
from tests.bot.test_story import ADA, IVAN, register
from tests.chat import TOKEN
from tests.remote import PATIENCE, Telegram, bot, logged, telegram

OTHER_TOKEN = "4711:ANOTHER-BOT"
NOTES = b"notes " * 100_000


async def write_lesson(server: Telegram) -> None:
    """Writes and publishes a course with a picture and a document, as Ivan."""
    await server.talk(IVAN, ("/newcourse", "What is it called?"), ("Compilers 101", "Describe it"))
    await server.press(IVAN, "Skip")
    await server.until(IVAN, "draft")
    await server.press(IVAN, "Add lesson")
    await server.until(IVAN, "What is the lesson called?")
    await server.send(IVAN, "Lexing")
    await server.until(IVAN, "Now send the lesson itself")
    await server.send_file(IVAN, "tree.png", PIXEL, "image/png")
    await server.until(IVAN, "1 part so far")
    await server.send_file(IVAN, "Noten “1”.txt", NOTES, "text/plain")
    await server.until(IVAN, "2 parts so far")
    await server.press(IVAN, "Finish")
    await server.until(IVAN, "added")
    await server.press(IVAN, "Publish")
    await server.until(IVAN, "published")


async def read_lesson(server: Telegram) -> list[bytes]:
    """Opens the lesson as Ada; returns the bytes of the files that she sees then."""
    before = len(await server.chat(ADA))
    await server.send(ADA, "/lesson COMP10 1")
    async with asyncio.timeout(PATIENCE):
        while not (seen := await server.chat(ADA))[-1]["keyboard"] or len(seen) < before + 4:
            pass
    return [await server.file(one["file_id"]) for one in seen[before:] if one["file_id"]]


async def test_another_bot_shows_the_same_files(database_url: str, tmp_path: Path) -> None:
    """Fetched over HTTP by one bot, uploaded by the next; no log has a token, or the address of a file."""
    store, logs = tmp_path / "store", []
    settings = {"MEDIA_DIR": str(store), "INSTRUCTOR_SIGNUP": "open", "LOG_LEVEL": "DEBUG"}
    async with telegram(tmp_path / "telegram") as server, bot(server, database_url, tmp_path, **settings) as process:
        await register(server, IVAN, "Ivan", "Instructor")
        await register(server, ADA, "Ada", "Student")
        await write_lesson(server)
        await server.send(ADA, "/enroll COMP10")
        await server.until(ADA, "Enjoy!")
        assert await read_lesson(server) == [PIXEL, NOTES]
        # One after the other, in whichever order the database names two that are due.
        logs += [await logged(process, "kept a copy of "), await logged(process, "kept a copy of ")]
        process.terminate()
        output, _errors = await process.communicate()
        logs.append(output.decode())
    names = {path.name for path in store.rglob("*") if path.is_file()}
    assert names == {hashlib.sha256(data).hexdigest() for data in (PIXEL, NOTES)}
    settings["BOT_TOKEN"] = OTHER_TOKEN
    async with (
        telegram(tmp_path / "telegram", token=OTHER_TOKEN) as server,
        bot(server, database_url, tmp_path, **settings) as process,
    ):
        assert await read_lesson(server) == [PIXEL, NOTES]
        process.terminate()
        output, _errors = await process.communicate()
        logs.append(output.decode())
    for secret in (TOKEN.partition(":")[2], OTHER_TOKEN.partition(":")[2], "documents/file", "photos/file"):
        assert secret not in "".join(logs)
