"""Whether the schema is the newest."""

from pathlib import Path

from alembic.script import ScriptDirectory

from db.migrate import configuration, upgrade
from db.revision import is_newest, list_revisions


def test_the_files_are_the_migrations() -> None:
    """The numbers in the names of the files are what Alembic makes of them, in order."""
    scripts = ScriptDirectory.from_config(configuration()).walk_revisions()
    assert list_revisions() == [script.revision for script in reversed(list(scripts))]


async def test_a_database_is_newest_when_all_is_done(database_url: str, tmp_path: Path) -> None:
    """Not an older one, nor an empty file, nor what is no database at all."""
    assert await is_newest(database_url)
    older = f"sqlite+aiosqlite:///{tmp_path}/older.sqlite3"
    assert not await is_newest(older)
    await upgrade(older, "0001")
    assert not await is_newest(older)
    await upgrade(older)
    assert await is_newest(older)
    (tmp_path / "text.sqlite3").write_text("This is no database.")
    assert not await is_newest(f"sqlite+aiosqlite:///{tmp_path}/text.sqlite3")
