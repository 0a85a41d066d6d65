"""A call of every method of every repository, on tables that have the rows of `rows`.

A subject with many calls has them in a `calls_of_*` module, and CALLS here has all of them.
"""

from collections.abc import Awaitable
from typing import Any

from db.models import CourseStatus, Role, Tallied, User
from db.records import OutgoingRecord, ProgressRecord
from db.repositories import Repositories
from db.repositories.outbox import Sent
from tests.db import calls_of_broadcasts, calls_of_media, calls_of_people, calls_of_reminders
from tests.db.givens import ID, LATER, LONG_AGO, NEW, NOW, ROWS, Call, given, progress

SENT = Sent(ID, NOW, ID)


def user(repos: Repositories) -> Awaitable[Any]:
    return repos.users.get(ID)


async def blocked(repos: Repositories) -> User | None:
    found = await repos.users.get(ID)
    if found is not None:
        repos.users.block(found, "-", NOW)
    return found


def last_user(repos: Repositories) -> Awaitable[Any]:
    return repos.users.get(ROWS)


def request(repos: Repositories) -> Awaitable[Any]:
    return repos.users.get_request_of(ID)


def taught(repos: Repositories) -> Awaitable[Any]:
    return repos.courses.get(ID)


def lesson(repos: Repositories) -> Awaitable[Any]:
    return repos.lessons.get(ID)


def parts(repos: Repositories) -> Awaitable[Any]:
    return repos.blocks.list_of(ID)


def entry(repos: Repositories) -> Awaitable[Any]:
    return repos.shelf.get(ID)


