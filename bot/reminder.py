"""The reminder: people who are due are claimed batch by batch, and what they are told goes to the outbox.

A batch is one transaction: plans, what was told, and the rows, so a kill loses nobody and doubles nobody; what is in
the outbox is the sender's. The next batch is claimed when the last one is mostly sent: with 200,000 people due at
seven in the evening, each is looked at, and their quiet hours too, close to the moment at which they are written to.
Replicas share those who are due: whom one has locked, the others leave out.
"""

import datetime as dt
import logging
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from bot.clock import Clock
from bot.sender import Sender
from bot.transport import Transport
from bot.withdrawal import REMINDER
from db.records import OutgoingRecord
from db.transaction import Database, is_temporary
from handlers.kit.reply import Notice
from handlers.reminders.claiming import Claim, claim
from handlers.reminders.kinds import Kind
from handlers.reminders.registry import KINDS

log = logging.getLogger(__name__)

# People who are looked at in one transaction: on SQLite, nobody else writes meanwhile.
BATCH = 50
# So many seconds' worth of waiting rows are enough until the next tick, also while a broadcast takes its part.
STOCK = 4.0
# What a sender without a limit is taken to send in a second.
UNLIMITED = 1000.0
ONE_OF_MANY = 1
# How long somebody is left alone whose reminder fails for a reason of ours.
PUT_OFF = dt.timedelta(hours=1)


class Reminder:
    """Claims who is due, and writes to them."""

    def __init__(
        self,
        *,
        database: Database,
        transport: Transport,
        sender: Sender,
        clock: Clock,
        zone: str,
        appointed: Collection[int],
        per_second: float,
        kinds: Sequence[Kind] = KINDS,
    ) -> None:
        """Hands rows to `sender`, which sends so many `per_second`, 0 being no limit.

        `zone` is that of chats without one, the `appointed` accounts are instructors' by the environment.
        """
        self._database = database
        self._transport = transport
        self._sender = sender
        self._clock = clock
        self._zone = zone
        self._appointed = appointed
        self._stock = STOCK * (per_second or UNLIMITED)
        self._kinds = kinds

    async def look(self) -> None:
        """Writes to those who are due, as far as the sender keeps up."""
        try:
            # Only what is the reminder's own counts: neither a broadcast nor this keeps the other from its turn.
            while self._sender.count_reminders() < self._stock and await self.step():
                pass
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("reminders wait for the next tick: the database is away")

    async def step(self) -> list[Claim]:
        """Returns what became of the next people who are due; there may be more."""
        try:
            return await self._claim(BATCH)
        except Exception as error:
            if is_temporary(error):
                raise
            log.exception("reminders fail: each person of the batch is looked at alone")
        return [one for _ in range(BATCH) for one in await self._claim_alone()]

    async def _claim_alone(self) -> list[Claim]:
        """Looks at one person; somebody whose reminder fails is put off, and keeps nobody else from theirs."""
        try:
            return await self._claim(1)
        except Exception as error:
            if is_temporary(error):
                raise
            log.exception("a reminder fails")
        now = self._clock()
        async with self._database.transaction() as repos:
            for person in await repos.reminders.claim(now, limit=1):
                # What was to come by now is still owed then.
                person.plan.next_due, person.plan.owed_since = now + PUT_OFF, person.plan.owed_since or now
                await repos.reminders.save([person.plan])
        return []

    async def _claim(self, limit: int) -> list[Claim]:
        now = self._clock()
        async with self._sender.lease.writing() as repos:
            people = await repos.reminders.claim(now, limit=limit, appointed=self._appointed)
            claims = await claim(repos, people, now, kinds=self._kinds, zone=self._zone) if people else []
            rows = [row for one in claims for row in self._rows(one)]
            await repos.outbox.add(rows)
        if rows:
            self._sender.deliver(rows)
        return claims

    def _rows(self, one: Claim) -> list[OutgoingRecord]:
        rows = []
        for message in one.messages:
            assert one.person.to is not None  # noqa: S101 (nothing is said to nobody)
            row = self._transport.notice(Notice(one.person.to, message.screen), message.at)
            name = f"{REMINDER}{one.person.plan.user_id}"
            rows.append(replace(row, priority=ONE_OF_MANY, remember=name, good_until=one.good_until))
        return rows
