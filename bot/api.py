"""The Bot API client: PTB's Bot with one more method."""

import os
from collections.abc import Mapping
from typing import Any

from telegram import Bot

# Periods as timedelta, which PTB will have always; without it, each 429 warns of a deprecation (PTB 22.2, RetryAfter).
os.environ.setdefault("PTB_TIMEDELTA", "1")


class Api(Bot):
    """PTB's Bot, which can also make a call that is data already."""

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Returns the JSON `result` of a Bot API method.

        PTB's own `do_api_request` warns for each method that it knows by name, and the others parse the sent
        message, which nobody reads here. PTB's defaults are passed by as well: they are for its own objects, and
        `Bot._insert_defaults` breaks on an album that is plain data.

        Raises:
            telegram.error.TelegramError: as every PTB method does.
        """
        return await self._do_post(method, {name: value for name, value in params.items() if value is not None})
