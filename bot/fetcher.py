"""The fetcher: in the background, what instructors sent is copied into the store.

A medium is claimed for some minutes, fetched, written to the disk, and only then marked as kept: a process that is
killed in between leaves a claim that ends by itself. Two that fetch the same write the same file.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.api import Api
from bot.clock import Clock
from bot.store import Store
from db.records import MediumRecord
from db.repositories import Repositories
from db.transaction import Database, is_temporary

log = logging.getLogger(__name__)

# So many are claimed at once, and fetched one by one: with 20 MB each in memory, more would crowd out the talk.
BATCH = 8
# Seconds in which one must be there: a batch takes less than its claim lasts.
PATIENCE = 35.0
# Before the next try of what Telegram refuses, doubled each time …
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=30), dt.timedelta(days=1)
# … and of what the network or the disk has no room for, which is not the file's fault.
AWAY_PAUSE = dt.timedelta(minutes=1)
# Telegram's word for more than 20 MB (tdlib/telegram-bot-api, Client.cpp).
_TOO_BIG = "file is too big"


class _AwayError(Exception):
    """Neither this file nor the next one can be had now."""


class Fetcher:
    """Fetches what waits to be kept."""

    def __init__(self, api: Api, database: Database, store: Store, clock: Clock) -> None:
        """Fetches nothing before it is told to."""
        self._api = api
        self._database = database
        self._store = store
        self._clock = clock
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Has `run` look at once: something may wait."""
        self._nudged.set()

    async def tick(self) -> None:
        """Has `run` look, as the scheduler calls it."""
        self.nudge()

    async def run(self) -> None:
        """Fetches at each nudge, until cancelled."""
        if not self._database.has_replicas:
            await self._guarded(self._wake())
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            await self._guarded(self.fetch())

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # whatever it is, the next nudge comes
            log.warning("files wait to be fetched", exc_info=not is_temporary(error))

    async def _wake(self) -> None:
        """Takes over from earlier processes, which are all dead."""
        async with self._database.transaction() as repos:
            await repos.media.wake(self._clock())

    async def fetch(self) -> None:
        """Fetches all that is due; what cannot be had is put off.

        Raises:
            sqlalchemy.exc.DBAPIError: when the database is away; then the claims end by themselves.
        """
        while batch := await self._claim():
            for number, medium in enumerate(batch):
                try:
                    await self._fetch(medium)
                except _AwayError as error:
                    await self._put_off(batch[number:], str(error))
                    return

    async def _claim(self) -> list[MediumRecord]:
        async with self._database.transaction() as repos:
            return await repos.media.claim(self._clock(), BATCH)

    async def _fetch(self, medium: MediumRecord) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                data = await self._download(medium)
        except BadRequest as error:
            await self._refused(medium, error.message)
        except (NetworkError, RetryAfter, TimeoutError) as error:
            raise _AwayError(f"Telegram cannot be reached: {str(error) or 'too slow'}") from error
        except TelegramError as error:
            await self._refused(medium, error.message)
        else:
            await self._keep(medium, data)

    async def _download(self, medium: MediumRecord) -> bytes:
        file = await self._api.call("getFile", {"file_id": medium.file_id})
        if "file_path" not in file:  # optional, says the Bot API (File)
            raise TelegramError("getFile names no path")
        data = await self._api.download(file["file_path"])
        if len(data) != file.get("file_size", len(data)):
            raise NetworkError(f"{len(data)} of {file['file_size']} bytes came")
        return data

    async def _keep(self, medium: MediumRecord, data: bytes) -> None:
        try:
            name = await asyncio.to_thread(self._store.keep, data)
        except OSError as error:
            raise _AwayError(f"{self._store.directory} takes no files: {error.strerror}") from error
        async with self._database.transaction() as repos:
            await repos.media.mark_kept(medium.unique_id, name, len(data))
            await self._prove(repos, medium)
        log.info("kept a copy of %s %s, %d bytes", medium.kind, medium.unique_id, len(data))

    async def _prove(self, repos: Repositories, medium: MediumRecord) -> None:
        assert medium.file_id is not None  # noqa: S101 -- it was claimed for that
        await repos.media.remember(medium.unique_id, medium.kind, self._api.id, medium.file_id, self._clock())

    async def _refused(self, medium: MediumRecord, reason: str) -> None:
        """Puts a file off for longer each time; for ever when it is too big, which shows that it is this bot's."""
        async with self._database.transaction() as repos:
            if _TOO_BIG in reason.lower():
                await repos.media.mark_too_big(medium.unique_id, reason)
                await self._prove(repos, medium)
                level = logging.INFO
            else:
                pause = min(FIRST_PAUSE * (1 << min(medium.failures, 16)), LONGEST_PAUSE)
                await repos.media.postpone(medium, self._clock() + pause, reason, failed=True)
                level = logging.WARNING
        log.log(level, "no copy of %s %s: %s", medium.kind, medium.unique_id, reason)

    async def _put_off(self, media: Sequence[MediumRecord], reason: str) -> None:
        log.warning("%d files wait to be fetched: %s", len(media), reason)
        async with self._database.transaction() as repos:
            for medium in media:
                await repos.media.postpone(medium, self._clock() + AWAY_PAUSE, reason, failed=False)
