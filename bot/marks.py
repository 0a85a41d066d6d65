"""Marks: what was sent is written down as sent, many rows at a time."""

import asyncio
import logging

from bot.clock import Clock
from db.repositories.outbox import Sent
from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0


class Marks:
    """The rows of a sender from the moment it takes them until they are marked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Holds nothing yet."""
        self._database = database
        self._clock = clock
        # Waiting to be sent or to be marked: a row comes here twice when a commit's confirmation was lost.
        self.held: set[int] = set()
        # Taken while marks are written.
        self.writing = asyncio.Lock()
        self._sent: list[Sent] = []
        self._unreachable: set[int] = set()
        self._has_news = asyncio.Event()

    def note(self, *sent: Sent) -> None:
        """Takes what is to be marked."""
        self._sent += sent
        self._has_news.set()

    def note_unreachable(self, chat_id: int) -> None:
        """Takes a chat that is to be known as unreachable, together with the rows that showed it."""
        self._unreachable.add(chat_id)

    async def write(self) -> None:
        """Marks what was sent. What a crash leaves unmarked is sent again: replies at least once."""
        async with self.writing:
            sent, self._sent = self._sent, []
            gone, self._unreachable = self._unreachable, set()
            if not sent:
                return
            try:
                async with self._database.transaction() as repos:
                    # Sessions, plans, broadcasts, rows: in this order everybody locks them.
                    if gone:
                        await repos.sessions.mark_unreachable(sorted(gone), self._clock())
                    for late in sorted({each.untold for each in sent if each.untold is not None}):
                        await repos.reminders.take_back(late.user_id, late.told_at)
                    if many := [each for each in sent if each.broadcast_id is not None]:
                        await repos.broadcasts.mark_sent(many)
                    if answers := [each for each in sent if each.broadcast_id is None]:
                        await repos.outbox.mark_sent(answers)
            except BaseException:
                self._sent, self._unreachable = sent + self._sent, gone | self._unreachable
                raise
            self.held.difference_update(each.row_id for each in sent)

    async def run(self) -> None:
        """Marks whenever there is something to mark, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            try:
                await self.write()
            except Exception as error:  # whatever it is, the next replies must be marked, too
                log.warning("sent rows wait to be marked", exc_info=not is_temporary(error))
                self._has_news.set()
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE
