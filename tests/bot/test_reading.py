"""What is no update, or none of Telegram's, is left before anything is done with it."""

from typing import Any

import pytest
from telegram import Message, Update

from bot import reading
from bot.api import Api
from tests.bot.updates import AT, BOT, GROUP, message, pressed, user
from tests.chat import World

pytestmark = pytest.mark.same_on_each("about what is left before a database is asked")

NO_IDS = [{}, [], 2**63, -(2**63), 2**70, "1", None, 1.5, True]


@pytest.mark.parametrize("number", NO_IDS, ids=str)
@pytest.mark.parametrize("wary", [False, True])
async def test_an_id_that_is_none_ends_nothing(
    *, world: World, caplog: pytest.LogCaptureFixture, number: object, wary: bool
) -> None:
    """Nothing is tried, nothing waits, one line says so, and the next update is answered."""
    pipeline = world.application.pipeline
    if wary:
        pipeline._wariness.begin()
    said = message(5001, text="Hi")
    for update in (
        {"update_id": number, "message": said},
        {"update_id": 5, "message": {**said, "from": {**user(5001), "id": number}}},
        {"update_id": 6, "message": {**said, "chat": {"id": number, "type": "private"}}},
    ):
        caplog.clear()
        await pipeline.process(update)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "signed in" in (await world.person("Ada").send("/me")).text


@pytest.mark.parametrize("field", ["first_name", "language_code"])
async def test_a_field_of_another_kind_is_no_update(world: World, caplog: pytest.LogCaptureFixture, field: str) -> None:
    """A number in the place of a name is not tried five times."""
    who = {**user(5001), field: 5}
    await world.application.pipeline.process({"update_id": 7, "message": {**message(5001, text="Hi"), "from": who}})
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_what_cannot_be_read_is_not_quoted(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The log says what went wrong and where, and no word of the update."""
    query = {"id": "1", "from": {"my secret": 1}}
    await world.application.pipeline.process({"update_id": 7, "inline_query": query})
    assert "update 7 cannot be read: " in caplog.text
    assert "my secret" not in caplog.text


async def test_a_press_in_a_group_shows_nobodys_screens(world: World) -> None:
    """Whoever forges one is invited to the private chat, like anybody who speaks to the bot there."""
    ada = world.person("Ada", 5001)
    await ada.register()
    world.miniature.add_group(-1001, "G", [5001])
    shown = {"message_id": 7, "date": AT, "chat": GROUP, "from": BOT, "text": "Come over"}
    await world.application.pipeline.process(
        {"update_id": 5, "callback_query": {**pressed(5001, "p:1"), "message": shown}}
    )
    await world.settle()
    assert all("I teach in private" in each.text for each in world.miniature.chat(-1001))


PLAIN = [
    message(5001, text="Hi"),
    message(5001, text="/start c_PY101", entities=[{"type": "bot_command", "offset": 0, "length": 6}]),
    message(
        5001, text="😀 <b>", entities=[{"type": "text_link", "offset": 0, "length": 2, "url": "https://example.org/"}]
    ),
    {**message(5001, text="Hi"), "chat": GROUP},
]


@pytest.mark.parametrize("said", PLAIN, ids=lambda said: said["text"])
def test_plain_words_are_read_as_ptb_reads_them(said: dict[str, Any]) -> None:
    """The shorter way to a message makes what PTB's own way makes."""
    api, data = Api("42:TOKEN"), {"update_id": 7, "message": said}
    short, own = reading._plain(data, api), Update.de_json(data, api)
    assert short is not None
    assert short.to_dict() == own.to_dict()
    assert short.message is not None
    assert own.message is not None
    assert {name: getattr(short.message, name) for name in Message.__slots__ if name[0] != "_"} == {
        name: getattr(own.message, name) for name in Message.__slots__ if name[0] != "_"
    }
    assert (short.effective_user, short.effective_chat, short.get_bot()) == (
        own.effective_user,
        own.effective_chat,
        own.get_bot(),
    )


@pytest.mark.parametrize(
    "more",
    [{"photo": []}, {"reply_to_message": message(5001, text="?")}, {"entities": None}, {"date": "today"}, {"text": 5}],
)
def test_what_is_more_than_plain_words_goes_ptbs_way(more: dict[str, Any]) -> None:
    """Whatever else a message has, or has otherwise, the shorter way does not know it."""
    assert reading._plain({"update_id": 7, "message": {**message(5001, text="Hi"), **more}}, Api("42:TOKEN")) is None
