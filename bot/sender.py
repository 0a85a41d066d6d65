"""The sender: outbox rows leave in order within a chat, at a rate that Telegram takes, people before broadcasts.

The only place that sends messages. Everything that comes here has been committed before, but for what `send_at_once`
gets: that is nowhere, and may be said again.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable

from bot.clock import Clock
from bot.delivery import Calls, Delivered, Postponed, Unreachable, deliver
from bot.lease import Lease
from bot.mailboxes import Mailbox, Mailboxes
from bot.marks import Marks
from bot.metrics import Metrics
from bot.pace import Gate
from bot.rendering import Rendering, is_rendered
from bot.withdrawal import Expired, Withdrawn, fate_of, is_expired, is_withdrawn, untold
from db.keyring import WrongKeyError
from db.records import OutgoingRecord
from db.repositories.outbox import Sent
from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
# How often the lease is renewed: a third of its time.
HEARTBEAT = 5.0
# How often to look whether another process has sent its older rows of a chat.
BEHIND_PAUSE = 0.2
CLAIM_LIMIT = 500
# Seconds in which a reply that is written nowhere must have left.
AT_ONCE = 5.0
# Answers such as 500 to one row, while others get through, until it is given up: it holds up its chat.
MAX_FAILURES = 20
# So many answers may wait for one chat: more than a minute's.
CROWDED = 100
# So many chats told to wait within so many seconds are taken for all of them.
FLOODED_CHATS, FLOOD_WINDOW = 3, 5.0


class Sender:
    """Sends what was committed, and marks it as sent."""

    def __init__(
        self,
        api: Calls,
        database: Database,
        rendering: Rendering,
        clock: Clock,
        metrics: Metrics,
        *,
        owner: str,
        per_second: float,
        per_chat: float,
    ) -> None:
        """Sends rows of `owner`: `per_second` to all, `per_chat` to one after a burst; 0 is no limit."""
        self._api = api
        self._database = database
        self._rendering = rendering
        self._clock = clock
        self._metrics = metrics
        self.owner = owner
        self.lease = Lease(database, clock, owner)
        self.marks = Marks(database, clock)
        self._gate = Gate(per_second, time.monotonic)
        self._mailboxes = Mailboxes(per_chat, time.monotonic)
        self._floods: dict[int, float] = {}
        # How many rows Telegram has answered for good.
        self._answered = 0

    def deliver(self, rows: Iterable[OutgoingRecord], behind: Collection[int] = ()) -> None:
        """Takes committed rows, to be sent in this order within each chat.

        In the chats of `behind`, another process sends its older rows first.
        """
        for row in rows:
            if row.id in self.marks.held:
                continue
            self.marks.held.add(row.id)
            mailbox = self._mailboxes.of(row)
            mailbox.is_behind |= row.chat_id in behind
            mailbox.put(row)
            self._begin(mailbox)

    def _begin(self, mailbox: Mailbox) -> None:
        if not mailbox.is_passed and (mailbox.task is None or mailbox.task.done()):
            mailbox.task = asyncio.create_task(self._empty(mailbox))

    async def send_at_once(self, row: OutgoingRecord) -> bool:
        """Sends a row that is written nowhere, if it may leave at this moment; returns whether that is done.

        Otherwise it is for the outbox: Telegram did not take it, or something else goes before it.
        """
        mailbox = self._mailboxes.of(row)
        if is_rendered(row) or not (mailbox.is_clear and self._gate.slip_through()):
            return False
        mailbox.take_leave()
        mailbox.is_passed = True
        try:
            async with asyncio.timeout(AT_ONCE):
                outcome = await self._send(row)
            if isinstance(outcome, Postponed):
                self._postpone(row, outcome)
                mailbox.rest(FIRST_PAUSE if outcome.seconds is None else outcome.seconds)
        except TimeoutError:
            return False
        finally:
            mailbox.is_passed = False
            if mailbox.rows:
                self._begin(mailbox)
            self._mailboxes.leave(row)
        if isinstance(outcome, Delivered):
            self._answered += 1
            self._metrics.sent(fate_of(outcome), row.priority)
        return isinstance(outcome, Delivered)

    def has_room(self, chat_id: int, most: int = CROWDED) -> bool:
        """Whether a chat may be given more to read: fewer than so many answers wait for it."""
        return self._mailboxes.count(chat_id) < most

    def count_reminders(self) -> int:
        """Returns how many messages wait that nobody asked for and that are no broadcast's."""
        return self._mailboxes.count_reminders()

    @property
    def unsent(self) -> int:
        """How many rows are held and not yet marked as sent."""
        return len(self.marks.held)

    async def drain(self) -> None:
        """Returns when everything taken so far is sent and marked."""
        while tasks := self._mailboxes.tasks():
            await asyncio.wait(tasks)
        await self.marks.write()

    async def run(self) -> None:
        """Marks what was sent, keeps the lease, and takes over what dead senders left. Runs until cancelled.

        Raises:
            db.keyring.WrongKeyError: when the database has got another key, among the errors of a group.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self.marks.run())
            group.create_task(self._keep_lease())

    async def start(self) -> None:
        """Takes the lease and sends what an earlier process left. On SQLite every earlier one is dead."""
        await self.lease.take()
        await self._take_over()

    async def stop(self) -> None:
        """Stops sending and gives the lease back, so that the next start need not wait for its end."""
        tasks = self._mailboxes.tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self.marks.write()
            await self.lease.give_back()
        except Exception as error:
            log.warning("the lease ends by itself", exc_info=not is_temporary(error))

    async def _empty(self, mailbox: Mailbox) -> None:
        pause, failures, answered = FIRST_PAUSE, 0, -1
        while mailbox.rows:
            if mailbox.is_behind:
                await self._wait_for_others(mailbox)
                continue
            if pause_before := mailbox.take_leave():
                await asyncio.sleep(pause_before)
            if mailbox.rows:
                await self._gate.enter(mailbox.rows[0].priority)
            if not mailbox.rows:  # taken over by another sender meanwhile
                return
            row = mailbox.rows[0]
            outcome = await self._send(row)
            if isinstance(outcome, Postponed):
                # While nobody else gets through either, it is not this row that fails.
                if outcome.why == "server" and answered != self._answered:
                    failures, answered = failures + 1, self._answered
                if failures < MAX_FAILURES:
                    self._postpone(row, outcome)
                    await asyncio.sleep(outcome.seconds if outcome.seconds is not None else pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                log.error("outbox row %s is given up: %s", row.id, outcome.reason)
                self._metrics.sent("given_up", row.priority)
                outcome = Delivered(error=outcome.reason)
            else:
                self._answered += not isinstance(outcome, Withdrawn | Expired)
                self._metrics.sent(fate_of(outcome), row.priority)
            pause, failures = FIRST_PAUSE, 0
            self._finish(mailbox, row, outcome)
            self._mailboxes.leave(row)

    async def _wait_for_others(self, mailbox: Mailbox) -> None:
        """Waits a while for another process that has older rows of this chat; if it dies, a living one gets them."""
        row = mailbox.rows[0]
        try:
            async with self._database.transaction() as repos:
                taken = await repos.outbox.list_taken({row.chat_id}, self.owner, before=row.id)
        except Exception as error:  # whatever it is, these rows are nobody else's to send
            log.warning("chat %s waits for another process", row.chat_id, exc_info=not is_temporary(error))
            await asyncio.sleep(FIRST_PAUSE)
            return
        mailbox.is_behind = bool(taken)
        if taken:
            await asyncio.sleep(BEHIND_PAUSE)

    async def _send(self, row: OutgoingRecord) -> Delivered | Postponed | Unreachable | Withdrawn:
        try:
            if is_expired(row, self._clock()):
                return Expired()
            if await is_withdrawn(self._database, row):
                return Withdrawn()
            if is_rendered(row):
                return await self._rendering.deliver(self._api, row)
            return await deliver(self._api, row, await self._recall(row))
        except Exception as error:
            if is_temporary(error):
                return Postponed("database", "the database is away")
            # A row that cannot be sent for a reason of ours must not hold up the chat for ever.
            log.exception("outbox row %s cannot be sent", row.id)
            return Delivered(error=type(error).__name__)

    def _postpone(self, row: OutgoingRecord, outcome: Postponed) -> None:
        """Holds everybody back when Telegram holds back several chats at once: then it means the whole bot."""
        log.warning("chat %s waits: %s", row.chat_id, outcome.reason)
        self._metrics.postponed(outcome.why)
        if outcome.why != "flood" or outcome.seconds is None:
            return
        now = time.monotonic()
        self._floods = {chat: at for chat, at in self._floods.items() if now - at < FLOOD_WINDOW} | {row.chat_id: now}
        if len(self._floods) >= FLOODED_CHATS:
            self._gate.close(outcome.seconds)

    def _finish(self, mailbox: Mailbox, row: OutgoingRecord, outcome: Delivered | Unreachable | Withdrawn) -> None:
        now = self._clock()
        if isinstance(outcome, Unreachable):
            log.info("chat %s is unreachable: %s", row.chat_id, outcome.reason)
            self.marks.note_unreachable(row.chat_id)
            ended = Sent(row.id, now, error=outcome.reason[:200], is_unreachable=True)
            for one in mailbox.rows:
                self.marks.note(ended._replace(row_id=one.id, broadcast_id=one.broadcast_id, untold=untold(one)))
            mailbox.rows.clear()
            return
        if isinstance(outcome, Withdrawn):
            self.marks.held.discard(row.id)
        else:
            forgotten = untold(row) if isinstance(outcome, Expired) else None
            self.marks.note(Sent(row.id, now, outcome.message_id, outcome.error, row.broadcast_id, untold=forgotten))
        mailbox.take_out(row)

    async def _recall(self, row: OutgoingRecord) -> int | None:
        """Returns the id of the message that a row is to edit."""
        if row.edits is None:
            return None
        await self.marks.write()
        async with self._database.transaction() as repos:
            return await repos.outbox.get_remembered(row.chat_id, row.edits)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._mailboxes.tidy()
            try:
                await self._renew_lease()
                await self._take_over()
            except WrongKeyError:
                raise
            except Exception as error:  # whatever it is, the next beat must come, or others take this one for dead
                log.warning("the lease waits to be renewed", exc_info=not is_temporary(error))

    async def _renew_lease(self) -> None:
        lost = await self.lease.renew(frozenset(self.marks.held))
        if lost:
            log.warning("stalled for longer than the lease: %d replies were taken over", len(lost))
            self._mailboxes.give_up(lost)
            self.marks.held -= lost

    async def _take_over(self) -> None:
        if self.lease.is_unsure:
            # Not while marks are under way: what has just been sent would come again.
            async with self.marks.writing:
                self.deliver(*await self.lease.look())
        rows = None
        # All of them, before a chat's next reply comes to stand behind: order within a chat.
        while rows is None or len(rows) == CLAIM_LIMIT:
            rows, behind = await self.lease.claim(CLAIM_LIMIT)
            if rows:
                log.info("sending %d replies that an earlier process left", len(rows))
                self.deliver(rows, behind)
