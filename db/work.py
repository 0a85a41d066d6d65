"""A unit of work: what the repositories of one transaction run their statements on."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm.session import JoinTransactionMode

from db.statement import Prepared, Row, Statement

Values = Mapping[str, Any]


class Work:
    """Runs statements through SQLAlchemy, in the transaction of a connection.

    There are two ways in: `session` is the ORM's, and costs nothing until somebody uses it; the others take a
    `Statement` each, for what every update does.
    """

    _joining: JoinTransactionMode = "rollback_only"

    def __init__(self, connection: AsyncConnection) -> None:
        """Works on this connection, whose transaction somebody else begins and ends."""
        self.connection = connection
        self._session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        """The ORM's session of this transaction."""
        if self._session is None:
            self._session = AsyncSession(self.connection, expire_on_commit=False, join_transaction_mode=self._joining)
        return self._session

    async def fetch(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """Returns all rows of a statement.

        Raises:
            sqlalchemy.exc.DBAPIError: what the database refused.
        """
        await self._flush()
        return (await self.connection.execute(statement.core(self.connection.dialect), values)).fetchall()

    async def fetch_each(self, statement: Statement, many: Sequence[Values]) -> Sequence[Row]:
        """Returns the row of each of many INSERTs, in order; its RETURNING says `sort_by_parameter_order`."""
        await self._flush()
        return (await self.connection.execute(statement.core(self.connection.dialect), list(many))).fetchall()

    async def run(self, statement: Statement, many: Sequence[Values]) -> None:
        """Runs a statement that returns nothing, for each of many values."""
        await self._flush()
        await self.connection.execute(statement.core(self.connection.dialect), list(many))

    @property
    def has_changes(self) -> bool:
        """Whether the ORM still holds something that is to be written."""
        session = self._session
        return session is not None and any((session.new, session.dirty, session.deleted))

    async def _flush(self) -> None:
        """Writes what the ORM still holds: each way sees what the other did."""
        if self._session is not None:
            await self._session.flush()

    async def finish(self) -> None:
        """Writes what is left to write. Whoever began the transaction commits it when its block is left."""
        if self._session is not None:
            await self._session.commit()

    async def close(self) -> None:
        """Lets go of what was loaded."""
        if self._session is not None:
            await self._session.close()


class InlineWork(Work):
    """Runs prepared statements on SQLite's own connection; a unit's work stands behind a savepoint."""

    # Its session may have to take back what it could not write, and must take nobody else's along.
    _joining = "create_savepoint"

    def __init__(
        self, connection: AsyncConnection, driver: sqlite3.Connection, prepared: dict[Statement, Prepared]
    ) -> None:
        """Works on this connection; what is `prepared` once serves all units of a database."""
        super().__init__(connection)
        self._driver = driver
        self._prepared = prepared

    async def fetch(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """Returns all rows of a statement."""
        await self._flush()
        prepared = self._prepare(statement)
        return prepared.read(self._execute(prepared.sql, prepared.arguments(values)))

    async def fetch_each(self, statement: Statement, many: Sequence[Values]) -> Sequence[Row]:
        """Returns the row of each of many INSERTs, in order."""
        return [row for values in many for row in await self.fetch(statement, **values)]

    async def run(self, statement: Statement, many: Sequence[Values]) -> None:
        """Runs a statement that returns nothing, for each of many values."""
        await self._flush()
        prepared = self._prepare(statement)
        for values in many:
            self._execute(prepared.sql, prepared.arguments(values))

    def set_savepoint(self) -> None:
        """Begins the unit: what others did before it stays, whatever becomes of it."""
        self._execute("SAVEPOINT unit", ())

    def release(self) -> None:
        """Ends the unit; what it did is the transaction's."""
        self._execute("RELEASE unit", ())

    def take_back(self) -> None:
        """Ends the unit, and takes back what it did, and nothing else."""
        # The database may have ended all of it: then there is nothing to go back to.
        if self._driver.in_transaction:
            self._execute("ROLLBACK TO unit", ())
            self.release()

    def _prepare(self, statement: Statement) -> Prepared:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = Prepared(statement, self.connection.dialect)
        return prepared

    def _execute(self, sql: str, arguments: Sequence[Any]) -> list[Row]:
        try:
            return self._driver.execute(sql, arguments).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                sql, None, error, sqlite3.Error, hide_parameters=True, dialect=self.connection.dialect
            ) from error
