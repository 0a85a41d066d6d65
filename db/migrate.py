"""Bringing a database to the newest schema; as a program, drafting the next migration."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import create_engine

# Any number, as long as every replica that migrates takes the same lock.
_MIGRATION_LOCK = 7_239_114


class BrokenReferencesError(Exception):
    """After the upgrade some rows would refer to rows that are not there."""


async def upgrade(database_url: str, revision: str = "head") -> None:
    """Upgrades the database, in one transaction; replicas that start together take turns.

    Raises:
        BrokenReferencesError: nothing is changed then, either.
        sqlalchemy.exc.DBAPIError: when the database cannot be reached or changed; nothing is changed then.
    """
    engine = _create_engine(database_url)
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


async def draft(message: str) -> None:
    """Writes a migration with what the models have and the newest migration does not, to be read and mended by hand."""
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/draft.sqlite3"
        await upgrade(url)
        engine = create_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(_draft, message)
        await engine.dispose()


def _draft(connection: Connection, message: str) -> None:
    # Migrations are numbered: their names tell their order.
    number = int(MigrationContext.configure(connection).get_current_revision() or 0) + 1
    command.revision(configuration(connection), message, autogenerate=True, rev_id=f"{number:04}")


def configuration(connection: Connection | None = None) -> Config:
    """Returns Alembic's configuration, which needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _create_engine(database_url: str) -> AsyncEngine:
    """Returns an engine that lets SQLite's tables be made anew: foreign keys would forbid it, or delete what refers.

    They can be switched off before a transaction only (https://sqlite.org/lang_altertable.html, 7).
    """
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _forget_foreign_keys)
    return engine


def _forget_foreign_keys(connection: DBAPIConnection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def _upgrade(connection: Connection, revision: str) -> None:
    context = MigrationContext.configure(connection)
    before = context.get_current_heads()
    command.upgrade(configuration(connection), revision)
    # Reads every row, so only when there is a reason to.
    if connection.dialect.name == "sqlite" and before != context.get_current_heads():
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise BrokenReferencesError(f"a row of {broken.table} refers to a row of {broken.parent} that is not there")


if __name__ == "__main__":
    asyncio.run(draft(" ".join(sys.argv[1:])))
