"""What the doctor finds about files: who can read them, and whether there is room for more."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.doctor.data import LARGE_WAL, LITTLE, TOO_LITTLE
from bot.doctor.finding import Level
from tests.bot.doctor.test_data import chmod, new_file
from tests.bot.doctor.visits import visit


async def test_others_can_read(tmp_path: Path) -> None:
    """Settings and a database that others can open are named, with what closes them."""
    file, settings = tmp_path / "new.sqlite3", Path(".env")
    for path in (file, settings):
        os.close(os.open(path, os.O_CREAT))
    chmod(0o640, file, settings)
    found = await visit(database_url=new_file(tmp_path))
    assert found["private"].level is Level.CAREFUL
    assert found["private"].words.endswith(f": `chmod go-rwx .env {file}`.")
    chmod(0o600, file, settings)
    found = await visit(database_url=new_file(tmp_path))
    assert found["private"] == (Level.GOOD, f"Nobody else can open .env and {file}.")


async def test_others_can_read_the_copies(database_url: str, tmp_path: Path) -> None:
    """The directory of lessons' files is the bot's alone, too, wherever it is."""
    copies = tmp_path / "copies"
    copies.mkdir(mode=0o755)
    copies.chmod(0o755)
    found = await visit(database_url=database_url, media_dir=copies)
    assert found["private"].level is Level.CAREFUL
    assert found["private"].words.endswith(f"{copies}`.")
    copies.chmod(0o700)
    assert (
        str(copies) not in (await visit(database_url=database_url, media_dir=copies))["private"].words.partition(":")[2]
    )


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (LITTLE, Level.GOOD),
        (LITTLE - 1, Level.CAREFUL),
        (TOO_LITTLE, Level.CAREFUL),
        (TOO_LITTLE - 1, Level.WRONG),
    ],
)
async def test_a_disk_that_fills(tmp_path: Path, free: int, level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little room is worth a word, and hardly any is wrong."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    found = await visit(database_url=new_file(tmp_path))
    assert found["disk"].level is level
    assert f" GB are free at {tmp_path}" in found["disk"].words


def other_disk(than: Path) -> Path:
    """Returns a folder that is on another disk."""
    found = Path("/dev/shm")  # noqa: S108 -- nothing is written there
    if not found.is_dir() or found.stat().st_dev == than.stat().st_dev:
        pytest.skip("there is one disk")
    return found


async def test_another_disk_that_fills(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the lessons' files counts, too, also beside a database that is a server's; the fuller one is told."""
    copies = other_disk(tmp_path)
    free = {str(copies): TOO_LITTLE - 1}
    usage = lambda folder: SimpleNamespace(free=free.get(str(folder), 2 * LITTLE))  # noqa: E731
    monkeypatch.setattr(shutil, "disk_usage", usage)
    found = await visit(database_url=database_url, media_dir=copies)
    assert found["disk"] == (Level.WRONG, f"0.1 GB are free at {copies}: make room before the bot has to stop writing.")
    free.clear()
    found = await visit(database_url=new_file(tmp_path), media_dir=copies)
    assert found["disk"] == (Level.GOOD, f"2.0 GB are free at {tmp_path} and 2.0 GB are free at {copies}.")
    found = await visit(database_url=new_file(tmp_path), media_dir=tmp_path / "copies")
    assert found["disk"] == (Level.GOOD, f"2.0 GB are free at {tmp_path}.")


@pytest.mark.parametrize(("size", "level"), [(LARGE_WAL, Level.GOOD), (LARGE_WAL + 1, Level.CAREFUL)])
async def test_a_wal_that_grows(tmp_path: Path, size: int, level: Level) -> None:
    """One that nobody can fold in is found."""
    (tmp_path / "new.sqlite3").touch()
    with (tmp_path / "new.sqlite3-wal").open("wb") as wal:
        wal.truncate(size)
    found = await visit(database_url=new_file(tmp_path))
    assert found["disk"].level is level
    assert ("new.sqlite3-wal has 64 MB" in found["disk"].words) is (level is Level.CAREFUL)
