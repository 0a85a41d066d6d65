"""From blocks of a lesson to the Bot API calls that show them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import ceil
from typing import Any, Final, NotRequired, TypeAlias, TypedDict

from msgspec.structs import replace
from telegram.constants import MediaGroupLimit, MessageLimit

from handlers.kit.content.block import Content, Kind
from handlers.kit.rich import RichText

Params: TypeAlias = dict[str, Any]
Send: TypeAlias = tuple[str, Params]
"""A method of the Bot API and its parameters, all but `chat_id`."""


class FileReference(TypedDict):
    """A file in the parameters of a call: its `file_unique_id`, which is looked up when the call is made.

    `file_id` is what it was when it came, and `missing` what is said when it cannot be had.
    """

    medium: str
    file_id: NotRequired[str]
    missing: str


_BLANK_LINE: Final = RichText("\n\n")
_NO_PREVIEW: Final = {"is_disabled": True}

# 'Documents and audio files can be only grouped in an album with messages of the same type' (Bot API, sendMediaGroup).
# Voice messages and animations cannot be in an album at all.
_FAMILIES = {Kind.PHOTO: "picture", Kind.VIDEO: "picture", Kind.AUDIO: "audio", Kind.DOCUMENT: "document"}


def sends_for(contents: Sequence[Content], *, header: RichText | None = None, missing: str = "") -> list[Send]:
    """Return the calls that show `contents` in order, as plain JSON data, without `chat_id`.

    A text longer than a message is split; a caption longer than 1024 UTF-16 units follows its file as messages; what
    came as an album goes as albums of 2 to 10. `header` stands at the top of the first block if that is a text and
    needs no more messages for it, else in a message of its own. A blank text is not shown. All these calls take a
    `reply_markup` but sendMediaGroup: after an album, buttons need a message of their own.

    Where the Bot API takes a file stands a `FileReference`, which is looked up when it is sent; `missing` is then said
    in the place of a file that cannot be had. One that has no `file_unique_id` goes by its bare `file_id`.

    Raises ValueError for a file that has neither.
    """
    if header is None or header.is_blank:
        return [send for group in _groups(contents) for send in _group_sends(group, missing)]
    if headed := _headed(header, contents):
        return sends_for(headed, missing=missing)
    return [*_text_sends(header, _NO_PREVIEW), *sends_for(contents, missing=missing)]


def _headed(header: RichText, contents: Sequence[Content]) -> list[Content]:
    """Return the blocks with `header` on the first one, or nothing when it does not fit there."""
    if not contents or not contents[0].kind.is_text:
        return []
    text = header + _BLANK_LINE + contents[0].text
    if len(text.split()) > len(contents[0].text.split()):
        return []
    return [replace(contents[0], text=text), *contents[1:]]


def _groups(contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
    """Yield the blocks that belong into one call: parts of an album, or one block."""
    for _, run in groupby(enumerate(contents), key=lambda numbered: _group_key(*numbered)):
        group = [content for _, content in run]
        # Even parts, so that none is left alone: eleven make five and six.
        count = ceil(len(group) / MediaGroupLimit.MAX_MEDIA_LENGTH)
        for part in range(count):
            yield group[part * len(group) // count : (part + 1) * len(group) // count]


def _group_key(index: int, content: Content) -> tuple[str | int, str]:
    family = _FAMILIES.get(content.kind)
    return (content.album, family) if content.album and family else (index, "alone")


def _group_sends(group: Sequence[Content], missing: str) -> Iterator[Send]:
    first = group[0]
    if first.kind.is_text:
        yield from _text_sends(first.text, first.options.get("link_preview_options"))
        return
    if len(group) == 1:
        yield f"send{first.kind.capitalize()}", {first.kind.value: reference_to(first, missing), **_captioned(first)}
    else:
        yield "sendMediaGroup", {"media": [_input_media(content, missing) for content in group]}
    for content in group:
        if not _fits_caption(content):
            # A caption shows no link previews, so its text must not either.
            yield from _text_sends(content.text, _NO_PREVIEW)


def _input_media(content: Content, missing: str) -> Params:
    return {"type": content.kind.value, "media": reference_to(content, missing), **_captioned(content)}


def reference_to(content: Content, missing: str) -> str | FileReference:
    """Return what stands for the content's file in the parameters of a call.

    Raises ValueError for a file that has neither `file_unique_id` nor `file_id`.
    """
    if content.file_unique_id is None:
        if content.file_id is None:
            raise ValueError(f"{content.kind} {content.file_name or ''} has no id")
        return content.file_id
    reference: FileReference = {"medium": content.file_unique_id, "missing": missing}
    if content.file_id is not None:
        reference["file_id"] = content.file_id
    return reference


def _fits_caption(content: Content) -> bool:
    return content.text.fits(MessageLimit.CAPTION_LENGTH)


def _captioned(content: Content) -> Params:
    """Return the parameters about caption and looks, which the send methods and InputMedia share."""
    params = dict(content.options)
    if content.text.is_blank or not _fits_caption(content):
        params.pop("show_caption_above_media", None)
        return params
    params["caption"] = content.text.text
    if content.text.entities:
        params["caption_entities"] = content.text.to_json()["entities"]
    return params


def _text_sends(text: RichText, preview: Params | None) -> Iterator[Send]:
    """Yield the messages of a text. They show one link preview in all, as the whole text would."""
    pieces = text.split()
    previewed = next((index for index, piece in enumerate(pieces) if _has_link(piece)), 0)
    for index, piece in enumerate(pieces):
        params: Params = {"text": piece.text}
        if piece.entities:
            params["entities"] = piece.to_json()["entities"]
        options = preview if index == previewed else _NO_PREVIEW
        if options:
            params["link_preview_options"] = dict(options)
        yield "sendMessage", params


def _has_link(text: RichText) -> bool:
    return any(entity["type"] in {"url", "text_link"} for entity in text.entities)
