"""Parsers for what lessons and covers are made of, and what the author should know about it."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from telegram import Message
from telegram.constants import MessageLimit

from db.repositories import Repositories
from handlers.kit.content import (
    Concern,
    Content,
    Unsupported,
    UnsupportedContent,
    concerns_about,
    content_from_message,
)
from handlers.kit.errors import UserError
from handlers.kit.place import Place
from handlers.kit.request import Request
from handlers.kit.rich import RichText
from handlers.kit.text import Text, _, _n

# Enough for a long lesson; a lesson that has more is two.
MAX_PARTS = 50
# What a dialog is begun with when its lesson has parts already: how many more there is room for.
ROOM = "room"

_UNSUPPORTED = {
    Unsupported.STICKER: _(
        "A sticker cannot be part of a lesson. Send text, a photo, a video, audio, a voice message or a file."
    ),
    Unsupported.POLL: _(
        "A poll cannot be part of a lesson. Send text, a photo, a video, audio, a voice message or a file."
    ),
    Unsupported.VIDEO_NOTE: _("A round video cannot be part of a lesson. Send it as an ordinary video."),
    Unsupported.PAID_MEDIA: _(
        "Paid media cannot be part of a lesson: Telegram does not let me pass them on. "
        "Send the photo or the video itself."
    ),
    Unsupported.STORY: _(
        "A story cannot be part of a lesson: Telegram does not show me what is in it. "
        "Send its photo or its video instead."
    ),
    Unsupported.CHECKLIST: _("A checklist cannot be part of a lesson. Write the list as a text."),
    Unsupported.CONTACT: _("A contact cannot be part of a lesson. Write the name and the number as a text."),
    Unsupported.LOCATION: _("A place cannot be part of a lesson. Send a link to it on a map."),
    Unsupported.RICH_MESSAGE: _(
        "A message of this kind cannot be part of a lesson: I cannot send one. "
        "Send its text and its pictures one by one."
    ),
}
_UNSUPPORTED_OTHER = _(
    "That cannot be part of a lesson. Send text, a photo, a video, audio, a voice message or a file."
)


async def content(request: Request, repos: Repositories) -> dict[str, Any]:
    """Returns one block of a lesson, as data."""
    del repos
    place = Place.of(request)
    is_new = request.update.edited_message is None
    if place and is_new and len(place.parts(place.step)) >= place.answers.get(ROOM, MAX_PARTS):
        raise UserError(
            _n("A lesson has room for {n} part. Tap Finish.", "A lesson has room for {n} parts. Tap Finish.", MAX_PARTS)
        )
    return dict(_read(request).to_json())


async def photo(request: Request, repos: Repositories) -> dict[str, Any]:
    """Returns a picture as data, without what stood under it."""
    del repos
    message = _message(request)
    if not message.photo:
        if message.document and (message.document.mime_type or "").startswith("image/"):
            raise UserError(_("That picture came as a file. Please send it as a photo."))
        raise UserError(_("Please send a photo."))
    return dict(replace(content_from_message(message), text=RichText(""), album=None, options={}).to_json())


def remarks(request: Request) -> Sequence[Text]:
    """Returns what the author of a part should know: what students will see otherwise, and why."""
    made = _read(request)
    return [_remark(concern, made) for concern in concerns_about(_message(request), made)]


def _read(request: Request) -> Content:
    try:
        return content_from_message(_message(request))
    except UnsupportedContent as unsupported:
        raise UserError(_UNSUPPORTED.get(unsupported.reason, _UNSUPPORTED_OTHER)) from unsupported


def _message(request: Request) -> Message:
    assert request.message is not None  # noqa: S101 (the engine looked)
    return request.message


def _remark(concern: Concern, made: Content) -> Text:
    match concern:
        case Concern.CUSTOM_EMOJI:
            return _("Telegram does not let me send custom emoji: students see the ordinary ones in their place.")
        case Concern.LONG_CAPTION:
            text = _n(
                "That caption is {length} characters long, and mine have room for {n}: "
                "students read it in a message below.",
                "That caption is {length} characters long, and mine have room for {n}: "
                "students read it in a message below.",
                MessageLimit.CAPTION_LENGTH,
            )
            return text.format(length=made.text.length)
        case Concern.FORMATTED_CAPTION:
            return _("That caption has more formatting than Telegram keeps: students read it in messages below.")
        case Concern.LONG_TEXT:
            text = _("That is more than fits into one message of mine: students read it in {count} messages.")
            return text.format(count=len(made.text.split()))
        case Concern.LIVE_PHOTO:
            return _("Students see the still picture of that live photo: I cannot send the moving one.")
        case Concern.LARGE_FILE:
            return _(
                "That file has more than 20 MB, so I can send it and not keep a copy of it: "
                "if this bot is ever replaced by another, please send it again."
            )
        case Concern.BUTTONS:
            return _("The buttons under that message are left out: they belong to who sent it first.")
