"""The store: copies of instructors' files in a directory, each under the SHA-256 of its bytes.

All of it blocks, and is called on a thread. A file is under its name only when all of it is on the disk, so whoever
finds it may send it; the same bytes are there once, however often they were sent.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

# Files that are on their way in begin so.
_NEW = ".new-"
# Seconds after which nobody is at work on a file any more that nobody needs: far more than any claim lasts.
OLD = 24 * 3600.0


class Store:
    """A directory of copies that only its owner can read."""

    def __init__(self, directory: Path) -> None:
        """Makes the directory when the first copy comes."""
        self.directory = directory

    def keep(self, data: bytes) -> str:
        """Returns the name under which the bytes are kept from now on, also after a power cut.

        Raises:
            OSError: they cannot be written, and nothing of them is left.
        """
        name = hashlib.sha256(data).hexdigest()
        place = self.path(name)
        for each in (self.directory, place.parent):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.directory, prefix=_NEW, delete=False) as new:
            try:
                new.write(data)
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).replace(place)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise
        for each in (place.parent, self.directory):
            _sync(each)
        return name

    def path(self, name: str) -> Path:
        """Returns where the copy of this name is, or would be."""
        return self.directory / name[:2] / name

    def has(self, name: str) -> bool:
        """Whether there is a copy of this name that can be read."""
        return os.access(self.path(name), os.R_OK)

    def old_names(self) -> Iterator[list[str]]:
        """Yields the names of copies that are older than a day, some at a time."""
        for folder in sorted(self.directory.glob("[0-9a-f][0-9a-f]")):
            if names := [path.name for path in folder.iterdir() if _is_old(path)]:
                yield names

    def remove(self, name: str) -> None:
        """Removes a copy, if it is there."""
        self.path(name).unlink(missing_ok=True)

    def clear_leftovers(self) -> None:
        """Removes what processes left that were killed while they wrote."""
        for path in self.directory.glob(f"{_NEW}*"):
            if _is_old(path):
                path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime < time.time() - OLD
    return False


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
