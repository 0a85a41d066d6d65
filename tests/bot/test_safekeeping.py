"""Backup, restore, rekey and the key of a start, as the person at the keyboard sees them."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import safekeeping
from bot.lifetime import StartError, Status
from bot.settings import Settings, SettingsError, load_settings
from db.keyring import WrongKeyError
from db.migrate import upgrade
from tests.bot.test_cli import bot, complaint
from tests.db.raw import everything
from tests.db.test_encryption import EXPECTED, KEY, OTHER_KEY, fill, read

URL = "sqlite:///data/bot.sqlite3"
DATABASE = Path("data/bot.sqlite3")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)


def settings(**values: str) -> Settings:
    return load_settings(None, **{"database_url": URL, **values})


def names(directory: str = ".") -> set[str]:
    return {path.name for path in Path(directory).iterdir()}


@pytest.fixture
def filled() -> None:
    """Lets Ada have an account in the database."""
    asyncio.run(upgrade(settings().database_url))
    asyncio.run(fill(settings().database_url))


def test_backup_and_restore(capsys: pytest.CaptureFixture[str]) -> None:
    """The two commands, one after the other, each say in one line what they did."""
    assert bot("migrate", DATABASE_URL=URL).returncode == 0
    backed_up = bot("backup", "copy.sqlite3", DATABASE_URL=URL)
    size = Path("copy.sqlite3").stat().st_size
    assert backed_up.stdout == (
        f"copy.sqlite3 is a copy of the database: {size:,} bytes. The personal data in it is NOT encrypted.\n"
    )
    restored = bot("restore", "copy.sqlite3", DATABASE_URL=URL)
    assert restored.stdout.startswith(
        f"{DATABASE} is a copy of copy.sqlite3 now. What was there is kept as {DATABASE}."
    )
    assert (backed_up.stderr, restored.stderr) == ("", "")


def test_a_backup_tells_of_the_files() -> None:
    """Who copies the database is told where the files of lessons are, as soon as there are any."""
    assert bot("migrate", DATABASE_URL=URL).returncode == 0
    Path("files").mkdir()
    told = bot("backup", "copy.sqlite3", DATABASE_URL=URL, MEDIA_DIR="files").stdout.splitlines()[-1]
    assert told == "The files of lessons are not in it. Copy them after it, they are in files."


def test_a_bot_of_the_wrong_key_does_not_start() -> None:
    """A database that was started under a key starts under no other, and under none: one line says what to do."""
    assert bot("migrate", DATABASE_URL=URL, DATA_KEY=KEY).returncode == 0
    for key, trouble in [(OTHER_KEY, "another key"), ("", "empty")]:
        line = complaint(bot("run", BOT_TOKEN="1:x", DATABASE_URL=URL, DATA_KEY=key), 2)
        assert line == (
            f"syllabot: the database at DATABASE_URL is encrypted, and DATA_KEY is {trouble}: "
            "put the key there that it was encrypted under"
        )


async def test_a_bot_with_a_key_does_not_start_on_plain_data(filled: None) -> None:
    """Who sets DATA_KEY on a plain database is told which command encrypts it."""
    with pytest.raises(StartError, match="`python -m bot rekey`") as refused:
        await safekeeping.fit_key(settings(data_key=KEY))
    assert refused.value.status == Status.MISUSED
    await safekeeping.fit_key(settings())


async def test_rekey(filled: None) -> None:
    """The command encrypts what was plain; then the bot reads it with the key, and nobody without."""
    ended = await asyncio.to_thread(bot, "rekey", DATABASE_URL=URL, DATA_KEY=KEY)
    assert ended.stdout == (
        "5 rows were written anew. The personal data in the database is encrypted under DATA_KEY now.\n"
    ), ended.stderr
    assert await read(settings().database_url, KEY) == EXPECTED
    assert "ada.lovelace" not in await everything(settings().database_url)


def test_rekey_needs_a_key() -> None:
    """Without any key there is nothing to do, and no database is made."""
    assert "rekey needs DATA_KEY" in complaint(bot("rekey", DATABASE_URL=URL), 2)
    assert not DATABASE.exists()


async def test_rekey_of_another_key(filled: None, capsys: pytest.CaptureFixture[str]) -> None:
    """An OLD_DATA_KEY that is not the database's is named, whichever way it is wrong; the right one works."""
    with pytest.raises(StartError, match="not encrypted, and OLD_DATA_KEY is set: leave it empty"):
        await safekeeping.rekey(settings(old_data_key=OTHER_KEY, data_key=KEY))
    await safekeeping.rekey(settings(data_key=KEY))
    with pytest.raises(StartError, match="OLD_DATA_KEY is empty"):
        await safekeeping.rekey(settings(data_key=OTHER_KEY))
    with pytest.raises(StartError, match="OLD_DATA_KEY is another key"):
        await safekeeping.rekey(settings(old_data_key=OTHER_KEY))
    await safekeeping.rekey(settings(old_data_key=KEY))
    assert capsys.readouterr().out.endswith("The personal data in the database is not encrypted now.\n")


