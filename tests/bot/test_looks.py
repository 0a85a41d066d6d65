"""Views that only read: answered at once, without a row; and the usual way whenever that cannot be."""

import sqlite3

import pytest
from sqlalchemy import text

from bot.playground.errors import ApiError
from db.models import ChatSession, Outgoing, Throttle
from db.repositories import Repositories
from handlers import ROUTERS
from handlers.kit.reply import Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import _
from tests.bot.letters import meet, post, refuse
from tests.bot.naps import Naps, naps
from tests.chat import Person, World, open_world
from tests.factories import make_course

__all__ = ["naps"]


async def test_a_look_leaves_no_trace(world: World) -> None:
    """The answer is there, the press is answered, and the outbox knows nothing of either."""
    await make_course(world)
    [ada] = await meet(world, "Ada")
    before = await world.count(Outgoing)
    assert "Compilers 101" in (await ada.send("/courses")).text
    await ada.press("1")
    await ada.press("‹ Courses")
    assert ada.last.text.startswith("Courses · 1")
    assert [call.method for call in world.miniature.calls].count("answerCallbackQuery") == 2
    # The card of a course remembers for a stranger what they looked at; the lists do not.
    assert await world.count(Outgoing) == before + 1


async def test_a_look_does_not_wait_for_whoever_writes(world: World) -> None:
    """While another transaction holds everything that can be held, what is only read is read."""
    [ada] = await meet(world, "Ada")
    async with world.application.database.transaction() as repos:
        await repos.sessions.open(ada.id, 1, world.clock())
        world.miniature.say(ada.id, "/help")
        [update] = world.miniature.take_updates()
        assert await world.application.pipeline.process(update) == "answered"
    assert ada.last.text.startswith("What you can do here")


async def test_a_look_after_a_reply_that_waits(world: World, naps: Naps) -> None:
    """It comes behind that reply, by way of the outbox, and holds nobody up meanwhile."""
    [ada] = await meet(world, "Ada")
    refuse(world, lambda _method, params: params.get("text") == "first", ApiError(429, "Too Many Requests", 7))
    wait = naps.hold(7)
    await post(world, (ada, "first"))
    await naps.begun(7)
    world.miniature.say(ada.id, "/help")
    [update] = world.miniature.take_updates()
    assert await world.application.pipeline.process(update) == "answered"
    assert await world.count(Outgoing, Outgoing.sent_at.is_(None)) == 2
    wait.set()
    await world.settle()
    assert [words[:5] for words in ada.said[-2:]] == ["first", "What "]


@pytest.mark.parametrize(
    ("error", "rest"),
    [
        (ApiError(429, "Too Many Requests", 3), 3),
        (ApiError(500, "Internal Server Error"), 0.5),
        (ApiError(502, "Bad Gateway"), 0.5),
    ],
)
async def test_a_look_that_telegram_does_not_take(world: World, naps: Naps, error: ApiError, rest: float) -> None:
    """It is kept like any other reply, and sent when Telegram will have it: not before it said so."""
    [ada] = await meet(world, "Ada")
    refuse(world, lambda method, _params: method == "sendMessage", error)
    assert (await ada.send("/help")).text.startswith("What you can do here")
    assert len(ada.said) == 2
    assert await world.count(Outgoing) == 2
    assert max(naps.taken) == pytest.approx(rest, abs=0.4)


async def test_who_has_blocked_the_bot_is_known_by_a_look(world: World) -> None:
    """A refused reply to a look tells as much as any other."""
    [ada] = await meet(world, "Ada")
    refuse(world, lambda method, _params: method == "sendMessage", *[ApiError(403, "Forbidden: bot was blocked")] * 2)
    await ada.send("/help")
    [session] = await world.rows(ChatSession)
    assert session.unreachable_since is not None


async def test_a_look_that_tells_something_new_of_its_person(world: World) -> None:
    """A new name is written down, and the answer comes all the same."""
    [ada] = await meet(world, "Ada")
    world.miniature.add_person(ada.id, "Augusta")
    assert (await ada.send("/help")).text.startswith("What you can do here")
    [session] = await world.rows(ChatSession)
    assert session.first_name == "Augusta"


async def test_a_look_in_the_middle_of_a_dialog(world: World) -> None:
    """The dialog asks first whether it is to be left, as for any command."""
    [ada] = await meet(world, "Ada")
    await ada.send("/register")
    assert "Leave it?" in (await ada.send("/courses")).text
    await ada.press("Stay")
    assert "What is your name?" in ada.last.text


async def test_a_kill_between_the_reply_and_its_confirmation(database_url: str) -> None:
    """The update comes again, and so does the reply: there is nothing else to tell that it was answered."""
    async with open_world(database_url) as world:
        [ada] = await meet(world, "Ada")
        update = world.miniature.say(ada.id, "/help")
        world.miniature.take_updates()
        await world.application.pipeline.process(update)
    async with open_world(database_url, miniature=world.miniature) as world:
        assert await world.application.pipeline.process(update) == "answered"
        assert [words[:5] for words in Person(world, ada.id, "Ada").said[1:]] == ["What ", "What "]


careless = Router()


@careless.command("orm", _("Says that it only reads, and writes an object"), looks=True)
async def write_object(request: Request, repos: Repositories) -> Reply:
    repos._work.session.add(Throttle(key="tea", failures=1, last_at=request.now, update_id=1))
    return screen(_("Written."))


@careless.command("core", _("Says that it only reads, and writes a row"), looks=True)
async def write_row(request: Request, repos: Repositories) -> Reply:
    await repos.throttles.count("tea", 1, request.now)
    return screen(_("Written."))


@pytest.mark.parametrize("command", ["/orm", "/core"])
async def test_a_look_that_writes_after_all(database_url: str, command: str) -> None:
    """It is run again as what it is: what it wrote is there, once."""
    async with open_world(database_url, routers=(*ROUTERS, careless)) as world:
        [ada] = await meet(world, "Ada")
        assert (await ada.send(command)).text == "Written."
        assert [row.failures for row in await world.rows(Throttle)] == [1]


async def test_a_reader_writes_nothing(world: World) -> None:
    """The database itself refuses."""
    database = world.application.database
    with pytest.raises(Exception, match=r"read-?only"):
        async with database.reading() as repos:
            await repos._work.connection.execute(text("DELETE FROM throttles"))
    async with database.reading() as repos:
        assert await repos.sessions.look(1, 1, world.clock()) is None


async def test_a_reader_that_cannot_begin_is_kept(world: World, is_postgresql: bool) -> None:  # noqa: FBT001
    """Whoever reads next gets it, and it works."""
    if is_postgresql:
        pytest.skip("PostgreSQL's connections are kept by the pool")
    await meet(world, "Ada")
    database = world.application.database
    [(connection, driver)] = database._readers._free  # type: ignore[union-attr]
    driver.execute("BEGIN")
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        async with database.reading():
            pytest.fail("it has not begun")
    assert database._readers._free == [(connection, driver)]  # type: ignore[union-attr]
    async with database.reading() as repos:
        assert await repos.sessions.look(1, 1, world.clock()) is None
