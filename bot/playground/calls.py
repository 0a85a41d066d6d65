"""The methods of the Bot API that the miniature answers, by name.

A method is ``(world, params, uploads) -> result``: *params* are already of the schema's types, an
upload is referred to by ``attach://name``. Wording of errors: tdlib/telegram-bot-api and tdlib/td.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground import editing, sending
from bot.playground.errors import ApiError, bad_request
from bot.playground.files import Upload
from bot.playground.world import Toast, World

Uploads = Mapping[str, Upload]
Call = Callable[[World, dict[str, Any], Uploads], Any]

_TOAST_LIMIT = 200
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def _get_me(world: World, _params: dict[str, Any], _uploads: Uploads) -> Any:
    return world.bot() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _answer_callback_query(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    text, url = params.get("text", ""), params.get("url")
    if len(text) > _TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and not url.startswith((f"https://t.me/{world.bot()['username']}?start=", "tg://")):
        raise bad_request("URL_INVALID")
    person_id = world.queries.answer(params["callback_query_id"])
    world.tell("answered", person_id, params["callback_query_id"])
    if text or url:
        toast = Toast(text, params.get("show_alert", False), url)
        world.toasts[person_id].append(toast)
        world.tell("toast", person_id, toast)
    return True


def _send_chat_action(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    if params["action"] not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    sending.refuse_unsupported(params)
    room = world.people.room_to_write(params["chat_id"])
    world.tell("action", room.id, params["action"])
    return True


def _get_file(world: World, params: dict[str, Any], _uploads: Uploads) -> Any:
    return world.files.file(params["file_id"])


def _set_my_commands(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    world.menus.set(params)
    world.tell("commands")
    return True


def _get_my_commands(world: World, params: dict[str, Any], _uploads: Uploads) -> Any:
    return world.menus.get(params)


def _delete_my_commands(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    world.menus.delete(params)
    world.tell("commands")
    return True


def _set_my_description(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    world.menus.describe("description", 512, params)
    world.tell("commands")
    return True


def _set_my_short_description(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    world.menus.describe("short_description", 120, params)
    return True


def _set_webhook(world: World, params: dict[str, Any], uploads: Uploads) -> bool:
    world.webhook.set(params | dict.fromkeys(uploads))
    world.updates.end_poll(ApiError(409, "Conflict: terminated by setWebhook request"))
    world.updates.allow(params)
    return _changed_webhook(world, params)


def _delete_webhook(world: World, params: dict[str, Any], _uploads: Uploads) -> bool:
    world.webhook.delete()
    return _changed_webhook(world, params)


def _changed_webhook(world: World, params: dict[str, Any]) -> bool:
    if params.get("drop_pending_updates"):
        world.updates.take()
    world.updates.news.set()
    world.tell("people")  # the page says whether a bot is there
    return True


def _get_webhook_info(world: World, _params: dict[str, Any], _uploads: Uploads) -> Any:
    allowed = {"allowed_updates": world.updates.allowed} if world.updates.allowed else {}
    return world.webhook.info() | {"pending_update_count": world.updates.count()} | allowed


# getUpdates is missing here: it waits, and the miniature answers it itself.
CALLS: Mapping[str, Call] = {
    "answerCallbackQuery": _answer_callback_query,
    "deleteMessage": editing.delete_message,
    "deleteMyCommands": _delete_my_commands,
    "deleteWebhook": _delete_webhook,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "editMessageText": editing.edit_message_text,
    "getFile": _get_file,
    "getMe": _get_me,
    "getMyCommands": _get_my_commands,
    "getWebhookInfo": _get_webhook_info,
    "sendAnimation": sending.send_media("animation"),
    "sendAudio": sending.send_media("audio"),
    "sendChatAction": _send_chat_action,
    "sendDocument": sending.send_media("document"),
    "sendMediaGroup": sending.send_media_group,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_media("photo"),
    "sendVideo": sending.send_media("video"),
    "sendVoice": sending.send_media("voice"),
    "setMyCommands": _set_my_commands,
    "setMyDescription": _set_my_description,
    "setMyShortDescription": _set_my_short_description,
    "setWebhook": _set_webhook,
}
