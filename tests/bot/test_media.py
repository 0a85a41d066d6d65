"""What an instructor sent reaches students, whatever has become of the bot's token."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, select, update

from bot.playground.errors import ApiError, bad_request
from bot.playground.images import PIXEL
from db.models import FileId, Medium, MediumState
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from tests.chat import TOKEN, Person, World, open_world
from tests.factories import enroll, make_course, make_student

OTHER_TOKEN, RENEWED_TOKEN = "43:ANOTHER-BOT", "42:RENEWED"
SOUND = b"OggS and so on"
MISSING = "(A file is missing here. Please tell your instructor.)"


class Seen(NamedTuple):
    """A message of a lesson: its words, and the bytes of its file."""

    kind: str
    words: str
    data: bytes | None = None


EVERYTHING = [
    Seen("text", "Compilers 101 · 1 of 1\nEverything"),
    Seen("photo", "A tree", PIXEL),
    Seen("document", "", b"notes"),
    Seen("voice", "", SOUND),
    Seen("photo", "One", PIXEL + b"1"),
    Seen("video", "Two", b"two"),
    Seen("text", "That was Everything."),
]
CALLS = ["sendPhoto", "sendDocument", "sendVoice", "sendMediaGroup"]


@dataclass
class School:
    """A published lesson full of files, and a student who reads it; the bot can start again with another token."""

    database_url: str
    store: Path
    world: World
    ada: Person

    @asynccontextmanager
    async def with_token(self, token: str) -> AsyncIterator[World]:
        """Yields the world after its bot started again."""
        self.world.miniature.change_token(token)
        self.world.miniature.calls.clear()
        places: dict[str, Any] = {"miniature": self.world.miniature, "clock": self.world.clock, "media_dir": self.store}
        async with open_world(self.database_url, bot_token=token, **places) as world:
            self.world = self.ada.world = world
            yield world

    async def read(self) -> list[Seen]:
        """Returns what Ada sees when she opens the lesson."""
        before = len(self.ada.chat)
        await self.ada.send("/lesson COMP10 1")
        files = self.world.miniature.world.files
        return [
            Seen(one.kind, one.text or one.caption, files.content(one.file_id)[0] if one.file_id else None)
            for one in self.ada.chat[before:]
            if one.from_bot
        ]

    def copies(self) -> list[Path]:
        """Returns the files of the store."""
        return sorted(path for path in self.store.rglob("*") if path.is_file())

    def calls(self) -> list[str]:
        """Returns the calls so far that send files."""
        methods = [call.method for call in self.world.miniature.calls]
        return [name for name in methods if name.startswith("send") and name != "sendMessage"]


@pytest.fixture
async def school(database_url: str, tmp_path: Path) -> AsyncIterator[School]:
    """Yields a school whose files were fetched; its first bot is gone when another comes."""
    async with open_world(database_url, media_dir=tmp_path / "store") as world:
        await write_everything(await world.instructor())
        ada = await make_student(world)
        await ada.send("/enroll COMP10")
        await world.application.fetcher.fetch()
        yield School(database_url, tmp_path / "store", world, ada)


async def write_everything(ivan: Person) -> None:
    """Writes a lesson with a photo, a document, a voice message and an album, and publishes it."""
    await ivan.write_course()
    await ivan.press("Add lesson")
    await ivan.send("Everything")
    await ivan.send_file("photo", PIXEL, caption="A tree")
    await ivan.send_file("document", b"notes", filename="notes.txt", mime_type="text/plain")
    await ivan.send_file("voice", SOUND, duration=7)
    photo = {"kind": "photo", "data": PIXEL + b"1", "caption": "One"}
    await ivan.send_album(photo, {"kind": "video", "data": b"two", "caption": "Two"})
    await ivan.press("Finish")
    await ivan.press("Publish")


async def test_a_new_bot_loses_nothing(school: School) -> None:
    """With the token of another bot, the student gets photo, document, voice message and album all the same."""
    assert await school.read() == EVERYTHING
    async with school.with_token(OTHER_TOKEN) as world:
        assert await school.read() == EVERYTHING
        assert school.ada.labels == ["Done ✓"]
        assert school.calls() == CALLS
        [document] = [call for call in world.miniature.calls if call.method == "sendDocument"]
        assert document.params["disable_content_type_detection"] == "true"
        voice = next(one for one in school.ada.chat[::-1] if one.kind == "voice")
        assert world.miniature.world.files.content(voice.file_id or "")[1]["duration"] == 7


async def test_what_was_sent_once_has_a_name(school: School) -> None:
    """The new bot uploads a file for its first student only: then it goes by its id, as with the bot before."""
    async with school.with_token(OTHER_TOKEN) as world:
        await school.read()
        assert await world.count(FileId, FileId.bot_id == 43) == 5
        for copy in school.copies():
            copy.unlink()
        assert await school.read() == EVERYTHING
    async with school.with_token(TOKEN):
        assert await school.read() == EVERYTHING
        assert school.calls() == CALLS


async def test_a_new_secret_changes_nothing(school: School) -> None:
    """A token that was renewed is the same bot's, whose file ids stay good."""
    for copy in school.copies():
        copy.unlink()
    async with school.with_token(RENEWED_TOKEN):
        assert await school.read() == EVERYTHING
        assert school.calls() == CALLS


