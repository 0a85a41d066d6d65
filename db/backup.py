"""Backups of an SQLite database: a copy of a running one, and a copy put back in its place."""

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from db.cipher import Cipher
from db.keyring import check_fingerprint
from db.revision import list_revisions

# Tables that every version of this project has: another project may have revisions of the same names.
_OURS = {"alembic_version", "users", "chat_sessions", "courses", "outbox", "senders"}
# Seconds to wait for others that work on a database.
PATIENCE = 5.0
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class UnfitError(Exception):
    """A file cannot be put in the database's place. The message continues its name."""


class InUseError(Exception):
    """A bot, or another program, works on the database."""


class Copy(NamedTuple):
    """What was written: how large it is, and the fingerprint of the key that it stands under."""

    size: int
    fingerprint: str


def back_up(database: Path, target: Path) -> Copy:
    """Copies a database as it is at one moment, while others go on writing to it.

    Raises:
        FileExistsError: the target is there already; it is left as it is.
        OSError, sqlite3.Error: there is no database, or no room.
    """
    if target.exists():
        raise FileExistsError(target)
    with _beside(target) as copy:
        _copy(database, copy)
        found = Copy(copy.stat().st_size, _fingerprint_of(copy))
        copy.rename(target)
    _sync(target.parent)
    return found


def restore(source: Path, database: Path, cipher: Cipher, now: dt.datetime) -> Path | None:
    """Puts a copy of `source` in the database's place; returns under which name the present one is kept, if any.

    Raises:
        UnfitError, InUseError, db.keyring.WrongKeyError, OSError, sqlite3.Error: nothing is changed then.
    """
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _beside(database) as copy:
        try:
            _copy(source, copy)
            _check(copy, cipher)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # it cannot be read, which is another matter
                raise
            raise UnfitError(f"is damaged, or no SQLite database: {error}") from None
        with _alone(database, now):
            kept = _keep(database, now)
            copy.replace(database)
    _sync(database.parent)
    return kept


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yields an empty file in the same directory that only its owner can read, and that is gone unless renamed."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(name + suffix).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with closing(_open(source)) as original, closing(_open(target)) as copy:
        # In a single step, so that one state is read: what is written meanwhile goes to the log.
        original.backup(copy)
        # A copy is one file: the next start turns the log on again.
        copy.execute("PRAGMA journal_mode = DELETE")
    _sync(target)


def _open(path: Path) -> sqlite3.Connection:
    """Opens a database that is there; one that is not would be made."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=PATIENCE, uri=True, isolation_level=None)


def _check(copy: Path, cipher: Cipher) -> None:
    """Returns when a copy is whole, ours, not newer than this version, and under this key."""
    with closing(_open(copy)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= _OURS:
            raise UnfitError("is no database of Syllabot")
        [(verdict,), *_] = connection.execute("PRAGMA integrity_check(1)")
        if verdict != "ok":
            raise UnfitError(f"is damaged: {' '.join(verdict.split())}")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise UnfitError("is damaged: rows refer to rows that are not there")
        revisions = {revision for (revision,) in connection.execute("SELECT version_num FROM alembic_version")}
        if len(revisions) != 1 or not revisions <= set(list_revisions()):
            raise UnfitError("is of another version of Syllabot, a newer one most likely")
        is_empty = not connection.execute("SELECT EXISTS (SELECT 1 FROM chat_sessions)").fetchone()[0]
    # Nobody has written to it: the next start gives it its key.
    if (found := _fingerprint_of(copy)) or not is_empty:
        check_fingerprint(found, cipher)


def _fingerprint_of(path: Path) -> str:
    with closing(_open(path)) as connection:
        # Versions before the table knew no keys.
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'data_key'").fetchone():
            return ""
        row = connection.execute("SELECT fingerprint FROM data_key").fetchone()
    return row[0] if row else ""


@contextmanager
def _alone(database: Path, now: dt.datetime) -> Iterator[None]:
    """Keeps everybody else out of a database, if there is one, and writes its log into it.

    Beside another file, the log of the old one would be taken for that file's own, and spoil it.
    """
    if not database.exists():
        yield
        return
    with closing(_open(database)) as connection:
        try:
            if _is_bot_alive(connection, now):
                raise InUseError
            # Takes the log away, which SQLite refuses as long as anybody else has the file open.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
                raise InUseError from None
            # So damaged that it cannot be opened: the very reason, perhaps, why another is put in its place.
        yield


def _is_bot_alive(connection: sqlite3.Connection, now: dt.datetime) -> bool:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'senders'").fetchone():
        return False
    ends = [end for (end,) in connection.execute("SELECT alive_until FROM senders")]
    return any(dt.datetime.fromisoformat(end).replace(tzinfo=dt.UTC) > now for end in ends)


def _keep(database: Path, now: dt.datetime) -> Path | None:
    """Gives the present database a second name, so that at no moment there is none under the first."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.{now:%Y%m%dT%H%M%SZ}")
    try:
        kept.hardlink_to(database)
    except FileExistsError:
        raise FileExistsError(kept) from None
    except OSError:  # a file system without second names
        shutil.copy2(database, kept)
        _sync(kept)
    # Only a damaged database still has them.
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{database}{suffix}").rename(f"{kept}{suffix}")
    return kept


def _sync(path: Path) -> None:
    """Returns when a file or a directory is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
