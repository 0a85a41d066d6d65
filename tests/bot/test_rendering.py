"""Files that are made when they are sent: from what holds then, outside any transaction, again at each try."""

import logging
from typing import Any

import pytest
from sqlalchemy import update

from bot import rendering
from bot.playground.errors import ApiError
from db.engine import DatabaseAwayError
from db.models import Course, Outgoing
from db.models.outgoing import RENDERED
from db.transaction import Database
from handlers.kit.errors import UserError
from handlers.kit.renderer import Renderer
from handlers.kit.router import Router
from handlers.kit.text import Text
from handlers.talk import Talk
from tests.bot.accidents import fail_first
from tests.bot.easels import DOT, Easel
from tests.bot.letters import refuse
from tests.bot.naps import Naps, naps
from tests.chat import Person, World
from tests.factories import make_course

__all__ = ["naps"]

SORRY = "Sorry, this file could not be made."


async def rename(world: World, title: str) -> None:
    """Gives the course another title."""
    async with world.application.database.transaction() as repos:
        await repos._work.session.execute(update(Course).values(title=title))


async def leave_unsent(world: World, person: Person, text: str) -> None:
    """Has a command answered by a bot that is killed between the commit and the call."""
    sender = world.application.sender
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender, "deliver", lambda *_rows: None)
        world.miniature.say(person.id, text)
        await world.settle()
    # Like a killed one, it does not give its lease back.
    sender.stop = sender.marks.write  # type: ignore[method-assign]


async def test_a_file_is_made_when_it_is_sent(database_url: str) -> None:
    """It has its name, its caption with formatting, its buttons, and the reader's language."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        await make_course(world, title="<Compilers> & more")
        ada = world.person("Ada")
        await ada.send("/draw <you>")
        assert ada.file() == b"Hello <Compilers> & more!"
        assert (ada.last.kind, ada.last.file_name, ada.last.caption) == ("document", "hello.txt", "For <you>")
        assert [entity["type"] for entity in ada.last.entities] == ["bold"]
        assert ada.labels == ["Help"]
        [row] = await world.rows(Outgoing)
        assert (row.method, row.content, row.error, row.message_id) == ("sendDocument", None, None, ada.last.id)


async def test_a_picture_is_shown_in_the_chat(database_url: str) -> None:
    """It comes as a photo; a view that only reads leaves a row all the same, for making it takes its time."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/start")
        await ada.send("/paint")
        assert (ada.last.kind, ada.last.caption, ada.file()) == ("photo", "", DOT)
        assert [row.method for row in await world.rows(Outgoing)][-1] == "sendPhoto"


async def test_a_kill_between_commit_and_call_loses_no_file(database_url: str) -> None:
    """The row holds a name and arguments, and the next start makes the file of what is true by then, in its turn."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        await make_course(world)
        ada = world.person("Ada")
        await leave_unsent(world, ada, "/draw")
        assert (ada.said, easel.drawn) == ([], [])
        [row] = await world.rows(Outgoing)
        assert row.version == RENDERED
        assert row.content["file"] == {
            "renderer": "text",
            "arguments": {"piece": 1},
            "name": "hello.txt",
            "language": "en",
        }
        await rename(world, "Interpreters")
    world.clock.advance(minutes=1)
    async with easel.open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        await Person(again, ada.id, "Ada").send("/help")
        assert ada.said[0] == "For you"
        assert "/draw" in ada.said[1]
        [sent] = [message.file_id for message in ada.chat if message.file_id]
        assert again.miniature.world.files.content(sent)[0] == b"Hello Interpreters!"


async def test_each_try_makes_the_file_anew(database_url: str, naps: Naps) -> None:
    """A database that is away, and a Telegram that fails, cost another try."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        await make_course(world)
        ada = world.person("Ada")
        refuse(world, lambda method, _params: method == "sendDocument", ApiError(500, "Internal Server Error"))
        with pytest.MonkeyPatch.context() as patch:
            fail_first(patch, type(easel), "fetch", DatabaseAwayError())
            await ada.send("/draw")
        assert ada.file() == b"Hello Compilers 101!"
        assert easel.drawn == [1, 1]
        [row] = await world.rows(Outgoing)
        assert row.error is None


