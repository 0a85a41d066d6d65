"""The messages of all chats, as Bot API objects, and as people see them."""

from typing import Any

from msgspec import Struct, field

from bot.playground.entities import Entity
from bot.playground.store import Memory

Message = dict[str, Any]

# The content of a message that can be sent, edited or shown as a file, and all content; what else there is, is 'other'.
FILE_KINDS = (
    "animation",
    "photo",
    "video",
    "audio",
    "voice",
    "video_note",
    "sticker",
    "document",
)
KINDS = ("text", *FILE_KINDS, "contact", "location", "venue", "poll", "dice", "game", "story")


class Button(Struct, frozen=True):
    """A button under a message; one of ``data``, ``url`` and ``copy`` is not None."""

    text: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None


class ChatMessage(Struct, frozen=True):
    """A message as a person sees it. ``kind`` is 'text' or the content's field name.

    ``file_size`` is in bytes, ``duration`` in seconds; a ``hidden`` picture is shown when it is clicked.
    """

    id: int
    chat_id: int
    date: int
    from_bot: bool
    sender: str
    kind: str
    text: str = ""
    caption: str = ""
    entities: list[Entity] = field(default_factory=list)
    file_id: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    mime_type: str | None = None
    duration: int | None = None
    title: str | None = None
    hidden: bool = False
    keyboard: list[list[Button]] = field(default_factory=list)
    album: str | None = None
    reply_to: int | None = None
    edited: bool = False

    @property
    def buttons(self) -> list[Button]:
        """All buttons, row after row."""
        return [button for row in self.keyboard for button in row]


class History:
    """All messages that are not deleted. Message ids rise over all chats, as for a real bot."""

    def __init__(self, memory: Memory) -> None:
        self._rows = memory.table("messages")
        self._counters = memory.table("counters")
        self._chats: dict[int, dict[int, Message]] = {}
        # As people see them, made when they are first asked for: a page of a long chat asks for all of them each time.
        self._seen: dict[tuple[int, int], ChatMessage] = {}
        for row in self._rows.values():
            message = row["message"]
            self._chats.setdefault(message["chat"]["id"], {})[message["message_id"]] = message

    def next_id(self) -> int:
        """Return a new message id."""
        return self._counters.next_number("message_id")

    def put(self, message: Message, *, edited: bool = False) -> None:
        """Keep a new message, or the new state of an edited one; do not change it afterwards."""
        chat_id, message_id = message["chat"]["id"], message["message_id"]
        self._chats.setdefault(chat_id, {})[message_id] = message
        edited = edited or self._edited(chat_id, message_id)
        self._rows.put(_key(chat_id, message_id), {"message": message, "edited": edited})
        self._seen.pop((chat_id, message_id), None)

    def get(self, chat_id: int, message_id: int) -> Message | None:
        """Return the message, or None if it never was or is deleted."""
        return self._chats.get(chat_id, {}).get(message_id)

    def remove(self, chat_id: int, message_id: int) -> None:
        """Delete the message."""
        del self._chats[chat_id][message_id]
        self._rows.remove(_key(chat_id, message_id))
        self._seen.pop((chat_id, message_id), None)

    def seen(self, chat_id: int) -> list[ChatMessage]:
        """Return the chat's messages as people see them, oldest first."""
        return [self._see(chat_id, message_id) for message_id in self._chats.get(chat_id, {})]

    def _see(self, chat_id: int, message_id: int) -> ChatMessage:
        place = chat_id, message_id
        if place not in self._seen:
            self._seen[place] = _seen(self._chats[chat_id][message_id], edited=self._edited(chat_id, message_id))
        return self._seen[place]

    def _edited(self, chat_id: int, message_id: int) -> bool:
        return bool(self._rows.get(_key(chat_id, message_id), {}).get("edited"))


def _key(chat_id: int, message_id: int) -> str:
    return f"{chat_id}:{message_id}"


def kind_of(message: Message) -> str:
    """Return 'text' or the name of the field with the message's content."""
    for kind in KINDS:
        if kind in message:
            return kind
    return "other"


def file_of(message: Message) -> dict[str, Any]:
    """Return the description of the message's file (a photo's largest); empty if it has none."""
    kind = kind_of(message)
    if kind not in FILE_KINDS:
        return {}
    content = message[kind]
    found: dict[str, Any] = content[-1] if kind == "photo" else content
    return found


def _seen(message: Message, *, edited: bool) -> ChatMessage:
    sender, file = message["from"], file_of(message)
    return ChatMessage(
        id=message["message_id"],
        chat_id=message["chat"]["id"],
        date=message["date"],
        from_bot=sender["is_bot"],
        sender=f"{sender['first_name']} {sender.get('last_name', '')}".strip(),
        kind=kind_of(message),
        text=message.get("text", ""),
        caption=message.get("caption", ""),
        entities=message.get("entities") or message.get("caption_entities") or [],
        file_id=file.get("file_id"),
        file_name=file.get("file_name"),
        file_size=file.get("file_size"),
        mime_type=file.get("mime_type", "image/jpeg" if "photo" in message else None),
        duration=file.get("duration"),
        title=" – ".join(file[name] for name in ("performer", "title") if file.get(name)) or None,
        hidden=message.get("has_media_spoiler", False),
        keyboard=_keyboard(message),
        album=message.get("media_group_id"),
        reply_to=message.get("reply_to_message", {}).get("message_id"),
        edited=edited,
    )


def _keyboard(message: Message) -> list[list[Button]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [
        [
            Button(
                button["text"],
                button.get("callback_data"),
                button.get("url"),
                button.get("copy_text", {}).get("text"),
            )
            for button in row
        ]
        for row in rows
    ]
