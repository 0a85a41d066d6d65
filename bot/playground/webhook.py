"""The webhook that a bot has set: setWebhook, deleteWebhook, getWebhookInfo.

Sources: https://core.telegram.org/bots/api#setwebhook, ``Client.cpp`` and ``WebhookActor.cpp`` of
tdlib/telegram-bot-api for what is refused, and in which words.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict

from bot.playground.errors import ApiError, bad_request
from bot.playground.store import Memory

_PORTS = (443, 80, 88, 8443)
_DEFAULT_CONNECTIONS, _MOST_CONNECTIONS = 40, 100
_SECRET_LENGTH = 256
_ROW = "set"


class Target(Struct, frozen=True):
    """Where updates are delivered to."""

    url: str
    secret_token: str
    max_connections: int


class Webhook:
    """The webhook, if there is one, and how its deliveries fare. It outlives a restart of the server."""

    def __init__(self, memory: Memory, now: Callable[[], int]) -> None:
        self._rows = memory.table("webhook")
        self._now = now

    @property
    def target(self) -> Target | None:
        """Where updates are delivered to; None while getUpdates is used."""
        row = self._rows.get(_ROW)
        return Target(**row) if row else None

    @property
    def works(self) -> bool:
        """Whether there is one, and its last delivery did not fail."""
        return self.target is not None and self._rows.get("error") is None

    def set(self, params: dict[str, Any]) -> None:
        """Take the place of any webhook before; an empty URL is none.

        Raises:
            ApiError: 400 when Telegram would refuse it, or the playground cannot do it.
        """
        for name in ("certificate", "ip_address"):
            if name in params:
                raise bad_request(f'parameter "{name}" is not supported by the playground')
        target = Target(params["url"], params.get("secret_token", ""), _connections(params))
        if not target.url:
            self.delete()
            return
        _check_url(target.url)
        _check_secret(target.secret_token)
        if target != self.target:
            self._rows.put(_ROW, asdict(target))
            self._rows.remove("error")

    def delete(self) -> None:
        """Go back to getUpdates."""
        self._rows.remove(_ROW)
        self._rows.remove("error")

    def refuse_polling(self) -> None:
        """Refuse getUpdates while a webhook is set; ApiError 409."""
        if self.target is not None:
            raise ApiError(409, _ACTIVE)

    def failed(self, reason: str) -> None:
        """Remember why a delivery failed."""
        self._rows.put("error", {"last_error_date": self._now(), "last_error_message": reason})

    def succeeded(self) -> None:
        """Forget what failed before."""
        self._rows.remove("error")

    def info(self) -> dict[str, Any]:
        """Return the Bot API's WebhookInfo, but for the updates, which are not known here."""
        target = self.target
        info: dict[str, Any] = {"url": target.url if target else "", "has_custom_certificate": False}
        if target is not None:
            info["max_connections"] = target.max_connections
        return info | (self._rows.get("error") or {})


def _connections(params: dict[str, Any]) -> int:
    wanted: int = params.get("max_connections", _DEFAULT_CONNECTIONS)
    return max(1, min(wanted, _MOST_CONNECTIONS))


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    # Telegram delivers by https to public addresses only. The playground delivers to this machine only, for nothing
    # that is said in it may leave; and by http, for nobody has a certificate for 127.0.0.1. Telegram's own server takes
    # such addresses with `--local`.
    if parts.scheme == "http" and _is_this_machine(host):
        return
    if parts.scheme != "https" or not host:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not _is_this_machine(host):
        raise bad_request("bad webhook: the playground delivers to 127.0.0.1 only")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check_secret(secret: str) -> None:
    if len(secret) > _SECRET_LENGTH:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")


_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
