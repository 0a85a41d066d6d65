"""Updates of every kind, as they should be and as they should not: nothing is silent, nothing breaks, nothing leaks."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from telegram import Message
from telegram import Update as TelegramUpdate

from db.models import Base, ShelvedUpdate
from handlers import ROUTERS
from handlers.talk import Talk
from tests.bot.mutations import SECRET, mutated
from tests.bot.updates import Update, every, happened, message, noted, pressed, said, user
from tests.chat import Person, World, open_world
from tests.factories import give_course, make_course

ADA, BOB = 5001, 5002
# The same updates in every run.
STEADY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Wire:
    """Brings updates to a bot, as Telegram would."""

    def __init__(self, world: World) -> None:
        """Begins with ids that the miniature does not use."""
        self.world = world
        self.ada, self.bob = world.person("Ada", ADA), world.person("Bob", BOB)
        self._next_id = 1

    async def bring(self, update: Update) -> int:
        """Handles an update to its end; returns its id."""
        self._next_id += 1
        async with asyncio.timeout(20):
            await self.world.application.pipeline.process({"update_id": self._next_id, **update})
            await self.world.settle()
        return self._next_id

    async def answers(self, update: Update) -> list[str]:
        """Handles an update; returns the calls by which something was said to it."""
        before = len(self.world.miniature.calls)
        await self.bring(update)
        methods = [call.method for call in list(self.world.miniature.calls)[before:]]
        return [method for method in methods if method != "answerCallbackQuery"]

    async def belongings(self, telegram_id: int, user_id: int) -> list[tuple[Any, ...]]:
        """Returns all rows that have to do with somebody, but for what was said to them."""
        found = []
        async with self.world.application.database.transaction() as repos:
            for table in Base.metadata.sorted_tables:
                mine = [table.c[name] == telegram_id for name in ("telegram_id",) if name in table.c]
                mine += [table.c[name] == user_id for name in ("user_id", "instructor_id") if name in table.c]
                for condition in mine:
                    found += [tuple(row) for row in await repos._work.session.execute(select(table).where(condition))]
        return found


Story: TypeAlias = Callable[[Wire], Coroutine[Any, Any, None]]
Play: TypeAlias = Callable[[Story], None]
Begin: TypeAlias = Callable[[Person], Coroutine[Any, Any, None]]


@pytest.fixture
def play(database_url: str) -> Iterator[Play]:
    """Yields a runner of stories on one wire, for Hypothesis tells its examples without a loop."""
    with asyncio.Runner() as runner, contextlib.ExitStack() as stack:
        opening = open_world(database_url)
        wire = Wire(runner.run(opening.__aenter__()))
        stack.callback(lambda: runner.run(opening.__aexit__(None, None, None)))
        yield lambda story: runner.run(story(wire))


@pytest.fixture
def wire(world: World) -> Wire:
    """Returns a wire to the world."""
    return Wire(world)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Returns what was logged as an error."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def test_the_table_has_every_kind_and_content() -> None:
    """What a newer python-telegram-bot knows and this table does not shows here."""
    kinds = {kind for update in every(ADA) for kind in update}
    assert set(map(str, TelegramUpdate.ALL_TYPES)) <= kinds
    contents = {name for update in every(ADA) for each in update.values() for name in each}
    assert {slot for slot in Message.__slots__ if not slot.startswith("_")} - contents == {"from_user"}


async def begin_nothing(person: Person) -> None:
    await person.send("/start")


async def begin_registration(person: Person) -> None:
    await person.send("/register")


async def begin_log_in(person: Person) -> None:
    """Comes to the question for the password."""
    await person.send("/login")
    await person.send("ada@example.org")


async def begin_lesson(person: Person) -> None:
    """Comes to the question for the content of a lesson."""
    await make_course(person.world)
    await person.register()
    async with person.world.application.database.transaction() as repos:
        account = await repos.users.get_by_email("ada@example.org")
        assert account is not None
        await repos.users.promote(account)
    await give_course(person.world, 1, account.id)
    await person.send("/newlesson COMP1")
    await person.send("Lexing")


PLACES = {begin.__name__: begin for begin in (begin_nothing, begin_registration, begin_log_in, begin_lesson)}


@pytest.mark.parametrize("begin", PLACES.values(), ids=PLACES)
async def test_whatever_a_person_sends_is_answered(wire: Wire, caplog: pytest.LogCaptureFixture, begin: Begin) -> None:
    """Every content that there is gets an answer, in the middle of any dialog, and is nobody's error."""
    await begin(wire.ada)
    for name, content in said(ADA).items():
        assert await wire.answers({"message": content}), name
    for words in ("help", "d:register/name:cancel", "cs:a::1:", "c:1", "", ":", "nonsense", "help:1"):
        before = len(wire.world.miniature.calls)
        assert await wire.answers({"callback_query": pressed(ADA, words)}), words
        assert "answerCallbackQuery" in [call.method for call in list(wire.world.miniature.calls)[before:]]
    assert complaints(caplog) == []
    assert await wire.world.count(ShelvedUpdate) == 0


