"""Rows in every table, for what is asked of the repositories: here is what a new table has."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, text

from db.models import (
    Attempt,
    AudienceKind,
    AuditEntry,
    Base,
    Block,
    Broadcast,
    BroadcastState,
    ChatSession,
    Completion,
    Course,
    CourseStatus,
    FileId,
    Handover,
    Instructor,
    InstructorRequest,
    Invitation,
    Lesson,
    Letter,
    Medium,
    MediumState,
    Outgoing,
    Progress,
    ProgressStatus,
    ReminderMute,
    ReminderPlan,
    ReminderThing,
    Role,
    SenderLease,
    ShelvedUpdate,
    Throttle,
    User,
)
from db.reminding import FIRST
from db.repositories import Repositories
from tests.db.givens import ID, LATER, MADE, NOW, ROWS


def _done(number: int) -> dt.datetime | None:
    return None if number == ID else NOW


# What is in the tables, by number: the rows of one number belong together. Published is every tenth course.
TABLES: dict[type[Base], Callable[[int], dict[str, Any]]] = {
    User: lambda n: (
        {"name": "-", "email": "-", "email_key": str(n), "password_hash": "-", "role": Role.STUDENT}
        | MADE
        | {"idle_since": NOW}
    ),
    Instructor: lambda n: {"user_id": n},
    InstructorRequest: lambda n: {"user_id": n, "requested_at": NOW, "decided_at": _done(n)},
    Course: lambda n: {
        "code": f"COMP{n}",
        "title": "-",
        "status": CourseStatus.DRAFT if n % 10 else CourseStatus.PUBLISHED,
        "instructor_id": n,
        **MADE,
    },
    Lesson: lambda n: {"course_id": n, "title": "-", "position": 1} | MADE,
    Block: lambda n: {"lesson_id": n, "position": 1, "content": {}},
    Progress: lambda n: {"user_id": n, "course_id": n, "status": ProgressStatus.IN_PROGRESS, "enrolled_at": NOW},
    Completion: lambda n: {"user_id": n, "lesson_id": n, "completed_at": NOW},
    ChatSession: lambda n: {"telegram_id": n, "user_id": n, "signed_in_until": LATER, "seen_at": NOW} | MADE,
    Outgoing: lambda n: {
        "update_id": n,
        "priority": 0,
        "version": 1,
        "part": 0,
        "chat_id": n,
        "method": "sendMessage",
        "owner": "gone",
        "remember": "menu",
        "broadcast_id": n,
        "message_id": n,
        "sent_at": _done(n),
        **MADE,
    },
    SenderLease: lambda n: {"owner": f"sender {n}", "alive_until": LATER},
    Throttle: lambda n: {"key": str(n), "failures": 1, "last_at": NOW, "update_id": n},
    AuditEntry: lambda n: {"at": NOW, "telegram_id": n, "action": "promote", "subject": "-"},
    ShelvedUpdate: lambda n: {
        "update_id": n,
        "shelved_at": NOW,
        "content": {},
        "traceback": "-",
        "fingerprint": str(n),
        "retried_at": None if n == ID else NOW,
    },
    Handover: lambda n: {"course_id": n, "to_user_id": n, "offered_at": NOW},
    Attempt: lambda n: {"update_id": n, "count": 1, "begun_at": NOW},
    Medium: lambda n: {
        "unique_id": f"AQ{n:05}",
        "kind": "photo",
        "file_id": f"photo {n}",
        "state": MediumState.PENDING if n == ID else MediumState.KEPT,
        "sha256": None if n == ID else f"{n:064}",
        "due_at": NOW,
        "registered_at": NOW,
    },
    FileId: lambda n: {"unique_id": f"AQ{n:05}", "bot_id": 42, "file_id": f"photo {n}"},
    Broadcast: lambda n: {
        "telegram_id": n,
        "kind": AudienceKind.EVERYBODY,
        "course_id": n,
        "state": BroadcastState.RUNNING if n == ID else BroadcastState.DONE,
        "content": {},
        **MADE,
    },
    Invitation: lambda n: {"course_id": n, "token": str(n)} | MADE,
    ReminderPlan: lambda n: {
        "user_id": n,
        **FIRST,
        "next_due": NOW if n == ID else LATER,
        "told_at": NOW,
    },
    ReminderMute: lambda n: {"user_id": n, "kind": "changed", "course_id": n},
    ReminderThing: lambda n: {
        "user_id": n,
        "kind": "changed",
        "course_id": n,
        "thing": n,
        "since": NOW,
        "told_at": NOW,
    },
    Letter: lambda n: {"course_id": n, "sent_at": NOW},
}


async def seed(repos: Repositories) -> None:
    """Fills every table, and tells PostgreSQL's planner what is in them."""
    for model, row in TABLES.items():
        await repos._work.session.execute(insert(model), [row(number) for number in range(1, ROWS + 1)])
    if repos.users._is_postgresql:
        await repos._work.session.execute(text("ANALYZE " + ", ".join(model.__tablename__ for model in TABLES)))
