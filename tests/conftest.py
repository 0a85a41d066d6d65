"""Fixtures of all tests: a migrated database of either kind, and a world with a bot in it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from db.migrate import upgrade
from db.models import Base
from db.transaction import Database
from tests.chat import World, open_world
from tests.haste import haste

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
# Which part of a run on PostgreSQL this is, `2/3` say; the memory's tests are in all of them.
TEST_SHARE = os.environ.get("TEST_SHARE", "1/1")


# Who asks for one of these, by itself or through another fixture, is about the database of the run.
DATABASES = {"template", "seeded", "empty_url", "is_postgresql"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out of a run on PostgreSQL what asks for no database, and what says that it is the `same_on_each`."""
    if not TEST_DATABASE_URL:
        return
    kept = [item for item in items if _is_about_it(item) and _is_ours(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _is_about_it(item: pytest.Item) -> bool:
    return bool(DATABASES & set(_fixtures(item))) and item.get_closest_marker("same_on_each") is None


def _is_ours(item: pytest.Item) -> bool:
    """Whether a test is in this share; those of a parameter may be in others."""
    share, shares = map(int, TEST_SHARE.split("/"))
    return item.nodeid.startswith("tests/db/") or crc32(item.nodeid.encode()) % shares == share - 1


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def pytest_report_header() -> str:
    """Says which database the run is about."""
    return f"database: {'PostgreSQL' if TEST_DATABASE_URL else 'SQLite (TEST_DATABASE_URL names a PostgreSQL)'}"


@pytest.fixture(scope="session", autouse=True)
def in_haste() -> Iterator[None]:
    """Makes all tests quick."""
    with haste():
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yields the URL of a migrated, empty database, made once for the run and removed after it."""
    with fresh_database(tmp_path_factory.mktemp("template"), "template") as url:
        yield url


@contextmanager
def fresh_database(folder: Path, name: str) -> Iterator[str]:
    """Yields the URL of a migrated, empty database, and removes it."""
    if not TEST_DATABASE_URL:
        url = f"sqlite+aiosqlite:///{folder}/{name}.sqlite3"
        asyncio.run(upgrade(url))
        yield url
        return
    name = f"syllabot_test_{os.getpid()}_{name}"
    server = make_url(TEST_DATABASE_URL)
    asyncio.run(_on_server(f"CREATE DATABASE {name}"))
    # No test is about a server that loses its power.
    asyncio.run(_on_server(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    url = server.set(database=name).render_as_string(hide_password=False)
    asyncio.run(upgrade(url))
    yield url
    asyncio.run(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


async def _on_server(statement: str) -> None:
    engine = create_async_engine(TEST_DATABASE_URL, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture
async def database_url(template: str, tmp_path: Path) -> str:
    """Returns the URL of an empty database of the test's own."""
    if TEST_DATABASE_URL:
        engine = create_async_engine(template)
        async with engine.begin() as connection:
            # Forty times as fast as TRUNCATE, which makes new files.
            deletes = "".join(f"DELETE FROM {table.name}; " for table in reversed(Base.metadata.sorted_tables))  # noqa: S608
            sequences = "setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
            await connection.execute(text(f"DO $$ BEGIN {deletes} PERFORM {sequences}; END $$"))
        await engine.dispose()
        return template
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(make_url(template).database or "", path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Yields an empty database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Yields a miniature Telegram with the bot in it, on an empty database."""
    async with open_world(database_url) as world:
        yield world


@pytest.fixture
def is_postgresql() -> bool:
    """Whether this run is on PostgreSQL."""
    return bool(TEST_DATABASE_URL)
