"""The broadcaster: a message to many goes to the outbox batch by batch, each with the place that was reached.

A batch and the cursor are one transaction, so a kill loses nobody and doubles nobody; what is in the outbox is the
sender's, as any reply. The next batch is written when the last one is mostly sent: however many people there are, the
outbox, the memory and what a stop has to take out stay small. Replicas share a broadcast: whoever locks it writes.
"""

import datetime as dt
import logging
from collections.abc import Collection
from typing import NamedTuple

from bot.clock import Clock
from bot.sender import Sender
from bot.transport import Transport
from db.models import Broadcast, BroadcastState
from db.records import OutgoingRecord
from db.repositories import Repositories
from db.repositories.broadcasts import name_of
from db.transaction import Database, is_temporary
from handlers import broadcast_screens
from handlers.kit.content import UnreadableContentError

log = logging.getLogger(__name__)

# Accounts, or students, that are looked at in one transaction, and so the most rows that it writes.
BATCH = 250
# So few waiting rows are as good as sent: the next batch is written. Four seconds' worth at Telegram's rate.
LOW = 100
# How often the message that shows how far it is may change.
TELL_EVERY = dt.timedelta(seconds=5)
ONE_OF_MANY = 1


class _Step(NamedTuple):
    """What was written in one transaction, and whether another one is to follow at once."""

    rows: list[OutgoingRecord]
    behind: frozenset[int]
    goes_on: bool = False
    # Whether it still has people to be written to, which those that were started later wait for.
    is_at_it: bool = False


class Broadcaster:
    """Writes the rows of broadcasts that are under way, and tells their authors how far they are."""

    def __init__(
        self,
        *,
        database: Database,
        transport: Transport,
        sender: Sender,
        clock: Clock,
        appointed: Collection[int],
    ) -> None:
        """Hands rows to `sender`; the `appointed` accounts are instructors' by the environment."""
        self._database = database
        self._transport = transport
        self._sender = sender
        self._clock = clock
        self._appointed = appointed
        # Those that the log has named.
        self._unreadable: set[int] = set()

    async def look(self) -> None:
        """Goes on with what is under way, one broadcast after the other, as far as the outbox has room."""
        try:
            async with self._database.reading() as repos:
                running = await repos.broadcasts.list_running()
            for broadcast_id in running:
                if await self._goes_on_later(broadcast_id):
                    return
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("broadcasts wait for the next tick: the database is away")

    async def _goes_on_later(self, broadcast_id: int) -> bool:
        try:
            return await self._go_on(broadcast_id)
        except UnreadableContentError:
            # Those that were started later are not to wait for the version that can read it.
            if broadcast_id not in self._unreadable:
                log.exception("broadcast %s waits: this version cannot read it", broadcast_id)
            self._unreadable.add(broadcast_id)
            return False

    async def _go_on(self, broadcast_id: int) -> bool:
        """Writes what there is room for; returns whether more of this broadcast is to be written later."""
        while True:
            async with self._sender.lease.writing() as repos:
                step = await self._step(repos, broadcast_id)
            self._sender.deliver(step.rows, step.behind)
            if not step.goes_on:
                return step.is_at_it

    async def _step(self, repos: Repositories, broadcast_id: int) -> _Step:
        broadcast = await repos.broadcasts.lock(broadcast_id, skip=True)
        if broadcast is None:
            # A replica is at it.
            return _Step([], frozenset(), is_at_it=True)
        if broadcast.state is not BroadcastState.RUNNING:
            return _Step([], frozenset())
        rows: list[OutgoingRecord] = []
        if not broadcast.is_written and broadcast.waiting <= LOW:
            rows = await self._batch(repos, broadcast)
        if broadcast.is_written and not broadcast.waiting:
            repos.broadcasts.finish(broadcast, self._clock())
            log.info("broadcast %s is done: %d got it", broadcast.id, broadcast.sent)
        news = await self._news(repos, broadcast)
        await repos.outbox.add([*rows, *news])
        goes_on = not broadcast.is_written and broadcast.waiting <= LOW
        behind = await self._sender.lease.list_behind(repos, news)
        return _Step([*rows, *news], behind, goes_on, not broadcast.is_written)

    async def _batch(self, repos: Repositories, broadcast: Broadcast) -> list[OutgoingRecord]:
        now = self._clock()
        chats = await repos.broadcasts.walk(broadcast, limit=BATCH, appointed=self._appointed, now=now)
        method, params = broadcast_screens.call(broadcast)
        return [
            OutgoingRecord(
                chat_id=chat_id,
                method=method,
                content=params,
                owner=self._sender.owner,
                created_at=now,
                priority=ONE_OF_MANY,
                remember=name_of(broadcast),
                broadcast_id=broadcast.id,
            )
            for chat_id in chats
        ]

    async def _news(self, repos: Repositories, broadcast: Broadcast) -> list[OutgoingRecord]:
        """Returns the row that tells its author how far it is: now and then, and at the end."""
        now = self._clock()
        if broadcast.state is BroadcastState.RUNNING:
            is_due = broadcast.told_at is None or now - broadcast.told_at >= TELL_EVERY
            # What has not even reached them need not be followed by more of the same.
            if not is_due or not self._sender.has_room(broadcast.telegram_id, most=1):
                return []
        broadcast.told_at = now
        notice = await broadcast_screens.news(repos, broadcast, now)
        return [self._transport.notice(notice, now)] if notice else []
