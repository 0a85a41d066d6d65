"""Calls that are about a course's people: who takes it, who is invited, who was written to."""

from collections.abc import Awaitable
from typing import Any

from db.repositories import Repositories
from tests.db.givens import ID, LONG_AGO, NEW, NOW, Call, given, progress


def invitation(repos: Repositories) -> Awaitable[Any]:
    return repos.invitations.get(ID)


CALLS: dict[str, Call] = {
    "progress.enroll after removal": given(
        progress, lambda repos, _progress: repos.progress.enroll(ID, ID, NOW, lets_back=True)
    ),
    "progress.leave removed": given(
        progress, lambda repos, progress: repos.progress.leave(progress, NOW, is_removed=True)
    ),
    "students.get": lambda repos: repos.students.get(ID),
    "students.last_done": lambda repos: repos.students.last_done(ID, ID),
    "students.count_removed": lambda repos: repos.students.count_removed(ID),
    "students.list_removed": lambda repos: repos.students.list_removed(ID, limit=10),
    "students.list_removed after": lambda repos: repos.students.list_removed(ID, limit=10, after=1),
    "students.list_removed before": lambda repos: repos.students.list_removed(ID, limit=10, before=NEW),
    "invitations.add": lambda repos: repos.invitations.add(ID, "token", None, NOW),
    "invitations.get": lambda repos: repos.invitations.get(ID),
    "invitations.find": lambda repos: repos.invitations.find(str(ID)),
    "invitations.list_of": lambda repos: repos.invitations.list_of(ID),
    "invitations.take": given(invitation, lambda repos, one: repos.invitations.take(one)),
    "invitations.revoke": given(invitation, lambda repos, one: repos.invitations.revoke(one, NOW)),
    "letters.count": lambda repos: repos.letters.count(ID, LONG_AGO),
    "letters.add": lambda repos: repos.letters.add(ID, NOW, forget=LONG_AGO),
    "teaching.list_news": lambda repos: repos.teaching.list_news({1: LONG_AGO, ID: LONG_AGO}, NOW),
    "teaching.name_instructors": lambda repos: repos.teaching.name_instructors([1, ID]),
    "teaching.count_stalled": lambda repos: repos.teaching.count_stalled(ID, NOW),
    "teaching.list_stalled": lambda repos: repos.teaching.list_stalled(ID, NOW, after=1, limit=500),
    "teaching.get_nudged_at": lambda repos: repos.teaching.get_nudged_at(ID),
    "teaching.mark_nudged": lambda repos: repos.teaching.mark_nudged(ID, NOW),
    "students.count_finishes": lambda repos: repos.students.count_finishes(ID, limit=500),
}
