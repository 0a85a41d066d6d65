"""What cannot be read: noted on the shelf once a trouble, without a word of it, for admins to hear of."""

import logging
from collections.abc import Collection
from functools import partial

from bot.clock import Clock
from bot.patience import outlast
from bot.reading import is_id
from bot.sender import Sender
from bot.shelving import Trouble
from bot.transport import Transport
from handlers import shelf

log = logging.getLogger(__name__)


class Unreadable:
    """Notes updates of which nobody knows whose they are."""

    def __init__(self, sender: Sender, transport: Transport, admin_ids: Collection[int], clock: Clock) -> None:
        """Tells the admins of each new trouble."""
        self._sender = sender
        self._transport = transport
        self._admin_ids = admin_ids
        self._clock = clock

    async def note(self, update_id: object, error: Exception) -> None:
        """Returns when all is noted that may be: what is garbage may hold a password. Waits for the database."""
        trouble = Trouble.without_words(error)
        log.error("update %s cannot be read: %s", update_id, trouble.fingerprint)
        # A retry's is negative: that lies on the shelf already.
        if isinstance(update_id, int) and is_id(update_id) and update_id >= 0:
            try:
                await outlast(partial(self._shelve, update_id, trouble))
            except Exception:  # whatever it is, what nobody can read must not end the process, nor come again for ever
                log.exception("update %s could not even be noted", update_id)

    async def _shelve(self, update_id: int, trouble: Trouble) -> None:
        now = self._clock()
        async with self._sender.lease.writing() as repos:
            reference = await repos.shelf.add_first(
                update_id=update_id, traceback=trouble.traceback, fingerprint=trouble.fingerprint, now=now
            )
            if reference is None:
                return
            notices = await shelf.news_of_unreadable(repos, reference, trouble.fingerprint, self._admin_ids)
            rows = [self._transport.notice(notice, now) for notice in notices]
            await repos.outbox.add(rows)
        self._sender.deliver(rows)
