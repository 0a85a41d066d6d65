"""The people of the page: who there is, who is new, what they are called, and what they have seen."""

from typing import Any

from bot.playground.miniature import Miniature
from bot.playground.people import Person

_FIRST_NEW_PERSON = 1101
# Beyond that, a list says "99+".
_MOST_UNREAD = 100
# What the page shows of a person, or asks before they are renamed.
_SHOWN = ("id", "name", "first_name", "last_name", "language_code", "role", "started", "blocked")


class Cast:
    """Everybody whom one can be on the page."""

    def __init__(self, miniature: Miniature) -> None:
        self._miniature = miniature
        self._world = miniature.world

    def everybody(self) -> list[dict[str, Any]]:
        """Return all people as the list at the side shows them."""
        return [self._shown(person) for person in self._world.people.everybody()]

    def _shown(self, person: Person) -> dict[str, Any]:
        messages = self._miniature.chat(person.id)[-_MOST_UNREAD:]
        unread = sum(1 for seen in messages if seen.from_bot and seen.id > person.read)
        last = next(
            ({"text": seen.text or seen.caption, "kind": seen.kind, "date": seen.date} for seen in messages[-1:]),
            None,
        )
        facts = {name: getattr(person, name) for name in _SHOWN}
        return facts | {"last": last, "unread": unread}

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add somebody; return the new ``id``."""
        taken = [person.id for person in self._world.people.everybody()]
        added = self._miniature.add_person(max([_FIRST_NEW_PERSON - 1, *taken]) + 1, **_names(body))
        return {"id": added.id}

    def rename(self, body: dict[str, Any]) -> None:
        """Give somebody another name or language, as in Telegram's settings; the next update tells the bot."""
        self._world.people.change(self._world.people.person(int(body["person"])), **_names(body))
        self._world.tell("people")
        self._world.tell("commands")  # in the new language
        self._world.memory.save()

    def read(self, body: dict[str, Any]) -> None:
        """Mark a chat as read up to a message."""
        person, message_id = self._world.people.person(int(body["person"])), int(body["message_id"])
        if message_id > person.read:
            self._world.people.change(person, read=message_id)
            self._world.tell("people")
            self._world.memory.save()


def _names(body: dict[str, Any]) -> dict[str, Any]:
    first_name = str(body["first_name"]).strip()
    if not first_name:
        raise ValueError("a person has a first name")
    return {
        "first_name": first_name,
        "last_name": str(body.get("last_name") or "").strip() or None,
        "language_code": str(body.get("language_code") or "en"),
    }
