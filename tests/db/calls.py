"""A call of every method of every repository, on tables that have rows."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import insert, text

from db.models import (
    Attempt,
    AuditEntry,
    Base,
    Block,
    ChatSession,
    Completion,
    Course,
    CourseStatus,
    Instructor,
    InstructorRequest,
    Invitation,
    Lesson,
    Letter,
    Outgoing,
    Progress,
    ProgressStatus,
    Role,
    SenderLease,
    ShelvedUpdate,
    Throttle,
    User,
)
from db.records import OutgoingRecord, ProgressRecord
from db.repositories import Repositories
from db.repositories.outbox import Sent
from tests.db.givens import ID, LATER, LONG_AGO, NEW, NOW, ROWS, Call, given, progress
from tests.db.people_calls import PEOPLE

MADE = {"created_at": NOW}
SENT = Sent(ID, NOW, ID)


def _done(number: int) -> dt.datetime | None:
    return None if number == ID else NOW


# What is in the tables, by number: the rows of one number belong together. Published is every tenth course.
_TABLES: dict[type[Base], Callable[[int], dict[str, Any]]] = {
    User: lambda n: {"name": "-", "email": "-", "email_key": str(n), "password_hash": "-", "role": Role.STUDENT} | MADE,
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
    Invitation: lambda n: {"course_id": n, "token": str(n)} | MADE,
    Letter: lambda n: {"course_id": n, "sent_at": NOW},
    ChatSession: lambda n: {"telegram_id": n, "user_id": n, "signed_in_until": LATER} | MADE,
    Outgoing: lambda n: {
        "update_id": n,
        "priority": 0,
        "version": 1,
        "part": 0,
        "chat_id": n,
        "method": "sendMessage",
        "owner": "gone",
        "remember": "menu",
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
    Attempt: lambda n: {"update_id": n, "count": 1, "begun_at": NOW},
}


async def seed(repos: Repositories) -> None:
    """Fills every table, and tells PostgreSQL's planner what is in them."""
    for model, row in _TABLES.items():
        await repos._work.session.execute(insert(model), [row(number) for number in range(1, ROWS + 1)])
    if repos.users._is_postgresql:
        await repos._work.session.execute(text("ANALYZE " + ", ".join(model.__tablename__ for model in _TABLES)))


def user(repos: Repositories) -> Awaitable[Any]:
    return repos.users.get(ID)


def last_user(repos: Repositories) -> Awaitable[Any]:
    return repos.users.get(ROWS)


def request(repos: Repositories) -> Awaitable[Any]:
    return repos.users.get_request_of(ID)


def lesson(repos: Repositories) -> Awaitable[Any]:
    return repos.lessons.get(ID)


def entry(repos: Repositories) -> Awaitable[Any]:
    return repos.shelf.get(ID)


async def finished(repos: Repositories) -> ProgressRecord:
    found = await repos.progress.get(ID, ID)
    assert found is not None
    return found._replace(completed_at=LONG_AGO)


def taught(repos: Repositories) -> Awaitable[Any]:
    return repos.courses.get(ID)


async def visited(repos: Repositories) -> str:
    session = (await repos.sessions.open(ID, NEW, NOW)).session
    session.dialog = {"name": "tea"}
    return "dialog"


def course(number: int) -> dict[str, Any]:
    return {"title": "Compilers", "description": "", "instructor_id": number, "now": NOW}


def reply() -> OutgoingRecord:
    return OutgoingRecord(ID, "sendMessage", {}, "me", NOW, update_id=NEW)


