"""Files that people and the bot have sent, and their Bot API descriptions.

Limits: https://core.telegram.org/bots/api#sending-files and #getfile.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from bot.playground.errors import ApiError, bad_request
from bot.playground.images import measure
from bot.playground.store import Memory

_MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 50 * _MEGABYTE
PHOTO_LIMIT = 10 * _MEGABYTE
DOWNLOAD_LIMIT = 20 * _MEGABYTE
ALBUM_SIZE = range(2, 11)

# What the kind is called in errors, and how its file ids begin, as Telegram's do.
_NAMES = {
    "photo": ("Photo", "AgACAg"),
    "voice": ("VoiceNote", "AwACAg"),
    "video": ("Video", "BAACAg"),
    "document": ("Document", "BQACAg"),
    "sticker": ("Sticker", "CAACAg"),
    "audio": ("Audio", "CQACAg"),
    "animation": ("Animation", "CgACAg"),
    "video_note": ("VideoNote", "DQACAg"),
}
_EXTENSIONS = {
    "photo": ".jpg",
    "voice": ".oga",
    "video": ".mp4",
    "animation": ".mp4",
    "audio": ".mp3",
    "sticker": ".webp",
    "video_note": ".mp4",
}
_MIME_TYPES = {"voice": "audio/ogg", "video": "video/mp4", "audio": "audio/mpeg"}
_FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "audio": "music"}
_PHOTO_SIZES = (90, 320, 800, 1280)
_FRAME = {"width": 640, "height": 360}
_EXTRAS: dict[str, dict[str, Any]] = {
    "video": _FRAME | {"duration": 0},
    "animation": _FRAME | {"duration": 0},
    "audio": {"duration": 0},
    "voice": {"duration": 0},
    "video_note": {"length": 240, "duration": 0},
    "sticker": {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
}
_NAMED = {"video", "animation", "audio", "document"}


class Upload(Struct, frozen=True):
    """A file on its way in."""

    data: bytes
    filename: str | None = None
    mime_type: str | None = None


class Files:
    """All files. A file id is good for the bot that got it only, a unique id is the same for all, as with Telegram."""

    def __init__(self, memory: Memory, bot_id: int) -> None:
        self._rows = memory.table("files")
        self._counters = memory.table("counters")
        self._store = memory.store
        self.bot_id = bot_id

    def add(self, kind: str, upload: Upload, facts: Mapping[str, Any] | None = None) -> Any:
        """Keep *upload* and return the message's field for it: a dict, for a photo a list.

        *facts* are what the sender says about it (duration, title, width ...).
        """
        name = f"{self._counters.next_number('file')}"
        self._store.write_file(name, upload.data)
        if kind == "photo":
            return self._photo(name, upload)
        described = self._describe(kind, name, upload) | _EXTRAS.get(kind, {}) | dict(facts or {})
        return self._register(kind, name, described)

    def _photo(self, name: str, upload: Upload) -> list[dict[str, Any]]:
        width, height = measure(upload.data) or (800, 600)
        longest = max(width, height)
        sizes = [size for size in _PHOTO_SIZES if size < longest] + [min(longest, 1280)]
        return [
            self._register(
                "photo",
                name,
                self._ids("photo", f"{name}.{size}")
                | {
                    "width": max(1, width * size // longest),
                    "height": max(1, height * size // longest),
                    "file_size": len(upload.data),
                },
            )
            for size in dict.fromkeys(sizes)
        ]

    def _describe(self, kind: str, name: str, upload: Upload) -> dict[str, Any]:
        described = self._ids(kind, name) | {"file_size": len(upload.data)}
        if kind in _NAMED and upload.filename:
            described["file_name"] = upload.filename
        guessed = mimetypes.guess_type(upload.filename or "")[0] or _MIME_TYPES.get(kind)
        mime_type = upload.mime_type or guessed
        if kind in _NAMED | {"voice"} and mime_type:
            described["mime_type"] = mime_type
        return described

    def _ids(self, kind: str, name: str) -> dict[str, Any]:
        return {
            "file_id": _NAMES[kind][1] + _digest(f"{self.bot_id} {kind} {name}"),
            "file_unique_id": f"AQAD{_digest(f'{kind} {name}')[-12:]}",
        }

    def _register(self, kind: str, name: str, described: dict[str, Any]) -> dict[str, Any]:
        row = {"kind": kind, "name": name, "bot": self.bot_id, "described": described}
        self._rows.put(described["file_id"], row)
        return described

    def _own(self, file_id: str) -> Any:
        """Return the row of a file that this bot knows, else None."""
        row = self._rows.get(file_id)
        return row if row is not None and row.get("bot", self.bot_id) == self.bot_id else None

    def known(self, kind: str, file_id: str) -> Any:
        """Return the message's field for a file that was sent before.

        Raises:
            ApiError: 400 when there is none, or it was sent as something else.
        """
        if file_id.lower().startswith(("http://", "https://")):
            # The playground has no network. Telegram words a page that it cannot read like this.
            raise bad_request("failed to get HTTP URL content")
        row = self._own(file_id)
        if row is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if row["kind"] != kind:
            was, wanted = _NAMES[row["kind"]][0], _NAMES[kind][0]
            raise bad_request(f"can't use file of type {was} as {wanted}")
        if kind != "photo":
            return row["described"]
        same = [found for key, found in self._rows.items() if found["name"] == row["name"] and self._own(key)]
        return [found["described"] for found in same]

    def file(self, file_id: str) -> dict[str, Any]:
        """Return the Bot API's File, with the path to download it from.

        Raises:
            ApiError: 400 when there is none, or it is over 20 MB.
        """
        row = self._own(file_id)
        if row is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        described = row["described"]
        if described["file_size"] > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        kind, name = row["kind"], row["name"]
        suffix = _EXTENSIONS.get(kind) or _suffix(described.get("file_name", ""))
        path = f"{_FOLDERS.get(kind, 'documents')}/file_{name}{suffix}"
        return {
            "file_id": file_id,
            "file_unique_id": described["file_unique_id"],
            "file_size": described["file_size"],
            "file_path": path,
        }

    def download(self, path: str) -> bytes:
        """Return the bytes of what `file` gave *path* for.

        Raises:
            ApiError: 404 when there is no such path.
        """
        name = path.rpartition("/file_")[2].partition(".")[0]
        try:
            return self._store.read_file(name)
        except KeyError:
            raise ApiError(404, "Not Found") from None

    def content(self, file_id: str) -> tuple[bytes, dict[str, Any]]:
        """Return the bytes and the description of a file; KeyError if there is none."""
        row = self._rows.get(file_id)
        if row is None:
            raise KeyError(file_id)
        return self._store.read_file(row["name"]), row["described"]


def check_upload(kind: str, upload: Upload) -> None:
    """Refuse an upload of the bot that Telegram would not take.

    Raises:
        ApiError: 400 for an empty file or a photo that is no picture, 413 over the limit.
    """
    if not upload.data:
        raise bad_request("file must be non-empty")
    limit = PHOTO_LIMIT if kind == "photo" else UPLOAD_LIMIT
    if len(upload.data) > limit:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo" and measure(upload.data) is None:
        raise bad_request("IMAGE_PROCESS_FAILED")


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _suffix(filename: str) -> str:
    suffix = "." + filename.rpartition(".")[2] if "." in filename else ""
    return suffix if suffix[1:].isalnum() else ""
