"""Fixtures of the memory's tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

SERVER = os.environ.get("TEST_DATABASE_URL", "")


@pytest.fixture
async def empty_url(tmp_path: Path) -> AsyncIterator[str]:
    """Yields the URL of a database without a single table."""
    if not SERVER:
        yield f"sqlite+aiosqlite:///{tmp_path}/empty.sqlite3"
        return
    name = f"syllabot_test_{uuid4().hex}"
    engine = create_async_engine(SERVER, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()
