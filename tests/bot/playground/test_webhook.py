import asyncio

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict

from bot.playground.errors import ApiError
from bot.playground.miniature import Miniature
from tests.bot.playground.conftest import ADA, TOKEN, Call, Refusal

URL = "http://127.0.0.1:8080/telegram"
SECRET = "a-secret_of-the-webhook"


async def test_polling_is_refused(miniature: Miniature, call: Call, bot: Bot) -> None:
    """Setting a webhook ends a poll that waits, and refuses all others, in words that the library knows."""
    poll = asyncio.create_task(miniature.call(TOKEN, "getUpdates", {"timeout": 50}))
    await asyncio.wait([poll], timeout=0)
    await bot.set_webhook(URL)
    with pytest.raises(ApiError, match="Conflict: terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active; use deleteWebhook"):
        await bot.get_updates()


async def test_webhook_info(miniature: Miniature, call: Call) -> None:
    """What was set is told; connections are kept within what Telegram allows."""
    assert await call("getWebhookInfo") == {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    await call("setWebhook", url=URL, secret_token=SECRET, allowed_updates=["message"], max_connections=1000)
    miniature.say(ADA, "hello")
    miniature.forge(ADA, 5, "x")  # not allowed
    assert await call("getWebhookInfo") == {
        "url": URL,
        "has_custom_certificate": False,
        "pending_update_count": 1,
        "max_connections": 100,
        "allowed_updates": ["message"],
    }


async def test_the_last_error_stays(miniature: Miniature, call: Call) -> None:
    """Setting the same webhook again does not make it look as if it worked; another one begins anew."""
    await call("setWebhook", url=URL)
    miniature.world.webhook.failed("Connection refused")
    await call("setWebhook", url=URL)
    assert (await call("getWebhookInfo"))["last_error_message"] == "Connection refused"
    await call("setWebhook", url=f"{URL}/2")
    assert "last_error_message" not in await call("getWebhookInfo")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "http://bot.example/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "nonsense"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://bot.example:8080"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "https://bot.example/x"}, "bad webhook: the playground delivers to 127.0.0.1 only"),
        ({"url": "https://[bot.example"}, "invalid webhook URL specified"),
        ({"url": URL, "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": URL, "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": URL, "ip_address": "127.0.0.2"}, 'parameter "ip_address" is not supported by the playground'),
        ({}, 'parameter "url" is required'),
    ],
)
async def test_refused_webhooks(call: Call, refusal: Refusal, params: dict[str, object], reason: str) -> None:
    """What Telegram would not deliver to is refused, and what is not on this machine; the webhook before stays."""
    await call("setWebhook", url="https://localhost:8443/telegram", secret_token="a" * 256)
    assert await refusal("setWebhook", **params) == f"Bad Request: {reason}"
    assert (await call("getWebhookInfo"))["url"] == "https://localhost:8443/telegram"


async def test_a_certificate_is_refused(bot: Bot) -> None:
    """Nobody is to believe that a certificate of one's own was looked at."""
    with pytest.raises(BadRequest, match='arameter "certificate" is not supported by the playground'):
        await bot.set_webhook(URL, certificate=b"-----BEGIN CERTIFICATE-----")
