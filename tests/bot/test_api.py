"""What stands between the bot and Telegram does not speak for Telegram."""

import json

import pytest
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.api import Api
from bot.delivery import Postponed, deliver
from db.records import OutgoingRecord
from tests.bot.accidents import PAGE, Answer, canned
from tests.chat import FakeClock

NOW = FakeClock()()

STATUSES = (400, 401, 403, 404, 409, 429, 500, 502, 504, 599)


def refusal(status: int, **more: object) -> Answer:
    """Returns the Bot API's own answer to a call that it refuses."""
    return status, json.dumps({"ok": False, "error_code": status, "description": "No", **more}).encode()


async def call(api: Api) -> object:
    return await api.call("sendMessage", {"chat_id": 7, "text": "Hi"})


@pytest.mark.parametrize("status", [200, *STATUSES])
@pytest.mark.parametrize("body", [PAGE, b"", b"\xff\xfe"])
async def test_a_proxys_page_is_no_answer_of_telegram(status: int, body: bytes) -> None:
    """Whatever its status, the network was away: nobody has blocked the bot, no token is wrong, no row is refused."""
    with pytest.raises(NetworkError) as caught:
        await call(canned((status, body)))
    assert type(caught.value) is NetworkError
    row = OutgoingRecord(7, "sendMessage", {"text": "Hi"}, "me", NOW)
    outcome = await deliver(canned((status, body)), row, None)
    assert isinstance(outcome, Postponed)
    assert outcome.why == "network"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", [b"{}", b'{"message": "Forbidden"}'])
async def test_a_gateways_json_is_no_answer_of_telegram(status: int, body: bytes) -> None:
    """The Bot API describes what it refuses; an error without a description is somebody else's."""
    with pytest.raises(NetworkError) as caught:
        await call(canned((status, body)))
    assert type(caught.value) is NetworkError


async def test_a_page_does_not_stand_in_the_error() -> None:
    """What a proxy writes may be long, and anything: the log gets none of it."""
    with pytest.raises(NetworkError) as caught:
        await call(canned((403, PAGE)))
    assert "nginx" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(400), BadRequest),
        (refusal(401), InvalidToken),
        (refusal(403), Forbidden),
        (refusal(404), InvalidToken),
        (refusal(409), Conflict),
        (refusal(429, parameters={"retry_after": 7}), RetryAfter),
        (refusal(500), NetworkError),
    ],
)
async def test_telegrams_refusals_keep_their_meaning(answer: Answer, kind: type[TelegramError]) -> None:
    """What the Bot API itself refuses is refused, in PTB's words, and a failing call is an answer."""
    with pytest.raises(kind) as caught:
        await call(canned(answer))
    assert type(caught.value) is kind
    row = OutgoingRecord(7, "sendMessage", {"text": "Hi"}, "me", NOW)
    outcome = await deliver(canned(answer), row, None)
    assert (getattr(outcome, "why", None) == "server") is (kind is NetworkError)


async def test_a_call_returns_the_result() -> None:
    """What Telegram grants comes as the JSON it is."""
    assert await call(canned((200, b'{"ok": true, "result": {"message_id": 5}}'))) == {"message_id": 5}


@pytest.mark.parametrize(
    "answer",
    [
        (200, b'{"ok": true}'),
        (200, b"[]"),
        (200, b"null"),
        (200, b'"ok"'),
        (200, b"[" * 100_000),
        (502, b"[]"),
        (503, b'"upstream connect error"'),
        (400, b'{"ok": false, "description": {}}'),
        (429, b'{"ok": false, "description": "Too Many", "parameters": {"retry_after": "soon"}}'),
    ],
    ids=lambda answer: f"{answer[0]} {answer[1][:20].decode()}",
)
async def test_json_that_says_nothing_is_no_answer(answer: Answer) -> None:
    """A gateway's JSON of whatever kind ends neither the poller nor a row."""
    with pytest.raises(NetworkError) as caught:
        await call(canned(answer))
    assert type(caught.value) is NetworkError
    row = OutgoingRecord(7, "sendMessage", {"text": "Hi"}, "me", NOW)
    outcome = await deliver(canned(answer), row, None)
    assert isinstance(outcome, Postponed)
    assert outcome.why == "network"


async def test_a_proxy_at_the_start_makes_no_token_invalid() -> None:
    """PTB's own calls are read as carefully: a page in the place of getMe is a network that is away."""
    with pytest.raises(NetworkError):
        await canned((404, PAGE)).get_me()
