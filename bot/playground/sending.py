"""The methods that send."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground import formatting
from bot.playground.errors import bad_request
from bot.playground.files import ALBUM_SIZE, Upload, check_upload
from bot.playground.formatting import Formatted
from bot.playground.history import Message
from bot.playground.keyboards import inline_keyboard
from bot.playground.people import Group, Person
from bot.playground.world import World

Uploads = Mapping[str, Upload]

# Parameters of the schema that this bot has no use for, and what the real server says to a bot
# that may not use them.
_UNSUPPORTED = {
    "business_connection_id": "business connection not found",
    "message_thread_id": "message thread not found",
    "direct_messages_topic_id": "direct messages topic not found",
    "suggested_post_parameters": "suggested posts can be sent only to channel direct messages",
    "allow_paid_broadcast": "FLOODSKIP_NOT_ALLOWED",
    "rich_message": "rich messages are not supported by the playground",
    "inline_message_id": "MESSAGE_ID_INVALID",
}

# What the bot says of a file that it sends, and Message fields that are made of parameters.
_FACTS = ("duration", "width", "height", "performer", "title")
_ECHOED = ("link_preview_options", "show_caption_above_media")


def refuse_unsupported(params: dict[str, Any]) -> None:
    """Refuse parameters that the playground does not act out; ApiError 400."""
    for name, reason in _UNSUPPORTED.items():
        if params.get(name):
            raise bad_request(reason)


def content_of(found: Formatted, text_name: str, entities_name: str) -> Message:
    """Return the Message fields of a text or a caption; none for an empty one."""
    content: Message = {text_name: found.text} if found.text else {}
    if found.entities:
        content[entities_name] = found.entities
    return content


def send_message(world: World, params: dict[str, Any], _uploads: Uploads) -> Message:
    """Send a text; return the Message."""
    content = content_of(formatting.message_text(params), "text", "entities")
    return _post(world, params, content)


def send_media(kind: str) -> Callable[[World, dict[str, Any], Uploads], Message]:
    """Return the method that sends files of *kind*, uploaded or known by file id."""

    def send(world: World, params: dict[str, Any], uploads: Uploads) -> Message:
        room = world.people.room(params["chat_id"])
        content = content_of(formatting.caption(params), "caption", "caption_entities")
        _check_file(world, kind, params[kind], uploads)
        _prepare(world, params, room)
        return _post(world, params, _file(world, kind, params, params[kind], uploads) | content)

    return send


def send_media_group(world: World, params: dict[str, Any], uploads: Uploads) -> list[Message]:
    """Send an album of 2 to 10 files; return its Messages. A refused album sends nothing."""
    items: list[dict[str, Any]] = params["media"]
    _check_album(items)
    captions = [content_of(formatting.caption(item), "caption", "caption_entities") for item in items]
    for item in items:
        _check_file(world, item["type"], item["media"], uploads)
    _prepare(world, params, world.people.room(params["chat_id"]))
    number = world.memory.table("counters").next_number("album", 13_000_000_000_000_001)
    album = {"media_group_id": str(number)}
    return [
        _post(
            world,
            params | {name: item[name] for name in _ECHOED if name in item},
            _file(world, item["type"], item, item["media"], uploads) | caption | album,
        )
        for item, caption in zip(items, captions, strict=True)
    ]


def _check_album(items: list[dict[str, Any]]) -> None:
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) >= ALBUM_SIZE.stop:
        raise bad_request("too many messages to send as an album")
    if len(items) < ALBUM_SIZE.start:
        # The real server sends it as a plain message, against its own documentation.
        raise bad_request('parameter "media" must include 2-10 items')
    kinds = {item["type"] for item in items}
    for kind in ("document", "audio"):
        if kind in kinds and len(kinds) > 1:
            raise bad_request(f"{kind} can't be mixed with other media types")
    if len({item.get("show_caption_above_media", False) for item in items}) > 1:
        raise bad_request("parameter show_caption_above_media must be the same for all messages")
    if not kinds <= {"photo", "video", "document", "audio"}:
        raise bad_request(f"{kinds} are not supported by the playground")


def _check_file(world: World, kind: str, reference: str, uploads: Uploads) -> None:
    """Refuse a file before anything is sent; ApiError 400 or 413."""
    if not reference.startswith("attach://"):
        world.files.known(kind, reference)
        return
    upload = uploads.get(reference.removeprefix("attach://"))
    if upload is None:
        raise bad_request("can't parse InputMedia: media not found")
    check_upload(kind, upload)


def _file(world: World, kind: str, described: dict[str, Any], reference: str, uploads: Uploads) -> Message:
    if reference.startswith("attach://"):
        facts = {name: described[name] for name in _FACTS if name in described}
        field = world.files.add(kind, uploads[reference.removeprefix("attach://")], facts)
    else:
        field = world.files.known(kind, reference)
    # An animation is a document, too, for bots that do not know animations.
    content: Message = {kind: field} | ({"document": field} if kind == "animation" else {})
    if described.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def _prepare(world: World, params: dict[str, Any], room: Person | Group) -> Message:
    """Return the Message fields that every kind of message has; ApiError for any fault."""
    refuse_unsupported(params)
    room = world.people.room_to_write(room.id)
    content = {name: params[name] for name in _ECHOED if name in params}
    if "message_effect_id" in params:
        content["effect_id"] = params["message_effect_id"]
    if params.get("protect_content"):
        content["has_protected_content"] = True
    markup = inline_keyboard(params.get("reply_markup"))
    if markup:
        content["reply_markup"] = markup
    return content | _reply(world, room.id, params.get("reply_parameters"))


def _reply(world: World, chat_id: int, wanted: dict[str, Any] | None) -> Message:
    if wanted is None:
        return {}
    if str(wanted.get("chat_id", chat_id)) != str(chat_id):
        raise bad_request("replies to other chats are not supported by the playground")
    if "message_id" not in wanted:
        raise bad_request('can\'t find field "message_id"')
    found = world.quote(chat_id, wanted["message_id"])
    if found is None and not wanted.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return {"reply_to_message": found} if found else {}


def _post(world: World, params: dict[str, Any], content: Message) -> Message:
    room = world.people.room(params["chat_id"])
    extra = _prepare(world, params, room)
    return world.post(world.bot(), room.chat(), content | extra)
