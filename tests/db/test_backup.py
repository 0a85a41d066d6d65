"""Backups are whole, and only what is whole, ours and under the right key is put in the database's place."""

import datetime as dt
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from db.backup import InUseError, UnfitError, back_up, restore
from db.cipher import cipher_for
from db.condition import examine
from db.keyring import WrongKeyError, fit
from db.migrate import upgrade
from db.revision import list_revisions
from tests.chat import FakeClock
from tests.db.raw import execute
from tests.db.spoiling import UNFIT
from tests.db.test_encryption import EXPECTED, KEY, OTHER_KEY, fill, read

NOW = FakeClock()()
PLAIN = cipher_for("")
GARBAGE = b"garbage" * 1000


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(directory: Path) -> dict[str, bytes]:
    """Returns every file of a directory, the hidden ones too."""
    return {path.name: path.read_bytes() for path in directory.iterdir()}


async def revision(path: Path) -> str | None:
    condition = await examine(url_of(path))
    return condition.revision if condition else None


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Returns the path of a database in which Ada has an account."""
    path = tmp_path / "data" / "bot.sqlite3"
    await upgrade(url_of(path))
    await fill(url_of(path))
    return path


@pytest.fixture
def copy(path: Path, tmp_path: Path) -> Path:
    """Returns the path of a backup of it."""
    back_up(path, tmp_path / "copy.sqlite3")
    return tmp_path / "copy.sqlite3"


async def test_a_backup_is_one_private_file(path: Path, tmp_path: Path) -> None:
    """It holds everything, is readable by its owner only, and nothing lies beside it."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    written = back_up(path, shelf / "copy.sqlite3")
    assert [*files(shelf)] == ["copy.sqlite3"]
    assert mode(shelf / "copy.sqlite3") == 0o600
    assert written == ((shelf / "copy.sqlite3").stat().st_size, "")
    assert await read(url_of(shelf / "copy.sqlite3"), "") == EXPECTED


def test_a_backup_has_what_is_only_in_the_log(path: Path, tmp_path: Path) -> None:
    """What a running bot has committed a moment ago is in it, though the database's file does not have it yet."""
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        bot.execute("UPDATE instructors SET bio = 'written a moment ago'")
        assert b"written a moment ago" not in path.read_bytes()
        back_up(path, tmp_path / "copy.sqlite3")
    assert b"written a moment ago" in (tmp_path / "copy.sqlite3").read_bytes()


def test_a_backup_under_a_writer_is_of_one_moment(path: Path, tmp_path: Path) -> None:
    """Two numbers that every transaction raises together are the same in each of the copies, which are whole."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for number in range(2):
            connection.execute("INSERT INTO attempts (update_id, count, begun_at) VALUES (?, 0, '')", (number,))
        # So large that a copy takes a while.
        connection.execute("UPDATE courses SET description = hex(zeroblob(4000000))")
    stop, counted = threading.Event(), threading.Semaphore(0)

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            while not stop.is_set():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE attempts SET count = count + 1 WHERE update_id = 0")
                connection.execute("UPDATE attempts SET count = count + 1 WHERE update_id = 1")
                connection.execute("COMMIT")
                counted.release()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            counted.acquire()
            back_up(path, tmp_path / f"{number}.sqlite3")
    finally:
        stop.set()
        writer.join()
    seen = set()
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite3")) as connection:
            [(first,), (second,)] = connection.execute("SELECT count FROM attempts")
            assert first == second > 0
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            seen.add(first)
    assert len(seen) > 1


def test_a_backup_overwrites_nothing(path: Path, tmp_path: Path) -> None:
    """A file that is there already stays as it is."""
    (tmp_path / "copy.sqlite3").write_text("dear")
    with pytest.raises(FileExistsError):
        back_up(path, tmp_path / "copy.sqlite3")
    assert (tmp_path / "copy.sqlite3").read_text() == "dear"


def test_a_backup_of_nothing_leaves_nothing(tmp_path: Path) -> None:
    """Where there is no database none is made, and no half copy is left."""
    with pytest.raises(sqlite3.OperationalError):
        back_up(tmp_path / "none.sqlite3", tmp_path / "copy.sqlite3")
    assert files(tmp_path) == {}


async def test_an_encrypted_backup_says_so(tmp_path: Path) -> None:
    """A backup stands under the key that the database stands under, and can be made without it."""
    path = tmp_path / "bot.sqlite3"
    await upgrade(url_of(path))
    await fit(url_of(path), KEY)
    assert back_up(path, tmp_path / "copy.sqlite3").fingerprint == cipher_for(KEY).fingerprint


async def test_what_was_there_is_kept(path: Path, copy: Path) -> None:
    """After a restore everything is as it was at the backup; what came later is in the file that was kept."""
    await execute(url_of(path), "DELETE FROM outbox", "DELETE FROM chat_sessions")
    kept = restore(copy, path, PLAIN, NOW)
    assert kept == path.with_name("bot.sqlite3.20260503T090000Z")
    assert set(files(path.parent)) == {path.name, kept.name}
    assert mode(path) == 0o600
    assert await read(url_of(path), "") == EXPECTED
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM chat_sessions").fetchone() == (0,)


async def test_the_log_of_a_killed_bot_does_not_spoil_the_copy(path: Path, copy: Path, tmp_path: Path) -> None:
    """What a kill left in the log goes into the kept file, and not into the restored one."""
    killed = tmp_path / "killed"
    killed.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        bot.execute("UPDATE instructors SET bio = 'written before the kill'")
        for each in path.parent.iterdir():
            shutil.copy(each, killed)
    kept = restore(copy, killed / path.name, PLAIN, NOW)
    assert kept is not None
    assert set(files(killed)) == {path.name, kept.name}
    assert b"written before the kill" in kept.read_bytes()
    assert b"written before the kill" not in (killed / path.name).read_bytes()
    assert await read(url_of(killed / path.name), "") == EXPECTED


async def test_restoring_where_nothing_is(copy: Path, tmp_path: Path) -> None:
    """A new machine gets the database, in a directory of its owner's only, and there is nothing to keep."""
    path = tmp_path / "new" / "bot.sqlite3"
    assert restore(copy, path, PLAIN, NOW) is None
    assert mode(path.parent) == 0o700
    assert await read(url_of(path), "") == EXPECTED


