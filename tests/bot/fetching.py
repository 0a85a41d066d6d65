"""A Telegram to fetch files from, and what is known of them before and after."""

from pathlib import Path
from typing import Any, cast

from telegram.error import TelegramError

from bot.api import Api
from bot.fetcher import Fetcher
from bot.store import Store
from db.repositories.media import Known
from db.transaction import Database
from tests.chat import FakeClock


class Telegram:
    """Has every file."""

    id = 42

    def __init__(self, *, names_paths: bool = True) -> None:
        """Has handed out nothing yet."""
        self.fetched: list[str] = []
        self._names_paths = names_paths

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Tells where a file is."""
        assert method == "getFile"
        return {"file_path": params["file_id"]} if self._names_paths else {}

    async def download(self, path: str) -> bytes:
        """Returns what the file holds, its own id."""
        self.fetched.append(path)
        return path.encode()


def fetcher(telegram: Telegram, database: Database, directory: Path, clock: FakeClock) -> Fetcher:
    """Returns a fetcher from this Telegram."""
    return Fetcher(cast("Api", telegram), database, Store(directory), clock)


async def register(database: Database, clock: FakeClock, count: int = 1) -> None:
    """Registers so many files, as a lesson does."""
    files = [{"file_unique_id": f"U{number}", "kind": "photo", "file_id": f"F{number}"} for number in range(count)]
    async with database.transaction() as repos:
        await repos.media.register(files, clock())


async def found(database: Database) -> list[Known]:
    """Returns what is known of all media."""
    async with database.transaction() as repos:
        known = await repos.media.find([f"U{number}" for number in range(100)], 42)
        return [known[unique_id] for unique_id in sorted(known)]


class Refusing(Telegram):
    """Answers everything with an error."""

    def __init__(self, error: TelegramError) -> None:
        super().__init__()
        self.error = error

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        self.fetched.append(params["file_id"])
        raise self.error
