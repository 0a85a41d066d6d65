"""What lessons are made of: taken from an instructor's message, stored as JSON, shown to students."""

from handlers.kit.content.block import Content, Kind, UnreadableContentError
from handlers.kit.content.concerns import Concern, concerns_about
from handlers.kit.content.intake import Unsupported, UnsupportedContent, content_from_message
from handlers.kit.content.sends import FileReference, Params, Send, reference_to, sends_for

__all__ = [
    "Concern",
    "Content",
    "FileReference",
    "Kind",
    "Params",
    "Send",
    "UnreadableContentError",
    "Unsupported",
    "UnsupportedContent",
    "concerns_about",
    "content_from_message",
    "reference_to",
    "sends_for",
]
