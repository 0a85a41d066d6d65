"""Reading updates: what is none, or could not be Telegram's, is told apart before anything is done with it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from telegram import Chat, Message, MessageEntity, Update, User

from bot.api import Api

# Bot API, 'User' and 'Chat': at most 52 significant bits. Databases take 63.
_MAX_ID = 2**63
# All that a message of plain words has.
_PLAIN = {"message_id": int, "date": int, "chat": dict, "from": dict, "text": str, "entities": list}
_ALWAYS = _PLAIN.keys() - {"entities"}


class _Unguarded:
    """An object of PTB's that nobody changes.

    PTB's own ask at each attribute whether it may be set, which takes as long as all the rest of reading a message.
    """

    __slots__ = ()
    __setattr__ = object.__setattr__


class _Chat(_Unguarded, Chat):
    __slots__ = ()


class _User(_Unguarded, User):
    __slots__ = ()


class _Entity(_Unguarded, MessageEntity):
    __slots__ = ()


class _Message(_Unguarded, Message):
    """A message of plain words."""

    __slots__ = ()

    def __init__(self, said: Mapping[str, Any], api: Api) -> None:
        """Sets what such a message has; PTB's own sets a hundred attributes."""
        self.message_id = said["message_id"]
        self.date = datetime.fromtimestamp(said["date"], UTC)
        self.chat = _Chat.de_json(said["chat"], api)
        self.from_user = _User.de_json(said["from"], api)
        self.text = said["text"]
        self.entities = _Entity.de_list(said.get("entities", []), api)
        self._id_attrs = (self.message_id, self.chat)
        self._bot = api

    def __getattr__(self, name: str) -> Any:
        """Returns what is not set as it is in a message that has nothing."""
        return getattr(_NOTHING, name)


class _Update(_Unguarded, Update):
    __slots__ = ()


_NOTHING = Message(0, datetime.fromtimestamp(0, UTC), Chat(0, Chat.PRIVATE))


def read(data: Mapping[str, Any], api: Api) -> Update:
    """Returns an update whose ids are numbers, and whose texts are texts: PTB takes anything for them.

    Raises:
        ValueError: when it has others. The message quotes nothing.
        Exception: whatever PTB makes of what is no update.
    """
    update = _plain(data, api) or Update.de_json(dict(data), api)
    person, message, query = update.effective_user, update.effective_message, update.callback_query
    known = [each.id for each in (person, update.effective_chat, message) if each is not None]
    if not all(is_id(each) for each in (update.update_id, *known)):
        raise ValueError("an id that is none")
    texts = [person and person.first_name, person and person.language_code, message and message.text]
    if not all(isinstance(each, str) for each in (*texts, query and query.data) if each is not None):
        raise ValueError("a text that is none")
    return update


def _plain(data: Mapping[str, Any], api: Api) -> Update | None:
    """Returns an update with a message of plain words, as most are; None for any other.

    PTB looks for a hundred things that such a message does not have, which takes as long as all the rest of it.
    """
    said = data.get("message")
    if data.keys() != {"update_id", "message"} or type(said) is not dict or not _ALWAYS <= said.keys() <= _PLAIN.keys():
        return None
    if any(type(value) is not _PLAIN[name] for name, value in said.items()):
        return None
    update = _Update(data["update_id"], message=_Message(said, api))
    update.set_bot(api)
    return update


def is_id(value: object) -> bool:
    """Whether this may be an id, of whatever it is."""
    return type(value) is int and abs(value) < _MAX_ID
