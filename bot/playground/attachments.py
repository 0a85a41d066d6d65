"""What a Telegram client makes of the files that somebody attaches: kinds and albums."""

from collections.abc import Sequence
from typing import Any

from bot.playground.files import ALBUM_SIZE, Upload

# The arguments of `Acts.send_file` but for the person.
Item = dict[str, Any]

_KINDS = {
    "image/png": "photo",
    "image/jpeg": "photo",
    "image/webp": "photo",
    "image/gif": "animation",
    "audio/ogg": "voice",
}
_ALBUM_GROUPS = {"photo": "pictures", "video": "pictures", "document": "documents", "audio": "sounds"}


def items_of(uploads: Sequence[Upload], *, as_documents: bool = False) -> list[Item]:
    """Return the uploads as items to send, each of the kind that its MIME type suggests."""
    return [
        {
            "kind": "document" if as_documents else _kind(upload.mime_type or ""),
            "data": upload.data,
            "filename": upload.filename,
            "mime_type": upload.mime_type,
        }
        for upload in uploads
    ]


def albums_of(items: Sequence[Item]) -> list[list[Item]]:
    """Split into albums that Telegram allows; what cannot be in one stands alone."""
    albums: list[list[Item]] = []
    last_group: str | None = None
    for item in items:
        group = _ALBUM_GROUPS.get(item["kind"])
        if albums and group is not None and group == last_group and len(albums[-1]) + 1 in ALBUM_SIZE:
            albums[-1].append(item)
        else:
            albums.append([item])
        last_group = group
    return albums


def _kind(mime_type: str) -> str:
    family = mime_type.partition("/")[0]
    return _KINDS.get(mime_type) or (family if family in ("video", "audio") else "document")
