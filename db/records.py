"""Records: what was read of a row, and is only read. Whoever wants it changed asks a repository.

They are plain data: loading one takes a tenth of the time that an object of the ORM takes, which stands ready to be
written back. Each has the names of some columns of its model.
"""

import datetime as dt
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement

from db.models import Base, CourseStatus, DigestEvery, MediumState, ProgressStatus, Role
from db.models.outgoing import CALL


class SessionRecord(Struct):
    """The session of a Telegram account. This one may be changed; it is written back when the transaction ends."""

    telegram_id: int
    first_name: str
    language: str
    keeps_language: bool
    zone: str | None
    user_id: int | None
    signed_in_at: dt.datetime | None
    signed_in_until: dt.datetime | None
    dialog: dict[str, Any] | None
    course_id: int | None
    lesson_id: int | None
    undo_lesson_id: int | None
    wanted_code: str | None
    unreachable_since: dt.datetime | None
    seen_at: dt.datetime


class OutgoingRecord(Struct):
    """A Bot API call to be made, as data: a row of the outbox, or one that is written nowhere and has no id."""

    chat_id: int
    method: str
    content: dict[str, Any] | None
    owner: str
    created_at: dt.datetime
    update_id: int | None = None
    part: int = 0
    priority: int = 0
    version: int = CALL
    remember: str | None = None
    edits: str | None = None
    broadcast_id: int | None = None
    good_until: dt.datetime | None = None
    id: int = 0


class PlanRecord(Struct):
    """How somebody wishes to be reminded. This one may be changed; `reminders.save` writes it."""

    user_id: int
    is_on: bool
    days: int
    hour: int
    quiet_from: int
    quiet_until: int
    paused_until: dt.date | None
    digest: DigestEvery
    next_due: dt.datetime | None
    later_at: dt.datetime | None
    told_on: dt.date | None
    told_at: dt.datetime | None
    ignored: int
    asked_at: dt.datetime | None
    owed_since: dt.datetime | None = None


class UserRecord(NamedTuple):
    """An account, but for what it is opened with."""

    id: int
    name: str
    email: str
    role: Role
    # The Telegram account that registered; None for accounts that are older than this is written down.
    registered_by: int | None = None
    # Why this person can do nothing here; nobody else has one.
    blocked_reason: str | None = None


class AuditRecord(NamedTuple):
    """Something that an admin did; `name` is the admin's, who may have no account."""

    id: int
    at: dt.datetime
    telegram_id: int
    action: str
    subject: str
    detail: str | None
    name: str | None


class CourseRecord(NamedTuple):
    """A course."""

    id: int
    code: str
    title: str
    description: str
    status: CourseStatus
    instructor_id: int
    students: int
    is_private: bool = False
    language: str | None = None


class LessonRecord(NamedTuple):
    """A lesson, removed or not."""

    id: int
    course_id: int
    title: str
    # Order only, not the number that people see.
    position: int
    removed_at: dt.datetime | None


class BlockRecord(NamedTuple):
    """One piece of a lesson."""

    id: int
    lesson_id: int
    # Order only, not the number that people see.
    position: int
    content: dict[str, Any]


class MediumRecord(NamedTuple):
    """A file of a lesson."""

    unique_id: str
    kind: str
    file_id: str | None
    file_name: str | None
    facts: dict[str, Any] | None
    state: MediumState
    sha256: str | None
    reason: str | None
    failures: int


class ProgressRecord(NamedTuple):
    """An enrollment, current or left."""

    id: int
    user_id: int
    course_id: int
    status: ProgressStatus
    enrolled_at: dt.datetime
    completed_at: dt.datetime | None
    left_at: dt.datetime | None
    removed_at: dt.datetime | None


class InvitationRecord(NamedTuple):
    """An invitation to a course, revoked or not; without `max_people`, any number may come."""

    id: int
    course_id: int
    token: str
    max_people: int | None
    used: int
    created_at: dt.datetime
    revoked_at: dt.datetime | None

    @property
    def is_full(self) -> bool:
        """Whether all places are taken."""
        return self.max_people is not None and self.used >= self.max_people


def columns(record: Any, model: type[Base]) -> list[ColumnElement[Any]]:
    """Returns the columns of a model that make up a record, in its order."""
    names = record.__struct_fields__ if issubclass(record, Struct) else record._fields
    return [model.__table__.c[name] for name in names]
