"""Rows of the outbox leave in order, each once, whatever Telegram answers."""

from collections.abc import Mapping

import pytest

from bot.mailboxes import Mailboxes
from bot.playground.errors import ApiError
from db.engine import DatabaseAwayError
from db.models import ChatSession, Outgoing
from db.repositories.outbox import Outbox
from tests.bot.letters import arrived, letter, meet, post, refuse, row_of
from tests.bot.naps import Naps, naps
from tests.chat import World

__all__ = ["naps"]


async def test_a_chat_reads_in_order(world: World) -> None:
    """Whatever is handed over together or one by one arrives in the order of the commits."""
    ada, bob = await meet(world, "Ada", "Bob")
    for number in range(0, 20, 4):
        await post(world, *((ada if n % 2 else bob, str(n)) for n in range(number, number + 4)))
    await world.application.sender.drain()
    assert ada.said[1:] == [str(n) for n in range(20) if n % 2]
    assert bob.said[1:] == [str(n) for n in range(20) if not n % 2]


async def test_one_chats_429_delays_nobody_else(world: World, naps: Naps) -> None:
    """The chat that Telegram named waits the seconds that Telegram named; its order stays."""
    ada, bob = await meet(world, "Ada", "Bob")
    wait = naps.hold(17.0)
    refuse(world, lambda _method, params: str(params["chat_id"]) == str(ada.id), ApiError(429, "Too Many Requests", 17))
    await post(world, (ada, "one"), (bob, "two"), (ada, "three"), (bob, "four"))
    await naps.begun(17.0)
    await arrived(world, bob)
    assert (ada.said[1:], bob.said[1:]) == ([], ["two", "four"])
    wait.set()
    await world.application.sender.drain()
    assert (ada.said[1:], bob.said[1:]) == (["one", "three"], ["two", "four"])
    assert naps.taken == [17.0]


async def test_a_network_that_is_away_is_tried_again_ever_more_rarely(world: World, naps: Naps) -> None:
    """Pauses double up to a minute, and begin small again after a success."""
    [ada] = await meet(world, "Ada")
    failures = {"one": [ApiError(502, "Bad Gateway")] * 9, "two": [ApiError(500, "Internal Server Error")]}

    def fail(_method: str, params: Mapping[str, object]) -> ApiError | None:
        left = failures[str(params["text"])]
        return left.pop() if left else None

    world.miniature.faults = fail
    await post(world, (ada, "one"), (ada, "two"))
    await world.application.sender.drain()
    assert naps.taken == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 0.5]
    assert ada.said[1:] == ["one", "two"]


async def test_who_blocked_the_bot_is_unreachable(world: World) -> None:
    """403 is remembered in the database, ends the chat's rows, and touches nobody else's."""
    ada, bob = await meet(world, "Ada", "Bob")
    world.miniature.block(ada.id)
    world.miniature.take_updates()
    rows = await post(world, (ada, "one"), (bob, "two"), (ada, "three"))
    await world.application.sender.drain()
    sessions = {row.telegram_id: row.unreachable_since for row in await world.rows(ChatSession)}
    assert sessions == {ada.id: world.clock(), bob.id: None}
    errors = [(await row_of(world, row)).error for row in rows]
    assert errors[1] is None
    assert "blocked" in (errors[0] or "")
    assert errors[0] == errors[2]
    assert await world.count(Outgoing, Outgoing.sent_at.is_(None)) == 0


async def test_a_sent_row_forgets_its_words(world: World) -> None:
    """What was read needs not be kept: time and message id stay, the content goes."""
    [ada] = await meet(world, "Ada")
    [row] = await post(world, (ada, "my secret"))
    await world.application.sender.drain()
    found = await row_of(world, row)
    assert (found.content, found.sent_at, found.message_id) == (None, world.clock(), ada.last.id)
    assert await world.count(Outgoing, Outgoing.content.is_not(None)) == 0


async def test_a_refusal_is_kept_on_the_row(world: World) -> None:
    """A message that Telegram will never take does not hold up the next one."""
    [ada] = await meet(world, "Ada")
    rows = await post(world, (ada, "x" * 4097), (ada, "fine"))
    await world.application.sender.drain()
    assert ada.last.text == "fine"
    assert "too long" in ((await row_of(world, rows[0])).error or "")
    assert (await row_of(world, rows[0])).content is None


