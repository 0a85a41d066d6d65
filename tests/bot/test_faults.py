"""Faults at the Bot API's edge and of the clock, in the middle of real talks: nothing is lost, nothing out of order."""

from typing import Any

import pytest
from telegram.error import NetworkError, TimedOut

from bot.lease import LEASE
from bot.playground.errors import ApiError
from db.models import ChatSession, Outgoing, SenderLease, ShelvedUpdate
from tests.bot.accidents import PAGE, Answer
from tests.bot.letters import arrived, refuse
from tests.bot.naps import Naps, naps
from tests.chat import PASSWORD, Person, World, open_world
from tests.direct import DirectRequest
from tests.factories import enroll, make_course, make_student, text_block

__all__ = ["naps"]

BLOCKS = [f"Block {number}" for number in range(1, 10)]


async def lesson_of_nine(world: World) -> Person:
    """Returns a student before a lesson of nine blocks."""
    course = await make_course(world, lessons=(("Lexing", [text_block(words) for words in BLOCKS]),))
    ada = await make_student(world)
    await enroll(world, ada, course)
    return ada


def blocks_of(person: Person) -> list[str]:
    """Returns the blocks that arrived, without the heading above the first."""
    return [words.splitlines()[-1] for words in person.said]


async def unsent(world: World) -> int:
    return await world.count(Outgoing, Outgoing.sent_at.is_(None))


def strike(monkeypatch: pytest.MonkeyPatch, words: str, accident: Exception | Answer, *, late: bool = False) -> None:
    """Lets one accident happen to the call that says these words; `late` is when it took effect all the same."""
    request, left = DirectRequest.do_request, [accident]

    async def fail(connection: DirectRequest, url: str, method: str, *args: Any, **kwargs: Any) -> Answer:
        data = args[0] if args else kwargs.get("request_data")
        meant = left and data is not None and data.parameters.get("text") == words
        if late or not meant:
            answer = await request(connection, url, method, *args, **kwargs)
        if not meant:
            return answer
        happened = left.pop()
        if isinstance(happened, Exception):
            raise happened
        return happened

    monkeypatch.setattr(DirectRequest, "do_request", fail)


