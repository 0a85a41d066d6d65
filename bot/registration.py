"""The webhook's registration at Telegram: made at the start, and looked after, for nothing comes without it."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.api import Api
from bot.patience import insist
from bot.polling import ALLOWED_UPDATES

log = logging.getLogger(__name__)

# The most that Telegram opens. The more, the fewer people wait behind one whose updates take long.
CONNECTIONS = 100
# Seconds between two looks whether the registration still stands.
LOOK_PAUSE = 60.0


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
        info = await self._api.call("getWebhookInfo", {})
        if not isinstance(info, Mapping):
            return
        self.pending = int(info.get("pending_update_count", 0))
        self._tell(info)
        if info.get("url") != self._url:
            self.is_made = False
            log.error("somebody else took the webhook; it is registered again")
            await self._register()

    def _tell(self, info: Mapping[str, Any]) -> None:
        """Logs what Telegram says of deliveries that failed, once each."""
        when = int(info.get("last_error_date", 0))
        if when > self._last_error:
            self._last_error = when
            log.warning("Telegram could not deliver an update: %s", info.get("last_error_message"))


async def leave_webhook(api: Api) -> None:
    """Takes away a webhook, which would refuse polling for ever. What waits at Telegram stays there."""
    info = await api.call("getWebhookInfo", {})
    url = info.get("url") if isinstance(info, Mapping) else None
    if url:
        # Its host only: in other bots' addresses, the path is often a secret.
        log.warning("the webhook at %s is taken away, for this process polls", urlsplit(url).hostname)
        await api.call("deleteWebhook", {"drop_pending_updates": False})


async def has_pending(api: Api) -> bool:
    """Returns whether updates wait at Telegram: one of them may have ended the last process."""
    try:
        info = await api.call("getWebhookInfo", {})
    except TelegramError:
        return True
    return bool(info.get("pending_update_count", 1)) if isinstance(info, dict) else True