async def test_rekey_of_a_living_bot(filled: None) -> None:
    """A bot that works is to be stopped first."""
    with closing(sqlite3.connect(DATABASE, isolation_level=None)) as connection:
        connection.execute("INSERT INTO senders VALUES ('x', '2999-01-01 00:00:00.000000')")
    with pytest.raises(StartError, match="a bot works on this database: stop it first") as refused:
        await safekeeping.rekey(settings(data_key=KEY))
    assert refused.value.status == Status.FAILED
    with pytest.raises(StartError, match="a bot, or another program, works on this database"):
        restore_copy(settings())


def restore_copy(configured: Settings) -> None:
    safekeeping.back_up(configured, Path("copy.sqlite3"))
    safekeeping.restore(configured, Path("copy.sqlite3"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_postgresql_has_its_own_tools(command: str) -> None:
    """On PostgreSQL the commands name those, and touch nothing."""
    line = complaint(bot(command, "copy", DATABASE_URL="postgresql://me@127.0.0.1:1/syllabot"), 2)
    assert "pg_" in line
    assert names() == set()


def test_what_cannot_be_copied(filled: None) -> None:
    """A file that is there, a directory that is not, and a database that is not are one line each."""
    Path("dear").write_text("dear")
    with pytest.raises(StartError, match=r"^dear is there already") as refused:
        safekeeping.back_up(settings(), Path("dear"))
    assert refused.value.status == Status.MISUSED
    for target, url, line in [
        ("nowhere/copy", URL, "^nowhere/copy could not be written: No such file or directory$"),
        ("copy", "sqlite:///none.sqlite3", "^there is no database at none.sqlite3$"),
    ]:
        with pytest.raises(StartError, match=line) as refused:
            safekeeping.back_up(settings(database_url=url), Path(target))
        assert refused.value.status == Status.FAILED
    assert names() == {"data", "dear"}


def test_what_cannot_be_restored(filled: None) -> None:
    """A file that is no backup, is missing, or is under another key is one line, and nothing is changed."""
    safekeeping.back_up(settings(), Path("copy.sqlite3"))
    Path("diary").write_text("Dear diary")
    before = DATABASE.read_bytes()
    for name, key, line in [
        ("diary", "", "^diary is damaged, or no SQLite database: .*; nothing was changed$"),
        ("none", "", "^none could not be restored: unable to open"),
        ("copy.sqlite3", KEY, "^copy.sqlite3 is not encrypted, and DATA_KEY is set: restore it with DATA_KEY empty"),
    ]:
        with pytest.raises(StartError, match=line):
            safekeeping.restore(settings(data_key=key), Path(name))
    assert DATABASE.read_bytes() == before
    assert names("data") == {"bot.sqlite3"}


@pytest.mark.parametrize("name", ["data_key", "old_data_key"])
def test_a_key_is_a_secret(name: str) -> None:
    """A key is shown nowhere, and what is none is refused without being repeated."""
    configured = settings(**{name: KEY})
    assert KEY not in f"{configured!r} {configured}"
    assert KEY in configured.secrets
    for wrong in (KEY[:42], "two words " * 9, "ä" * 50):
        with pytest.raises(SettingsError, match=f"^{name.upper()} should be 32 random bytes or more") as refused:
            settings(**{name: wrong})
        assert wrong not in str(refused.value)


async def test_a_key_that_is_changed_behind_a_bot_at_work() -> None:
    """What one of its tasks finds out, however deep, ends in the same line; other errors stay what they are."""
    error = WrongKeyError(is_encrypted=True)
    with pytest.raises(StartError, match="DATA_KEY is empty"), safekeeping.fitting(settings()):
        raise ExceptionGroup("", [ExceptionGroup("", [error])])
    with pytest.raises(ZeroDivisionError), safekeeping.fitting(settings()):
        raise ZeroDivisionError


async def test_a_key_that_is_changed_behind_a_starting_bot(filled: None) -> None:
    """A bot that finds at its first connection that the key has changed says so in the same line as at its start."""
    await safekeeping.rekey(settings(data_key=KEY))
    with pytest.raises(StartError, match="DATA_KEY is empty"), safekeeping.fitting(settings()):
        await fill(settings().database_url)
