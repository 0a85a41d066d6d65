"""An open dialog outlives the process, and the version of the bot that began it."""

from typing import Any

import pytest

from bot.playground.miniature import Miniature
from db.models import ChatSession, ShelvedUpdate
from handlers.kit.asks import line
from handlers.kit.dialog import Ask
from handlers.kit.text import Text
from tests.chat import TOKEN, FakeClock, Person, World
from tests.handlers.kit.tea import LEAF, MILK, NOTES, SHOP, WORD, Tea


@pytest.fixture
def telegram() -> Miniature:
    return Miniature(token=TOKEN, clock=FakeClock())


async def begin(tea: Tea, database_url: str, telegram: Miniature, *words: str) -> None:
    """Runs the bot for the first words of somebody."""
    async with tea.open(database_url, miniature=telegram) as world:
        ada = world.person("Ada", 7)
        for typed in words:
            await ada.send(typed)


def back(world: World) -> Person:
    """Returns the same person in front of the bot that was started again."""
    return Person(world, 7, "Ada")


async def test_a_restart_loses_no_answer(database_url: str, telegram: Miniature) -> None:
    """A dialog goes on in another process as if nothing had happened, old buttons included."""
    asks = (LEAF, MILK, WORD)
    await begin(Tea(asks), database_url, telegram, "/tea", "Assam")
    tea = Tea(asks)
    async with tea.open(database_url, miniature=telegram) as world:
        ada = back(world)
        await ada.press("With milk")
        await ada.send("sesame")
    assert tea.served == [{"leaf": "Assam", "milk": "yes", "word": "open"}]


async def test_a_question_on_leaving_outlives_a_restart(database_url: str, telegram: Miniature) -> None:
    """Leave works in another process than the one that asked."""
    await begin(Tea(), database_url, telegram, "/tea", "/menu with cakes")
    async with Tea().open(database_url, miniature=telegram) as world:
        assert (await back(world).press("Leave for /menu")).text == "Tea and coffee, with cakes."


SIZE = Ask("size", Text("Which size?"), parse=line(20))
STRENGTH = Ask("strength", Text("How strong?"), parse=line(20))


@pytest.mark.parametrize(
    ("before", "after", "questions"),
    [
        pytest.param((LEAF, SIZE), (LEAF, STRENGTH), ["How strong?"], id="renamed"),
        pytest.param((LEAF, SIZE, STRENGTH), (LEAF, STRENGTH), ["How strong?"], id="removed"),
        pytest.param((LEAF, SIZE), (SIZE,), ["Which size?"], id="an answered one removed"),
        pytest.param((LEAF, SIZE), (LEAF, SIZE, STRENGTH), ["Which size?", "How strong?"], id="added behind"),
        pytest.param((LEAF, SIZE), (STRENGTH, LEAF, SIZE), ["Which size?", "How strong?"], id="added before"),
        pytest.param((LEAF, SIZE), (LEAF,), ["Which leaf?"], id="nothing left to ask"),
        pytest.param((LEAF, SIZE), (SIZE, LEAF), ["Which size?"], id="moved"),
    ],
)
async def test_an_upgrade_asks_what_is_missing(
    database_url: str, telegram: Miniature, before: tuple[Ask, ...], after: tuple[Ask, ...], questions: list[str]
) -> None:
    """Whatever a new version asks, the end finds every answer that it declares."""
    await begin(Tea(before), database_url, telegram, "/tea", "Assam")
    tea = Tea(after)
    async with tea.open(database_url, miniature=telegram) as world:
        ada = back(world)
        await ada.send("/menu")
        await ada.press("Stay")
        for question in questions:
            assert question in ada.last.text
            await ada.send("Some")
        assert [set(answers) >= {ask.key for ask in after} for answers in tea.served] == [True]
        assert await world.count(ShelvedUpdate) == 0


@pytest.mark.parametrize("word", ["Some words", "/menu", "/cancel"])
async def test_a_dialog_that_is_no_more_is_closed(database_url: str, telegram: Miniature, word: str) -> None:
    """After an upgrade without the dialog the person is simply free."""
    await begin(Tea(name="punch"), database_url, telegram, "/tea", "Assam")
    async with Tea().open(database_url, miniature=telegram) as world:
        ada = back(world)
        answers = {
            "Some words": "I did not get that.",
            "/menu": "Tea and coffee",
            "/cancel": "There is nothing to cancel.",
        }
        assert (await ada.send(word)).text.startswith(answers[word])
        [session] = await world.rows(ChatSession)
        assert session.dialog is None
        message, data = ada.find_button("Cancel")
        assert "This menu is from an earlier visit." in (await ada.forge(message.id, data)).text


@pytest.mark.parametrize(
    "kept",
    [
        {"name": "tea", "step": "leaf", "answers": {}, "waiting": None, "mood": "good"},
        {"name": "tea", "step": "leaf"},
        {"name": "tea"},
        {"mood": "good"},
    ],
)
async def test_another_versions_notes_are_read(database_url: str, kept: dict[str, Any]) -> None:
    """Notes with more or less in them than this version writes hold nobody up."""
    async with Tea().open(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/tea")
        async with world.application.database.transaction() as repos:
            visit = await repos.sessions.open(ada.id, 1, world.clock())
            visit.session.dialog = kept
        assert ada.last is not await ada.send("Assam")
        assert await world.count(ShelvedUpdate) == 0


async def test_a_dialog_without_a_question_for_this_person_ends(database_url: str, telegram: Miniature) -> None:
    """When an upgrade leaves nothing to ask somebody, the dialog is closed."""
    await begin(Tea(), database_url, telegram, "/tea")
    async with Tea((SHOP,)).open(database_url, miniature=telegram) as world:
        ada = back(world)
        assert "I did not get that." in (await ada.send("Assam")).text


async def test_parts_of_an_answer_outlive_a_restart(database_url: str, telegram: Miniature) -> None:
    """What was gathered before the restart is part of the answer after it."""
    await begin(Tea((NOTES,)), database_url, telegram, "/tea", "hot")
    tea = Tea((NOTES,))
    async with tea.open(database_url, miniature=telegram) as world:
        ada = back(world)
        assert "Got it, 2 parts so far." in (await ada.send("strong")).text
        await ada.press("Finish")
    assert [note["text"] for note in tea.served[0]["notes"]] == ["hot", "strong"]