@pytest.mark.parametrize("words", ["Block 2", "Block 5", "Block 9"])
@pytest.mark.parametrize(
    "accident",
    [
        (429, b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":30}}'),
        (500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'),
        (502, PAGE),
        (200, PAGE),
        TimedOut(),
        NetworkError("the connection was dropped"),
        ConnectionResetError("the connection was reset"),
    ],
    ids=["429", "500", "502 HTML", "200 HTML", "hang", "dropped", "reset"],
)
async def test_a_lesson_goes_on_with_the_block_that_was_next(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, words: str, accident: Exception | Answer
) -> None:
    """Nine blocks, one accident before one of them: all nine arrive, each once and in order."""
    ada = await lesson_of_nine(world)
    strike(monkeypatch, words, accident)
    await ada.send("/lesson")
    assert blocks_of(ada) == BLOCKS
    assert len(naps.taken) == 1
    assert await unsent(world) == 0


@pytest.mark.parametrize("accident", [TimedOut(), (502, PAGE), ConnectionResetError()], ids=["hang", "502", "reset"])
async def test_a_lost_answer_costs_one_duplicate(
    world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch, accident: Exception | Answer
) -> None:
    """A call that took effect, though its answer was lost, is made again; then the lesson goes on in order."""
    ada = await lesson_of_nine(world)
    strike(monkeypatch, "Block 5", accident, late=True)
    await ada.send("/lesson")
    assert blocks_of(ada) == [*BLOCKS[:5], "Block 5", *BLOCKS[5:]]
    assert await unsent(world) == 0


async def test_a_block_that_telegram_refuses_is_the_only_one_missing(world: World, naps: Naps) -> None:
    """400 ends one block with an alarm; those behind it arrive."""
    ada = await lesson_of_nine(world)
    refuse(world, lambda _method, params: params.get("text") == "Block 5", ApiError(400, "Bad Request: no"))
    await ada.send("/lesson")
    assert blocks_of(ada) == [*BLOCKS[:4], *BLOCKS[5:]]
    [row] = await world.rows(Outgoing, Outgoing.error.is_not(None))
    assert row.error == "No"


async def test_who_blocks_in_the_middle_of_a_lesson_comes_back_to_it(world: World) -> None:
    """403 ends the rest of the lesson; who unblocks is reachable again, and gets the lesson by asking."""
    ada = await lesson_of_nine(world)
    refuse(world, lambda _method, params: params.get("text") == "Block 5", ApiError(403, "Forbidden: bot was blocked"))
    await ada.send("/lesson")
    assert (blocks_of(ada), await unsent(world)) == (BLOCKS[:4], 0)
    [session] = await world.rows(ChatSession)
    assert session.unreachable_since is not None
    world.miniature.block(ada.id)
    world.miniature.unblock(ada.id)
    await world.settle()
    [session] = await world.rows(ChatSession)
    assert session.unreachable_since is None
    await ada.send("/lesson")
    assert blocks_of(ada) == [*BLOCKS[:4], *BLOCKS]


@pytest.mark.parametrize("sent", [1, 4, 8])
async def test_a_restart_goes_on_with_the_block_that_was_next(
    database_url: str, naps: Naps, monkeypatch: pytest.MonkeyPatch, sent: int
) -> None:
    """A process that dies between two blocks leaves the rest to the next one, which sends it in order."""
    async with open_world(database_url) as world:
        ada = await lesson_of_nine(world)
        # Telegram never answers this one, and then the process is gone, its lease not given back.
        naps.hold(30.0)
        refuse(world, lambda _method, params: params.get("text") == BLOCKS[sent], ApiError(429, "Too Many", 30))
        await world.application.pipeline.process(world.miniature.say(ada.id, "/lesson"))
        await naps.begun(30.0)
        monkeypatch.setattr(world.application.sender, "stop", world.application.sender.marks.write)
        for task in world.application.sender._mailboxes.tasks():
            task.cancel()
    assert blocks_of(ada) == BLOCKS[:sent]
    world.clock.advance(minutes=1)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        again.miniature.take_updates()
        await again.application.sender.drain()
        assert await unsent(again) == 0
    assert blocks_of(ada) == BLOCKS


async def test_one_chats_429_of_thirty_seconds_delays_no_other_chat(world: World, naps: Naps) -> None:
    """While Ada's chat must wait, forty others are answered in no time; hers is answered afterwards, in order."""
    ada, *others = [world.person(f"P{number}") for number in range(41)]
    refuse(
        world, lambda _method, params: str(params.get("chat_id")) == str(ada.id), ApiError(429, "Too Many Requests", 30)
    )
    waiting = naps.hold(30.0)
    updates = [world.miniature.say(ada.id, words) for words in ("/start", "/register")]
    updates += [world.miniature.say(other.id, "/me") for other in others]
    world.miniature.take_updates()
    for update in updates:
        await world.application.pipeline.process(update)
    await naps.begun(30.0)
    for other in others:
        await arrived(world, other)
    assert [len(other.said) for other in others] == [1] * 40
    assert (ada.said, naps.taken) == ([], [30.0])
    waiting.set()
    await world.settle()
    assert [words[:6] for words in ada.said] == ["Hi P0!", "New ac"]


JUMPS = pytest.mark.parametrize("days", [-1, 365], ids=["a day back", "a year ahead"])


@JUMPS
async def test_a_jump_of_the_clock_sends_nothing_twice(world: World, days: int) -> None:
    """Updates are known by their ids, not by when they came: before the jump or after it, each is answered once."""
    ada = world.person("Ada")
    first = world.miniature.say(ada.id, "/start")
    await world.settle()
    world.clock.advance(days=days)
    second = world.miniature.say(ada.id, "/register")
    await world.settle()
    calls = len(world.miniature.calls)
    for update in (first, second):
        await world.application.pipeline.process(update)
    await world.settle()
    assert (len(ada.said), len(world.miniature.calls)) == (2, calls)
    assert await world.count(ShelvedUpdate) == 0


@JUMPS
async def test_sign_ins_end_by_the_wall_clock(world: World, days: int) -> None:
    """A day back, people are still signed in; after a year nobody is, and the right password opens the door."""
    ada = world.person("Ada")
    await ada.register()
    world.clock.advance(days=days)
    is_signed_in = days < 0
    assert ("ada@example.org" in (await ada.send("/me")).text) is is_signed_in
    if not is_signed_in:
        for words in ("/login", "ada@example.org", PASSWORD):
            await ada.send(words)
        assert "ada@example.org" in (await ada.send("/me")).text


@JUMPS
async def test_a_jump_of_the_clock_breaks_no_lease(world: World, naps: Naps, days: int) -> None:
    """A sender that lives keeps its rows over the jump, and its lease ends by the new time."""
    ada = world.person("Ada")
    sender, wait = world.application.sender, naps.hold(30.0)
    refuse(world, lambda _method, _params: True, ApiError(429, "Too Many Requests", 30))
    await world.application.pipeline.process(world.miniature.say(ada.id, "/start"))
    await naps.begun(30.0)
    world.clock.advance(days=days)
    await sender._renew_lease()
    await sender._take_over()
    [lease] = await world.rows(SenderLease)
    assert lease.alive_until == world.clock() + LEASE
    wait.set()
    await world.settle()
    assert len(ada.said) == 1
    assert await unsent(world) == 0
