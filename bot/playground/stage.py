"""What the page asks of the miniature: everything below ``/play``.

A post's body is JSON (a form with files for ``/play/upload``); the answer to an act that nobody
could do is a 400 with ``{"error": ...}``.
"""

import json
import mimetypes
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import to_builtins
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.attachments import Item, albums_of, items_of
from bot.playground.backstage import Backstage
from bot.playground.bot_api import read_upload
from bot.playground.cast import Cast
from bot.playground.errors import ApiError
from bot.playground.files import ALBUM_SIZE
from bot.playground.miniature import Miniature

# A page shows the newest messages of a chat; the rest stays with the miniature.
SHOWN_MESSAGES = 300
# Only these are shown in place. Anything else, HTML and SVG above all, is a download.
_SHOWN_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/")

Act = Callable[[dict[str, Any]], Any]


class Stage:
    """The page's side of one miniature."""

    def __init__(self, miniature: Miniature, *, can_reset: bool) -> None:
        self._miniature = miniature
        self._world = miniature.world
        self._cast = Cast(miniature)
        self._backstage = Backstage(miniature, can_reset=can_reset)

    def routes(self) -> list[Route]:
        """Return the routes below ``/play``, but for the events."""
        acts: dict[str, Act] = {
            "say": self._say,
            "edit": self._edit,
            "press": self._press,
            "delete": self._delete,
            "block": self._block,
            "person": self._cast.add,
            "rename": self._cast.rename,
            "read": self._cast.read,
            "clock": self._backstage.forward,
            "reset": self._backstage.reset,
        }
        return [
            Route("/play/state", self._state),
            # Starlette's own `int` fails on thousands of digits.
            Route("/play/chat/{person_id}", self._chat),
            Route("/play/calls/{person_id}", self._backstage.calls),
            Route("/play/file/{file_id}", self._file),
            Route("/play/upload", self._upload, methods=["POST"]),
            *(Route(f"/play/{name}", _endpoint(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def _state(self, _request: Request) -> Response:
        world = {"bot": self._world.bot(), "listening": self._world.listening, "people": self._cast.everybody()}
        return JSONResponse(world | self._backstage.state())

    async def _chat(self, request: Request) -> Response:
        try:
            person_id = int(request.path_params["person_id"])
            person = self._world.people.person(person_id)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        messages = self._miniature.chat(person_id)[-SHOWN_MESSAGES:]
        language = person.language_code.partition("-")[0]  # menus and descriptions know no regions
        return JSONResponse(
            {
                "messages": to_builtins(messages),
                "commands": self._world.menus.shown(person_id, language),
                "description": self._world.menus.description("description", language),
            }
        )

    async def _file(self, request: Request) -> Response:
        try:
            data, described = self._world.files.content(request.path_params["file_id"])
        except KeyError:
            return Response(status_code=404)
        name = described.get("file_name", "photo.jpg")
        kind = described.get("mime_type") or mimetypes.guess_type(name)[0] or ""
        headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=86400"}
        if not kind.startswith(_SHOWN_TYPES):
            kind, headers["Content-Disposition"] = "application/octet-stream", "attachment"
        return Response(data, media_type=kind, headers=headers)

    def _say(self, body: dict[str, Any]) -> None:
        self._miniature.say(
            int(body["person"]), str(body["text"]), entities=body.get("entities", ()), reply_to=body.get("reply_to")
        )

    def _edit(self, body: dict[str, Any]) -> None:
        self._miniature.edit(
            int(body["person"]), int(body["message_id"]), str(body["text"]), entities=body.get("entities", ())
        )

    def _press(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the ``query`` whose answer ends the waiting."""
        update = self._miniature.press(int(body["person"]), int(body["message_id"]), str(body["data"]))
        return {"query": update["callback_query"]["id"]}

    def _block(self, body: dict[str, Any]) -> None:
        act = self._miniature.block if body["blocked"] else self._miniature.unblock
        act(int(body["person"]))

    def _delete(self, body: dict[str, Any]) -> None:
        self._miniature.delete(int(body["person"]), int(body["message_id"]))

    async def _upload(self, request: Request) -> Response:
        try:
            async with request.form() as form:
                person_id, caption = int(str(form["person"])), str(form.get("caption", ""))
                entities = json.loads(str(form.get("caption_entities", "[]")))
                parts = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
                uploads = [await read_upload(part) for part in parts]
            items = items_of(uploads, as_documents=form.get("as_documents") == "true")
            reply_to = int(str(form["reply_to"])) if "reply_to" in form else None
            self._send_files(person_id, items, {"caption": caption, "caption_entities": entities}, reply_to)
        except (KeyError, TypeError, ValueError, ApiError) as error:
            return _impossible(error)
        return JSONResponse({})

    def _send_files(self, person_id: int, items: list[Item], caption: Item, reply_to: int | None) -> None:
        """Send as a client does: in albums where it may be, the caption with the first file, all as the one reply."""
        if not items:
            raise ValueError("choose a file first")
        items[0] |= caption
        for album in albums_of(items):
            if len(album) in ALBUM_SIZE:
                self._miniature.send_album(person_id, album, reply_to=reply_to)
            else:
                for item in album:
                    self._miniature.send_file(person_id, **item, reply_to=reply_to)


def _endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(act(await request.json()) or {})
        except (KeyError, OverflowError, TypeError, ValueError, ApiError) as error:
            return _impossible(error)

    return endpoint


def _impossible(error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)
