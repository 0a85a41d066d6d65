"""Statements of the hot paths: written with SQLAlchemy's Core, and worked out once a database.

SQLAlchemy takes 50 microseconds to run a statement that SQLite answers in five. Here its SQL, the order of its values,
and how values are written and read are looked up in what SQLAlchemy has compiled the first time, and that is all.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from sqlalchemy import ClauseElement, Dialect, Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from db.models import Base

Row = Sequence[Any]
Insert: TypeAlias = postgresql.Insert | sqlite.Insert
_INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Statement:
    """A Core statement that never changes: each value that differs from time to time is a `bindparam` in it.

    An INSERT names all its columns: defaults of the models are not looked up.
    """

    def __init__(self, core: Executable) -> None:
        """Is prepared by the first database that runs it."""
        self._core = core

    def core(self, dialect: Dialect) -> Executable:
        """Returns the statement as SQLAlchemy runs it on this kind of database."""
        return self._core


class Upsert(Statement):
    """An INSERT that knows ON CONFLICT, which both databases spell alike and standard SQL lacks."""

    def __init__(self, model: type[Base], finish: Callable[[Any], Insert]) -> None:
        """Is what `finish` makes of an INSERT into the model's table."""
        self._model, self._finish = model, finish
        self._cores: dict[str, Insert] = {}

    def core(self, dialect: Dialect) -> Executable:
        """Returns the statement as SQLAlchemy runs it on this kind of database."""
        name = dialect.name
        if name not in self._cores:
            self._cores[name] = self._finish(_INSERTS[name](self._model))
        return self._cores[name]


class Prepared:
    """A statement as one database runs it."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        """Compiles it.

        Raises:
            TypeError: when its SQL depends on its values, as that of an IN does.
        """
        compiled = cast("ClauseElement", statement.core(dialect)).compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None or compiled.post_compile_params:
            raise TypeError("its SQL depends on its values")
        self.sql = compiled.string
        binds = [compiled.binds[name] for name in compiled.positiontup]
        # A value that stands in the statement itself, and is the same each time.
        fixed = {bind.key: bind.value for bind in binds if not bind.required}
        self._parameters = [(bind.key, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds]
        self._fixed = fixed
        # What SQLAlchemy's own results go by, too.
        entries = compiled._result_columns  # noqa: SLF001
        readers = [entry.type.dialect_impl(dialect).result_processor(dialect, None) for entry in entries]
        self._readers = [(index, reader) for index, reader in enumerate(readers) if reader is not None]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Returns the values in the order of the SQL, as the driver takes them."""
        known = {**self._fixed, **values} if self._fixed else values
        return [known[name] if write is None else write(known[name]) for name, write in self._parameters]

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Returns rows of the driver with the values that were written."""
        if not self._readers:
            return rows
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> Row:
        read = None
        for index, reader in self._readers:
            # Nothing is nothing, whatever it would be.
            if row[index] is not None:
                read = read or list(row)
                read[index] = reader(row[index])
        return read or row
