"""The tidier: what the database says of files, and what is in the store, are made to agree again."""

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence

from bot.clock import Clock
from bot.store import Store
from db.repositories.media import USES
from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

# Rows that are looked at at a time.
PAGE = 500
# What no block shows any more is forgotten when this long no block with it was written.
FORGET_AFTER = dt.timedelta(days=1)


class Tidier:
    """Finds copies that were lost, and removes those that nobody needs."""

    def __init__(self, database: Database, store: Store, clock: Clock) -> None:
        """Does nothing before it is told to."""
        self._database = database
        self._store = store
        self._clock = clock

    async def tidy(self) -> None:
        """Has lost copies fetched again, and removes files that nobody needs. The next hour does what fails in this."""
        try:
            await self._look_for_lost()
            await self._forget_unused()
            await self._remove_unneeded()
        except OSError as error:
            log.warning("%s cannot be tidied: %s", self._store.directory, error.strerror)
        except Exception as error:
            if not is_temporary(error):
                raise
            log.warning("tidying files waits for the next hour: the database is away")

    async def _forget_unused(self) -> None:
        """Forgets media of blocks that were replaced; those of removed lessons are still there."""
        # Before what is used is looked for: a block that is written meanwhile registers its medium anew.
        before, used = self._clock() - FORGET_AFTER, await self._used()
        after = ""
        while True:
            async with self._database.reading() as repos:
                page = await repos.media.list_all(PAGE, after)
            if not page:
                return
            await asyncio.sleep(0)  # SQLite's reader never gives the loop away itself
            after = page[-1]
            if unused := [unique_id for unique_id in page if unique_id not in used]:
                async with self._database.transaction() as repos:
                    forgotten = await repos.media.forget(unused, before)
                log.info("forgot %d files that no lesson shows any more", len(forgotten))

    async def _used(self) -> set[str]:
        found: set[str] = set()
        for use in USES:
            after: int | None = 0
            while after is not None:
                async with self._database.reading() as repos:
                    page = await repos.media.list_used(use, PAGE, after)
                found.update(unique_id for _key, unique_id in page if unique_id)
                await asyncio.sleep(0)
                after = page[-1][0] if page else None
        return found

    async def _remove_unneeded(self) -> None:
        await asyncio.to_thread(self._store.clear_leftovers)
        for names in await asyncio.to_thread(lambda: list(self._store.old_names())):
            async with self._database.reading() as repos:
                needed = await repos.media.list_needed(names)
            for name in set(names) - needed:
                log.info("removed %s, which nobody needs", name)
                await asyncio.to_thread(self._store.remove, name)

    def _lost(self, page: Sequence[tuple[str, str]]) -> list[str]:
        """Returns the media of a page whose copies are not in the store. Blocks."""
        return [unique_id for unique_id, name in page if not self._store.has(name)]

    async def _look_for_lost(self) -> None:
        after = ""
        while True:
            async with self._database.reading() as repos:
                page = await repos.media.list_kept(PAGE, after)
            if not page:
                return
            after = page[-1][0]
            lost = await asyncio.to_thread(self._lost, page)
            if lost:
                log.error("%d copies are not in %s any more: %s", len(lost), self._store.directory, ", ".join(lost))
                async with self._database.transaction() as repos:
                    await repos.media.lose(lost, self._clock())