async def test_a_file_id_that_is_refused_is_uploaded(school: School) -> None:
    """What Telegram suddenly does not take any more comes from the store, alone or in an album, and is known again."""

    def refuse_file_ids(method: str, params: Mapping[str, object]) -> ApiError | None:
        is_stale = method in CALLS and "attach://" not in str(params)
        return bad_request("wrong remote file identifier specified: wrong padding") if is_stale else None

    school.world.miniature.faults = refuse_file_ids
    assert await school.read() == EVERYTHING
    school.world.miniature.faults = None
    school.world.miniature.calls.clear()
    assert await school.read() == EVERYTHING
    assert school.calls() == CALLS


async def test_what_is_nowhere_is_said(school: School, caplog: pytest.LogCaptureFixture) -> None:
    """Without id and copy, words stand in a file's place, its caption under them; the rest of an album arrives."""
    lost = {PIXEL, PIXEL + b"1"}
    for copy in school.copies():
        if copy.read_bytes() in lost:
            copy.unlink()
    async with school.with_token(OTHER_TOKEN):
        assert await school.read() == [
            EVERYTHING[0],
            Seen("text", f"{MISSING}\n\nA tree"),
            *EVERYTHING[2:4],
            EVERYTHING[5],
            Seen("text", f"{MISSING}\n\nOne"),
            EVERYTHING[6],
        ]
        assert school.ada.labels == ["Done ✓"]
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 2
    assert all(line.startswith("photo AQAD") for line in errors)


async def test_a_lost_copy_is_fetched_again(school: School) -> None:
    """A bot that finds a copy gone has it fetched as soon as the file's own bot is back."""
    for copy in school.copies():
        copy.unlink()
    async with school.with_token(OTHER_TOKEN) as world:
        assert MISSING in (await school.read())[2].words
        assert await world.count(Medium, Medium.state == MediumState.PENDING) == 5
        await world.application.fetcher.fetch()
        assert school.copies() == []
    async with school.with_token(TOKEN) as world:
        world.clock.advance(hours=1)
        await world.application.fetcher.fetch()
        assert len(school.copies()) == 5


async def test_an_album_is_not_lost_for_one_file(school: School) -> None:
    """When nobody knows which file of an album is refused, each goes alone."""
    async with school.world.application.database.transaction() as repos:
        session = repos._work.session
        await session.execute(update(Medium).values(state=MediumState.PENDING, sha256=None))
        await session.execute(delete(FileId))
        foreign = Content(Kind.PHOTO, RichText("Foreign"), file_id="AgACAgforeign", file_unique_id="X", album="1")
        video = await session.scalar(select(Medium).where(Medium.kind == "video"))
        assert video is not None
        known = Content(Kind.VIDEO, RichText("Known"), file_id=video.file_id, file_unique_id=video.unique_id, album="1")
    await enroll(school.world, school.ada, await make_course(school.world, lessons=[("Mixed", [foreign, known])]))
    await school.ada.send("/lesson COMP1 1")
    assert [one.caption or one.text for one in school.ada.chat[-3:]] == [
        f"{MISSING}\n\nForeign",
        "Known",
        "That was Mixed.",
    ]


async def test_what_nobody_registered_is_known_when_it_was_sent(school: School) -> None:
    """A block that was written past the repository is taken in when somebody reads it."""
    async with school.world.application.database.transaction() as repos:
        session = repos._work.session
        await session.execute(delete(FileId))
        await session.execute(delete(Medium))
    assert await school.read() == EVERYTHING
    for copy in school.copies():
        copy.unlink()
    await school.world.application.fetcher.fetch()
    assert len(school.copies()) == 5
    async with school.with_token(OTHER_TOKEN):
        assert await school.read() == EVERYTHING
