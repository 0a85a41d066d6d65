"""Updates as the Bot API sends them: one of every kind and of every content."""

import datetime as dt
from typing import Any

Update = dict[str, Any]

AT = int(dt.datetime(2026, 5, 3, 9, tzinfo=dt.UTC).timestamp())
BOT = {"id": 42, "is_bot": True, "first_name": "Syllabot", "username": "syllabot_bot"}
GROUP = {"id": -1001, "type": "supergroup", "title": "A group"}
CHANNEL = {"id": -1002, "type": "channel", "title": "A channel"}
# Telegram's own account, in whose name a group's anonymous admins write.
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}

FILE = {"file_id": "file", "file_unique_id": "unique", "file_size": 4}
SIZE = {**FILE, "width": 90, "height": 90}
MOVING = {**SIZE, "duration": 1}
GIFT = {"id": "gift", "sticker": {**SIZE, "type": "regular", "is_animated": False, "is_video": False}, "star_count": 1}
SYMBOL = {"name": "s", "sticker": GIFT["sticker"], "rarity_per_mille": 1}
COLORS = {"center_color": 1, "edge_color": 1, "symbol_color": 1, "text_color": 1}
UNIQUE_GIFT = {
    "base_name": "g",
    "name": "g-1",
    "number": 1,
    "gift_id": "gift",
    "model": SYMBOL,
    "symbol": SYMBOL,
    "backdrop": {"name": "b", "colors": COLORS, "rarity_per_mille": 1},
}
PLACE = {"latitude": 52.5, "longitude": 13.4}
OPTION = {"text": "yes", "voter_count": 0, "persistent_id": "1"}
TASK = {"id": 1, "text": "task"}
BOLD = {"type": "bold", "offset": 0, "length": 1}
POLL = {
    "id": "1",
    "question": "Why?",
    "options": [OPTION, OPTION],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
PAYMENT = {"currency": "XTR", "total_amount": 1, "invoice_payload": "p", "telegram_payment_charge_id": "t"}
PRICE = {"currency": "XTR", "amount": 1}
# How a message may come, whatever is in it.
MANNERS = {
    **dict.fromkeys(("has_protected_content", "is_automatic_forward", "is_from_offline", "is_topic_message"), True),
    **dict.fromkeys(("message_thread_id", "paid_star_count", "sender_boost_count", "reply_to_checklist_task_id"), 1),
    **dict.fromkeys(("author_signature", "effect_id", "sender_tag", "reply_to_poll_option_id"), "1"),
    "is_paid_post": True,
    "direct_messages_topic": {"topic_id": 1},
    "guest_bot_caller_chat": GROUP,
    "guest_bot_caller_user": BOT,
    "guest_query_id": "g",
    "sender_business_bot": BOT,
    "business_connection_id": "b",
}


def user(telegram_id: int, first_name: str = "Ada", **details: Any) -> dict[str, Any]:
    """Returns a person's User."""
    return {"id": telegram_id, "is_bot": False, "first_name": first_name, "language_code": "en", **details}


def private(telegram_id: int) -> dict[str, Any]:
    """Returns the chat of a person with the bot."""
    return {"id": telegram_id, "type": "private", "first_name": "Ada"}


def message(telegram_id: int, **content: Any) -> dict[str, Any]:
    """Returns a message of a person to the bot."""
    return {"message_id": 7, "from": user(telegram_id), "chat": private(telegram_id), "date": AT, **content}


# A message, and a story, that a message may be an answer to.
GONE, STORY = {"message_id": 3, "chat": GROUP, "date": 0}, {"chat": CHANNEL, "id": 1}
# What a person can send, by the name of the content: words and files, …
WORDS: dict[str, dict[str, Any]] = {
    "text": {"text": "Hello https://example.org", "entities": [{"type": "url", "offset": 6, "length": 19}]},
    "rich_text": {"text": "Hi", "entities": [{"type": "text_mention", "offset": 0, "length": 2, "user": BOT}]},
}
FILES: dict[str, dict[str, Any]] = {
    "animation": {"animation": MOVING, "document": FILE},
    "audio": {"audio": {**FILE, "duration": 1}},
    "document": {
        "document": FILE,
        "caption": "c",
        "caption_entities": [{"type": "bold", "offset": 0, "length": 1}],
    },
    "photo": {"photo": [SIZE], "media_group_id": "1", "has_media_spoiler": True, "show_caption_above_media": True},
    "live_photo": {"photo": [SIZE], "live_photo": MOVING},
    "sticker": {"sticker": GIFT["sticker"]},
    "video": {"video": MOVING},
    "video_note": {"video_note": {**FILE, "length": 1, "duration": 1}},
    "voice": {"voice": {**FILE, "duration": 1}},
}
# … things, …
THINGS: dict[str, dict[str, Any]] = {
    "contact": {"contact": {"phone_number": "1", "first_name": "Ada"}},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "game": {"game": {"title": "t", "description": "d", "photo": [SIZE]}},
    "poll": {"poll": POLL},
    "location": {"location": PLACE},
    "venue": {"venue": {"location": PLACE, "title": "t", "address": "a"}, "location": PLACE},
    "story": {"story": STORY},
    "checklist": {"checklist": {"title": "t", "tasks": [TASK]}},
}
# … what money and gifts are about, …
DEALS: dict[str, dict[str, Any]] = {
    "invoice": {
        "invoice": {"title": "t", "description": "d", "start_parameter": "s", "currency": "XTR", "total_amount": 1}
    },
    "paid_media": {"paid_media": {"star_count": 1, "paid_media": [{"type": "photo", "photo": [SIZE]}]}},
    "successful_payment": {"successful_payment": {**PAYMENT, "provider_payment_charge_id": "p"}},
    "passport_data": {
        "passport_data": {"data": [], "credentials": {"data": "d", "hash": "h", "secret": "s"}},
    },
    "boost_added": {"boost_added": {"boost_count": 1}},
    "giveaway": {"giveaway": {"chats": [CHANNEL], "winners_selection_date": AT, "winner_count": 1}},
    "giveaway_winners": {
        "giveaway_winners": {
            "chat": CHANNEL,
            "giveaway_message_id": 1,
            "winners_selection_date": AT,
            "winner_count": 1,
            "winners": [user(1)],
        }
    },
}
# … and words that come in some special way.
WAYS: dict[str, dict[str, Any]] = {
    "suggested_post_info": {"suggested_post_info": {"state": "pending"}, "text": "t"},
    "forward_origin": {"forward_origin": {"type": "hidden_user", "date": AT, "sender_user_name": "A"}, "text": "t"},
    "external_reply": {"external_reply": {"origin": {"type": "user", "date": AT, "sender_user": BOT}}, "text": "t"},
    "quote": {"quote": {"text": "t", "position": 0}, "text": "t"},
    "reply_to_message": {"reply_to_message": message(42, text="Hi"), "text": "t"},
    "an_answer_to_what_is_gone": {"reply_to_message": GONE, "text": "t"},
    "reply_to_story": {"reply_to_story": STORY, "text": "t"},
    "via_bot": {"via_bot": BOT, "text": "t"},
    "reply_markup": {"reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "c"}]]}, "text": "t"},
    "link_preview_options": {"link_preview_options": {"is_disabled": True}, "text": "t"},
    "every_manner": {**MANNERS, "text": "t"},
    "an_unknown_command": {"text": "/fly", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]},
    "a_command_without_entities": {"text": "/me"},
    "what_this_version_does_not_know": {"hologram": {"depth": 3}},
    "nothing": {},
}
SHARED = {"request_id": 1, "users": [{"user_id": 1}], "chat_id": 1}
# What Telegram itself says in a chat: of the chat, its topics and calls, gifts and money, and of all else.
CHANGES: dict[str, Any] = {
    **dict.fromkeys(("delete_chat_photo", "group_chat_created", "supergroup_chat_created"), True),
    "channel_chat_created": True,
    "new_chat_title": "t",
    "new_chat_photo": [SIZE],
    "new_chat_members": [BOT],
    "left_chat_member": BOT,
    "migrate_to_chat_id": -1003,
    "migrate_from_chat_id": -1004,
    "message_auto_delete_timer_changed": {"message_auto_delete_time": 60},
    "chat_background_set": {"type": {"type": "chat_theme", "theme_name": "t"}},
    "chat_owner_left": {"new_owner": BOT},
    "chat_owner_changed": {"new_owner": BOT},
}
TOPICS: dict[str, Any] = {
    "forum_topic_created": {"name": "t", "icon_color": 1},
    "forum_topic_edited": {"name": "t"},
    "forum_topic_closed": {},
    "forum_topic_reopened": {},
    "general_forum_topic_hidden": {},
    "general_forum_topic_unhidden": {},
    "video_chat_scheduled": {"start_date": AT},
    "video_chat_started": {},
    "video_chat_ended": {"duration": 1},
    "video_chat_participants_invited": {"users": [BOT]},
}
GIFTS: dict[str, Any] = {
    "direct_message_price_changed": {"are_direct_messages_enabled": True},
    "paid_message_price_changed": {"paid_message_star_count": 1},
    "gift": {"gift": GIFT},
    "gift_upgrade_sent": {"gift": GIFT},
    "unique_gift": {"gift": UNIQUE_GIFT, "origin": "transfer"},
    "giveaway_created": {},
    "giveaway_completed": {"winner_count": 1},
    "refunded_payment": PAYMENT,
    "suggested_post_approved": {"send_date": AT},
    "suggested_post_approval_failed": {"price": PRICE},
    "suggested_post_declined": {},
    "suggested_post_paid": {"currency": "XTR"},
    "suggested_post_refunded": {"reason": "post_deleted"},
}
NEWS: dict[str, Any] = {
    "connected_website": "example.org",
    "write_access_allowed": {},
    "users_shared": SHARED,
    "chat_shared": SHARED,
    "web_app_data": {"data": "d", "button_text": "b"},
    "proximity_alert_triggered": {"traveler": BOT, "watcher": BOT, "distance": 1},
    "checklist_tasks_added": {"tasks": [TASK]},
    "checklist_tasks_done": {"marked_as_done_task_ids": [1]},
    "managed_bot_created": {"bot": BOT},
    "poll_option_added": {"option_persistent_id": "1", "option_text": "t"},
    "poll_option_deleted": {"option_persistent_id": "1", "option_text": "t"},
}


def said(telegram_id: int) -> dict[str, dict[str, Any]]:
    """Returns what a person can send, by the name of the content: each is to be answered."""
    contents = {**WORDS, **FILES, **THINGS, **DEALS, **WAYS}
    return {name: message(telegram_id, **content) for name, content in contents.items()}


def noted(telegram_id: int) -> dict[str, dict[str, Any]]:
    """Returns what Telegram itself says in a chat, by the name of the content: nobody waits for an answer."""
    contents = {**CHANGES, **TOPICS, **GIFTS, **NEWS, "pinned_message": message(telegram_id, text="t")}
    return {name: message(telegram_id, **{name: content}) for name, content in contents.items()}


def happened(telegram_id: int) -> dict[str, dict[str, Any]]:
    """Returns one update of every other kind, by the kind: what is no message to the bot."""
    who = user(telegram_id)
    return {**in_chats(who), **asked(who), **in_business(who)}


def in_chats(who: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns what happens in channels and groups."""
    text = {"message_id": 9, "date": AT, "text": "Hello"}
    member = {"user": BOT, "status": "member"}
    change = {"from": who, "date": AT, "old_chat_member": member, "new_chat_member": {**member, "status": "left"}}
    boost = {"boost_id": "b", "source": {"source": "premium", "user": who}}
    reaction = {"chat": GROUP, "message_id": 9, "date": AT}
    emoji = {"type": "emoji", "emoji": "👍"}
    return {
        "channel_post": {**text, "chat": CHANNEL, "sender_chat": CHANNEL, "author_signature": "A"},
        "edited_channel_post": {**text, "chat": CHANNEL, "sender_chat": CHANNEL, "edit_date": AT},
        "my_chat_member": {**change, "chat": CHANNEL},
        "chat_member": {**change, "chat": GROUP},
        "chat_join_request": {"chat": GROUP, "from": who, "user_chat_id": who["id"], "date": AT},
        "chat_boost": {"chat": CHANNEL, "boost": {**boost, "add_date": AT, "expiration_date": AT}},
        "removed_chat_boost": {"chat": CHANNEL, **boost, "remove_date": AT},
        "message_reaction": {**reaction, "user": who, "old_reaction": [], "new_reaction": [emoji]},
        "message_reaction_count": {**reaction, "reactions": [{"type": emoji, "total_count": 1}]},
    }


def asked(who: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns queries and votes."""
    order = {"id": "1", "from": who, "invoice_payload": "p"}
    address = {"country_code": "DE", "state": "", "city": "", "street_line1": "", "street_line2": "", "post_code": ""}
    return {
        "inline_query": {"id": "1", "from": who, "query": "q", "offset": ""},
        "chosen_inline_result": {"result_id": "1", "from": who, "query": "q"},
        "shipping_query": {**order, "shipping_address": address},
        "pre_checkout_query": {**order, "currency": "XTR", "total_amount": 1},
        "poll": POLL,
        "poll_answer": {"poll_id": "1", "user": who, "option_ids": [0], "option_persistent_ids": ["1"]},
    }


def in_business(who: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns what a bot is told that works for somebody."""
    business = {**message(who["id"], text="Hello"), "business_connection_id": "b"}
    return {
        "business_connection": {"id": "b", "user": who, "user_chat_id": who["id"], "date": AT, "is_enabled": True},
        "business_message": business,
        "edited_business_message": {**business, "edit_date": AT},
        "deleted_business_messages": {"business_connection_id": "b", "chat": private(who["id"]), "message_ids": [7]},
        "purchased_paid_media": {"from": who, "paid_media_payload": "p"},
        "managed_bot": {"user": who, "bot": BOT},
        "guest_message": {**message(who["id"], text="Hello"), "guest_query_id": "g"},
    }


def pressed(telegram_id: int, data: str = "help") -> dict[str, Any]:
    """Returns a press of a button under a message that the bot has forgotten."""
    query = {"id": "1", "from": user(telegram_id), "chat_instance": "1", "data": data}
    return {**query, "message": {"message_id": 7, "date": 0, "chat": private(telegram_id)}}


def every(telegram_id: int) -> list[Update]:
    """Returns an update of every kind and content, without ids."""
    words = message(telegram_id, text="Hello")
    in_group = {"message_id": 7, "chat": GROUP, "date": AT, "text": "/start@syllabot_bot"}
    contents = [*said(telegram_id).values(), *noted(telegram_id).values()]
    return [
        *({"message": each} for each in contents),
        *({"edited_message": {**each, "edit_date": AT}} for each in (words, message(telegram_id, location=PLACE))),
        {"message": {**in_group, "from": user(telegram_id)}},
        {"message": {**in_group, "from": ANONYMOUS, "sender_chat": GROUP}},
        {"message": {**words, "from": {**user(telegram_id), "is_bot": True}}},
        *({"callback_query": pressed(telegram_id, data)} for data in ("help", "cs:a::1:", "c:1", "nonsense")),
        *({kind: value} for kind, value in happened(telegram_id).items()),
    ]