async def test_a_long_file_is_made_in_pieces(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece has a read of its own, and none is open while one is drawn."""
    easel, reading, opened = Easel(), Database.reading, []

    def watch(database: Database) -> Any:
        opened.append(len(easel.drawn))
        return reading(database)

    async with easel.open_world(database_url) as world:
        await make_course(world)
        easel.pieces = 3
        monkeypatch.setattr(Database, "reading", watch)
        ada = world.person("Ada")
        await ada.send("/draw")
        assert ada.file() == b"Hello Compilers 101!" * 3
        assert (opened, easel.drawn) == ([0, 1, 2], [1, 2, 3])


@pytest.mark.parametrize("step", ["error", "fault"])
async def test_a_renderer_that_fails_is_an_alarm(
    database_url: str, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The person reads a sentence, the row ends with the reason, what waits behind it is sent."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        # A renderer's own timeout is no database that is away.
        setattr(easel, step, KeyError("ink") if step == "fault" else TimeoutError())
        await ada.send("/draw")
        assert SORRY in ada.last.text
        await ada.send("/me")
        assert "not signed in" in ada.last.text
        [row, *_] = await world.rows(Outgoing)
        assert row.error == f"renderer text: {'KeyError' if step == 'fault' else 'TimeoutError'}"
        assert row.message_id is not None
    assert [record.exc_info is not None for record in caplog.records if record.levelno == logging.ERROR] == [True]


async def test_a_renderer_may_say_a_sentence_instead(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """When what the file is about has gone meanwhile, the person reads so, and nobody is alarmed."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        easel.fault = UserError(Text("The course is gone."))
        await ada.send("/draw")
        assert ada.last.text == "The course is gone."
        [row] = await world.rows(Outgoing)
        assert row.error is None
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_file_that_telegram_refuses_is_an_alarm(database_url: str) -> None:
    """What is no picture comes to nobody; the person is told."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        easel.picture = b"no picture"
        await ada.send("/paint")
        assert SORRY in ada.last.text
        [row] = await world.rows(Outgoing)
        assert row.error == "Image_process_failed"


@pytest.mark.parametrize("over", [0, 1])
async def test_a_file_has_the_size_that_telegram_takes(
    database_url: str, monkeypatch: pytest.MonkeyPatch, over: int
) -> None:
    """The last byte that may be is sent, one more is not even tried."""
    easel = Easel()
    monkeypatch.setitem(rendering.LARGEST, "sendDocument", len(b"Hello !" * 3) - over)
    easel.pieces = 3
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/draw")
        assert (ada.last.kind, SORRY in ada.last.text) == (("text", True) if over else ("document", False))


async def test_a_renderer_that_takes_for_ever_holds_up_nobody(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is limited, and begins when it has a thread."""
    easel = Easel()
    monkeypatch.setattr(rendering, "PATIENCE", 0.0)
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/draw")
        assert SORRY in ada.last.text
        [row] = await world.rows(Outgoing)
        assert row.error == "renderer text: TimeoutError"


async def test_a_renderer_of_another_version_is_an_alarm(database_url: str) -> None:
    """A name that nobody knows any more ends its row."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        world.application.talk.renderers.clear()
        await ada.send("/draw")
        assert SORRY in ada.last.text


async def test_a_long_caption_is_cut(database_url: str) -> None:
    """A caption takes 1024 units; what is beyond them costs nobody the file."""
    easel = Easel()
    async with easel.open_world(database_url) as world:
        ada = world.person("Ada")
        await ada.send(f"/draw {'x' * 2000}")
        assert ada.last.kind == "document"
        assert len(ada.last.caption) <= 1024


def test_a_renderer_is_declared_once() -> None:
    """Two of one name fail when they are joined."""
    text: Renderer[Any] = Easel().text
    with pytest.raises(ValueError, match="text is declared twice"):
        Talk([Router(renderers=[text]), Router(renderers=[text])])
