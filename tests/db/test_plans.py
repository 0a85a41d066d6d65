"""No statement of a repository reads a whole table that grows."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import cached_property
from typing import get_type_hints

import pytest
from sqlalchemy import text

from db.models import Base, DataKey, Tally
from db.repositories import Repositories
from db.transaction import Database
from tests.conftest import fresh_database
from tests.db.calls import CALLS, run
from tests.db.plans import ALLOWED, COUNTS, WAITING, full_scans
from tests.db.rows import TABLES, seed
from tests.statements import Executed, statements


class Undo(Exception):
    """Takes back what a call has written."""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yields the URL of a database with rows in every table, made once: that takes longer than the calls."""
    with fresh_database(tmp_path_factory.mktemp("plans"), "plans") as url:
        asyncio.run(_seed(url))
        yield url


async def _seed(url: str) -> None:
    database = Database(url)
    async with database.transaction() as repos:
        await seed(repos)
    await database.close()


@pytest.fixture
async def repos(seeded: str) -> AsyncIterator[Repositories]:
    """Yields the repositories of that database; what is written there is taken back."""
    database = Database(seeded)
    with suppress(Undo):
        async with database.transaction() as repos:
            yield repos
            raise Undo
    await database.close()


def methods() -> set[str]:
    """Returns the public methods of all repositories."""
    return {
        f"{name}.{method}"
        for name, made in vars(Repositories).items()
        if isinstance(made, cached_property)
        for method, _function in inspect.getmembers(get_type_hints(made.func)["return"], inspect.isfunction)
        if not method.startswith("_")
    }


def test_every_method_is_called() -> None:
    """A new method of a repository comes with a call of it here."""
    called = {name.split(" ")[0] for name in CALLS}
    assert called == methods(), "each method has a call in tests/db/calls.py, or calls_of_*.py, under its own name"


def test_every_table_has_rows() -> None:
    """How a statement would run shows on a table that has something in it."""
    # A key is there in an encrypted database only, and triggers write the tallies.
    models = {mapper.class_ for mapper in Base.registry.mappers} - {DataKey, Tally}
    assert set(TABLES) == models, "each model has a row by number in tests/db/rows.py"


async def statements_of(repos: Repositories, name: str) -> list[Executed]:
    """Returns the statements that a call runs."""
    with statements() as seen:
        await run(repos, name)
    return seen


async def scans_of(repos: Repositories, name: str, *, strictly: bool = False) -> dict[str, list[str]]:
    """Returns the statements of a call that read a whole table or index, with the steps that do."""
    seen = await statements_of(repos, name)
    assert seen
    connection = await repos._work.session.connection()
    return {each.sql: scans for each in seen if (scans := await full_scans(connection, each, strictly=strictly))}


@pytest.mark.parametrize("name", [name for name in CALLS if name not in COUNTS])
async def test_no_table_is_read_whole(repos: Repositories, name: str) -> None:
    """Each statement finds its rows by an index, or stops after the first few of one."""
    found = {sql: scans for sql, scans in (await scans_of(repos, name)).items() if sql not in ALLOWED}
    assert not found, "its WHERE needs an index that begins with its columns, or a LIMIT by key and no other condition"


async def test_what_is_allowed_is_needed(repos: Repositories) -> None:
    """The statements that may read a whole table do so: an exception that nobody needs is none."""
    assert {*await scans_of(repos, "shelf.count"), *await scans_of(repos, "broadcasts.count")} == set(ALLOWED)
    for name in COUNTS:
        assert await scans_of(repos, name)


# A call that needs it, of each index; what waits in the outbox is also found in its other indexes.
READERS = {
    "ix_attempts_begun": "attempts.forget_old",
    "ix_audit_log_about": "accounts.forget",
    "ix_audit_log_at": "audit.forget_old",
    "ix_broadcasts_course": "broadcasts.list_of",
    "ix_broadcasts_state": "broadcasts.list_running",
    "ix_blocks_lesson": "lessons.list_blocks",
    "ix_chat_sessions_seen": "accounts.forget_unused_chats",
    "ix_chat_sessions_user": "sessions.list_signed_in",
    "ix_courses_instructor": "courses.count_by_instructor",
    "ix_courses_status": "courses.list_published",
    "ix_handovers_to": "accounts.forget",
    "ix_instructor_requests_open": "users.count_requests",
    "ix_invitations_course": "invitations.list_of",
    "ix_lessons_course": "lessons.list_of",
    "ix_letters_course": "letters.count",
    "ix_media_due": "media.claim",
    "ix_media_sha256": "media.list_needed",
    "ix_outbox_remembered": "outbox.get_remembered",
    "ix_outbox_sent": "outbox.forget_sent",
    "ix_progress_removed": "students.list_removed",
    "ix_progress_students": "progress.list_students",
    "ix_reminder_plans_due": "reminders.claim",
    "ix_shelf_fingerprint": "shelf.count_alike",
    "ix_shelf_retried": "shelf.next_asked",
    "ix_shelf_shelved": "shelf.forget_old",
    "ix_shelf_telegram": "accounts.forget_chats",
    "ix_throttles_last": "throttles.forget_old",
    "ix_users_idle": "accounts.next_idle",
}


def test_every_index_is_read() -> None:
    """Each index costs every write to its table, so it has somebody who reads it."""
    indexes = {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    assert indexes - WAITING == set(READERS), "READERS names, of tests/db/calls.py, a call that needs the index"


@pytest.mark.parametrize("index", READERS)
async def test_a_missing_index_is_found(repos: Repositories, index: str) -> None:
    """Without the index its reader reads the whole table, and that does not go unnoticed."""
    await repos._work.session.execute(text(f"DROP INDEX {index}"))
    assert await scans_of(repos, READERS[index], strictly=True)


async def test_a_page_of_students_is_one_statement(repos: Repositories) -> None:
    """However many there are on it, nobody is asked for by themselves."""
    assert len(await statements_of(repos, "progress.list_students")) == 1
