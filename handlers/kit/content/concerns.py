"""What becomes of a message otherwise than its author sees it: to be said while it is written, not found out later."""

from enum import StrEnum

from telegram import Message, MessageEntity
from telegram.constants import FileSizeLimit, MessageLimit

from handlers.kit.content.block import Content


class Concern(StrEnum):
    """What a bot cannot send as it was received; each deserves a sentence of its own."""

    CUSTOM_EMOJI = "custom_emoji"
    """Few bots may send them (Bot API, 'Formatting options')."""
    LONG_CAPTION = "long_caption"
    """People with Telegram Premium may write longer ones than bots."""
    FORMATTED_CAPTION = "formatted_caption"
    """More formatted places than Telegram keeps in one message."""
    LONG_TEXT = "long_text"
    LIVE_PHOTO = "live_photo"
    LARGE_FILE = "large_file"
    """More than bots may download (Bot API, getFile), so there will be no copy of it."""
    BUTTONS = "buttons"
    """What was forwarded from another bot has some."""


def concerns_about(message: Message, content: Content) -> list[Concern]:
    """Return what is to be said of the block `content`, which `message` made."""
    entities = (*message.entities, *message.caption_entities)
    is_caption, is_long = not content.kind.is_text, not content.text.fits(_limit(content))
    has_room = content.text.length <= _limit(content)
    found = {
        Concern.CUSTOM_EMOJI: any(entity.type == MessageEntity.CUSTOM_EMOJI for entity in entities),
        Concern.LONG_CAPTION: is_caption and is_long and not has_room,
        Concern.FORMATTED_CAPTION: is_caption and is_long and has_room,
        Concern.LONG_TEXT: not is_caption and is_long,
        Concern.LIVE_PHOTO: bool(getattr(message, "live_photo", None)) or "live_photo" in message.api_kwargs,
        Concern.LARGE_FILE: _size(message) > FileSizeLimit.FILESIZE_DOWNLOAD,
        Concern.BUTTONS: message.reply_markup is not None,
    }
    return [concern for concern, is_there in found.items() if is_there]


def _size(message: Message) -> int:
    """Returns the bytes of a message's file, as far as Telegram tells."""
    files = (message.video, message.audio, message.voice, message.document, message.animation)
    return max((file.file_size or 0 for file in files if file), default=0)


def _limit(content: Content) -> int:
    return MessageLimit.MAX_TEXT_LENGTH if content.kind.is_text else MessageLimit.CAPTION_LENGTH