async def test_a_row_can_change_an_earlier_ones_message(world: World) -> None:
    """A message that was remembered is edited by the next of its name, also right after it; others are left alone."""
    ada, bob = await meet(world, "Ada", "Bob")
    await post(world, (ada, "one"), (bob, "one"), remember="album/1")
    await post(world, (ada, "two"), remember="album/1", edits="album/1")
    await post(world, (ada, "other"), remember="album/2", edits="album/2")
    await world.application.sender.drain()
    await post(world, (ada, "three"), remember="album/1", edits="album/1")
    await world.application.sender.drain()
    assert ada.said[1:] == ["three", "other"]
    assert bob.said[1:] == ["one"]


async def test_a_deleted_message_is_sent_anew(world: World) -> None:
    """When the message to change is gone, a new one takes its place and its name."""
    [ada] = await meet(world, "Ada")
    await post(world, (ada, "one"), remember="album/1")
    await world.application.sender.drain()
    world.miniature.world.history.remove(ada.id, ada.last.id)
    await post(world, (ada, "two"), (ada, "three"), remember="album/1", edits="album/1")
    await world.application.sender.drain()
    assert ada.said[1:] == ["three"]


async def test_a_database_that_is_away_delays_an_edit(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the message to change cannot be looked up its row waits, and is sent afterwards."""
    [ada] = await meet(world, "Ada")
    await post(world, (ada, "one"), remember="album/1")
    await world.application.sender.drain()
    look_up, failures = Outbox.get_remembered, iter([DatabaseAwayError(), DatabaseAwayError()])

    async def fail(outbox: Outbox, chat_id: int, name: str) -> int | None:
        for error in failures:
            raise error
        return await look_up(outbox, chat_id, name)

    monkeypatch.setattr(Outbox, "get_remembered", fail)
    await post(world, (ada, "two"), edits="album/1")
    await world.application.sender.drain()
    assert ada.said[1:] == ["two"]
    assert naps.taken == [0.5, 1.0]


async def test_our_own_mistake_ends_one_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that cannot even be tried is logged and ended; the chat goes on."""
    [ada] = await meet(world, "Ada")

    async def fail(outbox: Outbox, chat_id: int, name: str) -> int | None:
        raise ZeroDivisionError

    monkeypatch.setattr(Outbox, "get_remembered", fail)
    [row] = await post(world, (ada, "one"), edits="album/1")
    await post(world, (ada, "two"))
    await world.application.sender.drain()
    assert ada.said[1:] == ["two"]
    assert "ZeroDivisionError" in ((await row_of(world, row)).error or "")


async def test_marks_are_not_lost_with_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent while the database was away is marked when it is back."""
    [ada] = await meet(world, "Ada")
    mark = Outbox.mark_sent

    async def fail(outbox: Outbox, results: object) -> None:
        raise DatabaseAwayError

    monkeypatch.setattr(Outbox, "mark_sent", fail)
    await post(world, (ada, "one"))
    with pytest.raises(DatabaseAwayError):
        await world.application.sender.drain()
    monkeypatch.setattr(Outbox, "mark_sent", mark)
    await world.application.sender.drain()
    assert await world.count(Outgoing, Outgoing.sent_at.is_(None)) == 0


async def test_idle_chats_take_no_memory(world: World) -> None:
    """A chat is forgotten when nothing waits there and its burst is whole again: at once, where there is no limit."""
    [ada] = await meet(world, "Ada")
    await post(world, (ada, "one"))
    await world.application.sender.drain()
    assert len(world.application.sender._mailboxes) == 0
    seconds = 0.0
    mailboxes = Mailboxes(1.0, lambda: seconds)
    row = letter(ada.id, "two", at=world.clock())
    mailboxes.of(row).pace.take()
    mailboxes.leave(row)
    mailboxes.tidy()
    assert len(mailboxes) == 1
    seconds = 1.0
    mailboxes.tidy()
    assert len(mailboxes) == 0