@pytest.mark.parametrize("begin", PLACES.values(), ids=PLACES)
async def test_what_asks_for_no_answer_changes_nothing(
    wire: Wire, caplog: pytest.LogCaptureFixture, begin: Begin
) -> None:
    """What Telegram says itself, and what happens elsewhere, is neither answered nor taken for an answer."""
    await begin(wire.ada)
    before = await wire.belongings(ADA, 1)
    for content in noted(ADA).values():
        assert not await wire.answers({"message": content}), content
    for kind, value in happened(ADA).items():
        assert not await wire.answers({kind: value}), kind
    assert await wire.belongings(ADA, 1) == before
    assert complaints(caplog) == []


WORDS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text("\u200f\u202e\u0000\n\t\u200d 👩<&>{}%/:@", min_size=1, max_size=12),
    st.sampled_from(["x" * 4096, "😀" * 2048, "\u0301" * 400, "{0}{name}%s", "<b>", "\u202eabc", "0", "-1", "9" * 30]),
)
COMMANDS = st.sampled_from([*Talk(ROUTERS).commands, "fly", "start@syllabot_bot", "start@another_bot"])
LANGUAGES = st.sampled_from(["en", "x" * 40, "", "\u202e"])


def test_whatever_a_person_types_is_answered(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    """Any words, alone or behind any command, under any name and in any language, wherever the talk has come to."""

    @settings(STEADY, max_examples=200)
    @given(
        WORDS, st.none() | COMMANDS, st.text(min_size=1, max_size=64), st.sampled_from(["en", "x" * 40, "", "\u202e"])
    )
    def check(words: str, command: str | None, name: str, language: str) -> None:
        text = f"/{command} {words}" if command else words
        sender = user(ADA, name, language_code=language)

        async def type_words(wire: Wire) -> None:
            assert await wire.answers({"message": {**message(ADA, text=text), "from": sender}}), text
            assert await wire.world.count(ShelvedUpdate) == 0, text

        play(type_words)
        assert complaints(caplog) == []

    check()


def test_no_update_breaks_anything(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    """Updates with parts missing, swapped or beyond all bounds end nothing and touch nobody else."""
    kept: list[list[tuple[Any, ...]]] = []

    async def begin(wire: Wire) -> None:
        await wire.bob.register()
        kept.append(await wire.belongings(BOB, 1))

    play(begin)

    @settings(STEADY, max_examples=300)
    @given(mutated(ADA))
    def check(update: Update) -> None:
        async def survive(wire: Wire) -> None:
            await wire.bring(update)
            assert await wire.belongings(BOB, 1) == kept[0]
            count = len(wire.bob.said)
            await wire.bob.send("/help")
            assert len(wire.bob.said) == count + 1

        caplog.clear()
        play(survive)
        said = complaints(caplog)
        assert len(said) <= 1 or not any("cannot be read" in words for words in said)
        assert SECRET not in caplog.text

    check()
