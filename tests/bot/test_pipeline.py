"""The life of an update: answered once and whole, or kept on the shelf."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy.exc import IntegrityError

from bot import pipeline
from db.engine import DatabaseAwayError
from db.models import ChatSession, Outgoing, ShelvedUpdate, Throttle, User
from db.repositories import Repositories
from handlers import ROUTERS
from handlers.kit.errors import UserError
from handlers.kit.reply import Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router, View
from handlers.kit.text import Text
from tests.chat import PASSWORD, World, open_world


@asynccontextmanager
async def world_with(view: View, database_url: str) -> AsyncIterator[World]:
    """Yields a world whose bot has one more command, /try."""
    router = Router()
    router.command("try", Text("Try a view"))(view)
    async with open_world(database_url, routers=(*ROUTERS, router)) as world:
        yield world


async def test_the_same_update_again_changes_and_says_nothing(world: World) -> None:
    """Telegram may offer an update twice: the second time nothing happens."""
    ada = world.person("Ada")
    update = world.miniature.say(ada.id, "/start")
    await world.settle()
    before = len(ada.said)
    await world.application.pipeline.process(update)
    await world.settle()
    assert len(ada.said) == before == 1
    assert await world.count(Outgoing) == 1


async def test_an_update_with_a_smaller_id_is_new(world: World) -> None:
    """Update ids begin anew at random after a quiet week: being known counts, not being smaller."""
    ada = world.person("Ada")
    await ada.send("/start")
    update = world.miniature.say(ada.id, "/me")
    world.miniature.take_updates()
    await world.application.pipeline.process({**update, "update_id": 3})
    await world.settle()
    assert "You are not signed in." in ada.last.text


async def test_a_mistake_keeps_nothing_but_the_answer(database_url: str) -> None:
    """What a view wrote before it refused is rolled back; the refusal is an answer like any other."""

    async def write_and_refuse(request: Request, repos: Repositories) -> Reply:
        request.session.wanted_code = "LOST"
        await repos.throttles.count("lost", 1, request.now)

        async def keep(repos: Repositories) -> None:
            await repos.throttles.count("kept", 1, request.now)

        raise UserError(Text("No."), keep=keep)

    async with world_with(write_and_refuse, database_url) as world:
        ada = world.person("Ada")
        assert (await ada.send("/try")).text == "No."
        assert [row.key for row in await world.rows(Throttle)] == ["kept"]
        [session] = await world.rows(ChatSession)
        assert session.wanted_code is None


async def test_slow_work_is_done_outside_the_transaction(database_url: str) -> None:
    """While one person's password is being hashed, another one is answered."""
    order: list[str] = []

    def slow(loop: asyncio.AbstractEventLoop, other: asyncio.Event, word: str) -> str:
        asyncio.run_coroutine_threadsafe(other.wait(), loop).result(timeout=10)
        order.append("slow")
        return word.upper()

    done = asyncio.Event()

    async def compute(request: Request, repos: Repositories) -> Reply:
        del repos
        return screen(Text(request.compute(slow, asyncio.get_running_loop(), done, request.args)))

    async with world_with(compute, database_url) as world:
        ada, bob = world.person("Ada"), world.person("Bob")
        await bob.send("/start")
        first = asyncio.create_task(world.application.pipeline.process(world.miniature.say(ada.id, "/try hello")))
        await world.application.pipeline.process(world.miniature.say(bob.id, "/me"))
        order.append("other")
        done.set()
        await first
        world.miniature.take_updates()
        await world.settle()
        assert order == ["other", "slow"]
        assert ada.last.text == "HELLO"


async def test_a_conflict_runs_the_view_again(database_url: str) -> None:
    """Somebody else took the unique key meanwhile: the view sees that, and answers once."""
    runs = 0

    async def conflict(request: Request, repos: Repositories) -> Reply:
        del request, repos
        nonlocal runs
        runs += 1
        if runs == 1:
            raise IntegrityError("INSERT", {}, Exception("taken"))
        return screen(Text("Second try."))

    async with world_with(conflict, database_url) as world:
        ada = world.person("Ada")
        assert (await ada.send("/try")).text == "Second try."
        assert (runs, len(ada.said)) == (2, 1)


async def test_what_keeps_failing_goes_to_the_shelf(database_url: str) -> None:
    """After five failures the person gets an apology with a reference, and the next update is answered."""
    runs = 0

    async def fail(request: Request, repos: Repositories) -> Reply:
        nonlocal runs
        runs += 1
        request.session.wanted_code = "LOST"
        await repos.throttles.count("lost", 1, request.now)
        raise ZeroDivisionError("the reason")

    async with world_with(fail, database_url) as world:
        ada = world.person("Ada")
        said = (await ada.send("/try this")).text
        [entry] = await world.rows(ShelvedUpdate)
        assert runs == pipeline.MAX_FAILURES == 5
        assert f"number {entry.id}" in said
        assert "the reason" in entry.traceback
        assert entry.content["message"]["text"] == "/try this"
        assert (await world.count(Throttle), (await world.rows(ChatSession))[0].wanted_code) == (0, None)
        assert "You are not signed in." in (await ada.send("/me")).text