# Every method of every repository; behind a space, what is special about the call.
CALLS: dict[str, Call] = {
    "sessions.look": lambda repos: repos.sessions.look(ID, NEW, NOW),
    "sessions.save": given(visited, lambda repos, _name: repos.sessions.save()),
    "sessions.open": lambda repos: repos.sessions.open(ID, NEW, NOW),
    "sessions.open of a newcomer": lambda repos: repos.sessions.open(NEW, NEW, NOW),
    "sessions.close_dialog": lambda repos: repos.sessions.close_dialog(ID),
    "sessions.list_recipients": lambda repos: repos.sessions.list_recipients([ID, NEW]),
    "sessions.list_signed_in": lambda repos: repos.sessions.list_signed_in(ID, NOW),
    "sessions.mark_unreachable": lambda repos: repos.sessions.mark_unreachable([ID, NEW], NOW),
    "users.get_by_email": lambda repos: repos.users.get_by_email(str(ID)),
    "users.get_next_hash": lambda repos: repos.users.get_next_hash(str(ID)),
    "users.get": lambda repos: repos.users.get(ID),
    "users.get locked": lambda repos: repos.users.get(ID, lock=True),
    "users.add": lambda repos: repos.users.add(name="-", email="-", password_hash="-", role=Role.INSTRUCTOR, now=NOW),
    "users.promote": given(user, lambda repos, user: repos.users.promote(user)),
    "users.ensure_instructor": lambda repos: repos.users.ensure_instructor(ID),
    "users.demote": given(user, lambda repos, user: repos.users.demote(user)),
    "users.request_instructor": given(last_user, lambda repos, user: repos.users.request_instructor(user, NOW)),
    "users.request_instructor again": given(user, lambda repos, user: repos.users.request_instructor(user, NOW)),
    "users.get_request_of": lambda repos: repos.users.get_request_of(ID),
    "users.decide": given(
        request, lambda repos, request: repos.users.decide(request, approve=True, decided_by=ID, now=NOW)
    ),
    "users.get_request": lambda repos: repos.users.get_request(ID),
    "users.count_requests": lambda repos: repos.users.count_requests(),
    "users.list_requests": lambda repos: repos.users.list_requests(5),
    "courses.add": lambda repos: repos.courses.add(code="TEA1", **course(ID)),
    "courses.add_numbered": lambda repos: repos.courses.add_numbered("COMP", 10, **course(ID)),
    "courses.get": lambda repos: repos.courses.get(ID),
    "courses.lock": lambda repos: repos.courses.lock(ID),
    "courses.get_by_code": lambda repos: repos.courses.get_by_code(f"comp{ID}"),
    "courses.lock_of_lesson": lambda repos: repos.courses.lock_of_lesson(ID),
    "courses.set_status": given(
        taught, lambda repos, course: repos.courses.set_status(course, CourseStatus.PUBLISHED, NOW)
    ),
    "courses.set_private": given(taught, lambda repos, course: repos.courses.set_private(course, is_private=True)),
    "courses.require_card": lambda repos: repos.courses.require_card(ID),
    "courses.list_published": lambda repos: repos.courses.list_published("", limit=5),
    "courses.list_published after": lambda repos: repos.courses.list_published("", limit=5, after=ID),
    "courses.list_published before": lambda repos: repos.courses.list_published("", limit=5, before=ID),
    "courses.list_published with words": lambda repos: repos.courses.list_published("tea green", limit=5),
    "courses.list_published with words after": lambda repos: repos.courses.list_published("tea", limit=5, after=ID),
    "courses.list_by_instructor": lambda repos: repos.courses.list_by_instructor(ID, limit=5),
    "courses.list_by_instructor after": lambda repos: repos.courses.list_by_instructor(ID, limit=5, after=ID),
    "courses.list_by_instructor before": lambda repos: repos.courses.list_by_instructor(ID, limit=5, before=ID),
    "courses.count_by_instructor": lambda repos: repos.courses.count_by_instructor(ID),
    "lessons.list_of": lambda repos: repos.lessons.list_of(ID),
    "lessons.get": lambda repos: repos.lessons.get(ID),
    "lessons.list_blocks": lambda repos: repos.lessons.list_blocks(ID),
    "lessons.count_blocks": lambda repos: repos.lessons.count_blocks(ID),
    "lessons.add": lambda repos: repos.lessons.add(ID, "Parsing", [{}], NOW),
    "lessons.rename": given(lesson, lambda repos, lesson: repos.lessons.rename(lesson, "Types")),
    "lessons.move": given(lesson, lambda repos, lesson: repos.lessons.move(lesson, 1)),
    "lessons.remove": given(lesson, lambda repos, lesson: repos.lessons.remove(lesson, NOW)),
    "progress.get": lambda repos: repos.progress.get(ID, ID),
    "progress.lock": lambda repos: repos.progress.lock(ID, ID),
    "progress.find_lesson": lambda repos: repos.progress.find_lesson(ID, ID),
    "progress.find_lesson locked": lambda repos: repos.progress.find_lesson(ID, ID, lock=True),
    "progress.enroll": lambda repos: repos.progress.enroll(ID, 1, NOW),
    "progress.enroll again": lambda repos: repos.progress.enroll(ID, ID, NOW),
    "progress.leave": given(progress, lambda repos, progress: repos.progress.leave(progress, NOW)),
    "progress.finish": given(progress, lambda repos, progress: repos.progress.finish(progress, NOW)),
    "progress.list_standings": lambda repos: repos.progress.list_standings(ID),
    "progress.list_students": lambda repos: repos.progress.list_students(ID, limit=10),
    "progress.list_students after": lambda repos: repos.progress.list_students(ID, limit=10, after=1),
    "progress.list_students before": lambda repos: repos.progress.list_students(ID, limit=10, before=NEW),
    "progress.list_lessons": lambda repos: repos.progress.list_lessons(ID, ID),
    "progress.get_path": lambda repos: repos.progress.get_path(ID, ID),
    "progress.complete": lambda repos: repos.progress.complete(ID, 1, NOW),
    "progress.take_back": given(progress, lambda repos, progress: repos.progress.take_back(progress, ID)),
    "progress.take_back after the end": given(finished, lambda repos, one: repos.progress.take_back(one, ID)),
    **PEOPLE,
    "outbox.add": lambda repos: repos.outbox.add([reply()]),
    "outbox.list_unsent": lambda repos: repos.outbox.list_unsent(ID, "gone"),
    "outbox.list_own": lambda repos: repos.outbox.list_own("gone"),
    "outbox.mark_sent": lambda repos: repos.outbox.mark_sent([SENT, SENT]),
    "outbox.get_remembered": lambda repos: repos.outbox.get_remembered(ID, "menu"),
    "outbox.renew_lease": lambda repos: repos.outbox.renew_lease(f"sender {ID}", LATER),
    "outbox.renew_lease of a newcomer": lambda repos: repos.outbox.renew_lease("new", LATER),
    "outbox.list_lost": lambda repos: repos.outbox.list_lost("gone", [ID]),
    "outbox.list_taken": lambda repos: repos.outbox.list_taken([ID, NEW], "me"),
    "outbox.list_taken before": lambda repos: repos.outbox.list_taken([ID, NEW], "me", ID),
    "outbox.end_leases": lambda repos: repos.outbox.end_leases(NOW, everyone=False),
    "outbox.end_leases of everyone": lambda repos: repos.outbox.end_leases(NOW, everyone=True),
    "outbox.release": lambda repos: repos.outbox.release(f"sender {ID}"),
    "outbox.claim_abandoned": lambda repos: repos.outbox.claim_abandoned("me", 5),
    "outbox.forget_sent": lambda repos: repos.outbox.forget_sent(LONG_AGO),
    "throttles.wait": lambda repos: repos.throttles.wait([str(ID), "-"], NEW, NOW),
    "throttles.count": lambda repos: repos.throttles.count(str(ID), NEW, NOW),
    "throttles.is_counted": lambda repos: repos.throttles.is_counted(str(ID), NEW),
    "throttles.reset": lambda repos: repos.throttles.reset([str(ID), "-"]),
    "throttles.forget_old": lambda repos: repos.throttles.forget_old(LONG_AGO),
    "audit.add": lambda repos: repos.audit.add(telegram_id=ID, action="promote", subject="-", now=NOW),
    "audit.list_latest": lambda repos: repos.audit.list_latest(5),
    "shelf.add": lambda repos: repos.shelf.add(
        update_id=ID, telegram_id=ID, content={}, traceback="-", fingerprint="-", now=NOW
    ),
    "shelf.add_first": lambda repos: repos.shelf.add_first(update_id=NEW, traceback="-", fingerprint="-", now=NOW),
    "shelf.get": lambda repos: repos.shelf.get(ID),
    "shelf.get_of_update": lambda repos: repos.shelf.get_of_update(ID),
    "shelf.count": lambda repos: repos.shelf.count(),
    "shelf.list_newest": lambda repos: repos.shelf.list_newest(limit=5),
    "shelf.list_newest after": lambda repos: repos.shelf.list_newest(limit=5, after=ID),
    "shelf.list_newest before": lambda repos: repos.shelf.list_newest(limit=5, before=ID),
    "shelf.is_news": lambda repos: repos.shelf.is_news(ID, "-", LONG_AGO),
    "shelf.count_alike": given(entry, lambda repos, entry: repos.shelf.count_alike(entry)),
    "shelf.ask": given(entry, lambda repos, entry: repos.shelf.ask(entry, ID, NOW)),
    "shelf.ask all": given(entry, lambda repos, entry: repos.shelf.ask(entry, ID, NOW, upto=NEW)),
    "shelf.drop": given(entry, lambda repos, entry: repos.shelf.drop(entry)),
    "shelf.drop all": given(entry, lambda repos, entry: repos.shelf.drop(entry, upto=NEW)),
    "shelf.next_asked": lambda repos: repos.shelf.next_asked(),
    "shelf.clear": lambda repos: repos.shelf.clear(ID),
    "shelf.put_back": lambda repos: repos.shelf.put_back(ID),
    "shelf.forget_old": lambda repos: repos.shelf.forget_old(LONG_AGO),
    "attempts.count": lambda repos: repos.attempts.count(ID),
    "attempts.begin": lambda repos: repos.attempts.begin(ID, NOW),
    "attempts.forget_old": lambda repos: repos.attempts.forget_old(LONG_AGO),
}


async def run(repos: Repositories, name: str) -> None:
    """Runs a call, and what it has left to be written."""
    result = CALLS[name](repos)
    if result is not None:
        await result
    await repos._work.session.flush()
