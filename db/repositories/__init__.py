"""The repositories, one an aggregate. All SQL of the project is in this package."""

from functools import cached_property

from db.repositories.accounts import Accounts
from db.repositories.audit import AuditLog
from db.repositories.blocks import Blocks
from db.repositories.broadcasts import Broadcasts
from db.repositories.chat_sessions import ChatSessions
from db.repositories.courses import Courses
from db.repositories.exports import Exports
from db.repositories.handovers import Handovers
from db.repositories.invitations import Invitations
from db.repositories.lessons import Lessons
from db.repositories.letters import Letters
from db.repositories.media import Media
from db.repositories.outbox import Outbox
from db.repositories.progress import ProgressRepository
from db.repositories.reminders import Reminders
from db.repositories.students import Students
from db.repositories.tallies import Tallies
from db.repositories.teaching import Teaching
from db.repositories.upkeep import Attempts, Shelf, Throttles
from db.repositories.users import Users
from db.work import Work


class Repositories:
    """Every repository, inside one transaction."""

    def __init__(self, work: Work) -> None:
        """Works inside the transaction of this unit of work."""
        self._work = work

    @property
    def has_changes(self) -> bool:
        """Whether something is left to write, which a reader would lose."""
        return self.sessions.is_changed or self._work.has_changes

    async def finish(self) -> None:
        """Writes what is left to write, as the last thing before the commit."""
        await self.sessions.save()
        await self._work.finish()

    @cached_property
    def sessions(self) -> ChatSessions:
        """Who talks, and where the talk stands."""
        return ChatSessions(self._work)

    @cached_property
    def users(self) -> Users:
        """Accounts."""
        return Users(self._work)

    @cached_property
    def courses(self) -> Courses:
        """Courses."""
        return Courses(self._work, self.media)

    @cached_property
    def lessons(self) -> Lessons:
        """Lessons and their blocks."""
        return Lessons(self._work, self.media)

    @cached_property
    def media(self) -> Media:
        """The files of lessons."""
        return Media(self._work)

    @cached_property
    def blocks(self) -> Blocks:
        """The pieces of a lesson, one by one."""
        return Blocks(self._work, self.media)

    @cached_property
    def progress(self) -> ProgressRepository:
        """Enrollments and completions."""
        return ProgressRepository(self._work)

    @cached_property
    def students(self) -> Students:
        """A course's students, as its instructor sees them."""
        return Students(self._work)

    @cached_property
    def invitations(self) -> Invitations:
        """Invitations to courses."""
        return Invitations(self._work)

    @cached_property
    def letters(self) -> Letters:
        """How many messages went to the students of a course."""
        return Letters(self._work)

    @cached_property
    def reminders(self) -> Reminders:
        """Who is to be reminded, and when."""
        return Reminders(self._work)

    @cached_property
    def outbox(self) -> Outbox:
        """What is to be sent."""
        return Outbox(self._work)

    @cached_property
    def broadcasts(self) -> Broadcasts:
        """Messages to many."""
        return Broadcasts(self._work)

    @cached_property
    def throttles(self) -> Throttles:
        """Wrong passwords in a row."""
        return Throttles(self._work)

    @cached_property
    def accounts(self) -> Accounts:
        """People, as a whole."""
        return Accounts(self._work)

    @cached_property
    def exports(self) -> Exports:
        """People's data, to be handed out."""
        return Exports(self._work)

    @cached_property
    def handovers(self) -> Handovers:
        """Courses that change hands."""
        return Handovers(self._work)

    @cached_property
    def audit(self) -> AuditLog:
        """What admins did."""
        return AuditLog(self._work)

    @cached_property
    def teaching(self) -> Teaching:
        """What is new in courses, and who of their students does not get on."""
        return Teaching(self._work)

    @cached_property
    def tallies(self) -> Tallies:
        """What there is, by week."""
        return Tallies(self._work)

    @cached_property
    def shelf(self) -> Shelf:
        """Updates that could not be handled."""
        return Shelf(self._work)

    @cached_property
    def attempts(self) -> Attempts:
        """Updates that were begun and not finished."""
        return Attempts(self._work)


__all__ = ["Repositories"]