async def test_an_error_of_the_views_own_is_no_missing_database(database_url: str) -> None:
    """A file that is not there is a failure of the view: it goes to the shelf instead of being waited for."""

    async def open_nothing(request: Request, repos: Repositories) -> Reply:
        del request, repos
        raise FileNotFoundError

    async with world_with(open_nothing, database_url) as world:
        ada = world.person("Ada")
        assert re.search(r"number \d+", (await ada.send("/try")).text)


async def test_an_update_waits_for_a_database_that_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's update is given up because the database was restarted."""
    tries = 0
    transaction = world.application.database.transaction

    def away_twice() -> AbstractAsyncContextManager[Repositories]:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise DatabaseAwayError
        return transaction()

    monkeypatch.setattr(pipeline, "AWAY_PAUSE", 0)
    monkeypatch.setattr(world.application.database, "transaction", away_twice)
    ada = world.person("Ada")
    assert (await ada.send("/start")).text.startswith("Hi Ada!")
    assert await world.count(ShelvedUpdate) == 0


async def test_an_update_that_takes_too_long_goes_to_the_shelf(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits behind a view that never ends."""
    monkeypatch.setattr(pipeline, "DEADLINE", 0.05)

    async def hang(request: Request, repos: Repositories) -> Reply:
        del request, repos
        await asyncio.Event().wait()
        raise AssertionError

    async with world_with(hang, database_url) as world:
        ada = world.person("Ada")
        assert re.search(r"number \d+", (await ada.send("/try")).text)
        assert await world.count(ShelvedUpdate) == 1


async def test_a_secret_is_not_shelved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the failing update held a password, its words are kept nowhere, and the message is deleted."""

    def fail(request: Request) -> str:
        del request
        raise ZeroDivisionError

    ada = world.person("Ada")
    for words in ("/register", "Ada", "ada@example.org"):
        await ada.send(words)
    monkeypatch.setattr("handlers.credentials.words_of", fail)
    await ada.send(PASSWORD)
    [entry] = await world.rows(ShelvedUpdate)
    assert entry.content is None
    assert PASSWORD not in entry.traceback
    assert all(PASSWORD not in message.text for message in ada.chat)


async def test_an_edited_password_is_deleted_too(world: World) -> None:
    """Correcting a password by editing the message does not leave it in the chat."""
    ada = world.person("Ada")
    for words in ("/register", "Ada", "ada@example.org"):
        await ada.send(words)
    late = world.miniature.say(ada.id, "x")["message"]["message_id"]
    world.miniature.take_updates()
    await ada.edit(late, PASSWORD)
    assert all(message.id != late for message in ada.chat)
    assert "Please send your answer as a new message" in ada.last.text


async def test_nothing_is_sent_before_the_commit(database_url: str) -> None:
    """When the commit fails, nobody has read a word of what was rolled back."""
    broken = True

    async def break_the_commit(request: Request, repos: Repositories) -> Reply:
        nonlocal broken
        if broken:
            broken = False
            # A row that refers to nobody: SQLite and PostgreSQL refuse it with the flush.
            request.session.user_id = 123_456
        return screen(Text("Said."))

    async with world_with(break_the_commit, database_url) as world:
        ada = world.person("Ada")
        await ada.send("/try")
        assert ada.said == ["Said."]
        assert await world.count(User) == 0


async def test_two_people_do_not_wait_for_each_other(world: World) -> None:
    """Twenty people who write at once are each answered once."""
    people = [world.person(f"P{number}") for number in range(20)]
    updates = [world.miniature.say(person.id, "/start") for person in people]
    world.miniature.take_updates()
    await asyncio.gather(*(world.application.pipeline.process(update) for update in updates))
    await world.settle()
    assert [len(person.said) for person in people] == [1] * 20


async def test_a_restart_sends_what_was_committed_and_not_sent(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reply that was committed before a kill is sent by the next start, and its dialog goes on where it was."""
    async with open_world(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/register")
        # From here on nothing is sent, and the lease is not given back, as when the process is killed.
        monkeypatch.setattr(world.application.sender, "deliver", lambda *_rows: None)
        monkeypatch.setattr(world.application.sender, "stop", world.application.sender.marks.write)
        await ada.send("Ada")
        assert "What is your name?" in ada.last.text
        miniature = world.miniature
    # A living replica waits for the end of the dead one's lease.
    world.clock.advance(seconds=31)
    async with open_world(database_url, miniature=miniature, clock=world.clock) as world:
        await world.settle()
        reborn = type(ada)(world, ada.id, ada.name)
        assert "Your email address?" in reborn.last.text
        assert "Choose a password" in (await reborn.send("ada@example.org")).text
