"""A Bot's calls handed to a miniature in the same process: the Bot API without sockets."""

import json
from urllib.parse import unquote, urlsplit

from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from bot.playground.errors import ApiError
from bot.playground.files import Upload
from bot.playground.miniature import Miniature


class DirectRequest(BaseRequest):
    """Give it to ``Bot(request=..., get_updates_request=...)``; the base URL does not matter."""

    def __init__(self, miniature: Miniature) -> None:
        self._miniature = miniature

    @property
    def read_timeout(self) -> float | None:
        """No timeout: nothing leaves the process."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(  # noqa: PLR0917 -- PTB's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return status and body as the HTTP server would: all parameters travel as strings."""
        path = unquote(urlsplit(url).path)
        try:
            if path.startswith("/file/bot"):
                token, _, file_path = path.removeprefix("/file/bot").partition("/")
                return 200, self._miniature.download(token, file_path)
            token, _, name = path.rpartition("/bot")[2].partition("/")
            params = request_data.json_parameters if request_data else {}
            result = await self._miniature.call(token, name, params, _uploads(request_data))
        except ApiError as error:
            return error.error_code, json.dumps(error.payload()).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()


def _uploads(request_data: RequestData | None) -> dict[str, Upload]:
    if request_data is None or not request_data.contains_files:
        return {}
    uploads = {}
    for name, (filename, data, mime_type) in request_data.multipart_data.items():
        content = data if isinstance(data, bytes) else data.read()
        uploads[name] = Upload(content, filename, mime_type)
    return uploads
