"""Whether a database has the newest schema, told without loading Alembic, which could change it."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import create_engine

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


async def is_newest(database_url: str) -> bool:
    """Returns whether the database is of the newest revision; False when it cannot be asked, for whatever reason."""
    try:
        engine = create_engine(database_url)
        try:
            async with engine.connect() as connection:
                found = list(await connection.scalars(text("SELECT version_num FROM alembic_version")))
        finally:
            await engine.dispose()
    except (OSError, DBAPIError):
        return False
    return found == list_revisions()[-1:]


def list_revisions() -> list[str]:
    """Returns the numbers of the migrations, the newest last; the names of their files begin with them."""
    return sorted(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))
