"""Questions and answers, from the first to the last."""

from collections.abc import AsyncIterator

import pytest

from db.models import ChatSession
from handlers.kit.dialog import AskAgain
from handlers.kit.text import Text
from tests.chat import ADMIN_ID, Person, World
from tests.handlers.kit.tea import LEAF, MILK, NOTES, SHOP, WORD, Tea


@pytest.fixture
def tea() -> Tea:
    return Tea((LEAF, MILK, WORD, SHOP))


@pytest.fixture
async def world(tea: Tea, database_url: str) -> AsyncIterator[World]:
    async with tea.open(database_url) as world:
        yield world


@pytest.fixture
def ada(world: World) -> Person:
    return world.person("Ada")


async def dialog_of(world: World) -> object:
    """Returns what the only session keeps of its dialog."""
    [session] = await world.rows(ChatSession)
    return session.dialog


async def test_answers_reach_the_end(tea: Tea, ada: Person) -> None:
    """Words, a button and a secret become the answers that the dialog ends with, each once."""
    assert (await ada.send("/tea")).text == "Tea · 1 of 3\nWhich leaf?"
    assert (await ada.send("  Earl \n Grey ")).text == "Tea · 2 of 3\nMilk?"
    assert (await ada.press("Without")).text == "Tea · 3 of 3\nThe secret word?"
    assert (await ada.send("sesame")).text == "Served."
    assert tea.served == [{"leaf": "Earl Grey", "milk": "no", "word": "open"}]
    assert await dialog_of(ada.world) is None


async def test_a_press_changes_its_question_in_place(ada: Person) -> None:
    """The question makes room for the next one, and no button of it stays behind."""
    for words in ("/tea", "Assam"):
        await ada.send(words)
    asked = ada.last.id
    await ada.press("With milk")
    assert ada.last.id == asked
    assert ada.last.text == "Tea · 3 of 3\nThe secret word?"


async def test_back_asks_again_and_takes_the_new_answer(tea: Tea, ada: Person) -> None:
    """Going back replaces what is answered anew and keeps what is not."""
    for words in ("/tea", "Assam"):
        await ada.send(words)
    await ada.press("With milk")
    await ada.press("‹ Back")
    assert (await ada.press("‹ Back")).text == "Tea · 1 of 3\nWhich leaf?"
    assert "‹ Back" not in ada.labels
    await ada.send("Ceylon")
    await ada.press("Skip")
    await ada.send("sesame")
    assert tea.served == [{"leaf": "Ceylon", "milk": None, "word": "open"}]


async def test_only_an_optional_question_can_be_skipped(ada: Person) -> None:
    """Skip is offered where it works, and a forged one elsewhere changes nothing."""
    await ada.send("/tea")
    assert ada.labels == ["Cancel"]
    assert (await ada.forge(ada.last.id, "d:tea/leaf:skip")).text == "Tea · 1 of 3\nWhich leaf?"
    await ada.send("Assam")
    assert ada.labels == ["With milk", "Without", "Skip", "‹ Back", "Cancel"]
    assert (await ada.press("Skip")).text == "Tea · 3 of 3\nThe secret word?"


@pytest.mark.parametrize("way", ["/cancel", "Cancel"])
async def test_cancel_forgets_the_answers(tea: Tea, ada: Person, way: str) -> None:
    """Leaving by command or button ends the dialog, and what comes next is no answer."""
    for words in ("/tea", "Assam"):
        await ada.send(words)
    said = await (ada.send(way) if way.startswith("/") else ada.press(way))
    assert said.text == "Tea: cancelled. Nothing was changed."
    assert await dialog_of(ada.world) is None
    assert "I did not get that" in (await ada.send("Ceylon")).text
    assert (await ada.send("/cancel")).text == "There is nothing to cancel. /help shows what you can do."
    assert tea.served == []


async def test_a_wrong_answer_is_asked_again(tea: Tea, ada: Person) -> None:
    """The reason comes with the question's buttons, and the question stays open."""
    await ada.send("/tea")
    assert "there is room for 20" in (await ada.send("x" * 21)).text
    assert ada.labels == ["Cancel"]
    await ada.send("Assam")
    assert (await ada.send("yes")).text == "Please tap one of the buttons."
    assert ada.labels == ["With milk", "Without", "Skip", "‹ Back", "Cancel"]
    assert (await ada.press("With milk")).text == "Tea · 3 of 3\nThe secret word?"


async def test_a_sticker_is_no_answer(ada: Person) -> None:
    """What is not a text where one is wanted gets the reason, with the way out."""
    await ada.send("/tea")
    assert (await ada.send_file("sticker")).text == "Please answer with a text message."
    assert ada.labels == ["Cancel"]


