"""Schools: each size is written once, and copied for whoever changes it."""

import contextlib
import shutil
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.bench.seed import seed
from tests.chaos import databases

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Schools:
    """Databases with a school in them, on SQLite and on PostgreSQL."""

    def __init__(self, folder: Path, kept: Path, server: str, tell: Callable[[str], None]) -> None:
        """Copies into the folder what is `kept` in another one; on the server, nothing outlasts this."""
        self._folder = folder
        self._kept = kept
        self._server = server
        self._tell = tell
        self._stack = contextlib.AsyncExitStack()
        self._seeded: dict[int, str] = {}

    @contextlib.asynccontextmanager
    async def opened(self, kind: str, students: int) -> AsyncIterator[str]:
        """Yields the URL of a school of one's own, 'sqlite' or 'postgresql', and removes it afterwards.

        Raises:
            tests.chaos.databases.MissingError: when the PostgreSQL server does not answer.
        """
        async with self._copy_file(students) if kind == "sqlite" else self._copy_database(students) as url:
            yield url

    @contextlib.asynccontextmanager
    async def _copy_file(self, students: int) -> AsyncIterator[str]:
        seeded = self._kept / f"school-{students}.sqlite3"
        if not seeded.exists():
            # Named last, so that what was broken off is not taken for whole.
            self._kept.mkdir(parents=True, exist_ok=True)
            begun = seeded.with_suffix(".begun")
            begun.unlink(missing_ok=True)
            await self._seed(f"sqlite+aiosqlite:///{begun}", "SQLite", students)
            begun.rename(seeded)
        copy = self._folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(seeded, copy)
        try:
            yield f"sqlite+aiosqlite:///{copy}"
        finally:
            for file in self._folder.glob(f"{copy.name}*"):
                file.unlink()

    @contextlib.asynccontextmanager
    async def _copy_database(self, students: int) -> AsyncIterator[str]:
        if students not in self._seeded:
            seeded = await self._stack.enter_async_context(databases.postgresql(self._server))
            await self._seed(seeded, "PostgreSQL", students)
            self._seeded[students] = seeded
        template = self._seeded[students].rpartition("/")[2]
        async with databases.postgresql(self._server, template) as url:
            yield url

    async def _seed(self, url: str, name: str, students: int) -> None:
        self._tell(f"a school of {students:,} on {name} is written")
        await seed(url, students)

    async def close(self) -> None:
        """Removes what was written to the server."""
        await self._stack.aclose()
