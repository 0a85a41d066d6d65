"""What an update lives through when the world around it fails: each is answered, once, and nobody is forgotten."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncTransaction

from bot import pipeline
from bot.pipeline import DEADLINE
from bot.playground.errors import ApiError
from db import engine
from db.engine import DatabaseAwayError
from db.models import ChatSession, Outgoing, ShelvedUpdate
from db.repositories import Repositories
from db.repositories.chat_sessions import ChatSessions
from db.repositories.upkeep import Shelf
from handlers import ROUTERS
from handlers.kit.reply import Reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Text
from handlers.talk import Talk
from tests.bot.accidents import delay, fail_first
from tests.bot.letters import letter, refuse, write
from tests.bot.naps import Naps, naps
from tests.chat import World, open_world

__all__ = ["naps"]


class Refused(Exception):
    """What a driver raises, with the server's SQLSTATE."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state


def broken() -> OperationalError:
    """Returns the error of a connection that broke."""
    return OperationalError("COMMIT", {}, Exception("server closed the connection"), connection_invalidated=True)


@pytest.mark.parametrize("error", [broken(), ConnectionResetError("the server is gone")])
async def test_replies_of_a_commit_whose_confirmation_was_lost_are_sent(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The connection breaks between a commit and its confirmation: the reply arrives all the same, and once."""
    ada = world.person("Ada")
    await ada.send("/start")
    fail_first(monkeypatch, AsyncTransaction, "__aexit__", error, after=True)
    await ada.send("/register")
    assert len(ada.said) == 2
    assert "What is your name?" in ada.last.text
    assert await world.count(Outgoing, Outgoing.sent_at.is_(None)) == 0
    assert "email" in (await ada.send("Ada")).text


async def test_a_reply_that_waits_is_not_sent_twice_for_a_repeated_update(world: World, naps: Naps) -> None:
    """An update comes again while its reply still waits for the network: one reply arrives."""
    ada = world.person("Ada")
    await ada.send("/start")
    update = world.miniature.say(ada.id, "/register")
    world.miniature.take_updates()
    wait = naps.hold(0.5)
    refuse(world, lambda method, _params: method == "sendMessage", ApiError(500, "Internal Server Error"))
    await world.application.pipeline.process(update)
    await naps.begun(0.5)
    await world.application.pipeline.process(update)
    wait.set()
    await world.settle()
    assert len(ada.said) == 2


async def test_what_was_sent_stays_as_it_was(world: World) -> None:
    """An update that comes again after its reply has arrived asks nothing of Telegram, and changes no row."""
    ada = world.person("Ada")
    update = world.miniature.say(ada.id, "/start")
    await world.settle()
    [before], calls = await world.rows(Outgoing), len(world.miniature.calls)
    await world.application.pipeline.process(update)
    await world.settle()
    [after] = await world.rows(Outgoing)
    assert len(world.miniature.calls) == calls
    assert (after.message_id, after.error) == (before.message_id, None)


async def test_a_repeated_update_of_a_sender_that_died_is_left_to_its_heir(world: World) -> None:
    """Replies that another sender owns are no business of this one, for two would send them."""
    ada = world.person("Ada")
    update = world.miniature.say(ada.id, "/start")
    world.miniature.take_updates()
    await write(world, [letter(ada.id, "Hi", "other", update_id=update["update_id"], at=world.clock())])
    await world.application.pipeline.process(update)
    await world.settle()
    assert ada.said == []


@pytest.mark.parametrize(
    ("owner", "name"), [(AsyncTransaction, "start"), (ChatSessions, "open"), (AsyncTransaction, "__aexit__")]
)
async def test_the_deadline_is_the_views_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    """Waiting for a connection, for a lock or for the disk is nobody's fault: the update is answered, however late."""
    ada = world.person("Ada")
    await ada.send("/start")
    delay(monkeypatch, owner, name, DEADLINE + 1)
    await ada.send("/register")
    assert len(ada.said) == 2
    assert "What is your name?" in ada.last.text
    assert await world.count(ShelvedUpdate) == 0


async def test_the_view_has_a_deadline(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that works for too long goes to the shelf, once, and the next update is answered."""
    ada = world.person("Ada")
    with monkeypatch.context() as patch:
        delay(patch, Talk, "respond", DEADLINE + 1)
        assert "number" in (await ada.send("/me")).text
    assert await world.count(ShelvedUpdate) == 1
    assert "You are not signed in." in (await ada.send("/me")).text


@pytest.mark.parametrize("state", ["57P03", "53300", "55P03"])
async def test_a_busy_server_is_waited_for(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Longer than any number of failures, while it starts, is full, or holds a lock for another; then all is well."""
    errors = [DBAPIError("SELECT", {}, Refused(state)) for _ in range(3 * pipeline.MAX_FAILURES)]
    fail_first(monkeypatch, ChatSessions, "open", *errors)
    ada = world.person("Ada")
    assert (await ada.send("/start")).text.startswith("Hi Ada!")
    assert naps.taken == [0.5, 1, 2, 4, *[5] * (len(errors) - 4)]
    assert await world.count(ShelvedUpdate) == 0


async def test_a_statement_that_is_cancelled_is_not_waited_for(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server ends for taking too long would take as long again: the update goes to the shelf."""
    errors = [DBAPIError("SELECT", {}, Refused("57014")) for _ in range(pipeline.MAX_FAILURES)]
    fail_first(monkeypatch, ChatSessions, "open", *errors)
    assert "number" in (await world.person("Ada").send("/start")).text
    assert naps.taken == []


async def test_a_view_whose_statement_takes_too_long_is_shelved(
    database_url: str,
    naps: Naps,
    is_postgresql: bool,  # noqa: FBT001 -- a fixture
) -> None:
    """A server that ends a slow statement is there: the update is to blame, and the next one is answered."""
    if not is_postgresql:
        pytest.skip("SQLite's statements are short")
    router = Router()
    patience: list[str | None] = []

    @router.command("slow", Text("Ask the database for too much"))
    async def ask_too_much(request: Request, repos: Repositories) -> Reply:
        session = repos._work.session
        patience.append(await session.scalar(text("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'")))
        await session.execute(text("SET LOCAL statement_timeout = 1"))  # for the rest of this update alone
        await session.execute(text("SELECT pg_sleep(60)"))
        raise AssertionError

    async with open_world(database_url, routers=(*ROUTERS, router)) as world:
        ada = world.person("Ada")
        assert "number" in (await ada.send("/slow")).text
        [entry] = await world.rows(ShelvedUpdate)
        assert "canceling statement due to statement timeout" in entry.traceback
        assert "signed in" in (await ada.send("/me")).text
    assert naps.taken == []
    assert set(patience) == {str(engine.STATEMENT_TIMEOUT_MS)}


@pytest.mark.parametrize("error", [DatabaseAwayError(), DBAPIError("SELECT", {}, Refused("40P01"))])
async def test_the_shelf_waits_for_the_database(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """An apology is not lost because the database is away, or somebody was in the way, just then."""
    fail_first(monkeypatch, Talk, "respond", *(ZeroDivisionError() for _ in range(pipeline.MAX_FAILURES)))
    fail_first(monkeypatch, Shelf, "add", error)
    assert "number" in (await world.person("Ada").send("/me")).text
    assert naps.taken == [pipeline.AWAY_PAUSE]


async def test_who_signed_in_for_a_day_stays_by_use(database_url: str) -> None:
    """SESSION_DAYS=1: who writes every hour is never signed out, who stays away for a day is."""
    async with open_world(database_url, session_days=1) as world:
        ada = world.person("Ada")
        await ada.register()
        for _ in range(30):
            world.clock.advance(hours=1)
            assert "ada@example.org" in (await ada.send("/me")).text
        world.clock.advance(days=1)
        assert "You are not signed in." in (await ada.send("/me")).text


async def test_use_is_written_down_once_a_day(world: World) -> None:
    """A month's session is renewed by the first update of a day, not by every one."""
    ada = world.person("Ada")
    await ada.register()
    ends = []
    for hours in (23, 2, 1):
        world.clock.advance(hours=hours)
        await ada.send("/me")
        [session] = await world.rows(ChatSession)
        ends.append(session.signed_in_until)
    assert ends[0] < ends[1] == ends[2]


@pytest.mark.parametrize("date", [10**30, "yesterday", None, {}])
async def test_garbage_ends_nothing(world: World, date: object) -> None:
    """An update that PTB chokes on in whatever way is left, and the next one is answered."""
    ada = world.person("Ada")
    update = world.miniature.say(ada.id, "/start")
    world.miniature.take_updates()
    await world.application.pipeline.process({**update, "message": {**update["message"], "date": date}})
    assert (await ada.send("/start")).text.startswith("Hi Ada!")
    assert await world.count(ShelvedUpdate, ShelvedUpdate.telegram_id.is_not(None)) == 0


@pytest.mark.parametrize("name", ["A\x00da", "A\ud800da", "\x00", "A" * 100])
async def test_a_strange_name_is_answered(world: World, name: str) -> None:
    """A name that no database takes as it is keeps nobody out."""
    ada = world.person("Ada")
    update = world.miniature.say(ada.id, "/start")
    world.miniature.take_updates()
    update["message"]["from"]["first_name"] = name
    await world.application.pipeline.process(update)
    await world.settle()
    assert len(ada.said) == 1
    assert await world.count(ShelvedUpdate) == 0


async def test_a_server_that_hangs_is_waited_for(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the driver gives up after its own patience is no deadline of the view's: nothing is shelved."""
    ada = world.person("Ada")
    fail_first(monkeypatch, ChatSessions, "open", *[TimeoutError()] * 6)
    fail_first(monkeypatch, Talk, "respond", *[TimeoutError()] * 6)
    assert "signed in" in (await ada.send("/me")).text
    assert await world.count(ShelvedUpdate) == 0
    assert naps.taken == [0.5, 1, 2, 4, *[5] * 8]
