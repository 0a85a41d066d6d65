"""Looks: a view that only reads is answered without a row in the database.

It runs on a reader, so the writer stays free, and its reply leaves at once; only then is its update confirmed. When
that cannot be, because Telegram did not take the reply, or something goes before it, or the view has something to write
after all, the update goes the usual way, as if it came now: what was only read can be read again. A kill between the
reply and the confirmation brings the reply again, as it does with a reply that is not marked as sent.
"""

import logging
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

from telegram import Update

from bot.deadline import Deadline
from bot.matching import Match
from bot.requests import Requests, person_of
from bot.sender import Sender
from bot.transport import Transport
from db.records import OutgoingRecord
from db.transaction import Database
from handlers.talk import Talk

log = logging.getLogger(__name__)


class Look(NamedTuple):
    """What a look came to: the word that answers its press."""

    toast: str | None


class Looks:
    """Answers updates whose views only read."""

    def __init__(
        self, *, talk: Talk, requests: Requests, database: Database, transport: Transport, sender: Sender
    ) -> None:
        """Reads from the database, and hands replies to the sender."""
        self._talk = talk
        self._requests = requests
        self._database = database
        self._transport = transport
        self._sender = sender

    async def answer(
        self, update: Update, match: Match, place: AbstractAsyncContextManager[None], deadline: float
    ) -> Look | None:
        """Returns when the reply has arrived; None when the update is to go the usual way.

        Works at its `place`, and for so many seconds until the `deadline`.
        """
        if not match.route.looks:
            return None
        try:
            async with place, Deadline(deadline):
                found = await self._look(update, match)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it meets the usual way, which knows what to do
            log.debug("update %s is more than a look: %r", update.update_id, error)
            return None
        if found is None or not await self._sender.send_at_once(found[0]):
            return None
        return found[1]

    async def _look(self, update: Update, match: Match) -> tuple[OutgoingRecord, Look] | None:
        """Returns the only row of a reply; None when there is more than that to say, or anything to write."""
        now = self._requests.now()
        async with self._database.reading() as repos:
            visit = await repos.sessions.look(person_of(update).id, update.update_id, now)
            if visit is None or visit.answered:
                return None
            request = self._requests.of(update, match, visit, now, {})
            said = await self._talk.respond(match.route, request, repos)
            rows = self._transport.rows(said, request)
            if len(rows) != 1 or repos.has_changes or await self._sender.lease.list_behind(repos, rows):
                return None
        return rows[0], Look(self._transport.toast(said, request))
