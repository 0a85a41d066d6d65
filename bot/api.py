"""The Bot API client: PTB's Bot with one more method."""

import os
import re
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Any

from telegram import Bot, InputFile
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

# Periods as timedelta, which PTB will have always; without it, each 429 warns of a deprecation (PTB 22.2, RetryAfter).
os.environ.setdefault("PTB_TIMEDELTA", "1")

_NOT_JSON = "Invalid server response"
# What PTB says for an error without a description, which the Bot API never leaves out.
_UNDESCRIBED = re.compile(r" \(\d{3}\)$")


class Api(Bot):
    """PTB's Bot, which can also make a call that is data already."""

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Returns the JSON `result` of a Bot API method.

        PTB's own `do_api_request` warns for each method that it knows by name, and the others parse the sent
        message, which nobody reads here. PTB's defaults are passed by as well: they are for its own objects, and
        `Bot._insert_defaults` breaks on an album that is plain data. A parameter may be an InputFile.

        Raises:
            telegram.error.TelegramError: as every PTB method does.
        """
        # Data needs not be looked through for PTB's objects, as `RequestParameter.from_input` does.
        data = RequestData([_parameter(*each) for each in params.items() if each[1] is not None])
        request = self._request[0 if method == "getUpdates" else 1]
        return await _believed(request.post(f"{self._base_url}/{method}", data))

    async def _do_post(self, endpoint: str, data: dict[str, Any], **timeouts: Any) -> Any:
        """Makes PTB's own calls."""
        return await _believed(super()._do_post(endpoint, data, **timeouts))


def _parameter(name: str, value: Any) -> RequestParameter:
    is_file = isinstance(value, InputFile)
    return RequestParameter(name, None if is_file else value, [value] if is_file else None)


async def _believed(call: Awaitable[Any]) -> Any:
    """Returns the result of a call, and lets nobody but the Bot API speak for the Bot API.

    PTB goes by the status alone. A body that is no answer of the Bot API (PTB chains its error, or finds no
    description, or no result) is a proxy's: its 403 blocks nobody, its 404 makes no token invalid.
    """
    try:
        return await call
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        # PTB looks for a result, a description, a number of seconds, in whatever JSON there is.
        raise NetworkError(f"no answer of the Bot API: {type(error).__name__}") from error
    except TelegramError as error:
        is_json = not isinstance(error.__cause__, TelegramError) and error.message != _NOT_JSON
        is_vague = isinstance(error, RetryAfter) and not isinstance(error.retry_after, int | float | timedelta)
        if not is_json or is_vague or _UNDESCRIBED.search(error.message):
            raise NetworkError(f"no answer of the Bot API: {type(error).__name__}") from error
        raise
