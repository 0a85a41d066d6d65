"""Retries: what admins want to see tried again is handled once more, as if it came now.

An entry's content runs through the pipeline like any update, under an id of its own: minus the entry's number, for
Telegram's ids are positive, and under the old id the apology would make it look answered. The entry is deleted when
that is committed, in a transaction of its own. A process that is killed in between, or a replica that has the same
entry in its hands, hands the id in again, and finds it answered: the same proof, under the same lock, as when Telegram
offers an update twice.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.clock import Clock
from bot.metrics import Handled
from bot.sender import Sender
from bot.transport import Transport
from db.models import ShelvedUpdate
from db.records import OutgoingRecord
from db.repositories import Repositories
from db.transaction import Database, is_temporary
from handlers import shelf

log = logging.getLogger(__name__)

Process = Callable[[Mapping[str, Any]], Coroutine[Any, Any, Handled]]


class Retries:
    """Tries again what lies on the shelf and was asked for."""

    def __init__(
        self,
        *,
        process: Process,
        begin_wary: Callable[[], None],
        database: Database,
        transport: Transport,
        sender: Sender,
        clock: Clock,
    ) -> None:
        """Hands updates to `process`, after `begin_wary` is told that one may be about to end the process."""
        self._process = process
        self._begin_wary = begin_wary
        self._database = database
        self._transport = transport
        self._sender = sender
        self._clock = clock

    async def look(self) -> None:
        """Tries again what was asked for, one after the other, until nothing is left."""
        try:
            while (entry := await self._next()) is not None:
                await self._retry(entry)
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("what is to be tried again waits for the next tick: the database is away")

    async def _next(self) -> ShelvedUpdate | None:
        async with self._database.transaction() as repos:
            return await repos.shelf.next_asked()

    async def _retry(self, entry: ShelvedUpdate) -> None:
        self._begin_wary()
        try:
            handled = await self._process({**(entry.content or {}), "update_id": -entry.id})
        except Exception:  # whatever it is, the entry must not be tried for ever, and the next ones wait
            log.exception("number %s could not be tried again", entry.id)
            await self._settle(entry, is_handled=False)
        else:
            await self._settle(entry, is_handled=handled not in {"unreadable", "ignored", "unread"})

    async def _settle(self, entry: ShelvedUpdate, *, is_handled: bool) -> None:
        """Takes an entry off the shelf, or leaves it to another press, and tells who asked; one of several replicas."""
        async with self._sender.lease.writing() as repos:
            if is_handled:
                is_first = await repos.shelf.clear(entry.id)
                again = await repos.shelf.get_of_update(-entry.id)
            else:
                is_first = await repos.shelf.put_back(entry.id)
                again = entry
            rows = await self._rows(repos, entry, again) if is_first else []
            await repos.outbox.add(rows)
        self._sender.deliver(rows)

    async def _rows(
        self, repos: Repositories, entry: ShelvedUpdate, again: ShelvedUpdate | None
    ) -> list[OutgoingRecord]:
        notice = await shelf.outcome(repos, entry, again)
        return [self._transport.notice(notice, self._clock())] if notice else []
