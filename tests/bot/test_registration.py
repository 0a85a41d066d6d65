import asyncio
import json
import logging

import pytest
from telegram.error import InvalidToken, NetworkError

from bot.api import Api
from bot.playground.errors import ApiError
from bot.playground.miniature import Miniature
from bot.polling import ALLOWED_UPDATES
from bot.registration import LOOK_PAUSE, Registration, has_pending, leave_webhook
from tests.bot.accidents import canned
from tests.bot.naps import Naps, naps
from tests.chat import TOKEN, World

pytestmark = pytest.mark.same_on_each("about what Telegram is told at the start")

__all__ = ["naps"]

URL = "http://127.0.0.1:8080/telegram"
SECRET = "a-secret_of-16-characters"


@pytest.fixture
def registration(world: World) -> Registration:
    return Registration(world.application.api, URL, SECRET)


async def looked(registration: Registration, naps: Naps, times: int = 1) -> None:
    """Lets it register and look so often."""
    gate = naps.hold(LOOK_PAUSE)
    task = asyncio.create_task(registration.run())
    await naps.begun(LOOK_PAUSE)
    gate.set()
    await naps.begun(LOOK_PAUSE, times + 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def fail(miniature: Miniature, method: str, *errors: ApiError) -> None:
    """Makes the next calls of a method fail."""
    left = list(errors)
    miniature.faults = lambda name, params: left.pop(0) if name == method and left else None


async def test_it_registers(world: World, registration: Registration, naps: Naps) -> None:
    """Telegram learns where to send which updates; what waits there is kept."""
    world.person("Ada")
    world.miniature.say(1001, "/start")
    made = [registration.is_made]
    await looked(registration, naps)
    assert [*made, registration.is_made] == [False, True]
    info = await world.miniature.call(TOKEN, "getWebhookInfo", {})
    assert (info["url"], info["max_connections"]) == (URL, 100)
    assert info["allowed_updates"] == ALLOWED_UPDATES
    assert info["pending_update_count"] == registration.pending == 1
    target = world.miniature.world.webhook.target
    assert target is not None
    assert target.secret_token == SECRET


async def test_it_does_not_give_up(
    world: World, registration: Registration, naps: Naps, caplog: pytest.LogCaptureFixture
) -> None:
    """A network that is away, a limit and a refusal are waited for, and a refusal is an error of the log."""
    fail(
        world.miniature,
        "setWebhook",
        ApiError(502, "Bad Gateway"),
        ApiError(429, "Too Many Requests: retry after 7", 7),
        ApiError(400, "Bad Request: bad webhook: failed to resolve host"),
    )
    await looked(registration, naps)
    assert registration.is_made
    assert [nap for nap in naps.taken if nap != LOOK_PAUSE] == [0.5, 7, 2]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "Telegram refuses the webhook: Bad webhook: failed to resolve host"
    ]
    assert SECRET not in caplog.text


async def test_a_wrong_token_ends_it(world: World, registration: Registration) -> None:
    """There is nothing to wait for when Telegram does not know the bot."""
    fail(world.miniature, "setWebhook", ApiError(401, "Unauthorized"))
    with pytest.raises(InvalidToken):
        await registration.run()


async def test_a_webhook_that_was_taken_away(
    world: World, registration: Registration, naps: Naps, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a webhook nothing would come for ever: it is registered again, and the log says so."""
    await looked(registration, naps)
    await world.miniature.call(TOKEN, "deleteWebhook", {})
    await registration._look()
    assert (await world.miniature.call(TOKEN, "getWebhookInfo", {}))["url"] == URL
    assert "somebody else took the webhook; it is registered again" in caplog.messages
    assert registration.is_made


async def test_looking_goes_on(
    world: World, registration: Registration, naps: Naps, caplog: pytest.LogCaptureFixture
) -> None:
    """A look that fails is not the last."""
    fail(world.miniature, "getWebhookInfo", ApiError(502, "Bad Gateway"))
    await looked(registration, naps, times=3)
    assert [message for message in caplog.messages if "looked after" in message] == [
        "the webhook cannot be looked after: Bad Gateway"
    ]


async def test_failed_deliveries_are_told(
    world: World, registration: Registration, naps: Naps, caplog: pytest.LogCaptureFixture
) -> None:
    """What Telegram could not deliver is a warning, once."""
    await registration._register()
    world.miniature.world.webhook.failed("Wrong response from the webhook: 403 Forbidden")
    for _ in range(2):
        await registration._look()
    assert caplog.messages == ["Telegram could not deliver an update: Wrong response from the webhook: 403 Forbidden"]


GARBAGE: list[object] = [
    None,
    [],
    {"url": URL},
    {"url": None, "pending_update_count": 0},
    {"url": URL, "pending_update_count": None},
    {"url": URL, "pending_update_count": "many"},
    {"url": URL, "pending_update_count": 0, "last_error_date": "yesterday"},
    {"url": URL, "pending_update_count": 0, "last_error_date": None},
]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_garbage_is_looked_over(naps: Naps, caplog: pytest.LogCaptureFixture, garbage: object) -> None:
    """What is no answer to the question ends nothing, takes no webhook for lost, and is asked again."""
    registration = Registration(answering("set", garbage, {"url": URL, "pending_update_count": 3}), URL, SECRET)
    await looked(registration, naps, times=2)
    assert registration.pending == 3
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "the webhook cannot be looked after: no answer to getWebhookInfo"
    ]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_garbage_does_not_end_a_start(garbage: object) -> None:
    """Who wants to poll asks again; updates may well be waiting."""
    with pytest.raises(NetworkError):
        await leave_webhook(answering(garbage))
    assert await has_pending(answering(garbage))


@pytest.mark.parametrize(("url", "host"), [("https://example.org/path", "example.org"), ("https://[x", "None")])
async def test_a_webhook_is_left(caplog: pytest.LogCaptureFixture, url: str, host: str) -> None:
    """Whatever address it has, it is taken away; its path, often a secret, is not told."""
    await leave_webhook(answering({"url": url, "pending_update_count": 0}, "deleted"))
    assert caplog.messages == [f"the webhook at {host} is taken away, for this process polls"]


def answering(*results: object) -> Api:
    """Returns a client whose calls have these results."""
    return canned(*((200, json.dumps({"ok": True, "result": result}).encode()) for result in results))
