"""What each answer of Telegram means for a row of the outbox."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any, cast

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.api import Api
from bot.delivery import Delivered, Postponed, Unreachable, deliver
from db.records import OutgoingRecord
from tests.chat import FakeClock

NOW = FakeClock()()

CANNOT_PARSE = BadRequest('Can\'t parse entities: unsupported start tag "x" at byte offset 0')


class Telegram:
    """Answers calls with what was prepared, one after the other, and keeps them."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        self.calls.append((method, dict(params)))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def row(method: str = "sendMessage", *, edits: str | None = None, **content: Any) -> OutgoingRecord:
    return OutgoingRecord(7, method, content, "me", NOW, edits=edits, id=1)


async def send(
    telegram: Telegram, outgoing: OutgoingRecord, message_id: int | None = None
) -> Delivered | Postponed | Unreachable:
    return await deliver(cast("Api", telegram), outgoing, message_id)


async def test_a_sent_row_knows_its_message() -> None:
    """The call has the chat and the content; the message's id is kept, an album's last one."""
    deleted: object = True
    telegram = Telegram({"message_id": 5}, [{"message_id": 6}, {"message_id": 7}], deleted)
    assert await send(telegram, row(text="Hi")) == Delivered(5)
    assert await send(telegram, row("sendMediaGroup", media=[])) == Delivered(7)
    assert await send(telegram, row("deleteMessage", message_id=4)) == Delivered(None)
    assert telegram.calls[0] == ("sendMessage", {"chat_id": 7, "text": "Hi"})


@pytest.mark.parametrize("after", [17, dt.timedelta(seconds=17)])
async def test_telegrams_wait_is_honoured(after: int | dt.timedelta) -> None:
    """429 names the seconds, in either form that PTB knows."""
    assert await send(Telegram(RetryAfter(after)), row(text="Hi")) == Postponed("flood", "429", 17.0)


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("Bad Gateway"), NetworkError("Unknown error")])
async def test_a_network_that_is_away_postpones(error: NetworkError) -> None:
    """A reply that may not have arrived is sent again."""
    outcome = await send(Telegram(error), row(text="Hi"))
    assert isinstance(outcome, Postponed)
    assert outcome.seconds is None


async def test_a_revoked_token_loses_no_reply() -> None:
    """What the bot may not send today it sends with tomorrow's token; a method that is unknown ends its row."""
    assert isinstance(await send(Telegram(InvalidToken("Unauthorized")), row(text="Hi")), Postponed)
    assert await send(Telegram(InvalidToken("Not Found")), row("sendMessag")) == Delivered(error="Not Found")


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"),
        Forbidden("Forbidden: user is deactivated"),
        BadRequest("Chat not found"),
        BadRequest("Peer_id_invalid"),
    ],
)
async def test_a_closed_chat_is_unreachable(error: Forbidden | BadRequest) -> None:
    """Who blocked the bot or is gone is not written to again."""
    assert await send(Telegram(error), row(text="Hi")) == Unreachable(error.message)


async def test_the_same_again_is_done() -> None:
    """An edit that changes nothing is no error."""
    unchanged = BadRequest("Message is not modified: specified new message content is exactly the same")
    assert await send(Telegram(unchanged), row("editMessageText", message_id=5, text="Hi")) == Delivered(5)


@pytest.mark.parametrize(
    "reason",
    [
        "Message to edit not found",
        "Message can't be edited",
        "There is no text in the message to edit",
        "MESSAGE_ID_INVALID",
    ],
)
async def test_where_an_edit_is_impossible_a_new_message_takes_its_place(reason: str) -> None:
    """The person reads the words all the same, with the buttons."""
    telegram = Telegram(BadRequest(reason), {"message_id": 9})
    outgoing = row("editMessageText", message_id=5, text="Hi", reply_markup={"inline_keyboard": []})
    assert await send(telegram, outgoing) == Delivered(9)
    assert telegram.calls[1] == ("sendMessage", {"chat_id": 7, "text": "Hi", "reply_markup": {"inline_keyboard": []}})


async def test_what_cannot_be_parsed_is_sent_plain(caplog: pytest.LogCaptureFixture) -> None:
    """Our mistake with the tags costs the formatting, not the words; it is logged as an error."""
    telegram = Telegram(CANNOT_PARSE, {"message_id": 9})
    assert await send(telegram, row(text="<x>2 &lt; 3 &amp; <b>so</b> on", parse_mode="HTML")) == Delivered(9)
    assert telegram.calls[1] == ("sendMessage", {"chat_id": 7, "text": "2 < 3 & so on"})
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_one_refusal_after_the_other_comes_to_an_end() -> None:
    """A message that can be neither edited nor parsed arrives plain and new."""
    telegram = Telegram(CANNOT_PARSE, BadRequest("Message to edit not found"), {"message_id": 9})
    outgoing = row("editMessageText", message_id=5, text="<x>", parse_mode="HTML")
    assert await send(telegram, outgoing) == Delivered(9)
    assert telegram.calls[2] == ("sendMessage", {"chat_id": 7, "text": ""})


async def test_a_refusal_for_good_ends_the_row(caplog: pytest.LogCaptureFixture) -> None:
    """A 400 that nothing helps against is kept as the row's error, and is an alarm."""
    error = BadRequest("BUTTON_DATA_INVALID " + "x" * 300)
    assert await send(Telegram(error), row(text="Hi")) == Delivered(error=error.message[:200])
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_what_is_gone_already_is_no_alarm(caplog: pytest.LogCaptureFixture) -> None:
    """A secret that the person deleted first needs no second deletion."""
    caplog.set_level(logging.INFO)
    telegram = Telegram(BadRequest("Message to delete not found"))
    assert await send(telegram, row("deleteMessage", message_id=5)) == Delivered(error="Message to delete not found")
    assert [record.levelno for record in caplog.records] == [logging.INFO]


async def test_a_chat_that_moved_ends_the_row() -> None:
    """Other errors of Telegram end the row as well, and never the sender."""
    outcome = await send(Telegram(ChatMigrated(-1001)), row(text="Hi"))
    assert isinstance(outcome, Delivered)
    assert "-1001" in (outcome.error or "")


async def test_a_row_that_edits_changes_the_message_of_its_name() -> None:
    """With a message to change it is an edit, without one a new message."""
    telegram = Telegram({"message_id": 5}, {"message_id": 6})
    assert await send(telegram, row(text="Hi", edits="album/1"), 5) == Delivered(5)
    assert await send(telegram, row(text="Hi", edits="album/1"), None) == Delivered(6)
    assert [method for method, _ in telegram.calls] == ["editMessageText", "sendMessage"]
