"""Every update finds the view that it is for."""

from typing import Any

import pytest
from telegram import Bot, Update

from bot.matching import Match, Matcher
from bot.playground.miniature import Miniature
from handlers import ROUTERS
from handlers.kit.router import Command, Event
from handlers.presses import ShowCourse
from handlers.talk import Talk
from tests.chat import TOKEN
from tests.direct import DirectRequest

ADA, GROUP = 7, -100


@pytest.fixture(scope="module")
def talk() -> Talk:
    return Talk(ROUTERS)


@pytest.fixture
def telegram() -> Miniature:
    telegram = Miniature(token=TOKEN)
    telegram.add_person(ADA, "Ada")
    telegram.add_group(GROUP, "Class", [ADA])
    return telegram


async def match(talk: Talk, telegram: Miniature, update: dict[str, Any]) -> Match | None:
    """Returns what an update matches, for a bot that knows its name."""
    async with Bot(TOKEN, request=DirectRequest(telegram), get_updates_request=DirectRequest(telegram)) as bot:
        return Matcher(talk, "syllabot_bot").find(Update.de_json(update, bot))


async def test_every_command_is_found(talk: Talk, telegram: Miniature) -> None:
    """Each command leads to its own view, in any case, with the bot's name, and with its words."""
    for name, command in talk.commands.items():
        for typed in (f"/{name}", f"/{name.upper()}", f"/{name}@syllabot_bot"):
            assert await match(talk, telegram, telegram.say(ADA, typed)) == Match(command)
            found = await match(talk, telegram, telegram.say(ADA, f"{typed}  two \n words "))
            assert found == Match(command, args="two \n words")


@pytest.mark.parametrize("mark", [".", "!", ",", "'s", ":)", "…", "-now"])
async def test_a_command_ends_where_telegram_ends_it(talk: Talk, telegram: Miniature, mark: str) -> None:
    """Who puts a mark behind a command gets what they asked for."""
    assert await match(talk, telegram, telegram.say(ADA, f"/help{mark}")) == Match(talk.commands["help"])
    found = await match(talk, telegram, telegram.say(ADA, f"/help@syllabot_bot{mark} me"))
    assert found == Match(talk.commands["help"], args="me")


@pytest.mark.parametrize(
    "typed", ["/start@another_bot", "/unknown", "say /start", "//start", "/start@", "/startle", "hello", "/"]
)
async def test_what_is_no_command_is_words(talk: Talk, telegram: Miniature, typed: str) -> None:
    """Words, an unknown command, another bot's command are all answered by the view for words."""
    assert await match(talk, telegram, telegram.say(ADA, typed)) == Match(talk.events[Event.WORDS])


async def test_what_is_no_text_is_words_too(talk: Talk, telegram: Miniature) -> None:
    """A sticker, a photo whose caption looks like a command, a contact."""
    words = Match(talk.events[Event.WORDS])
    assert await match(talk, telegram, telegram.send_file(ADA, "sticker", b"x")) == words
    assert await match(talk, telegram, telegram.send_file(ADA, "photo", b"x", caption="/start")) == words
    contact = telegram.send_other(ADA, "contact", {"phone_number": "1", "first_name": "Bob"})
    assert await match(talk, telegram, contact) == words


@pytest.mark.parametrize("typed", ["/start", "hello @syllabot_bot", "/start@syllabot_bot", "/unknown"])
async def test_a_group_has_one_view(talk: Talk, telegram: Miniature, typed: str) -> None:
    """Nothing that is said in a group reaches a view that would talk about somebody's courses there."""
    found = await match(talk, telegram, telegram.say(ADA, typed, chat_id=GROUP))
    assert found == Match(talk.events[Event.GROUP])
    assert await match(talk, telegram, telegram.say(ADA, "just chatting", chat_id=GROUP)) is None


async def test_an_edited_message_is_no_command(talk: Talk, telegram: Miniature) -> None:
    """Editing words into a command runs nothing; in a group it asks for nothing at all."""
    sent = telegram.say(ADA, "hello")["message"]
    edited = telegram.edit(ADA, sent["message_id"], "/start")
    assert await match(talk, telegram, edited) == Match(talk.events[Event.EDITED])
    group = {**edited["edited_message"], "chat": {"id": GROUP, "type": "supergroup", "title": "Class"}}
    assert await match(talk, telegram, {"update_id": 1, "edited_message": group}) is None


async def test_a_press_is_unpacked(talk: Talk, telegram: Miniature) -> None:
    """A known button brings its press, under a message that is there or gone."""
    sent = telegram.say(ADA, "hello")["message"]["message_id"]
    for message_id in (sent, 4711):
        found = await match(talk, telegram, telegram.forge(ADA, message_id, "c:12"))
        assert found is not None
        assert (found.press, found.route) == (ShowCourse(12), talk.presses["c"][1])


@pytest.mark.parametrize("data", ["", "c", "c:", "c:x", "c:1:2", "C:1", " c:1", "c:1 ", "nobody", ":", "c:1\n"])
async def test_a_press_of_nobody_is_an_old_button(talk: Talk, telegram: Miniature, data: str) -> None:
    """Data that no button carries reaches no view but the one for old buttons."""
    telegram.say(ADA, "hello")
    found = await match(talk, telegram, telegram.forge(ADA, 1, data))
    assert found is not None
    assert found.press is None
    assert found.route not in [route for _press, route in talk.presses.values()]


async def test_what_asks_for_no_answer_matches_nothing(talk: Talk, telegram: Miniature) -> None:
    """A channel's post, a button without data, an update of a kind that nobody knows."""
    post = {"message_id": 1, "date": 0, "chat": {"id": -200, "type": "channel", "title": "News"}, "text": "/start"}
    query = telegram.forge(ADA, telegram.say(ADA, "x")["message"]["message_id"], "x")["callback_query"]
    game = {**{key: value for key, value in query.items() if key != "data"}, "game_short_name": "chess"}
    contents: list[dict[str, Any]] = [{"channel_post": post}, {"edited_channel_post": post}, {"callback_query": game}]
    for content in (*contents, {"news": {}}):
        assert await match(talk, telegram, {"update_id": 1, **content}) is None


async def test_blocking_and_coming_back_reach_their_view(talk: Talk, telegram: Miniature) -> None:
    """The bot learns who blocked it."""
    telegram.say(ADA, "hello")
    members = Match(talk.events[Event.CHAT_MEMBER])
    assert await match(talk, telegram, telegram.block(ADA)) == members
    assert await match(talk, telegram, telegram.unblock(ADA)) == members


def test_every_route_is_reached(talk: Talk) -> None:
    """Each command, button and event of the routers is in the talk, each command under its own name."""
    assert {command.name for command in talk.commands.values()} == set(talk.commands)
    assert all(isinstance(command, Command) for command in talk.commands.values())
    assert set(talk.events) == set(Event)
    for router in ROUTERS:
        assert set(router.commands) <= set(talk.commands)
        assert {press.prefix for press in router.presses} <= set(talk.presses)
