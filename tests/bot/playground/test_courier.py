from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.playground.miniature import Miniature
from bot.playground.store import DirectoryStore
from tests.bot.naps import Naps, naps
from tests.bot.playground.conftest import ADA, IVAN, TOKEN, Call, Clock
from tests.bot.playground.receiver import Receiver, delivered

__all__ = ["naps"]

URL = "http://127.0.0.1:8080/telegram"
SECRET = "a-secret_of-the-webhook"


@pytest.fixture
async def receiver(miniature: Miniature) -> AsyncIterator[Receiver]:
    async with delivered(miniature) as receiver:
        yield receiver


async def test_an_update_is_posted_with_the_secret(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """The webhook gets the update as JSON with the secret in a header, and 2xx takes it out of the queue."""
    await call("setWebhook", url=URL, secret_token=SECRET)
    sent = miniature.say(ADA, "hello \ud83d")

    delivery = await receiver.next()

    assert (str(delivery.request.url), delivery.request.method) == (URL, "POST")
    assert delivery.request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert delivery.request.headers["Content-Type"] == "application/json"
    assert delivery.update == sent
    assert (await call("getWebhookInfo"))["pending_update_count"] == 1
    delivery.answer(204)
    assert await receiver.is_idle()
    assert (await call("getWebhookInfo"))["pending_update_count"] == 0


async def test_without_a_secret_there_is_no_header(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """Who sets no secret gets none; what waited before the webhook was set is delivered, too."""
    miniature.say(ADA, "hello")
    await call("setWebhook", url=URL)
    assert "X-Telegram-Bot-Api-Secret-Token" not in (await receiver.next()).request.headers


async def test_queues(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """A person's messages come one after the other; the same person's presses, and other people, do not wait."""
    await call("setWebhook", url=URL)
    first, second = miniature.say(ADA, "one"), miniature.say(ADA, "two")
    edited = miniature.edit(ADA, second["message"]["message_id"], "three")
    press, other, left = miniature.forge(ADA, 5, "x"), miniature.say(IVAN, "/start"), miniature.block(IVAN)

    at_once = [await receiver.next() for _ in range(4)]

    assert [one.update for one in at_once] == [first, press, other, left]
    assert await receiver.is_idle()
    for expected in (second, edited):
        at_once[0].answer()
        at_once[0] = await receiver.next()
        assert at_once[0].update == expected


async def test_connections_are_limited(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """No more updates are under way than the bot wants."""
    await call("setWebhook", url=URL, max_connections=1)
    miniature.say(ADA, "one")
    other = miniature.say(IVAN, "/start")

    delivery = await receiver.next()

    assert await receiver.is_idle()
    delivery.answer()
    assert (await receiver.next()).update == other


async def test_a_queue_that_is_stuck_holds_up_the_others(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """Like Telegram, the courier loads twice as many updates as there are connections, whosever they are."""
    await call("setWebhook", url=URL, max_connections=1)
    for text in ("one", "two"):
        miniature.say(ADA, text)
    miniature.say(IVAN, "/start")

    texts = []
    for _ in range(3):
        delivery = await receiver.next()
        texts.append(delivery.update["message"]["text"])
        delivery.answer()

    assert texts == ["one", "two", "/start"]


async def test_a_refused_update_comes_again(
    receiver: Receiver, miniature: Miniature, call: Call, naps: Naps, clock: Clock
) -> None:
    """What is not answered with 2xx comes again at once, then after growing pauses up to a minute."""
    await call("setWebhook", url=URL)
    sent = miniature.say(ADA, "hello")

    for status in (302, 403, 500, 503, 500, 500, 500, 500, 500):
        delivery = await receiver.next()
        assert delivery.update == sent
        delivery.answer(status)
    delivery = await receiver.next()

    assert naps.taken == [2, 4, 8, 16, 32, 60, 60, 60]
    info = await call("getWebhookInfo")
    assert info["last_error_date"] == clock().timestamp()
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    delivery.answer()
    assert await receiver.is_idle()
    assert "last_error_message" not in await call("getWebhookInfo")


async def test_retry_after(receiver: Receiver, miniature: Miniature, call: Call, naps: Naps) -> None:
    """A receiver may say when to come again, in seconds and up to an hour."""
    await call("setWebhook", url=URL)
    miniature.say(ADA, "hello")
    for asked in ("7", "9999", "soon"):
        (await receiver.next()).answer(503, Retry_After=asked)
    await receiver.next()
    assert naps.taken == [7, 3600, 2]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError(""), "Connection refused"),
        (httpx.ReadTimeout(""), "Read timeout expired"),
        (httpx.RemoteProtocolError(""), "Webhook connection closed"),
    ],
)
async def test_no_answer(receiver: Receiver, miniature: Miniature, call: Call, error: Exception, words: str) -> None:
    """A webhook that is away gets its updates when it is back, and getWebhookInfo says what was wrong."""
    await call("setWebhook", url=URL)
    sent = miniature.say(ADA, "hello")
    (await receiver.next()).hang_up(error)
    assert (await receiver.next()).update == sent
    assert (await call("getWebhookInfo"))["last_error_message"] == words


async def test_what_would_expire_is_dropped(receiver: Receiver, miniature: Miniature, call: Call, clock: Clock) -> None:
    """A press is not sent again once its time is over."""
    await call("setWebhook", url=URL)
    miniature.forge(ADA, 5, "x")
    delivery = await receiver.next()
    clock.advance(151)
    delivery.answer(503)
    assert await receiver.is_idle()
    assert (await call("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_deleted_webhook(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """Nothing more is delivered, and getUpdates has what was not taken; an empty address is the same."""
    for method, params in (("deleteWebhook", {}), ("setWebhook", {"url": ""})):
        await call("setWebhook", url=URL)
        sent = miniature.say(ADA, "hello")
        await receiver.next()
        await call(method, **params)
        assert await receiver.is_idle()
        assert (await call("getWebhookInfo"))["url"] == ""
        assert await call("getUpdates") == [sent]
        miniature.take_updates()


async def test_dropped_updates(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """A webhook can be set without what waits."""
    miniature.say(ADA, "old")
    await call("setWebhook", url=URL, drop_pending_updates=True)
    new = miniature.say(ADA, "new")
    assert (await receiver.next()).update == new


async def test_the_same_webhook_again(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """Several replicas set the same webhook, and what is under way goes on; another one takes its place."""
    await call("setWebhook", url=URL)
    miniature.say(ADA, "hello")
    delivery = await receiver.next()
    await call("setWebhook", url=URL)
    assert await receiver.is_idle()
    assert not delivery.answered.cancelled()
    await call("setWebhook", url=URL, secret_token=SECRET)
    assert (await receiver.next()).request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert delivery.answered.cancelled()


async def test_a_webhook_outlives_a_restart(tmp_path: Path) -> None:
    """The next start of the server delivers what the last one did not."""
    miniature = Miniature(token=TOKEN, store=DirectoryStore(tmp_path))
    miniature.add_person(ADA, "Ada")
    await miniature.call(TOKEN, "setWebhook", {"url": URL})
    sent = miniature.say(ADA, "hello")
    miniature.close()
    again = Miniature(token=TOKEN, store=DirectoryStore(tmp_path))
    async with delivered(again) as receiver:
        assert (await receiver.next()).update == sent
    again.close()


async def test_the_page_knows_a_bot_behind_a_webhook(receiver: Receiver, miniature: Miniature, call: Call) -> None:
    """A bot is there while what is delivered to it is taken."""
    world, told = miniature.world, []
    world.listeners.append(lambda event: told.append((world.listening, event.kind)))
    await call("setWebhook", url=URL)
    miniature.say(ADA, "hello")
    (await receiver.next()).answer(500)
    (await receiver.next()).answer()
    assert await receiver.is_idle()
    assert [is_there for is_there, kind in told if kind == "people"] == [True, False, True]
