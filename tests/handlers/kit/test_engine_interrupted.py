"""What comes in the middle of a dialog: commands, other dialogs, old buttons, edits."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.models import ChatSession, Outgoing, ShelvedUpdate
from tests.chat import Person, World
from tests.handlers.kit.tea import LEAF, MILK, WORD, Tea


@pytest.fixture
def tea() -> Tea:
    return Tea((LEAF, MILK, WORD))


@pytest.fixture
async def world(tea: Tea, database_url: str) -> AsyncIterator[World]:
    async with tea.open(database_url) as world:
        yield world


@pytest.fixture
async def ada(world: World) -> Person:
    """Somebody who is asked for milk."""
    ada = world.person("Ada")
    await ada.send("/tea")
    await ada.send("Assam")
    return ada


async def dialog_of(world: World) -> Any:
    """Returns what the only session keeps of its dialog."""
    [session] = await world.rows(ChatSession)
    return session.dialog


async def test_a_command_in_the_middle_asks_first(ada: Person) -> None:
    """No command throws answers away without being told to."""
    said = await ada.send("/menu")
    assert said.text == "You are in the middle of “Tea”. Leave it? Its answers would be forgotten."
    assert ada.labels == ["Stay", "Leave for /menu"]


async def test_stay_shows_the_question_again(tea: Tea, ada: Person) -> None:
    """Who stays goes on where they were, in the same message, and can leave later."""
    await ada.send("/menu")
    asked = ada.last.id
    assert (await ada.press("Stay")).text == "Tea · 2 of 3\nMilk?"
    assert ada.last.id == asked
    await ada.press("Skip")
    await ada.send("sesame")
    assert tea.served == [{"leaf": "Assam", "milk": None, "word": "open"}]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/menu", "Tea and coffee, nothing else."),
        ("/MENU  with cakes ", "Tea and coffee, with cakes."),
        ("/menu@syllabot_bot with cakes", "Tea and coffee, with cakes."),
        ("/menu\nwith cakes", "Tea and coffee, with cakes."),
        ("/coffee", "Coffee\nWhich bean?"),
        ("/tea", "Tea · 1 of 3\nWhich leaf?"),
    ],
)
async def test_leaving_runs_the_command(ada: Person, typed: str, answer: str) -> None:
    """Who leaves gets what they typed, with its words, as if no dialog had been open."""
    await ada.send(typed)
    assert (await ada.press("Leave for /")).text == answer
    assert "Assam" not in str(await dialog_of(ada.world))


async def test_leaving_for_a_refusal_leaves_all_the_same(ada: Person) -> None:
    """When the other command refuses, its writes are undone, but nobody is put back into what they left."""
    await ada.send("/spill")
    assert (await ada.press("Leave for /spill")).text == "You spilled it."
    [session] = await ada.world.rows(ChatSession)
    assert session.dialog is None
    assert session.first_name == "Ada"
    assert "I did not get that" in (await ada.send("Ceylon")).text


async def test_a_button_that_begins_a_dialog_asks_first(ada: Person) -> None:
    """A press on an earlier menu does not throw answers away either."""
    await ada.send("/cancel")
    await ada.send("/menu")
    await ada.send("/tea")
    await ada.press("Coffee")
    assert any(said.startswith("You are in the middle of “Tea”.") for said in ada.said)
    await ada.press("Leave it")
    assert "Coffee\nWhich bean?" in ada.said
    assert (await dialog_of(ada.world))["name"] == "coffee"


async def test_a_second_press_on_leave_is_old(ada: Person) -> None:
    """The way out works once; later it is an old button."""
    await ada.send("/coffee")
    message, data = ada.find_button("Leave for /coffee")
    await ada.press("Leave for /coffee")
    assert (await ada.forge(message.id, data)).text == "Coffee\nWhich bean?"
    assert "This menu is from an earlier visit. Here is the current one." in ada.said


async def test_answering_instead_of_choosing_goes_on(tea: Tea, ada: Person) -> None:
    """Who is asked whether to leave and simply answers the question has stayed."""
    await ada.press("Skip")
    await ada.send("/menu")
    message, data = ada.find_button("Leave for /menu")
    await ada.send("sesame")
    assert len(tea.served) == 1
    assert "This menu is from an earlier visit." in (await ada.forge(message.id, data)).text


@pytest.mark.parametrize(
    "data", ["d:tea/leaf:cancel", "d:coffee/bean:cancel", "d:tea/milk:maybe", "d:tea/milk:", "d:x:y"]
)
async def test_a_button_of_another_question_is_old(ada: Person, data: str) -> None:
    """An old or forged button of a dialog is answered politely and with the question that is open."""
    await ada.forge(ada.last.id, data)
    assert ada.said[-2:] == ["This menu is from an earlier visit. Here is the current one.", "Tea · 2 of 3\nMilk?"]
    assert (await dialog_of(ada.world))["answers"] == {"leaf": "Assam"}


async def test_a_button_after_the_end_is_old(tea: Tea, ada: Person) -> None:
    """Pressing a choice of a dialog that is over does nothing twice."""
    message, data = ada.find_button("With milk")
    await ada.press("Skip")
    await ada.send("sesame")
    said = await ada.forge(message.id, data)
    assert said.text == "This menu is from an earlier visit. /help shows what you can do now."
    assert len(tea.served) == 1


async def test_an_unknown_command_is_no_answer(ada: Person) -> None:
    """A slip of the finger is told so, and the question follows."""
    await ada.press("‹ Back")
    await ada.send("/nonsense")
    assert ada.said[-2:] == ["I do not know /nonsense.", "Tea · 1 of 3\nWhich leaf?"]
    assert (await dialog_of(ada.world))["answers"] == {"leaf": "Assam"}


async def test_an_edited_answer_is_not_read_again(ada: Person) -> None:
    """The answer stands as it was sent first, and the person learns how to change it."""
    sent = next(message for message in ada.chat if message.text == "Assam")
    said = await ada.edit(sent.id, "Ceylon")
    again = "I read messages as they were sent first. Please send your answer as a new message."
    assert said.text == f"{again}\n\nMilk?"
    assert (await dialog_of(ada.world))["answers"] == {"leaf": "Assam"}
    await ada.press("Skip")
    assert "Tea · 3 of 3\nThe secret word?" in ada.said


async def test_a_group_does_not_answer_the_dialog(ada: Person) -> None:
    """What a person says in a group is no answer to what the bot asked in private."""
    ada.world.miniature.add_group(-100, "Class", [ada.id])
    ada.world.miniature.say(ada.id, "/menu", chat_id=-100)
    ada.world.miniature.say(ada.id, "hello", chat_id=-100)
    await ada.world.settle()
    assert (await dialog_of(ada.world))["step"] == "milk"
    assert ada.last.text == "Tea · 2 of 3\nMilk?"


@pytest.mark.parametrize("command", ["/login", "/LOGIN@syllabot_bot", "/register"])
async def test_a_password_behind_a_command_in_the_middle_is_erased(ada: Person, command: str) -> None:
    """A password typed behind a command is not kept while the person makes up their mind, nor left in the chat."""
    said = await ada.send(f"{command} ada@example.org hunter22secret")
    assert "You are in the middle of “Tea”" in said.text
    assert all("hunter22" not in message.text for message in ada.chat)
    assert "hunter22" not in str(await dialog_of(ada.world))
    assert all("hunter22" not in str(row.content) for row in await ada.world.rows(Outgoing))
    assert "Your email address?" in (await ada.press("Leave for /")).text or "your name?" in ada.last.text


async def test_a_password_edited_in_behind_a_command_is_erased(ada: Person) -> None:
    """Editing a message into `/login mail word` leaves no password in the chat, dialog or not."""
    for way_out in ("", "/cancel"):
        if way_out:
            await ada.send(way_out)
        sent = ada.world.miniature.say(ada.id, "oops")["message"]["message_id"]
        ada.world.miniature.take_updates()
        assert "as they were sent first" in (await ada.edit(sent, "/login ada@example.org hunter22secret")).text
        assert all("hunter22" not in message.text for message in ada.chat)


async def test_long_words_wait_shortened(ada: Person) -> None:
    """A command of any length can wait for the person's word."""
    await ada.send("/menu " + "x" * 4000)
    assert len((await dialog_of(ada.world))["waiting"]) == 256
    assert (await ada.press("Leave for /menu")).text.startswith("Tea and coffee, xxx")
    assert await ada.world.count(ShelvedUpdate) == 0


@pytest.mark.parametrize("command", ["/menu", "/me", "/cancel", "/MENU@syllabot_bot"])
async def test_a_secret_that_begins_like_a_command_is_erased(ada: Person, command: str) -> None:
    """With a secret question open, a command that has words behind it is taken for the secret: only its name waits."""
    await ada.press("Skip")
    await ada.send(f"{command} and 8 cats")
    assert all("8 cats" not in message.text for message in ada.chat)
    assert "8 cats" not in str(await dialog_of(ada.world))
    assert all("8 cats" not in str(row.content) for row in await ada.world.rows(Outgoing))


async def test_what_waits_of_such_a_secret_is_the_command(ada: Person) -> None:
    """The command itself still runs, when that is what was meant."""
    await ada.press("Skip")
    assert "You are in the middle of “Tea”" in (await ada.send("/menu and 8 cats")).text
    assert (await ada.press("Leave for /menu")).text == "Tea and coffee, nothing else."


async def test_words_behind_a_command_are_kept_at_other_questions(ada: Person) -> None:
    """Where nothing secret is asked, the message stays in the chat."""
    await ada.send("/menu and 8 cats")
    assert any("8 cats" in message.text for message in ada.chat)
