"""Retention: accounts and chats that nobody has used for long are forgotten, and what admins did long ago."""

import datetime as dt
import logging

from bot.clock import Clock
from db.repositories import Repositories
from db.repositories.accounts import BATCH, Idle
from db.transaction import Database, is_temporary
from handlers.farewell import forget

log = logging.getLogger(__name__)


class Retention:
    """Forgets what RETENTION_DAYS and AUDIT_DAYS say, as /privacy promises."""

    def __init__(self, database: Database, clock: Clock, *, retention_days: int, audit_days: int) -> None:
        """Works on this database."""
        self._database = database
        self._clock = clock
        self._retention = dt.timedelta(days=retention_days)
        self._audit = dt.timedelta(days=audit_days)

    async def tick(self) -> None:
        """Forgets what is due, each account in a transaction of its own; what was missed is for the next time."""
        try:
            accounts = 0
            for _ in range(BATCH):
                found = await self._next_account()
                if found is None:
                    break
                accounts += found
            async with self._database.transaction() as repos:
                chats = await repos.accounts.forget_unused_chats(self._clock() - self._retention)
                await repos.audit.forget_old(self._clock() - self._audit)
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("forgetting waits for the next hour: the database is away")
        else:
            if accounts or chats:
                log.info("forgot %d accounts and %d chats that nobody has used for long", accounts, chats)

    async def _next_account(self) -> bool | None:
        """Returns whether an account is forgotten, or was found in use after all; None when none is left to look at."""
        before = self._clock() - self._retention
        async with self._database.transaction() as repos:
            idle = await repos.accounts.next_idle(before)
            if idle is None:
                return None
            if (until := await self._in_use_until(repos, idle, before)) is not None:
                await repos.users.touch(idle.user.id, until)
                return False
            await forget(repos, idle.user, self._clock())
        return True

    async def _in_use_until(self, repos: Repositories, idle: Idle, before: dt.datetime) -> dt.datetime | None:
        """Returns until when an account is known to be of use; None when it is not."""
        if idle.seen_at is not None and idle.seen_at >= before:
            return idle.seen_at
        # Its students are not to lose a course that goes on.
        return self._clock() if await repos.handovers.list_own(idle.user.id) else None
