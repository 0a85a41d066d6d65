"""What people do in the miniature: they write, send files, press buttons, block the bot."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.playground import utf16
from bot.playground.entities import Entity
from bot.playground.files import ALBUM_SIZE, Upload
from bot.playground.formatting import CAPTION_LIMIT, TEXT_LIMIT, Formatted, typed
from bot.playground.history import Message
from bot.playground.people import Group, Person
from bot.playground.updates import Update
from bot.playground.world import World


class Acts:
    """The acts of people. Each queues one update (an album: several) and returns it.

    An act that nobody could do in Telegram (a button that is not there, a text of 5,000
    characters, a message to a bot that one has blocked) raises ValueError.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def add_person(
        self,
        id: int,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str = "en",
        role: str = "",
    ) -> Person:
        """Add somebody who has not written to the bot yet; *role* is only shown on the page."""
        person = Person(id, first_name, last_name, username, language_code, role)
        self._world.people.add(person)
        self._world.tell("people")
        self._world.memory.save()
        return person

    def add_group(self, id: int, title: str, members: Iterable[int]) -> Group:
        """Add a group with the bot in it; *id* is negative."""
        group = self._world.people.add_group(Group(id, title, tuple(members)))
        self._world.memory.save()
        return group

    def say(
        self,
        person_id: int,
        text: str,
        *,
        entities: Sequence[Entity] = (),
        reply_to: int | None = None,
        chat_id: int | None = None,
    ) -> Update:
        """Send a text; commands, links and addresses in it are found as Telegram finds them."""
        content = _content(_text(text, entities), "text", "entities")
        return self._send(person_id, content, chat_id=chat_id, reply_to=reply_to)

    def send_file(
        self,
        person_id: int,
        kind: str,
        data: bytes,
        *,
        filename: str | None = None,
        mime_type: str | None = None,
        caption: str = "",
        caption_entities: Sequence[Entity] = (),
        reply_to: int | None = None,
        **facts: Any,
    ) -> Update:
        """Send a photo, video, audio, voice, document, animation, sticker or video_note.

        *facts* become fields of the file, such as ``duration``. A photo need not be a picture.
        """
        content = self._file(kind, Upload(data, filename, mime_type), facts)
        content |= _caption(caption, caption_entities)
        return self._send(person_id, content, reply_to=reply_to)

    def send_album(
        self, person_id: int, items: Sequence[Mapping[str, Any]], *, reply_to: int | None = None
    ) -> list[Update]:
        """Send several files as one album; each item is a dict of `send_file`'s arguments."""
        if len(items) not in ALBUM_SIZE:
            raise ValueError("an album has 2 to 10 items")
        album = self._album_id()
        updates = []
        for item in items:
            upload = Upload(item["data"], item.get("filename"), item.get("mime_type"))
            content = self._file(item["kind"], upload, {}) | {"media_group_id": album}
            content |= _caption(item.get("caption", ""), item.get("caption_entities", ()))
            updates.append(self._send(person_id, content, reply_to=reply_to))
        return updates

    def send_other(self, person_id: int, field: str, value: object) -> Update:
        """Send any other content: *field* of the Bot API's Message, such as ``contact``."""
        return self._send(person_id, {field: value})

    def edit(self, person_id: int, message_id: int, text: str, *, entities: Sequence[Entity] = ()) -> Update:
        """Edit one's own text, or the caption of one's own file."""
        old = self._message(person_id, message_id)
        if old["from"]["is_bot"]:
            raise ValueError("people edit their own messages only")
        fields = ("text", "entities") if "text" in old else ("caption", "caption_entities")
        kept = {name: value for name, value in old.items() if name not in fields}
        message = kept | {"edit_date": self._world.now()} | _content(_text(text, entities), *fields)
        self._world.history.put(message, edited=True)
        self._world.tell("chat", person_id)
        return self._queue("edited_message", message)

    def delete(self, person_id: int, message_id: int) -> None:
        """Delete a message of one's chat for both; Telegram tells the bot nothing of it."""
        self._message(person_id, message_id)
        self._world.history.remove(person_id, message_id)
        self._world.tell("chat", person_id)
        self._world.memory.save()

    def press(self, person_id: int, message_id: int, data: str) -> Update:
        """Press the button with *data* under a message of one's chat."""
        message = self._message(person_id, message_id)
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        there = [button.get("callback_data") for row in rows for button in row]
        if data not in there:
            raise ValueError(f"no button with {data!r} under message {message_id}: {there}")
        return self.forge(person_id, message_id, data)

    def forge(self, person_id: int, message_id: int, data: str) -> Update:
        """Press a button that need not be there; a message that is gone is inaccessible."""
        person = self._started(person_id)
        gone = {"chat": person.chat(), "message_id": message_id, "date": 0}
        query = {
            "id": self._world.queries.open(person_id),
            "from": person.user(),
            "message": self._world.history.get(person_id, message_id) or gone,
            "chat_instance": str(-person_id),
            "data": data,
        }
        return self._queue("callback_query", query)

    def block(self, person_id: int) -> Update:
        """Block the bot: what it sends to this person is refused with 403."""
        return self._membership(self._started(person_id), blocked=True)

    def unblock(self, person_id: int) -> Update:
        """Let the bot write again."""
        return self._membership(self._world.people.person(person_id), blocked=False)

    def _membership(self, person: Person, *, blocked: bool) -> Update:
        if person.blocked == blocked:
            raise ValueError(f"{person.name} has {'already' if blocked else 'not'} blocked the bot")
        self._world.people.change(person, blocked=blocked)
        self._world.tell("people")
        states = [
            {"user": self._world.bot(), "status": "member"},
            {"user": self._world.bot(), "status": "kicked", "until_date": 0},
        ]
        change = {
            "chat": person.chat(),
            "from": person.user(),
            "date": self._world.now(),
            "old_chat_member": states[not blocked],
            "new_chat_member": states[blocked],
        }
        return self._queue("my_chat_member", change)

    def _send(
        self,
        person_id: int,
        content: Message,
        *,
        chat_id: int | None = None,
        reply_to: int | None = None,
    ) -> Update:
        person = self._started(person_id)
        chat = person.chat()
        if chat_id not in (None, person_id):
            group = self._world.people.group(chat_id or 0)
            if person_id not in group.members:
                raise ValueError(f"{person.name} is not in {group.title}")
            chat = group.chat()
        if reply_to is not None:
            content = content | {"reply_to_message": self._quote(chat["id"], reply_to)}
        return self._queue("message", self._world.post(person.user(), chat, content))

    def _started(self, person_id: int) -> Person:
        """Return the person, who has pressed Start from now on."""
        person = self._world.people.person(person_id)
        if person.blocked:
            raise ValueError(f"{person.name} has blocked the bot")
        if not person.started:
            person = self._world.people.change(person, started=True)
        return person

    def _quote(self, chat_id: int, message_id: int) -> Message:
        found = self._world.quote(chat_id, message_id)
        if found is None:
            raise ValueError(f"no message {message_id} in chat {chat_id}")
        return found

    def _message(self, chat_id: int, message_id: int) -> Message:
        found = self._world.history.get(chat_id, message_id)
        if found is None:
            raise ValueError(f"no message {message_id} in chat {chat_id}")
        return found

    def _file(self, kind: str, upload: Upload, facts: Mapping[str, Any]) -> Message:
        field = self._world.files.add(kind, upload, facts)
        # An animation is a document, too, for bots that do not know animations.
        return {kind: field} | ({"document": field} if kind == "animation" else {})

    def _album_id(self) -> str:
        number = self._world.memory.table("counters").next_number("album", 13_000_000_000_000_001)
        return str(number)

    def _queue(self, kind: str, value: dict[str, Any]) -> Update:
        update = self._world.updates.add(kind, value)
        self._world.journal.begin(value.get("from", {}).get("id", 0), update)
        self._world.memory.save()
        return update


def _text(text: str, entities: Sequence[Entity]) -> Formatted:
    found = typed(text, list(entities))
    if not found.text:
        raise ValueError("nobody can send an empty text")
    if utf16.length(found.text) > TEXT_LIMIT:
        raise ValueError(f"a text has at most {TEXT_LIMIT} UTF-16 code units")
    return found


def _caption(caption: str, entities: Sequence[Entity]) -> Message:
    found = typed(caption, list(entities))
    if utf16.length(found.text) > CAPTION_LIMIT:
        raise ValueError(f"a caption has at most {CAPTION_LIMIT} UTF-16 code units")
    return _content(found, "caption", "caption_entities")


def _content(found: Formatted, text_name: str, entities_name: str) -> Message:
    content: Message = {text_name: found.text} if found.text else {}
    if found.entities:
        content[entities_name] = found.entities
    return content
