"""Who may write to the bot: people with their private chats, and groups."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from bot.playground.errors import bad_request, forbidden
from bot.playground.store import Memory


class Person(Struct, frozen=True):
    """Somebody with a Telegram account.

    ``started``: the bot may write to them. ``read``: the id of the newest message that they have seen on the page.
    """

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "en"
    role: str = ""
    started: bool = False
    blocked: bool = False
    read: int = 0

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name or ''}".strip()

    def user(self) -> dict[str, Any]:
        """Return the Bot API's User."""
        return self._named({"id": self.id, "is_bot": False}) | {"language_code": self.language_code}

    def chat(self) -> dict[str, Any]:
        """Return the Bot API's Chat of this person with the bot."""
        return self._named({"id": self.id, "type": "private"})

    def _named(self, described: dict[str, Any]) -> dict[str, Any]:
        names = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
        }
        return described | {name: value for name, value in names.items() if value is not None}


class Group(Struct, frozen=True):
    """A group that the bot is a plain member of."""

    id: int
    title: str
    members: tuple[int, ...]

    def chat(self) -> dict[str, Any]:
        """Return the Bot API's Chat of this group."""
        return {"id": self.id, "type": "group", "title": self.title}


class People:
    """Everybody and every group that the miniature knows."""

    def __init__(self, memory: Memory) -> None:
        self._people = memory.table("people")
        self._groups = memory.table("groups")

    def add(self, person: Person) -> Person:
        """Add *person*, or put new facts in the place of the old."""
        self._people.put(str(person.id), asdict(person))
        return person

    def change(self, person: Person, **facts: Any) -> Person:
        """Return *person* with some facts changed, and keep that."""
        return self.add(replace(person, **facts))

    def add_group(self, group: Group) -> Group:
        """Add *group*; its id must be negative, as Telegram's are."""
        if group.id >= 0:
            raise ValueError("a group's id is negative")
        self._groups.put(str(group.id), asdict(group))
        return group

    def person(self, person_id: int) -> Person:
        """Return the person; ValueError if nobody has this id."""
        found = self._people.get(str(person_id))
        if found is None:
            raise ValueError(f"nobody has the id {person_id}")
        return Person(**found)

    def group(self, group_id: int) -> Group:
        """Return the group; ValueError if none has this id."""
        found = self._groups.get(str(group_id))
        if found is None:
            raise ValueError(f"no group has the id {group_id}")
        return Group(found["id"], found["title"], tuple(found["members"]))

    def everybody(self) -> list[Person]:
        """Return all people, the first added first."""
        return [Person(**facts) for _, facts in self._people.items()]

    def room(self, chat_id: int | str) -> Person | Group:
        """Return whose chat a call means.

        Raises:
            ApiError: 400 when there is no such chat.
        """
        if chat_id == "":
            raise bad_request("chat_id is empty")
        try:
            number = int(chat_id)
            return self.person(number) if number > 0 else self.group(number)
        except ValueError:
            raise bad_request("chat not found") from None

    def room_to_write(self, chat_id: int | str) -> Person | Group:
        """Return the chat of a call that writes to it.

        Raises:
            ApiError: 400 when there is no such chat, 403 when the bot may not write there.
        """
        room = self.room(chat_id)
        if isinstance(room, Person) and room.blocked:
            raise forbidden("bot was blocked by the user")
        if isinstance(room, Person) and not room.started:
            raise forbidden("bot can't initiate conversation with a user")
        return room
