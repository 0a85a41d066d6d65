"""What every repository has: the transaction's session."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Base


class Repository:
    """A part of the memory. Never commits; the transaction around it does."""

    def __init__(self, session: AsyncSession) -> None:
        """Works inside the transaction of this session."""
        self._session = session

    @property
    def _is_postgresql(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"

    def _insert(self, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
        """Returns an INSERT that knows ON CONFLICT, which both databases spell alike and standard SQL lacks."""
        return postgresql.insert(model) if self._is_postgresql else sqlite.insert(model)
