"""The store keeps bytes under their hash."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from bot.store import OLD, Store

NAME = hashlib.sha256(b"notes").hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "media")


def files(store: Store) -> list[str]:
    """Returns the paths of all files of a store, whatever they are."""
    return sorted(str(path.relative_to(store.directory)) for path in store.directory.rglob("*") if path.is_file())


def age(path: Path, seconds: float) -> None:
    """Makes a file so old."""
    at = path.stat().st_mtime - seconds
    os.utime(path, (at, at))


def test_bytes_are_kept_once(store: Store) -> None:
    """The same bytes are one file, named by their hash, which nobody else can read."""
    assert [store.keep(b"notes"), store.keep(b"notes")] == [NAME, NAME]
    assert files(store) == [f"{NAME[:2]}/{NAME}"]
    assert store.path(NAME).read_bytes() == b"notes"
    assert stat.S_IMODE(store.path(NAME).stat().st_mode) == 0o600
    for directory in (store.directory, store.path(NAME).parent):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_what_is_not_there_is_not_there(store: Store) -> None:
    """A store that holds nothing yet says so, and has nothing to tidy."""
    assert not store.has(NAME)
    assert list(store.old_names()) == []
    store.clear_leftovers()
    store.remove(NAME)


def test_a_full_disk_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written whole is under no name, and its beginning takes no room."""

    def no_room(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(OSError, match="No space left"):
        store.keep(b"notes")
    assert files(store) == []


def test_only_what_is_old_is_tidied(store: Store) -> None:
    """What a killed process left vanishes after a day, when nobody can still be at work on it."""
    store.keep(b"notes")
    leftovers = [store.directory / f".new-{number}" for number in range(2)]
    for path in leftovers:
        path.touch()
    age(leftovers[0], OLD + 60)
    store.clear_leftovers()
    assert files(store) == [".new-1", f"{NAME[:2]}/{NAME}"]
    assert list(store.old_names()) == []
    age(store.path(NAME), OLD + 60)
    assert list(store.old_names()) == [[NAME]]
    store.remove(NAME)
    assert not store.has(NAME)
