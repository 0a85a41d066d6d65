"""What nobody asked for is answered all the same."""

import pytest

from db.models import ChatSession, ShelvedUpdate
from tests.chat import World


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("hello there", "I did not get that."),
        ("/nonsense now", "I do not know /nonsense."),
        ("/" + "x" * 60, "I do not know /" + "x" * 31 + "."),
    ],
)
async def test_words_without_a_question_are_answered(world: World, typed: str, answer: str) -> None:
    """Free text and unknown commands get what works instead."""
    ada = world.person("Ada")
    assert (await ada.send(typed)).text.startswith(answer)
    assert ada.labels == ["Browse courses", "Help"]
    assert "/courses [words] – Find a course" in (await ada.press("Help")).text


async def test_a_sticker_is_answered(world: World) -> None:
    """Nothing that people send meets silence."""
    ada = world.person("Ada")
    assert "inside a lesson" in (await ada.send_file("sticker")).text


async def test_an_edited_message_is_answered(world: World) -> None:
    """An edit is not read again, and the person learns it."""
    ada = world.person("Ada")
    await ada.send("/start")
    mine = next(message for message in ada.chat if not message.from_bot)
    assert "as they were sent first" in (await ada.edit(mine.id, "/me")).text


@pytest.mark.parametrize(
    "data", ["nonsense", "c:x", "c:007", "cs:a::1:" + "x" * 37, ":", "d:register/name:skip", "leave:1"]
)
async def test_old_and_forged_buttons_are_answered(world: World, data: str) -> None:
    """A button of another time, or of nobody, changes nothing and is told so."""
    ada = world.person("Ada")
    await ada.send("/start")
    assert "This menu is from an earlier visit." in (await ada.forge(ada.last.id, data)).text
    assert "This menu is from an earlier visit." in (await ada.forge(4711, data)).text
    assert await world.count(ShelvedUpdate) == 0


async def test_in_a_group_the_bot_invites_to_its_chat(world: World) -> None:
    """Spoken to, it answers with the way over; overhearing, it is silent."""
    ada = world.person("Ada")
    world.miniature.add_group(-100, "Class", [ada.id])
    for words in ("/start", "what does @syllabot_bot do?", "just chatting"):
        world.miniature.say(ada.id, words, chat_id=-100)
    await world.settle()
    said = [message.text for message in world.miniature.chat(-100) if message.from_bot]
    assert said == ["I teach in private, one chat a person. Come over:"] * 2


async def test_blocking_is_noticed_and_coming_back_too(world: World) -> None:
    """Who blocked the bot is unreachable until the next sign of life."""
    ada = world.person("Ada")
    await ada.send("/start")
    world.miniature.block(ada.id)
    await world.settle()
    assert (await world.rows(ChatSession))[0].unreachable_since is not None
    world.miniature.unblock(ada.id)
    await world.settle()
    assert (await world.rows(ChatSession))[0].unreachable_since is None


async def test_help_lists_what_this_person_can_do(world: World) -> None:
    """A stranger reads how to sign in; an admin reads the admin's menu too."""
    ada, grace = world.person("Ada"), world.admin()
    strangers = (await ada.send("/help")).text
    assert "/register – Create an account" in strangers
    assert "/logout" not in strangers
    await ada.register()
    students = (await ada.send("/help")).text
    assert "/logout" in students
    assert "/register" not in students
    assert "/admin" not in students
    assert "/help" in (await grace.send("/help")).text
