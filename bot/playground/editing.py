"""The methods that edit and delete."""

from typing import Any

from bot.playground import formatting
from bot.playground.errors import bad_request
from bot.playground.history import FILE_KINDS, Message
from bot.playground.keyboards import inline_keyboard
from bot.playground.people import Group
from bot.playground.sending import Uploads, content_of, refuse_unsupported
from bot.playground.world import World

# Source: https://core.telegram.org/bots/api#deletemessage.
DELETABLE_SECONDS = 48 * 3600

_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")


def edit_message_text(world: World, params: dict[str, Any], _uploads: Uploads) -> Message:
    """Put a new text and keyboard in the place of the old; return the Message."""
    content = content_of(formatting.message_text(params), "text", "entities")
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    old = _own_message(world, params)
    if "text" not in old:
        raise bad_request("there is no text in the message to edit")
    return _replace(world, old, _TEXT, content, params)


def edit_message_caption(world: World, params: dict[str, Any], _uploads: Uploads) -> Message:
    """Put a new caption and keyboard in the place of the old; return the Message."""
    content = content_of(formatting.caption(params), "caption", "caption_entities")
    if params.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    old = _own_message(world, params)
    if not any(kind in old for kind in FILE_KINDS):
        raise bad_request("there is no caption in the message to edit")
    return _replace(world, old, _CAPTION, content, params)


def edit_message_reply_markup(world: World, params: dict[str, Any], _uploads: Uploads) -> Message:
    """Put a new keyboard, or none, in the place of the old; return the Message."""
    return _replace(world, _own_message(world, params), (), {}, params)


def delete_message(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    """Delete a message for the bot and the person; of a group only the bot's own."""
    room = world.people.room(params["chat_id"])
    found = world.history.get(room.id, params["message_id"])
    if found is None:
        raise bad_request("message to delete not found")
    if isinstance(room, Group) and not found["from"]["is_bot"]:
        raise bad_request("message can't be deleted")
    if world.now() - found["date"] >= DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    world.history.remove(room.id, params["message_id"])
    world.tell("chat", room.id)
    return True


def _own_message(world: World, params: dict[str, Any]) -> Message:
    refuse_unsupported(params)
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    if not params.get("message_id"):
        raise bad_request("message identifier is not specified")
    room = world.people.room_to_write(params["chat_id"])
    found = world.history.get(room.id, params["message_id"])
    if found is None:
        raise bad_request("message to edit not found")
    if not found["from"]["is_bot"]:
        raise bad_request("message can't be edited")
    return found


def _replace(world: World, old: Message, fields: tuple[str, ...], content: Message, params: dict[str, Any]) -> Message:
    """Without ``reply_markup`` the keyboard goes, as on the real server."""
    markup = inline_keyboard(params.get("reply_markup"))
    if markup:
        content = content | {"reply_markup": markup}
    replaced = (*fields, "reply_markup")
    if {name: old[name] for name in replaced if name in old} == content:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    kept = {name: value for name, value in old.items() if name not in replaced}
    message = kept | {"edit_date": world.now()} | content
    world.history.put(message, edited=bool(fields))
    world.tell("chat", old["chat"]["id"])
    return message