@pytest.mark.parametrize("words", ["wrong guess", "sesame", "/sesame"])
async def test_a_secret_is_erased_right_or_wrong(ada: Person, words: str) -> None:
    """A secret answer leaves the chat at once, and its words are in no session and no outbox row."""
    for typed in ("/tea", "Assam"):
        await ada.send(typed)
    await ada.press("Skip")
    await ada.send(words)
    assert words not in [message.text for message in ada.chat]
    [session] = await ada.world.rows(ChatSession)
    assert words not in str(session.dialog)
    expected = "Served." if words == "sesame" else "That is not the word."
    assert ada.last.text == expected


async def test_a_question_is_put_to_whom_it_concerns(tea: Tea, world: World) -> None:
    """`when` leaves a question out for others, in the count too."""
    grace = world.person("Grace", ADMIN_ID)
    assert "1 of 4" in (await grace.send("/tea")).text
    await grace.send("Assam")
    await grace.press("Skip")
    assert (await grace.send("sesame")).text == "Tea · 4 of 4\nWhich shop?"
    await grace.send("Corner")
    assert tea.served[0]["shop"] == "Corner"


async def test_what_is_known_is_not_asked(tea: Tea, ada: Person) -> None:
    """A dialog that begins with an answer begins behind that question, and Back leads to it all the same."""
    assert (await ada.send("/tea Assam")).text == "Tea · 2 of 3\nMilk?"
    await ada.press("Skip")
    await ada.send("sesame")
    assert tea.served == [{"leaf": "Assam", "milk": None, "word": "open"}]


async def test_the_end_may_ask_again(database_url: str) -> None:
    """When the end finds an answer wrong, its question is asked again with the reason, and the rest is kept."""
    tea = Tea((LEAF, MILK), again=AskAgain("leaf", Text("We are out of {leaf}.").format(leaf="<Assam>")))
    async with tea.open(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/tea Assam")
        assert (await ada.press("With milk")).text == "We are out of <Assam>.\n\nWhich leaf?"
        assert (await ada.send("Ceylon")).text == "Served."
        assert tea.served == [{"leaf": "Ceylon", "milk": "yes"}]


async def test_many_answers_are_gathered_until_finish(database_url: str) -> None:
    """Any number of messages are one answer; Finish comes with the first, and the last can be taken back."""
    tea = Tea((NOTES,))
    async with tea.open(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/tea")
        assert ada.labels == ["Cancel"]
        await ada.forge(ada.last.id, "d:tea/notes:finish")
        assert tea.served == []
        assert (await ada.send("hot")).text == "Got it, 1 part so far. Send more, or tap Finish."
        assert (await ada.send_file("photo")).text == "Got it, 2 parts so far. Send more, or tap Finish."
        assert "A sticker cannot be part" in (await ada.send_file("sticker")).text
        assert ada.labels == ["Finish", "Remove the last", "Cancel"]
        await ada.press("Remove the last")
        assert ada.toasts[-1].text == "Removed the last part."
        await ada.send("strong")
        assert (await ada.press("Finish")).text == "Served."
        assert [note["text"] for note in tea.served[0]["notes"]] == ["hot", "strong"]


async def test_going_back_does_not_finish_a_gathered_answer(database_url: str) -> None:
    """Parts are no answer before Finish, also when an earlier question is answered anew."""
    tea = Tea((LEAF, NOTES))
    async with tea.open(database_url) as world:
        ada = world.person("Ada")
        for words in ("/tea", "Assam", "hot"):
            await ada.send(words)
        await ada.press("‹ Back")
        assert "Tea · 2 of 2" in (await ada.send("Ceylon")).text
        assert "Got it, 2 parts so far." in (await ada.send("strong")).text
        await ada.press("Finish")
        assert (tea.served[0]["leaf"], len(tea.served[0]["notes"])) == ("Ceylon", 2)


async def test_removing_all_takes_finish_away(database_url: str) -> None:
    """An empty answer cannot be finished."""
    async with Tea((NOTES,)).open(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/tea")
        await ada.send("hot")
        assert (await ada.press("Remove the last")).text == "Tea\nAny notes?"
        assert ada.labels == ["Cancel"]


@pytest.mark.parametrize("act", ["drop", "finish"])
async def test_a_forged_button_cannot_touch_an_answer(tea: Tea, ada: Person, act: str) -> None:
    """Finish and Remove belong to questions with many answers: elsewhere they change nothing."""
    await ada.send("/tea")
    await ada.send("Assam")
    await ada.press("‹ Back")
    await ada.forge(ada.last.id, f"d:tea/leaf:{act}")
    [session] = await ada.world.rows(ChatSession)
    assert session.dialog["step"] == "leaf"
    assert session.dialog["answers"] == {"leaf": "Assam"}
