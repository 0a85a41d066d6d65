"""Retries: what admins want to see tried again is handled once more, and once only."""

import pytest
from sqlalchemy import event

from db.engine import DatabaseAwayError
from db.models import Outgoing, ShelvedUpdate
from db.repositories.upkeep import Shelf
from handlers.talk import Talk
from tests.bot.accidents import fail_first
from tests.bot.ovens import Oven, ask, baked, look, numbers
from tests.chat import World
from tests.factories import make_course, shelve


async def test_what_was_mended_is_done(database_url: str) -> None:
    """The person gets the answer of their update, the admin who asked a word, and the shelf is empty."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await admin.send("/start")
        await ada.send("/bake bread")
        oven.error = None
        await look(world)
        assert await baked(world) == []
        await ask(admin)
        assert "It is tried again within seconds." in admin.last.text
        await look(world)
        assert ada.last.text == "Baked: bread"
        assert admin.last.text == "Number 1 is done."
        heard = len(admin.said), len(ada.said)
        await look(world)
        assert (await baked(world), await numbers(world)) == (["bread"], [])
        assert (len(admin.said), len(ada.said)) == heard
        assert admin.last.text == "Number 1 is done."


async def test_what_fails_again_is_shelved_anew(database_url: str) -> None:
    """Under a new number, of which the admin who asked is told; and it can be tried as often as it takes."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await admin.send("/start")
        await ada.send("/bake bread")
        oven.error = ValueError("salt")
        await ask(admin)
        await look(world)
        [entry] = await world.rows(ShelvedUpdate)
        assert (entry.id, entry.update_id, entry.content["message"]["text"]) == (2, -1, "/bake bread")
        assert (entry.retried_at, "ValueError: salt" in entry.traceback) == (None, True)
        assert "number 2" in ada.last.text
        assert admin.last.text == "Number 1 failed again. It is number 2 now (ValueError in talk.py:_run)."
        oven.error = None
        assert (await admin.press("Look at it")).text.startswith("Number 2 · a message")
        await admin.press("Try again")
        await look(world)
        assert (ada.last.text, admin.last.text) == ("Baked: bread", "Number 2 is done.")
        assert (await baked(world), await numbers(world)) == (["bread"], [])


async def test_a_number_is_not_given_again_while_its_try_is_remembered(database_url: str) -> None:
    """The entry after one that was tried and is gone has a number of its own: its own try is no repetition."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        for number, what in enumerate(("bread", "cake", "rolls"), 1):
            oven.error = KeyError("flour")
            await ada.send(f"/bake {what}")
            assert f"number {number}." in ada.last.text
            oven.error = None
            await ask(admin, number)
            await look(world)
        assert await baked(world) == ["bread", "cake", "rolls"]


async def test_what_cannot_even_be_shelved_stays(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry lies where it was, waits for another press, and holds up nobody else's."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada, bob = world.admin(), world.person("Ada"), world.person("Bob")
        await ada.send("/bake bread")
        await bob.send("/bake cake")
        await ask(admin, 1)
        world.clock.advance(seconds=1)
        await ask(admin, 2)
        with monkeypatch.context() as patch:
            patch.setattr(oven, "error", None)
            fail_first(patch, Talk, "respond", *(KeyError() for _ in range(5)))
            fail_first(patch, Shelf, "add", ZeroDivisionError())
            await look(world)
        assert (await baked(world), await numbers(world)) == (["cake"], [1])
        assert "Number 1 could not be tried again, and lies where it was. The log says why." in admin.said
        assert (await world.rows(ShelvedUpdate))[0].retried_at is None
        oven.error = None
        await ask(admin, 1)
        await look(world)
        assert await baked(world) == ["cake", "bread"]


async def test_many_are_tried_in_order_and_in_silence(database_url: str) -> None:
    """Who had all of a trouble tried again is not told of each; every person is answered."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await admin.send("/start")
        for what in ("bread", "cake", "rolls"):
            await ada.send(f"/bake {what}")
        oven.error = None
        await admin.press("Look at it")
        await admin.press("Try all 3 again")
        heard = len(admin.said)
        await look(world)
        assert ada.said[-3:] == ["Baked: bread", "Baked: cake", "Baked: rolls"]
        assert len(admin.said) == heard


async def test_a_press_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pressed message changes as it would have; that its query is too old to be answered harms nobody."""
    course, admin, ada = await make_course(world), world.admin(), world.person("Ada")
    await ada.register()
    await ada.send(f"/start c_{course.code}")
    with monkeypatch.context() as patch:
        fail_first(patch, Talk, "respond", *(KeyError() for _ in range(5)))
        await ada.press("Enroll")
    assert "number 1" in ada.last.text
    await ask(admin)
    assert "Number 1 · a pressed button" in admin.last.text
    await look(world)
    assert any("You are enrolled in Compilers 101." in text for text in ada.said)
    assert admin.last.text == "Number 1 is done."


async def test_who_has_much_to_read_gets_it_later(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that is left unread, for too many answers wait for its person, has not been done: its number stays."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await admin.send("/start")
        await ada.send("/bake bread")
        oven.error = None
        with monkeypatch.context() as crowded:
            crowded.setattr(world.application.sender, "has_room", lambda chat_id: chat_id != ada.id)
            await ask(admin)
            await look(world)
            assert (await baked(world), await numbers(world)) == ([], [1])
        await ask(admin)
        await look(world)
        assert (await baked(world), await numbers(world)) == (["bread"], [])
        assert ada.last.text == "Baked: bread"


async def test_an_admin_who_left_is_not_written_to(database_url: str) -> None:
    """Who asked and then blocked the bot is told nothing; the work is done all the same."""
    oven = Oven(KeyError("flour"))
    async with oven.open_world(database_url) as world:
        admin, ada = world.admin(), world.person("Ada")
        await ada.send("/bake bread")
        oven.error = None
        await ask(admin)
        world.miniature.block(admin.id)
        await world.settle()
        await look(world)
        assert ada.last.text == "Baked: bread"
        assert await world.count(Outgoing, Outgoing.update_id.is_(None)) == 0


async def test_a_database_that_is_away_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next tick will do; any other error is loud."""
    fail_first(monkeypatch, Shelf, "next_asked", DatabaseAwayError())
    await world.application.retries.look()
    assert "waits for the next tick" in caplog.text
    fail_first(monkeypatch, Shelf, "next_asked", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await world.application.retries.look()


async def test_a_look_that_finds_nothing_is_cheap(world: World) -> None:
    """One statement, and no way through the whole shelf."""
    for _ in range(3):
        await shelve(world, world.person("Ada"))
    seen: list[str] = []
    engine = world.application.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    await world.application.retries.look()
    [statement] = [one for one in seen if one.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    assert statement.startswith("SELECT")
    if engine.dialect.name == "sqlite":
        async with world.application.database.transaction() as repos:
            connection = await repos._work.session.connection()
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1, 0)[: statement.count("?")])
            assert "ix_shelf_retried" in " ".join(row[-1] for row in plan)
