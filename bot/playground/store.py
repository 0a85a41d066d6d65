"""Where the miniature keeps its state: rows of JSON in memory, and in a file if it must last.

All state is in memory; a `Store` holds a copy. Every call and every act ends with one
`Memory.save`, before it is answered: what was answered survives a kill of the process.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

Row = tuple[str, str, Any]


class Store(Protocol):
    """Keeps rows of (table, key, JSON value), and the bytes of files."""

    def load(self) -> Iterable[Row]:
        """Return all rows, in the order in which their keys first came."""
        ...

    def save(self, rows: Iterable[Row]) -> None:
        """Write *rows* in one transaction; a value of None removes the row."""
        ...

    def write_file(self, name: str, data: bytes) -> None:
        """Keep the bytes of a file, at the latest with the next `save`."""
        ...

    def read_file(self, name: str) -> bytes:
        """Return the bytes of a file; KeyError if there is none."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class MemoryStore:
    """Keeps the bytes of files, and nothing else, until the process ends."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def load(self) -> Iterable[Row]:
        """Return nothing: a new process begins empty."""
        return ()

    def save(self, rows: Iterable[Row]) -> None:
        """Keep nothing: `Memory` has it."""

    def write_file(self, name: str, data: bytes) -> None:
        """Keep the bytes of a file."""
        self._files[name] = data

    def read_file(self, name: str) -> bytes:
        """Return the bytes of a file; KeyError if there is none."""
        return self._files[name]

    def close(self) -> None:
        """Nothing is open."""


class StoreTakenError(Exception):
    """Another playground has the directory open."""


class DirectoryStore:
    """Keeps everything in one SQLite file of a directory that only its owner may read.

    Raises:
        StoreTakenError: another one has the file; two would each write from their own memory.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = directory / "playground.sqlite3"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            self._prepare()
        except sqlite3.OperationalError as error:
            self._connection.close()
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise StoreTakenError(f"the playground in {directory} is open already") from None

    def _prepare(self) -> None:
        # WAL with NORMAL loses nothing to a killed process; only a power cut may take the end. EXCLUSIVE keeps the
        # file to this process until it ends, however it ends.
        self._connection.executescript(
            "PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE;"
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS rows (place TEXT, key TEXT, value TEXT NOT NULL,"
            " PRIMARY KEY (place, key));"
            "CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, data BLOB NOT NULL);"
        )

    def load(self) -> Iterator[Row]:
        """Return all rows."""
        for place, key, value in self._connection.execute("SELECT place, key, value FROM rows ORDER BY rowid"):
            yield place, key, json.loads(value)

    def save(self, rows: Iterable[Row]) -> None:
        """Write rows; None removes one."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for place, key, value in rows:
                self._save_row(place, key, value)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _save_row(self, place: str, key: str, value: object) -> None:
        if value is None:
            self._connection.execute("DELETE FROM rows WHERE place = ? AND key = ?", (place, key))
            return
        self._connection.execute(
            "INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT (place, key) DO UPDATE SET value = excluded.value",
            (place, key, json.dumps(value)),
        )

    def write_file(self, name: str, data: bytes) -> None:
        """Keep the bytes of a file."""
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (name, data))

    def read_file(self, name: str) -> bytes:
        """Return the bytes of a file; KeyError if there is none."""
        found = self._connection.execute("SELECT data FROM files WHERE name = ?", (name,))
        row = found.fetchone()
        if row is None:
            raise KeyError(name)
        return bytes(row[0])

    def close(self) -> None:
        """Let go of what is open."""
        self._connection.close()


class Table:
    """The rows of one table: a dict of JSON values that remembers what changed."""

    def __init__(self, name: str, changed: dict[tuple[str, str], Any]) -> None:
        self._name = name
        self._changed = changed
        self._rows: dict[str, Any] = {}

    def restore(self, key: str, value: object) -> None:
        """Put in a row that the store already has."""
        self._rows[key] = value

    def put(self, key: str, value: object) -> None:
        """Set a row; *value* must not be changed afterwards."""
        self._rows[key] = value
        self._changed[self._name, key] = value

    def get(self, key: str, default: Any = None) -> Any:
        """Return a row's value, or *default*."""
        return self._rows.get(key, default)

    def remove(self, key: str) -> None:
        """Remove a row, if it is there."""
        if self._rows.pop(key, None) is not None:
            self._changed[self._name, key] = None

    def values(self) -> list[Any]:
        """Return all values, in the order of `items`."""
        return list(self._rows.values())

    def items(self) -> list[tuple[str, Any]]:
        """Return all rows in the order in which their keys first came."""
        return list(self._rows.items())

    def next_number(self, key: str, first: int = 1) -> int:
        """Count up the row *key* and return its new value; begins with *first*."""
        number = int(self._rows.get(key, first - 1)) + 1
        self.put(key, number)
        return number


class Memory:
    """All tables, loaded from a store and written back by `save`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._changed: dict[tuple[str, str], Any] = {}
        self._tables: dict[str, Table] = {}
        for place, key, value in store.load():
            self.table(place).restore(key, value)

    def table(self, name: str) -> Table:
        """Return the table *name*, empty at first."""
        if name not in self._tables:
            self._tables[name] = Table(name, self._changed)
        return self._tables[name]

    def save(self) -> None:
        """Write what changed since the last save."""
        if self._changed:
            self.store.save([(place, key, value) for (place, key), value in self._changed.items()])
            self._changed.clear()
