"""The sender: outbox rows leave in order within a chat, at a rate that Telegram takes, people before broadcasts.

The only place that sends messages. Everything that comes here has been committed before.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from bot.api import Api
from bot.clock import Clock
from bot.delivery import Delivered, Postponed, Unreachable, deliver
from bot.pace import CHAT_BURST, Bucket, Gate
from db.models import Outgoing
from db.repositories.outbox import Sent
from db.transaction import Database, is_away

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
# A sender that has not renewed its lease for so long is taken for dead, and its rows go to a living one.
LEASE, HEARTBEAT = timedelta(seconds=30), 10.0
CLAIM_LIMIT = 500


class Mailbox:
    """One chat's waiting rows and its rate; forgotten when neither tells anything."""

    def __init__(self, bucket: Bucket) -> None:
        """Begins empty."""
        self.rows: deque[Outgoing] = deque()
        self.bucket = bucket
        self.task: asyncio.Task[None] | None = None


class Sender:
    """Sends what was committed, and marks it as sent."""

    def __init__(
        self, api: Api, database: Database, clock: Clock, *, owner: str, per_second: float, per_chat: float
    ) -> None:
        """Sends rows of `owner`: `per_second` to all, `per_chat` to one after a burst; 0 is no limit."""
        self._api = api
        self._database = database
        self._clock = clock
        self._owner = owner
        self._per_chat = per_chat
        self._gate = Gate(per_second, time.monotonic)
        self._mailboxes: dict[int, Mailbox] = {}
        self._sent: list[Sent] = []
        self._unreachable: set[int] = set()
        self._marking = asyncio.Lock()
        self._has_news = asyncio.Event()

    def deliver(self, rows: Iterable[Outgoing]) -> None:
        """Takes committed rows, to be sent in this order within each chat."""
        for row in rows:
            mailbox = self._mailboxes.get(row.chat_id)
            if mailbox is None:
                mailbox = self._mailboxes[row.chat_id] = Mailbox(Bucket(self._per_chat, CHAT_BURST, time.monotonic))
            mailbox.rows.append(row)
            if mailbox.task is None or mailbox.task.done():
                mailbox.task = asyncio.create_task(self._empty(mailbox))

    async def drain(self) -> None:
        """Returns when everything taken so far is sent and marked."""
        while tasks := [box.task for box in self._mailboxes.values() if box.task and not box.task.done()]:
            await asyncio.wait(tasks)
        await self.mark()

    async def run(self) -> None:
        """Marks what was sent, keeps the lease, and takes over what dead senders left. Runs until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_marking())
            group.create_task(self._keep_lease())

    async def start(self) -> None:
        """Takes the lease and sends what an earlier process left. On SQLite every earlier one is dead."""
        async with self._database.transaction() as repos:
            await repos.outbox.end_leases(self._clock(), everyone=not self._database.has_replicas)
            await repos.outbox.renew_lease(self._owner, self._clock() + LEASE)
        await self._take_over()

    async def stop(self) -> None:
        """Stops sending and gives the lease back, so that the next start need not wait for its end."""
        tasks = [box.task for box in self._mailboxes.values() if box.task and not box.task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self.mark()
            async with self._database.transaction() as repos:
                await repos.outbox.release(self._owner)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("the lease ends by itself: the database is away")

    async def _empty(self, mailbox: Mailbox) -> None:
        pause = FIRST_PAUSE
        while mailbox.rows:
            row = mailbox.rows[0]
            await asyncio.sleep(mailbox.bucket.take())
            await self._gate.enter(row.priority)
            outcome = await self._send(row)
            if isinstance(outcome, Postponed):
                log.warning("chat %s waits: %s", row.chat_id, outcome.reason)
                await asyncio.sleep(outcome.seconds if outcome.seconds is not None else pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._finish(mailbox, row, outcome)

    async def _send(self, row: Outgoing) -> Delivered | Postponed | Unreachable:
        try:
            return await deliver(self._api, row, await self._recall(row))
        except Exception as error:
            if is_away(error):
                return Postponed(None, "the database is away")
            # A row that cannot be sent for a reason of ours must not hold up the chat for ever.
            log.exception("outbox row %s cannot be sent", row.id)
            return Delivered(error=type(error).__name__)

    def _finish(self, mailbox: Mailbox, row: Outgoing, outcome: Delivered | Unreachable) -> None:
        now = self._clock()
        if isinstance(outcome, Unreachable):
            log.info("chat %s is unreachable: %s", row.chat_id, outcome.reason)
            self._unreachable.add(row.chat_id)
            self._sent += [Sent(each.id, now, error=outcome.reason[:200]) for each in mailbox.rows]
            mailbox.rows.clear()
        else:
            self._sent.append(Sent(row.id, now, outcome.message_id, outcome.error))
            mailbox.rows.popleft()
        self._has_news.set()

    def _tidy(self) -> None:
        """Forgets chats that a new mailbox would serve as well."""
        idle = [chat_id for chat_id, box in self._mailboxes.items() if not box.rows and box.bucket.is_full]
        for chat_id in idle:
            del self._mailboxes[chat_id]

    async def _recall(self, row: Outgoing) -> int | None:
        """Returns the id of the message that a row is to edit."""
        if row.edits is None:
            return None
        await self.mark()
        async with self._database.transaction() as repos:
            return await repos.outbox.get_remembered(row.chat_id, row.edits)

    async def mark(self) -> None:
        """Marks what was sent. What a crash leaves unmarked is sent again: replies at least once."""
        async with self._marking:
            sent, self._sent = self._sent, []
            gone, self._unreachable = self._unreachable, set()
            if not sent:
                return
            try:
                async with self._database.transaction() as repos:
                    await repos.outbox.mark_sent(sent)
                    if gone:
                        await repos.sessions.mark_unreachable(gone, self._clock())
            except BaseException:
                self._sent, self._unreachable = sent + self._sent, gone | self._unreachable
                raise

    async def _keep_marking(self) -> None:
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            try:
                await self.mark()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("sent rows wait to be marked: the database is away")
                self._has_news.set()
                await asyncio.sleep(FIRST_PAUSE)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._tidy()
            try:
                async with self._database.transaction() as repos:
                    await repos.outbox.renew_lease(self._owner, self._clock() + LEASE)
                    await repos.outbox.end_leases(self._clock(), everyone=False)
                await self._take_over()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("the lease waits to be renewed: the database is away")

    async def _take_over(self) -> None:
        rows = None
        # All of them, before a chat's next reply comes to stand behind: order within a chat.
        while rows is None or len(rows) == CLAIM_LIMIT:
            async with self._database.transaction() as repos:
                rows = await repos.outbox.claim_abandoned(self._owner, CLAIM_LIMIT)
            if rows:
                log.info("sending %d replies that an earlier process left", len(rows))
                self.deliver(rows)