async def finished(repos: Repositories) -> ProgressRecord:
    found = await repos.progress.get(ID, ID)
    assert found is not None
    return found._replace(completed_at=LONG_AGO)


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
    "sessions.list_staff": lambda repos: repos.sessions.list_staff([ID, NEW], NOW),
    "sessions.list_signed_in": lambda repos: repos.sessions.list_signed_in(ID, NOW),
    "sessions.list_sign_ins": lambda repos: repos.sessions.list_sign_ins(ID, NOW, but=NEW, limit=5),
    "sessions.end": lambda repos: repos.sessions.end(ID, NOW),
    "sessions.end of others": lambda repos: repos.sessions.end(ID, NOW, but=ID),
    "sessions.end of one": lambda repos: repos.sessions.end(ID, NOW, only=ID),
    "sessions.let_go": given(visited, lambda repos, _name: repos.sessions.let_go([ID])),
    "sessions.count_signed_in": lambda repos: repos.sessions.count_signed_in(ID, NOW),
    "sessions.mark_unreachable": lambda repos: repos.sessions.mark_unreachable([ID, NEW], NOW),
    "users.get_by_email": lambda repos: repos.users.get_by_email(str(ID)),
    "users.get_next_hash": lambda repos: repos.users.get_next_hash(str(ID)),
    "users.get": lambda repos: repos.users.get(ID),
    "users.get locked": lambda repos: repos.users.get(ID, lock=True),
    "users.add": lambda repos: repos.users.add(name="-", email="-", password_hash="-", role=Role.INSTRUCTOR, now=NOW),
    "users.touch": lambda repos: repos.users.touch(ID, NOW),
    "users.move": given(user, lambda repos, user: repos.users.move(user, "-@-")),
    "users.promote": given(user, lambda repos, user: repos.users.promote(user)),
    "users.ensure_instructor": lambda repos: repos.users.ensure_instructor(ID),
    "users.get_bio": lambda repos: repos.users.get_bio(ID),
    "users.set_bio": lambda repos: repos.users.set_bio(ID, "-"),
    "users.demote": given(user, lambda repos, user: repos.users.demote(user)),
    "users.block": given(user, lambda repos, user: repos.users.block(user, "-", NOW)),
    "users.unblock": given(blocked, lambda repos, user: repos.users.unblock(user)),
    "users.release_email": given(user, lambda repos, user: repos.users.release_email(user)),
    "users.read_batch": lambda repos: repos.users.read_batch(5),
    "users.read_batch before": lambda repos: repos.users.read_batch(5, before=ID),
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
        lambda repos: repos.courses.get(ID),
        lambda repos, course: repos.courses.set_status(course, CourseStatus.PUBLISHED, NOW),
    ),
    "courses.describe": given(taught, lambda repos, one: repos.courses.describe(one)),
    "courses.set_cover": lambda repos: repos.courses.set_cover(ID, {}, NOW),
    "courses.set_private": given(taught, lambda repos, course: repos.courses.set_private(course, is_private=True)),
    "courses.require_card": lambda repos: repos.courses.require_card(ID),
    "courses.list_published": lambda repos: repos.courses.list_published("", limit=5),
    "courses.list_published after": lambda repos: repos.courses.list_published("", limit=5, after=ID),
    "courses.list_published before": lambda repos: repos.courses.list_published("", limit=5, before=ID),
    "courses.list_published with words": lambda repos: repos.courses.list_published("tea green", limit=5),
    "courses.list_published with words after": lambda repos: repos.courses.list_published("tea", limit=5, after=ID),
    "courses.list_open": lambda repos: repos.courses.list_open(ID, limit=5),
    "courses.list_by_instructor": lambda repos: repos.courses.list_by_instructor(ID, limit=5),
    "courses.list_by_instructor after": lambda repos: repos.courses.list_by_instructor(ID, limit=5, after=ID),
    "courses.list_by_instructor before": lambda repos: repos.courses.list_by_instructor(ID, limit=5, before=ID),
    "courses.count_by_instructor": lambda repos: repos.courses.count_by_instructor(ID),
    "courses.list_any": lambda repos: repos.courses.list_any("", limit=5),
    "courses.list_any before": lambda repos: repos.courses.list_any("", limit=5, before=ID),
    "courses.list_any words": lambda repos: repos.courses.list_any("compilers", limit=5),
    "courses.list_any words before": lambda repos: repos.courses.list_any("compilers", limit=5, before=ID),
    "lessons.list_of": lambda repos: repos.lessons.list_of(ID),
    "lessons.get": lambda repos: repos.lessons.get(ID),
    "lessons.list_blocks": lambda repos: repos.lessons.list_blocks(ID),
    "lessons.count_blocks": lambda repos: repos.lessons.count_blocks(ID),
    "lessons.add": lambda repos: repos.lessons.add(ID, "Parsing", [{}], NOW),
    "lessons.copy_all": lambda repos: repos.lessons.copy_all(ID, 1, NOW),
    "lessons.rename": given(lesson, lambda repos, lesson: repos.lessons.rename(lesson, "Types")),
    "lessons.move": given(lesson, lambda repos, lesson: repos.lessons.move(lesson, 1)),
    "lessons.remove": given(lesson, lambda repos, lesson: repos.lessons.remove(lesson, NOW)),
    "blocks.list_of": lambda repos: repos.blocks.list_of(ID),
    "blocks.insert": lambda repos: repos.blocks.insert(ID, 1, [{}], NOW),
    "blocks.swap": given(parts, lambda repos, parts: repos.blocks.swap(*parts, *parts)),
    "blocks.remove": given(parts, lambda repos, parts: repos.blocks.remove(*parts)),
    "progress.get": lambda repos: repos.progress.get(ID, ID),
    "progress.lock": lambda repos: repos.progress.lock(ID, ID),
    "progress.find_lesson": lambda repos: repos.progress.find_lesson(ID, ID),
    "progress.find_lesson locked": lambda repos: repos.progress.find_lesson(ID, ID, lock=True),
    "progress.enroll": lambda repos: repos.progress.enroll(ID, 1, NOW),
    "progress.enroll again": lambda repos: repos.progress.enroll(ID, ID, NOW),
    "progress.leave": given(progress, lambda repos, progress: repos.progress.leave(progress, NOW)),
    "progress.finish": given(progress, lambda repos, progress: repos.progress.finish(progress, NOW)),
    "progress.count_courses": lambda repos: repos.progress.count_courses(ID),
    "progress.list_standings": lambda repos: repos.progress.list_standings(ID),
    "progress.list_students": lambda repos: repos.progress.list_students(ID, limit=10),
    "progress.list_students after": lambda repos: repos.progress.list_students(ID, limit=10, after=1),
    "progress.list_students before": lambda repos: repos.progress.list_students(ID, limit=10, before=NEW),
    "progress.get_path": lambda repos: repos.progress.get_path(ID, ID),
    "progress.get_days": lambda repos: repos.progress.get_days(ID, ID),
    "progress.complete": lambda repos: repos.progress.complete(ID, 1, NOW),
    "progress.take_back": given(progress, lambda repos, progress: repos.progress.take_back(progress, ID)),
    "progress.take_back after the end": given(finished, lambda repos, one: repos.progress.take_back(one, ID)),
    "outbox.is_unsent": lambda repos: repos.outbox.is_unsent(ID),
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
    "accounts.list_chats": given(user, lambda repos, user: repos.accounts.list_chats(user)),
    "accounts.forget_chats": lambda repos: repos.accounts.forget_chats([ID, NEW], NOW),
    "accounts.forget": given(user, lambda repos, user: repos.accounts.forget(user, NOW)),
    "accounts.next_idle": lambda repos: repos.accounts.next_idle(LATER),
    "accounts.forget_unused_chats": lambda repos: repos.accounts.forget_unused_chats(LONG_AGO),
    "exports.chats": lambda repos: repos.exports.chats([ID, NEW]),
    "exports.account": lambda repos: repos.exports.account(ID),
    "exports.learning": lambda repos: repos.exports.learning(ID),
    "exports.teaching": lambda repos: repos.exports.teaching(ID),
    "exports.reminding": lambda repos: repos.exports.reminding(ID),
    "exports.sent_to_many": lambda repos: repos.exports.sent_to_many([ID, NEW]),
    "exports.decisions": lambda repos: repos.exports.decisions(ID),
    "exports.upkeep": lambda repos: repos.exports.upkeep([ID, NEW], [str(ID)]),
    "handovers.list_own": lambda repos: repos.handovers.list_own(ID),
    "handovers.offer": lambda repos: repos.handovers.offer([1, ID], ID, NOW),
    "handovers.list_offered": lambda repos: repos.handovers.list_offered(ID, ID),
    "handovers.take": lambda repos: repos.handovers.take(ID, ID, accept=True),
    "handovers.archive_all": lambda repos: repos.handovers.archive_all(ID),
    "audit.add": lambda repos: repos.audit.add(telegram_id=ID, action="promote", subject="-", now=NOW),
    "audit.forget_old": lambda repos: repos.audit.forget_old(LONG_AGO),
    "audit.list_latest": lambda repos: repos.audit.list_latest(5),
    "audit.list_latest after": lambda repos: repos.audit.list_latest(5, after=ID),
    "audit.list_latest before": lambda repos: repos.audit.list_latest(5, before=ID),
    "tallies.count_all": lambda repos: repos.tallies.count_all(NOW),
    "tallies.list_weeks": lambda repos: repos.tallies.list_weeks(Tallied.PEOPLE, NOW.date(), 12),
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
    **calls_of_media.CALLS,
    **calls_of_people.CALLS,
    **calls_of_broadcasts.CALLS,
    **calls_of_reminders.CALLS,
}


async def run(repos: Repositories, name: str) -> None:
    """Runs a call, and what it has left to be written."""
    result = CALLS[name](repos)
    if result is not None:
        await result
    await repos._work.session.flush()
