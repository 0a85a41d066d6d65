"""Everything that the miniature knows, in one place for its calls and its people's acts."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.playground.files import Files
from bot.playground.history import History, Message
from bot.playground.journal import Journal
from bot.playground.menus import Menus
from bot.playground.people import People
from bot.playground.queries import Queries
from bot.playground.store import Memory, Store
from bot.playground.updates import Updates
from bot.playground.webhook import Webhook

_YEAR = 366 * 24 * 3600


class Toast(Struct, frozen=True):
    """What a person sees after pressing a button: a passing line, or a dialog (``alert``)."""

    text: str
    alert: bool = False
    url: str | None = None


class Event(Struct, frozen=True):
    """Something that the page shows, or whoever launched the server acts on.

    Kinds: 'chat', 'toast', 'answered' (a query), 'action', 'people', 'commands', 'ahead' and 'reset'.
    """

    kind: str
    chat_id: int = 0
    data: Any = None


class World:
    """The parts of the miniature; each has its own rules."""

    def __init__(self, *, token: str, username: str, clock: Callable[[], datetime], store: Store) -> None:
        self.clock = clock
        self.token = token
        self._bot_id = int(token.partition(":")[0])
        self.memory = Memory(store)
        self.people = People(self.memory)
        self.history = History(self.memory)
        self.files = Files(self.memory, self._bot_id)
        self.updates = Updates(self.memory, self.seconds)
        self.webhook = Webhook(self.memory, self.now)
        self.queries = Queries(self.memory, self.seconds)
        self.menus = Menus(self.memory)
        self.journal = Journal()
        self._counters = self.memory.table("counters")
        self.toasts: defaultdict[int, list[Toast]] = defaultdict(list)
        self.listeners: list[Callable[[Event], None]] = []
        self._username = username

    def change_token(self, token: str) -> None:
        """Belong to the bot of another token from now on; file ids of the one before are foreign to it."""
        self.token = token
        self._bot_id = self.files.bot_id = int(token.partition(":")[0])

    def seconds(self) -> float:
        """Return the time as a Unix timestamp."""
        return self.clock().timestamp() + self.ahead

    @property
    def ahead(self) -> int:
        """How many seconds the time here is ahead of the machine's."""
        return int(self._counters.get("ahead", 0))

    def forward(self, seconds: int) -> None:
        """Move the time on; it never goes back, for what has happened stays in the past.

        Raises:
            ValueError: when *seconds* are none or less, or more than a year.
        """
        if not 0 < seconds <= _YEAR:
            raise ValueError("the clock goes forward, by a year at most")
        self._counters.put("ahead", self.ahead + seconds)
        self.tell("ahead", data=self.ahead)

    def now(self) -> int:
        """Return the time in whole seconds, as messages are dated."""
        return int(self.seconds())

    @property
    def listening(self) -> bool:
        """Whether a bot is there: it asks for updates, or takes those that are delivered."""
        return self.webhook.works or self.updates.listening

    def bot(self) -> dict[str, Any]:
        """Return the Bot API's User for the bot itself."""
        return {
            "id": self._bot_id,
            "is_bot": True,
            "first_name": "Syllabot",
            "username": self._username,
        }

    def post(self, sender: dict[str, Any], chat: dict[str, Any], content: Message) -> Message:
        """Put a new message in *chat* and return it."""
        message = {
            "message_id": self.history.next_id(),
            "from": sender,
            "chat": chat,
            "date": self.now(),
        } | content
        self.history.put(message)
        self.tell("chat", chat["id"])
        return message

    def quote(self, chat_id: int, message_id: int) -> Message | None:
        """Return the message as a reply to it shows it: without what it replied to itself."""
        found = self.history.get(chat_id, message_id)
        if found is None:
            return None
        return {name: value for name, value in found.items() if name != "reply_to_message"}

    def tell(self, kind: str, chat_id: int = 0, data: object = None) -> None:
        """Tell the listeners of something that the page shows."""
        for listener in self.listeners:
            listener(Event(kind, chat_id, data))
