"""What nobody asked for is answered all the same."""

from typing import Any

import pytest

from db.models import ChatSession, ShelvedUpdate
from tests.chat import Person, World


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


async def deliver(ada: Person, kind: str, **content: Any) -> None:
    """Has an update arrive with such a message of hers."""
    update = ada.world.miniature.say(ada.id, "x")
    ada.world.miniature.take_updates()
    message = {name: value for name, value in update["message"].items() if name != "text"} | content
    await ada.world.application.pipeline.process({"update_id": update["update_id"], kind: message})
    await ada.world.settle()


SERVICE: tuple[dict[str, Any], ...] = (
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🐥"}}},
    {"write_access_allowed": {}},
)


@pytest.mark.parametrize("service", SERVICE, ids=lambda service: str(*service))
async def test_what_telegram_itself_tells_is_no_answer(world: World, service: dict[str, Any]) -> None:
    """A pinned message or a new timer is passed over, in a dialog and outside."""
    ada = world.person("Ada")
    await deliver(ada, "message", **service)
    assert ada.said == []
    for words in ("/register", "Ada"):
        await ada.send(words)
    before = ada.said
    await deliver(ada, "message", **service)
    assert ada.said == before


@pytest.mark.parametrize(
    "sent",
    [
        {"dice": {"emoji": "🎲", "value": 3}},
        {"checklist": {"title": "Tea", "tasks": [{"id": 1, "text": "Boil water"}]}},
        {"something_new": {"words": "Hello"}},
    ],
    ids=lambda sent: str(*sent),
)
async def test_whatever_people_send_is_answered(world: World, sent: dict[str, Any]) -> None:
    """Also what a newer Telegram may have invented."""
    ada = world.person("Ada")
    await deliver(ada, "message", **sent)
    assert "inside a lesson" in ada.last.text


@pytest.mark.parametrize(
    ("kind", "was", "now", "greeted"),
    [
        ("group", "left", "member", True),
        ("supergroup", "kicked", "administrator", True),
        ("supergroup", "member", "administrator", False),
        ("group", "member", "left", False),
        ("channel", "left", "administrator", False),
    ],
)
async def test_a_group_that_takes_the_bot_in_is_greeted(
    world: World,
    kind: str,
    was: str,
    now: str,
    greeted: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """One sentence says where the lessons are; other changes of its place meet silence."""
    ada = world.person("Ada")
    world.miniature.add_group(-100, "Class", [ada.id])
    me = {"id": 42, "is_bot": True, "first_name": "Syllabot"}
    rights = dict.fromkeys(
        (
            *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
            *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
            *("can_post_stories", "can_edit_stories", "can_delete_stories"),
        ),
        False,
    )
    change = {
        "chat": {"id": -100, "type": kind, "title": "Class"},
        "from": {"id": ada.id, "is_bot": False, "first_name": "Ada"},
        "date": 1,
        "old_chat_member": {"user": me, "status": was, "until_date": 0},
        "new_chat_member": {"user": me, "status": now, **rights},
    }
    await world.application.pipeline.process({"update_id": 77, "my_chat_member": change})
    await world.settle()
    said = [message for message in world.miniature.chat(-100) if message.from_bot]
    assert [message.text for message in said] == ["I teach in private, one chat a person. Come over:"] * greeted
    assert [button.text for message in said for button in message.buttons] == ["Open our chat"] * greeted


async def test_who_is_overheard_in_a_group_is_not_remembered(world: World) -> None:
    """Nobody gets a row in the database for chatting where the bot happens to be."""
    ada = world.person("Ada")
    world.miniature.add_group(-100, "Class", [ada.id])
    world.miniature.say(ada.id, "just chatting", chat_id=-100)
    await world.settle()
    assert await world.count(ChatSession) == 0


async def test_a_moving_location_is_not_answered(world: World) -> None:
    """A live location moves by edits of its message: those ask for nothing."""
    ada = world.person("Ada")
    update = world.miniature.send_other(ada.id, "location", {"latitude": 1.0, "longitude": 1.0, "live_period": 900})
    await world.settle()
    before = len(ada.said)
    await world.application.pipeline.process({"update_id": 1, "edited_message": {**update["message"], "edit_date": 1}})
    await world.settle()
    assert len(ada.said) == before == 1