def spoil_all(path: Path) -> None:
    path.write_bytes(GARBAGE)
    path.with_name(f"{path.name}-wal").write_bytes(b"more garbage")


async def test_a_damaged_database_is_replaced(path: Path, copy: Path) -> None:
    """When the present one cannot even be opened, it is kept with its log, and the copy takes its place."""
    spoil_all(path)
    kept = restore(copy, path, PLAIN, NOW)
    assert kept is not None
    left = files(path.parent)
    assert left[kept.name] == GARBAGE
    assert left[f"{kept.name}-wal"] == b"more garbage"
    assert not {f"{path.name}-wal", f"{path.name}-shm"} & left.keys()
    assert await read(url_of(path), "") == EXPECTED


async def test_an_older_backup_is_taken(path: Path, tmp_path: Path) -> None:
    """A copy that an earlier version wrote is restored as it is; the next start brings it up to date."""
    older = tmp_path / "older.sqlite3"
    await upgrade(url_of(older), "0001")
    restore(older, path, cipher_for(KEY), NOW)
    assert await revision(path) == "0001"
    await upgrade(url_of(path))
    await fit(url_of(path), KEY)
    assert await revision(path) == list_revisions()[-1]


@pytest.mark.parametrize("spoil", UNFIT.values(), ids=UNFIT)
def test_what_is_unfit_changes_nothing(path: Path, copy: Path, spoil: Callable[[Path], None]) -> None:
    """A damaged, foreign or newer file is refused, and the database is the same to the last byte."""
    spoil(copy)
    before = files(path.parent)
    with pytest.raises(UnfitError):
        restore(copy, path, PLAIN, NOW)
    assert files(path.parent) == before


def test_a_missing_file_changes_nothing(path: Path, tmp_path: Path) -> None:
    """A name with no file behind it is no empty database."""
    before = files(path.parent)
    with pytest.raises(sqlite3.OperationalError):
        restore(tmp_path / "none.sqlite3", path, PLAIN, NOW)
    assert files(path.parent) == before


async def test_another_key_changes_nothing(path: Path, copy: Path, tmp_path: Path) -> None:
    """A copy under another key, or under none, would be refused by the next start: so it is refused now."""
    sealed = tmp_path / "sealed.sqlite3"
    await upgrade(url_of(sealed))
    await fit(url_of(sealed), KEY)
    before = files(path.parent)
    for source, key in [(copy, KEY), (sealed, ""), (sealed, OTHER_KEY)]:
        with pytest.raises(WrongKeyError):
            restore(source, path, cipher_for(key), NOW)
    assert files(path.parent) == before
    restore(sealed, path, cipher_for(KEY), NOW)


async def test_a_living_bot_keeps_its_database(path: Path, copy: Path) -> None:
    """As long as a bot has said that it lives, nothing is taken from under it."""
    lease = (NOW + dt.timedelta(seconds=15)).replace(tzinfo=None)
    await execute(url_of(path), f"INSERT INTO senders VALUES ('x', '{lease}')")  # noqa: S608
    before = files(path.parent)
    with pytest.raises(InUseError):
        restore(copy, path, PLAIN, NOW + dt.timedelta(seconds=14))
    assert files(path.parent) == before
    assert restore(copy, path, PLAIN, NOW + dt.timedelta(seconds=15))


def test_any_program_keeps_its_database(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the database open, and be it only for a look, would go on in a file that is nobody's."""
    monkeypatch.setattr("db.backup.PATIENCE", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("SELECT * FROM users").fetchall()
        with pytest.raises(InUseError):
            restore(copy, path, PLAIN, NOW)
    assert restore(copy, path, PLAIN, NOW)


async def test_two_restores_in_a_second_lose_nothing(path: Path, copy: Path) -> None:
    """A file that was kept is never overwritten by the next one that is."""
    restore(copy, path, PLAIN, NOW)
    before = files(path.parent)
    with pytest.raises(FileExistsError):
        restore(copy, path, PLAIN, NOW)
    assert files(path.parent) == before
