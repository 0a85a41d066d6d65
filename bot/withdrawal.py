"""Withdrawal: rows that a process holds already, and that are not to be sent any more.

A broadcast's, for somebody has stopped it meanwhile; a reminder's, for whoever gets it would be asleep by now.
"""

import datetime as dt

from bot.delivery import Delivered, Postponed, Unreachable
from bot.metrics import Fate
from db.records import OutgoingRecord
from db.repositories.outbox import Untold
from db.transaction import Database

# What the messages of reminders are remembered as; the person's number follows.
REMINDER = "reminder/"
EXPIRED = "expired"


class Withdrawn:
    """The row is not to be sent any more."""


class Expired(Delivered, frozen=True):
    """The row came too late to be sent."""

    error: str | None = EXPIRED


async def is_withdrawn(database: Database, row: OutgoingRecord) -> bool:
    """Whether a row was taken out since it was written: looked up as late as can be, whichever process stops it."""
    if row.broadcast_id is None:
        return False
    async with database.reading() as repos:
        return not await repos.outbox.is_unsent(row.id)


def is_expired(row: OutgoingRecord, now: dt.datetime) -> bool:
    """Whether a row was good until a moment that is over."""
    return row.good_until is not None and row.good_until <= now


def untold(row: OutgoingRecord) -> Untold | None:
    """Returns whom a reminder that does not arrive was for, and when it was thought to be told."""
    kind, _slash, user_id = (row.remember or "").rpartition("/")
    return Untold(int(user_id), row.created_at) if f"{kind}/" == REMINDER else None


def fate_of(outcome: Delivered | Unreachable | Postponed | Withdrawn) -> Fate:
    """Returns what became of a row that is done, as the metrics call it."""
    if isinstance(outcome, Withdrawn):
        return "withdrawn"
    if isinstance(outcome, Unreachable):
        return "unreachable"
    if isinstance(outcome, Expired):
        return "expired"
    return "refused" if isinstance(outcome, Delivered) and outcome.error else "delivered"
