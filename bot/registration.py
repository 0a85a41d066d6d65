"""The webhook's registration at Telegram: made at the start, and looked after, for nothing comes without it."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from bot.api import Api
from bot.patience import insist
from bot.polling import ALLOWED_UPDATES

log = logging.getLogger(__name__)

# The most that Telegram opens. The more, the fewer people wait behind one whose updates take long.
CONNECTIONS = 100
# Seconds between two looks whether the registration still stands.
LOOK_PAUSE = 60.0


class WebhookInfo(NamedTuple):
    """What Telegram knows of a webhook; no address is no webhook."""

    url: str
    pending: int
    failed_at: int
    failure: str


class Registration:
    """Keeps Telegram sending updates to an address. Any number of replicas may do so for the same one."""

    def __init__(self, api: Api, url: str, secret: str) -> None:
        """Registers nothing yet."""
        self._api = api
        self._url = url
        self._secret = secret
        self._last_error = 0
        self.is_made = False
        # How many updates wait at Telegram, by the last look.
        self.pending = 0

    async def run(self) -> None:
        """Registers, and registers again when somebody took it away, until cancelled."""
        await insist(self._register, "the webhook cannot be registered")
        log.info("updates come to %s", self._url)
        while True:
            await asyncio.sleep(LOOK_PAUSE)
            try:
                await self._look()
            except InvalidToken:
                raise
            except TelegramError as error:
                log.warning("the webhook cannot be looked after: %s", error.message)

    async def _register(self) -> None:
        params = {
            "url": self._url,
            "secret_token": self._secret,
            "max_connections": CONNECTIONS,
            "allowed_updates": ALLOWED_UPDATES,
        }
        try:
            await self._api.call("setWebhook", params)
        except BadRequest as error:
            log.error("Telegram refuses the webhook: %s", error.message)  # noqa: TRY400 -- Telegram says it all
            raise
        self.is_made = True

    async def _look(self) -> None:
        info = await get_webhook_info(self._api)
        self.pending = info.pending
        self._tell(info)
        if info.url != self._url:
            self.is_made = False
            log.error("somebody else took the webhook; it is registered again")
            await self._register()

    def _tell(self, info: WebhookInfo) -> None:
        """Logs what Telegram says of deliveries that failed, once each."""
        if info.failed_at > self._last_error:
            self._last_error = info.failed_at
            log.warning("Telegram could not deliver an update: %s", info.failure)


async def get_webhook_info(api: Api) -> WebhookInfo:
    """Returns what getWebhookInfo says.

    Raises:
        telegram.error.NetworkError: when that is none: whatever answered was not the Bot API.
    """
    found = await api.call("getWebhookInfo", {})
    if isinstance(found, Mapping):
        values: list[Any] = [found.get("url"), found.get("pending_update_count")]
        values += [found.get("last_error_date", 0), found.get("last_error_message", "")]
        if [type(value) for value in values] == [str, int, int, str]:
            return WebhookInfo(*values)
    raise NetworkError("no answer to getWebhookInfo")


async def leave_webhook(api: Api) -> None:
    """Takes away a webhook, which would refuse polling for ever. What waits at Telegram stays there."""
    info = await get_webhook_info(api)
    if info.url:
        # Its host only: in other bots' addresses, the path is often a secret.
        log.warning("the webhook at %s is taken away, for this process polls", host_of(info.url))
        await api.call("deleteWebhook", {"drop_pending_updates": False})


async def has_pending(api: Api) -> bool:
    """Returns whether updates wait at Telegram: one of them may have ended the last process."""
    try:
        return (await get_webhook_info(api)).pending > 0
    except TelegramError:
        return True


def host_of(url: str) -> str | None:
    """Returns what may be told of a webhook's address."""
    with suppress(ValueError):
        return urlsplit(url).hostname
    return None
