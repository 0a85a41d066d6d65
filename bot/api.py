"""The Bot API client: PTB's Bot with one more method."""

from collections.abc import Mapping
from typing import Any

from telegram import Bot


class Api(Bot):
    """PTB's Bot, which can also make a call that is data already."""

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Returns the JSON `result` of a Bot API method.

        PTB's own `do_api_request` warns for each method that it knows by name, and the others parse the sent
        message, which nobody reads here.

        Raises:
            telegram.error.TelegramError: as every PTB method does.
        """
        return await self._post(method, dict(params))
