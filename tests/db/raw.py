"""What somebody reads who has a database's files, or its rows, and no key."""

from pathlib import Path

from sqlalchemy import make_url, text

from db.engine import create_engine
from db.models import Base


async def everything(url: str) -> str:
    """Returns all that is stored: the bytes of SQLite's file and its log, or PostgreSQL's rows."""
    found = make_url(url)
    if found.get_backend_name() == "sqlite":
        path = Path(found.database or "")
        return "".join(each.read_bytes().decode("latin-1") for each in sorted(path.parent.glob(f"{path.name}*")))
    engine = create_engine(url)
    async with engine.connect() as connection:
        rows: list[str] = []
        for table in Base.metadata.sorted_tables:
            rows += await connection.scalars(text(f"SELECT each::text FROM {table.name} AS each"))  # noqa: S608
    await engine.dispose()
    return "\n".join(rows)


async def execute(url: str, *statements: str) -> None:
    """Changes the database behind the back of its types."""
    engine = create_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()
