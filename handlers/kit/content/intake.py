"""From the message that an instructor sends to a block of the lesson."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from telegram import Message, MessageEntity, PhotoSize

from handlers.kit.content.block import Content, Kind
from handlers.kit.rich import RichText


class Unsupported(StrEnum):
    """Why a message cannot be a part of a lesson; each deserves a sentence of its own."""

    STICKER = "sticker"
    POLL = "poll"
    CONTACT = "contact"
    LOCATION = "location"
    VIDEO_NOTE = "video_note"
    DICE = "dice"
    GAME = "game"
    STORY = "story"
    CHECKLIST = "checklist"
    INVOICE = "invoice"
    PAID_MEDIA = "paid_media"
    RICH_MESSAGE = "rich_message"
    OTHER = "other"
    """A service message, or something that Telegram added since."""


class UnsupportedContent(Exception):
    """The message cannot be a part of a lesson; `reason` says why."""

    def __init__(self, reason: Unsupported) -> None:
        super().__init__(reason.value)
        self.reason = reason


# The order matters: an animation is also a document, for old bots (Bot API, Message).
_FILES = (Kind.ANIMATION, Kind.PHOTO, Kind.VIDEO, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT)


def content_from_message(message: Message) -> Content:
    """Return the block that `message` makes, formatting and album kept.

    Custom emoji become the ordinary ones in whose place they stand, for few bots may send them. A live photo becomes
    its still picture, which Telegram sends along. A photo is kept in its largest size. Raises UnsupportedContent for
    everything that is neither text nor a photo, video, audio, voice message, document or animation.
    """
    if message.text is not None:
        return _text_content(message, message.text)
    for kind in _FILES:
        if attachment := getattr(message, kind):
            return _file_content(message, kind, attachment)
    raise UnsupportedContent(_reason(message))


def _text_content(message: Message, text: str) -> Content:
    rich = _rich(text, message.entities)
    preview = message.link_preview_options
    options = {"link_preview_options": preview.to_dict()} if preview else {}
    return Content(Kind.LINK if _is_link(rich) else Kind.TEXT, rich, options=options)


def _rich(text: str, entities: Sequence[MessageEntity]) -> RichText:
    return RichText.from_message(text, [each for each in entities if each.type != MessageEntity.CUSTOM_EMOJI])


def _is_link(rich: RichText) -> bool:
    """Whether the whole text is one address (Telegram trims a message, so nothing stands around it)."""
    whole = (0, rich.length)
    return any(entity["type"] == "url" and (entity["offset"], entity["length"]) == whole for entity in rich.entities)


def _file_content(message: Message, kind: Kind, attachment: Any) -> Content:
    file = max(attachment, key=_area) if kind is Kind.PHOTO else attachment
    return Content(
        kind,
        _rich(message.caption or "", message.caption_entities),
        file_id=file.file_id,
        file_unique_id=file.file_unique_id,
        file_name=getattr(file, "file_name", None),
        album=message.media_group_id,
        options=_file_options(message, kind),
        facts=_facts(file, kind),
    )


def _area(size: PhotoSize) -> int:
    return size.width * size.height


def _file_options(message: Message, kind: Kind) -> dict[str, Any]:
    flags = {
        "has_spoiler": message.has_media_spoiler,
        "show_caption_above_media": message.show_caption_above_media,
    }
    return {name: True for name, is_set in flags.items() if is_set and name in kind.options}


def _facts(file: Any, kind: Kind) -> dict[str, Any]:
    known = file.to_dict()
    return {name: known[name] for name in sorted(kind.facts) if known.get(name)}


def _reason(message: Message) -> Unsupported:
    # `api_kwargs` holds what the Bot API has and this version of the library does not know yet.
    fields = (reason for reason in Unsupported if getattr(message, reason, None) or reason in message.api_kwargs)
    return next(fields, Unsupported.OTHER)
