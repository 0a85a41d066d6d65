"""Withdrawal: rows of a broadcast that a process holds already, and that somebody has stopped meanwhile."""

from db.records import OutgoingRecord
from db.transaction import Database


class Withdrawn:
    """The row is not to be sent any more."""


async def is_withdrawn(database: Database, row: OutgoingRecord) -> bool:
    """Whether a row was taken out since it was written: looked up as late as can be, whichever process stops it."""
    if row.broadcast_id is None:
        return False
    async with database.reading() as repos:
        return not await repos.outbox.is_unsent(row.id)
