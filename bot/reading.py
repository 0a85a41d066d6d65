"""Reading updates: what is none, or could not be Telegram's, is told apart before anything is done with it."""

from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot.api import Api

# Bot API, 'User' and 'Chat': at most 52 significant bits. Databases take 63.
_MAX_ID = 2**63


def read(data: Mapping[str, Any], api: Api) -> Update:
    """Returns an update whose ids are numbers, and whose texts are texts: PTB takes anything for them.

    Raises:
        ValueError: when it has others. The message quotes nothing.
        Exception: whatever PTB makes of what is no update.
    """
    update = Update.de_json(dict(data), api)
    person, message, query = update.effective_user, update.effective_message, update.callback_query
    known = [each.id for each in (person, update.effective_chat, message) if each is not None]
    if not all(is_id(each) for each in (update.update_id, *known)):
        raise ValueError("an id that is none")
    texts = [person and person.first_name, person and person.language_code, message and message.text]
    if not all(isinstance(each, str) for each in (*texts, query and query.data) if each is not None):
        raise ValueError("a text that is none")
    return update


def is_id(value: object) -> bool:
    """Whether this may be an id, of whatever it is."""
    return type(value) is int and abs(value) < _MAX_ID
