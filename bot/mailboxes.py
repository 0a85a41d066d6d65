"""Mailboxes: what waits to be sent, chat by chat."""

import asyncio
from collections.abc import Callable, Container
from contextlib import suppress

from bot.pace import Pace, pace_of
from db.records import OutgoingRecord


class Mailbox:
    """One chat's waiting rows and its pace; forgotten when neither tells anything."""

    def __init__(self, pace: Pace, clock: Callable[[], float]) -> None:
        """Begins empty; `clock` counts seconds."""
        self.rows: list[OutgoingRecord] = []
        self.pace = pace
        self._clock = clock
        self._rests_until = clock()
        # Whether another process may have older rows of this chat.
        self.is_behind = False
        # Whether something is on its way that never waited here.
        self.is_passed = False
        self.task: asyncio.Task[None] | None = None

    @property
    def is_clear(self) -> bool:
        """Whether a message may leave at once, and comes after all that came before."""
        return not (self.rows or self.is_passed or self._rest) and self.pace.is_free

    @property
    def is_idle(self) -> bool:
        """Whether a new one would serve as well."""
        return not (self.rows or self.is_passed or self._rest) and self.pace.is_rested

    def rest(self, seconds: float) -> None:
        """Lets nothing leave for so long."""
        self._rests_until = self._clock() + seconds

    def take_leave(self) -> float:
        """Takes leave to send one message; returns the seconds to wait before."""
        return max(self.pace.take(), self._rest)

    @property
    def _rest(self) -> float:
        return max(0.0, self._rests_until - self._clock())

    def put(self, row: OutgoingRecord) -> None:
        """Takes a row, in order; one that a dead sender left comes before those that were waiting for it."""
        place = len(self.rows)
        while place and self.rows[place - 1].id > row.id:
            place -= 1
        self.rows.insert(place, row)

    def take_out(self, row: OutgoingRecord) -> None:
        """Gives a row up; gone already when another sender took it over while this one was stalled."""
        with suppress(ValueError):
            self.rows.remove(row)


class Mailboxes:
    """As many mailboxes as there are chats with something to send, or to remember of their pace."""

    def __init__(self, per_chat: float, clock: Callable[[], float]) -> None:
        """Lets `per_chat` messages a second go to one chat after a burst; 0 is no limit. `clock` counts seconds."""
        self._per_chat = per_chat
        self._clock = clock
        self._boxes: dict[tuple[int, bool], Mailbox] = {}

    def __len__(self) -> int:
        return len(self._boxes)

    def of(self, row: OutgoingRecord) -> Mailbox:
        """Returns the mailbox of a row. A chat's broadcasts have their own: an answer does not queue behind them."""
        is_broadcast = row.priority > 0
        if (row.chat_id, is_broadcast) not in self._boxes:
            beside = self._boxes.get((row.chat_id, not is_broadcast))
            pace = beside.pace if beside else pace_of(row.chat_id, self._per_chat, self._clock)
            self._boxes[row.chat_id, is_broadcast] = Mailbox(pace, self._clock)
        return self._boxes[row.chat_id, is_broadcast]

    def count(self, chat_id: int) -> int:
        """Returns how many answers wait for a chat."""
        box = self._boxes.get((chat_id, False))
        return len(box.rows) if box else 0

    def count_reminders(self) -> int:
        """Returns how many messages wait that nobody asked for and that are no broadcast's."""
        many = (box for (_chat_id, is_broadcast), box in self._boxes.items() if is_broadcast)
        return sum(row.broadcast_id is None for box in many for row in box.rows)

    def tasks(self) -> list[asyncio.Task[None]]:
        """Returns the tasks that are emptying a mailbox."""
        return [box.task for box in self._boxes.values() if box.task and not box.task.done()]

    def give_up(self, row_ids: Container[int]) -> None:
        """Forgets rows that another sender has."""
        for box in self._boxes.values():
            box.rows = [row for row in box.rows if row.id not in row_ids]

    def leave(self, row: OutgoingRecord) -> None:
        """Forgets the mailbox of a row that is done, unless it has more to tell."""
        key = row.chat_id, row.priority > 0
        if key in self._boxes and self._boxes[key].is_idle:
            del self._boxes[key]

    def tidy(self) -> None:
        """Forgets chats that a new mailbox would serve as well by now."""
        for key in [key for key, box in self._boxes.items() if box.is_idle]:
            del self._boxes[key]
