"""What every repository has: the work of its transaction."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.work import Work

# No id is as high: SQLite counts to here, and PostgreSQL likewise.
BEHIND_ALL = 2**63 - 1


class Repository:
    """A part of the memory. Never commits; the transaction around it does."""

    def __init__(self, work: Work) -> None:
        """Works inside the transaction of this unit of work."""
        self._work = work

    @property
    def _session(self) -> AsyncSession:
        return self._work.session

    @property
    def _is_postgresql(self) -> bool:
        return self._work.connection.dialect.name == "postgresql"
