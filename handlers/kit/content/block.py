"""One block of a lesson."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Self

from msgspec import Struct, field

from handlers.kit.rich import RichText

_VERSION: Final = 1


class Kind(StrEnum):
    """What a block is; for a file, also what the Bot API calls its parameter (`photo` of sendPhoto)."""

    TEXT = "text"
    LINK = "link"
    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    ANIMATION = "animation"

    @property
    def is_text(self) -> bool:
        """Whether it is shown by sendMessage; all others are files with a caption."""
        return self in {Kind.TEXT, Kind.LINK}

    @property
    def options(self) -> frozenset[str]:
        """What the Bot API's method for this kind can be told besides file, text and caption."""
        if self.is_text:
            return frozenset({"link_preview_options"})
        if self in {Kind.PHOTO, Kind.VIDEO, Kind.ANIMATION}:
            return frozenset({"has_spoiler", "show_caption_above_media"})
        return frozenset()

    @property
    def facts(self) -> frozenset[str]:
        """What the Bot API's method for this kind can be told of a file that is uploaded."""
        return _FACTS.get(self, frozenset())


_MOVING = frozenset({"duration", "width", "height"})
_FACTS: Final = {
    Kind.VIDEO: _MOVING,
    Kind.ANIMATION: _MOVING,
    Kind.AUDIO: frozenset({"duration", "performer", "title"}),
    Kind.VOICE: frozenset({"duration"}),
}


class UnreadableContentError(ValueError):
    """Stored content that this version of the bot cannot read, most likely written by a newer one."""


class Content(Struct, frozen=True):
    """One block: a formatted text, or a file with its caption.

    `file_id` is good for one bot only, `file_unique_id` is the same for all (Bot API, PhotoSize). `options` are named
    as the parameters of the Bot API's methods; one that is not among the kind's is a ValueError at once, since
    Telegram would complain only when a student opens the lesson. `facts` are what Telegram knew of the file, and is to
    be told when it is sent anew.
    """

    kind: Kind
    text: RichText
    file_id: str | None = None
    file_unique_id: str | None = None
    file_name: str | None = None
    album: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if strangers := self.options.keys() - self.kind.options:
            raise ValueError(f"{self.kind} takes no {', '.join(sorted(strangers))}")

    def to_json(self) -> dict[str, Any]:
        """Return JSON data for storage and files; what is empty is left out."""
        optional = {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_name": self.file_name,
            "album": self.album,
            "options": dict(self.options),
            "facts": dict(self.facts),
        }
        kept = {name: value for name, value in optional.items() if value}
        return {"version": _VERSION, "kind": self.kind.value, **self.text.to_json(), **kept}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the block that `to_json` wrote.

        Raises UnreadableContentError, with a sentence that says why, for another version, an unknown kind or option, or
        data that is no block at all.
        """
        if (version := data.get("version")) != _VERSION:
            raise UnreadableContentError(f"content of version {version!r}: this bot reads version {_VERSION}")
        try:
            return cls(
                kind=Kind(data["kind"]),
                text=RichText.from_json(data),
                file_id=data.get("file_id"),
                file_unique_id=data.get("file_unique_id"),
                file_name=data.get("file_name"),
                album=data.get("album"),
                options=dict(data.get("options", {})),
                facts=dict(data.get("facts", {})),
            )
        except KeyError as error:
            raise UnreadableContentError(f"content without {error}") from error
        except ValueError as error:
            raise UnreadableContentError(f"content of an unknown sort: {error}") from error
