"""The facts that findings are drawn from, asked of Telegram and of the database side by side."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy.exc import DBAPIError
from telegram.error import TelegramError

from bot.api import Api
from bot.clock import utc_now
from bot.http import AiohttpRequest
from bot.registration import WebhookInfo, get_webhook_info
from bot.settings import ENV_FILE, Settings
from db.condition import Condition, examine


class Telegram(Struct, frozen=True):
    """What the Bot API says of a bot."""

    username: str
    webhook: WebhookInfo
    # Seconds that this machine's clock is ahead of the server's; None when that does not tell the time.
    ahead: float | None


class Facts(Struct, frozen=True):
    """What is known, or the error that stands where something could not be asked."""

    settings: Settings
    # None without a token.
    telegram: Telegram | TelegramError | None
    # None without a database.
    database: Condition | OSError | DBAPIError | None
    # Seconds that this machine's clock is ahead of the database's.
    ahead_of_database: float | None = None
    env_file: Path = Path(ENV_FILE)


async def gather(settings: Settings) -> Facts:
    """Returns the facts, some seconds later when somebody does not answer."""
    telegram, (database, ahead) = await asyncio.gather(_ask_telegram(settings), _ask_database(settings))
    return Facts(settings, telegram, database, ahead)


async def _ask_telegram(settings: Settings) -> Telegram | TelegramError | None:
    if settings.bot_token is None:
        return None
    async with AiohttpRequest(1) as request:
        token, root = settings.bot_token.get_secret_value(), settings.bot_api_url
        api = Api(token, f"{root}/bot", f"{root}/file/bot", request=request, get_updates_request=request)
        try:
            me = await api.call("getMe", {})
            before = utc_now()
            webhook = await get_webhook_info(api)
        except TelegramError as error:
            return error
        middle = before + (utc_now() - before) / 2
    username = str(me.get("username")) if isinstance(me, Mapping) else ""
    return Telegram(username, webhook, _ahead(request.date, middle))


def _ahead(date: str | None, now: dt.datetime) -> float | None:
    with suppress(ValueError, TypeError):  # no date, none that can be read, or one without a zone
        # The server's is cut off to the second: half a second later it is right in the mean.
        return (now - parsedate_to_datetime(date or "")).total_seconds() - 0.5
    return None


async def _ask_database(settings: Settings) -> tuple[Any, float | None]:
    try:
        before = utc_now()
        condition = await examine(settings.database_url)
    except (OSError, DBAPIError) as error:
        return error, None
    if condition is None or condition.now is None:
        return condition, None
    # The server told its time somewhere between the question and the answer.
    return condition, _outside(condition.now, before, utc_now())


def _outside(moment: dt.datetime, before: dt.datetime, after: dt.datetime) -> float:
    """Returns by how many seconds the span between two times is ahead of a moment; 0 when it lies within."""
    return max((before - moment).total_seconds(), 0) or min((after - moment).total_seconds(), 0)
