"""Files that are no backup of ours: what may come of a copy on its way."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


def text_file(path: Path) -> None:
    path.write_text("Dear diary")


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def cut_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def scribbled_page(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"scribble" * 512 + data[12288:])


def by_sql(*statements: str) -> Callable[[Path], None]:
    """Returns a change that these statements make."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return change


UNFIT = {
    "no SQLite": text_file,
    "empty": empty_file,
    "cut": cut_file,
    "scribbled": scribbled_page,
    "foreign": by_sql("DROP TABLE outbox"),
    "newer": by_sql("UPDATE alembic_version SET version_num = '9999'"),
    "no revision": by_sql("DELETE FROM alembic_version"),
    "broken references": by_sql("PRAGMA foreign_keys = OFF", "DELETE FROM users"),
}
