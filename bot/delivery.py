"""One outbox row becomes one Bot API call: what each answer of Telegram means."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from markupsafe import Markup
from msgspec import Struct
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.metrics import Why
from db.records import OutgoingRecord

log = logging.getLogger(__name__)

# Descriptions of telegram-bot-api's Client.cpp and TDLib, which is all that tells one 400 from another.
_UNCHANGED = "message is not modified"
_NO_CHAT = ("chat not found", "user is deactivated", "peer_id_invalid")
_NO_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "no text in the message to edit",
    "message_id_invalid",
)
# InvalidToken is PTB's word for 401 and for 404, which an unknown method gets, too.
_REVOKED = "unauthorized"
# A chat's menu has the chat in its scope, and no other parameter for it.
_OF_SCOPE = {"setMyCommands", "deleteMyCommands"}
_NOT_PARSED = "can't parse entities"


class Delivered(Struct, frozen=True):
    """The row is done, as a message with this id, or ended with a reason."""

    message_id: int | None = None
    error: str | None = None


class Postponed(Struct, frozen=True):
    """Telegram asks to wait, or could not be reached; `seconds` is given when Telegram named it.

    Why "server" says that Telegram did answer, and fails on this call: unlike an absence, that may never pass.
    """

    why: Why
    reason: str
    seconds: float | None = None


class Unreachable(Struct, frozen=True):
    """This chat takes no messages from the bot."""

    reason: str


class Calls(Protocol):
    """Makes calls of the Bot API."""

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Returns the JSON result of a method, or raises PTB's error."""


async def deliver(api: Calls, row: OutgoingRecord, message_id: int | None) -> Delivered | Postponed | Unreachable:
    """Makes the call of a row; returns what became of it and never raises for what Telegram answers.

    `message_id` is the message that a row with `edits` is to change; without one it is sent as a new message.
    """
    method, params = row.method, dict(row.content or {})
    if method not in _OF_SCOPE:
        params = {"chat_id": row.chat_id, **params}
    if row.edits is not None:
        method, params = _edit_or_send(params, message_id)
    try:
        return await _call(api, method, params)
    except RetryAfter as error:
        after = error.retry_after
        return Postponed("flood", "429", after.total_seconds() if isinstance(after, timedelta) else float(after))
    except Forbidden as error:
        return Unreachable(error.message)
    except NetworkError as error:  # BadRequest, a subclass, was dealt with in _call
        if isinstance(error, TimedOut):
            log.warning("outbox row %s timed out: it is sent again, and may arrive twice", row.id)
            return Postponed("timeout", error.message[:200])
        # PTB chains the client's error to each of its own that is not the Bot API's word.
        return Postponed("server" if error.__cause__ is None else "network", error.message[:200])
    except TelegramError as error:
        if isinstance(error, InvalidToken) and _REVOKED in error.message.lower():
            return Postponed("token", "the token is refused")
        log.error("outbox row %s was refused: %s", row.id, error.message)  # noqa: TRY400 -- Telegram says it all
        return Delivered(error=error.message[:200])


def _edit_or_send(params: dict[str, Any], message_id: int | None) -> tuple[str, dict[str, Any]]:
    if message_id is None:
        return "sendMessage", params
    return "editMessageText", {**params, "message_id": message_id}


async def _call(api: Calls, method: str, params: Mapping[str, Any]) -> Delivered | Unreachable:
    """Makes a call, and the one that takes its place where Telegram refuses it for good."""
    try:
        return _delivered(await api.call(method, params))
    except BadRequest as error:
        reason = error.message.lower()
        if _UNCHANGED in reason:
            return Delivered(params.get("message_id"))
        if any(word in reason for word in _NO_CHAT):
            return Unreachable(error.message)
        instead = _instead(method, params, reason)
        if instead is None:
            # A button or a secret that is gone already is as good as taken away.
            level = logging.INFO if method in {"deleteMessage", "editMessageReplyMarkup"} else logging.ERROR
            log.log(level, "%s was refused for good: %s", method, error.message)
            return Delivered(error=error.message[:200])
        log.log(logging.ERROR if _NOT_PARSED in reason else logging.INFO, "%s was refused: %s", method, error.message)
    return await _call(api, *instead)


def _instead(method: str, params: Mapping[str, Any], reason: str) -> tuple[str, dict[str, Any]] | None:
    """Returns the call to make instead of a refused one. Each step leaves less to refuse, so it comes to an end."""
    if method == "editMessageText" and any(word in reason for word in _NO_EDIT):
        return "sendMessage", {name: value for name, value in params.items() if name != "message_id"}
    if _NOT_PARSED in reason and params.get("parse_mode"):
        plain = {name: value for name, value in params.items() if name != "parse_mode"}
        return method, {**plain, "text": Markup(params["text"]).striptags()}  # noqa: S704 (tags are taken out)
    return None


def _delivered(result: Any) -> Delivered:
    last = result[-1] if isinstance(result, list) and result else result
    message_id = last.get("message_id") if isinstance(last, dict) else None
    return Delivered(message_id if isinstance(message_id, int) else None)
