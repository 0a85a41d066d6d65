"""The repositories, one an aggregate. All SQL of the project is in this package."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from db.repositories.chat_sessions import ChatSessions
from db.repositories.courses import Courses
from db.repositories.lessons import Lessons
from db.repositories.outbox import Outbox
from db.repositories.progress import ProgressRepository
from db.repositories.upkeep import Attempts, AuditLog, Shelf, Throttles
from db.repositories.users import Users


class Repositories:
    """Every repository, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Works inside the transaction of this session."""
        self._session = session

    @cached_property
    def sessions(self) -> ChatSessions:
        """Who talks, and where the talk stands."""
        return ChatSessions(self._session)

    @cached_property
    def users(self) -> Users:
        """Accounts."""
        return Users(self._session)

    @cached_property
    def courses(self) -> Courses:
        """Courses."""
        return Courses(self._session)

    @cached_property
    def lessons(self) -> Lessons:
        """Lessons and their blocks."""
        return Lessons(self._session)

    @cached_property
    def progress(self) -> ProgressRepository:
        """Enrollments and completions."""
        return ProgressRepository(self._session)

    @cached_property
    def outbox(self) -> Outbox:
        """What is to be sent."""
        return Outbox(self._session)

    @cached_property
    def throttles(self) -> Throttles:
        """Wrong passwords in a row."""
        return Throttles(self._session)

    @cached_property
    def audit(self) -> AuditLog:
        """What admins did."""
        return AuditLog(self._session)

    @cached_property
    def shelf(self) -> Shelf:
        """Updates that could not be handled."""
        return Shelf(self._session)

    @cached_property
    def attempts(self) -> Attempts:
        """Updates that were begun and not finished."""
        return Attempts(self._session)


__all__ = ["Repositories"]
