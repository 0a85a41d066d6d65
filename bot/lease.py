"""The lease on a sender's rows: whose they are, and who sends those that are nobody's any more."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from bot.clock import Clock
from db.records import OutgoingRecord
from db.repositories import Repositories
from db.transaction import Database

# A sender that has not renewed its lease for so long is taken for dead, and its rows go to a living one.
LEASE = timedelta(seconds=15)


class Estate(NamedTuple):
    """Rows to be sent, and the chats for which another process has older ones to send."""

    rows: list[OutgoingRecord]
    behind: frozenset[int]


class Lease:
    """What says that a sender lives, and that rows are its own."""

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        """Is not taken yet."""
        self._database = database
        self._clock = clock
        self._owner = owner
        # Whether a commit may have left rows here that nobody handed over.
        self.is_unsure = False

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Repositories]:
        """Yields the repositories of a transaction that leaves rows to the owner, which gets them when it is over.

        When it fails, its commit may have taken effect all the same, and the owner has to look for them.
        """
        try:
            async with self._database.transaction() as repos:
                yield repos
        except BaseException:
            self.is_unsure = True
            raise

    async def take(self) -> None:
        """Begins. On SQLite every earlier sender is dead."""
        async with self._database.transaction() as repos:
            await repos.outbox.end_leases(self._clock(), everyone=not self._database.has_replicas)
            await repos.outbox.renew_lease(self._owner, self._clock() + LEASE)

    async def renew(self, held: Collection[int]) -> set[int]:
        """Goes on; returns which of the rows that are held went to another sender, after a stall."""
        async with self._database.transaction() as repos:
            renewed = await repos.outbox.renew_lease(self._owner, self._clock() + LEASE)
            await repos.outbox.end_leases(self._clock(), everyone=False)
            return set() if renewed else await repos.outbox.list_lost(self._owner, held)

    async def give_back(self) -> None:
        """Ends, so that the next start need not wait for that."""
        async with self._database.transaction() as repos:
            await repos.outbox.release(self._owner)

    async def claim(self, limit: int) -> Estate:
        """Returns rows of dead senders, the owner's from now on."""
        async with self.writing() as repos:
            return await self._estate(repos, await repos.outbox.claim_abandoned(self._owner, limit))

    async def look(self) -> Estate:
        """Returns all rows of the owner that are not marked as sent, those that it holds included."""
        self.is_unsure = False
        async with self.writing() as repos:
            return await self._estate(repos, await repos.outbox.list_own(self._owner))

    async def _estate(self, repos: Repositories, rows: list[OutgoingRecord]) -> Estate:
        return Estate(rows, await self.list_behind(repos, rows))

    async def list_behind(self, repos: Repositories, rows: Collection[OutgoingRecord]) -> frozenset[int]:
        """Returns the chats of these rows for which other replicas have older ones to send."""
        if not rows or not self._database.has_replicas:
            return frozenset()
        return await repos.outbox.list_taken({row.chat_id for row in rows}, self._owner)
