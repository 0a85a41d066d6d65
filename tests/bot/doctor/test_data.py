import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import make_url

from bot.clock import utc_now
from bot.doctor.checks import CHECKS
from bot.doctor.facts import gather
from bot.doctor.finding import Finding, Level
from bot.settings import load_settings
from db import keyring
from db.condition import wal_of
from db.revision import list_revisions
from db.transaction import Database
from tests.bot.doctor.visits import visit
from tests.chat import open_world
from tests.conftest import TEST_DATABASE_URL
from tests.db.raw import execute

KEY, OTHER_KEY = "the-first-key-of-these-tests-aaaaaaaaaaaaaaa", "the-second-key-of-these-tests-bbbbbbbbbbbbbb"
NEWEST = list_revisions()[-1]


def new_file(folder: Path) -> str:
    """Returns the URL of an SQLite file that is not there yet."""
    return f"sqlite:///{folder}/new.sqlite3"


def state(folder: Path) -> list[tuple[str, int, int, int]]:
    """Returns all that a change to any file of a folder would change."""
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix != ".sqlite3-shm"]
    return [(str(path), each.st_mode, each.st_size, each.st_mtime_ns) for path in paths for each in [path.stat()]]


def chmod(mode: int, *paths: Path) -> None:
    """Says who may do what with files."""
    for path in paths:
        path.chmod(mode)


async def set_revision(url: str, revision: str) -> None:
    """Makes a database one of another version, by its own account."""
    await execute(url, f"UPDATE alembic_version SET version_num = '{revision}'")  # noqa: S608


@contextmanager
def as_nobody() -> Iterator[None]:
    """Works as somebody who owns nothing, for the superuser may write everywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yields a folder that everybody can read, and only its owner change."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


async def test_a_database_that_is_well(database_url: str) -> None:
    """One that is migrated, and can be written, is good; that nothing is encrypted is worth a word."""
    found = await visit(database_url=database_url)
    name = make_url(database_url).database
    assert found["database"].level is Level.GOOD
    assert str(name) in found["database"].words
    assert found["schema"] == (Level.GOOD, f"It is at migration {NEWEST}, the newest.")
    assert found["key"] == (
        Level.CAREFUL,
        "Personal data is not encrypted: README, 'Personal data, encrypted', says how to.",
    )


async def test_nothing_is_changed(database_url: str, tmp_path: Path, *, is_postgresql: bool) -> None:
    """No file is made, touched or closed to others, whether a bot works on the database or not."""
    if is_postgresql:
        database_url = new_file(tmp_path)
        assert (await visit(database_url=database_url))["database"].words.endswith("the first start makes it.")
        assert state(tmp_path) == []
        return
    file = Path(make_url(database_url).database or "")
    chmod(0o644, file)
    before = state(tmp_path)
    assert (await visit(database_url=database_url))["schema"].level is Level.GOOD
    assert state(tmp_path) == before
    database = Database(database_url)
    async with database.transaction() as repos:
        await repos.attempts.begin(1, utc_now())
        before = state(tmp_path)
        assert wal_of(file).exists()
        assert (await visit(database_url=database_url))["schema"].level is Level.GOOD
        assert state(tmp_path) == before
    await database.close()


async def test_no_database_yet(tmp_path: Path) -> None:
    """Before the first start there is none, and that is good."""
    found = await visit(database_url=new_file(tmp_path / "data"))
    assert found["database"].level is found["schema"].level is found["disk"].level is Level.GOOD
    assert found["database"].words == f"{tmp_path}/data/new.sqlite3 is not there yet; the first start makes it."
    assert "private" not in found
    assert not (tmp_path / "data").exists()


async def test_a_place_where_no_database_can_be_made(open_folder: Path, tmp_path: Path) -> None:
    """Where to put it instead is said."""
    with as_nobody():
        found = await visit(database_url=new_file(open_folder / "data"))
        hidden = await visit(database_url=new_file(tmp_path / "data"))
    assert found["database"].level is Level.WRONG
    assert f"cannot be made, for {open_folder} is not writable" in found["database"].words
    assert hidden["database"].level is (Level.WRONG if os.geteuid() == 0 else Level.GOOD)


async def test_a_file_of_somebody_elses(template: str, open_folder: Path, *, is_postgresql: bool) -> None:
    """What can be read and not written is no database for a bot."""
    if is_postgresql:
        pytest.skip("there, the next test")
    chmod(0o755, open_folder)
    shutil.copyfile(make_url(template).database or "", open_folder / "new.sqlite3")
    chmod(0o444, open_folder / "new.sqlite3")
    chmod(0o555, open_folder)
    with as_nobody():
        found = await visit(database_url=new_file(open_folder))
    assert found["database"].level is Level.WRONG
    assert "cannot be written: give it, and its folder, to the user that the bot runs as." in found["database"].words


async def test_a_standby(database_url: str, *, is_postgresql: bool) -> None:
    """A server that only reads is found."""
    if not is_postgresql:
        pytest.skip("there, the test before")
    name = make_url(database_url).database
    await execute(database_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        found = await visit(database_url=database_url)
    finally:
        reset = f"ALTER DATABASE {name} RESET default_transaction_read_only"
        await execute(database_url, "SET TRANSACTION READ WRITE", reset)
    assert found["database"].level is Level.WRONG
    assert "cannot be written" in found["database"].words


async def test_no_server() -> None:
    """A server that is away is one line without a password, and what it would say is skipped."""
    found = await visit(database_url="postgresql://me:a-secret@127.0.0.1:1/syllabot")
    assert found["database"].level is Level.WRONG
    assert found["database"].words.startswith("syllabot at 127.0.0.1 cannot be used: ")
    assert found["key"].level is found["schema"].level is Level.SKIPPED
    assert " GB are free at " in found["disk"].words
    assert "a-secret" not in str(found)


async def test_a_file_that_is_none(tmp_path: Path) -> None:
    """Something else under the database's name is found."""
    (tmp_path / "new.sqlite3").write_text("Dear diary, " * 1000)
    found = await visit(database_url=new_file(tmp_path))
    assert found["database"].level is Level.WRONG
    assert "new.sqlite3 cannot be used: file is not a database. See that" in found["database"].words


