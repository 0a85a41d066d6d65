"""Bringing a database to the newest schema; as a program, drafting the next migration."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from db.engine import create_engine

# Any number, as long as every replica that migrates takes the same lock.
_MIGRATION_LOCK = 7_239_114


async def upgrade(database_url: str) -> None:
    """Upgrades the database to head, in one transaction; replicas that start together take turns.

    Raises:
        sqlalchemy.exc.DBAPIError: when the database cannot be reached or changed; nothing is changed then.
    """
    engine = create_engine(database_url)
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def draft(message: str) -> None:
    """Writes a migration with what the models have and the newest migration does not, to be read and mended by hand."""
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/draft.sqlite3"
        await upgrade(url)
        engine = create_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(lambda each: command.revision(configuration(each), message, autogenerate=True))
        await engine.dispose()


def configuration(connection: Connection | None = None) -> Config:
    """Returns Alembic's configuration, which needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")


if __name__ == "__main__":
    asyncio.run(draft(" ".join(sys.argv[1:])))
