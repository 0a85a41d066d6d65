"""The Bot API over HTTP: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``.

Source: https://core.telegram.org/bots/api#making-requests: GET and POST; parameters in the query, a
form, multipart or JSON.
"""

import json
from collections.abc import Mapping

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.errors import ApiError, bad_request
from bot.playground.files import UPLOAD_LIMIT, Upload
from bot.playground.miniature import Miniature

# A form's texts: more than any message, for many parameters are JSON.
_FIELD_LIMIT = 4 * 1024 * 1024


def routes(miniature: Miniature) -> list[Route]:
    """Return the routes of the Bot API of *miniature*."""

    async def call(request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        try:
            params, uploads = await _read(request)
            result = await miniature.call(token, method, params, uploads)
        except ApiError as error:
            return _refusal(error)
        except ClientDisconnect:
            # A bot that was stopped in the middle of its question waits for no answer.
            return Response(status_code=400)
        return JSONResponse({"ok": True, "result": result})

    async def download(request: Request) -> Response:
        try:
            data = miniature.download(request.path_params["token"], request.path_params["path"])
        except ApiError as error:
            return _refusal(error)
        return Response(data, media_type="application/octet-stream")

    return [
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", download, methods=["GET"]),
    ]


def _refusal(error: ApiError) -> Response:
    return JSONResponse(error.payload(), status_code=error.error_code)


async def _read(request: Request) -> tuple[dict[str, object], dict[str, Upload]]:
    params: dict[str, object] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return {**params, **_json(await request.body())}, {}
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return params, {}
    uploads: dict[str, Upload] = {}
    async with request.form(max_part_size=_FIELD_LIMIT) as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                uploads[name] = await read_upload(value)
            else:
                params[name] = value
    return params, uploads


def _json(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise bad_request("can't parse JSON object")
    return found


async def read_upload(part: UploadFile) -> Upload:
    """Return what a form's file holds.

    Raises:
        ApiError: 413 when it is over 50 MB.
    """
    if (part.size or 0) > UPLOAD_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    return Upload(await part.read(), part.filename, part.content_type)