async def test_keys(database_url: str) -> None:
    """A key that is not the database's is found, with the same words that end a start."""
    await keyring.fit(database_url, KEY)
    assert (await visit(database_url=database_url, data_key=KEY))["key"].level is Level.GOOD
    for data_key, words in ((OTHER_KEY, "DATA_KEY is another key: put"), ("", "DATA_KEY is empty: put")):
        found = await visit(database_url=database_url, data_key=data_key)
        assert found["key"].level is Level.WRONG
        assert words in found["key"].words
        assert KEY not in str(found)


async def test_people_without_a_key(database_url: str) -> None:
    """An empty database takes a key; one with people in it has to be encrypted first."""
    assert (await visit(database_url=database_url, data_key=KEY))["key"].level is Level.GOOD
    async with open_world(database_url) as world:
        await world.person("Ada").send("/start")
    found = await visit(database_url=database_url, data_key=KEY)
    assert found["key"].level is Level.WRONG
    assert "is not encrypted, and DATA_KEY is set: stop the bot and encrypt it" in found["key"].words


@pytest.mark.parametrize(
    ("revision", "level", "words"),
    [
        (list_revisions()[-2], Level.CAREFUL, "1 migration is to be made"),
        (list_revisions()[0], Level.CAREFUL, f"{len(list_revisions()) - 1} migrations are to be made (0001 to"),
        ("later", Level.WRONG, "The database is of another version (migration later; the newest here is"),
    ],
)
async def test_another_schema(database_url: str, revision: str, level: Level, words: str) -> None:
    """A database that is behind is upgraded by a start; one of another version needs another Syllabot."""
    await set_revision(database_url, revision)
    try:
        found = await visit(database_url=database_url)
    finally:
        await set_revision(database_url, NEWEST)
    assert found["schema"].level is level
    assert words in found["schema"].words


async def test_no_tables_yet(tmp_path: Path, *, is_postgresql: bool) -> None:
    """An empty database gets its tables from the first start."""
    if not is_postgresql:
        (tmp_path / "new.sqlite3").touch()
    found = await visit(database_url=TEST_DATABASE_URL or new_file(tmp_path))
    assert found["schema"] == (Level.GOOD, "There are no tables yet; the first start makes them.")


@pytest.mark.parametrize("ahead", [9.0, -9.0, 4.0])
async def test_the_databases_clock(database_url: str, ahead: float, *, is_postgresql: bool) -> None:
    """On PostgreSQL its clock counts, too: its replicas go by it."""
    facts = await gather(load_settings(None, database_url=database_url))
    look = next(check.look for check in CHECKS if check.name == "clock")
    if is_postgresql:
        assert look(facts) == (Level.GOOD, "It agrees with the database's to within 5 s.")
    found: Finding | None = look(replace(facts, ahead_of_database=ahead))
    assert found is not None
    assert found.level is (Level.GOOD if ahead == 4.0 else Level.WRONG)
    assert ("behind the database's" in found.words) is (ahead == -9.0)
