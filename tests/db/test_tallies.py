"""Tallies: the database counts what comes and goes, whoever writes it."""

import datetime as dt

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, delete

from db.engine import create_engine
from db.migrations.tallying import create_triggers
from db.models import Completion, Role, Tallied, User
from db.repositories import Repositories
from db.repositories.tallies import Count, week_of
from db.transaction import Database
from tests.chat import FakeClock
from tests.db.raw import execute

# A Sunday: its week began six days before.
SUNDAY = FakeClock()()
MONDAY = SUNDAY + dt.timedelta(days=1)


async def add_person(repos: Repositories, name: str, role: Role, now: dt.datetime) -> User:
    email = f"{name}@example.org"
    return await repos.users.add(name=name, email=email, password_hash="x", role=role, now=now)


async def figures(database: Database, now: dt.datetime) -> list[tuple[int, int]]:
    """Returns how many people, instructors, courses, enrollments and completions there are, and of this week."""
    async with database.transaction() as repos:
        found = await repos.tallies.count_all(now)
    return [(found[kind].total, found[kind].new) for kind in Tallied]


def test_a_week_begins_on_monday() -> None:
    """Whatever the zone of a moment, its week is that of UTC."""
    berlin = dt.timezone(dt.timedelta(hours=2))
    assert week_of(SUNDAY) == dt.date(2026, 4, 27)
    assert week_of(MONDAY) == dt.date(2026, 5, 4)
    assert week_of(dt.datetime(2026, 5, 4, 1, tzinfo=berlin)) == dt.date(2026, 4, 27)


async def test_what_comes_is_counted_once(database: Database) -> None:
    """A second enrollment in a course and a second completion of a lesson are none; a new week begins at nothing."""
    async with database.transaction() as repos:
        ivan = await add_person(repos, "ivan", Role.INSTRUCTOR, SUNDAY)
        ada = await add_person(repos, "ada", Role.STUDENT, MONDAY)
        course = await repos.courses.add(code="C1", title="C", description="", instructor_id=ivan.id, now=SUNDAY)
        lesson = await repos.lessons.add(course.id, "One", [], SUNDAY)
        for _time in range(2):
            await repos.progress.enroll(ada.id, course.id, MONDAY)
            await repos.progress.complete(ada.id, lesson.id, MONDAY)
    assert await figures(database, SUNDAY) == [(2, 1), (1, 1), (1, 1), (1, 0), (1, 0)]
    assert await figures(database, MONDAY) == [(2, 1), (1, 0), (1, 0), (1, 1), (1, 1)]


async def test_what_goes_is_not_counted(database: Database) -> None:
    """An undone completion, a demoted instructor and deleted people are gone from the week in which they came."""
    async with database.transaction() as repos:
        ivan = await add_person(repos, "ivan", Role.INSTRUCTOR, SUNDAY)
        ada = await add_person(repos, "ada", Role.STUDENT, SUNDAY)
        course = await repos.courses.add(code="C1", title="C", description="", instructor_id=ivan.id, now=SUNDAY)
        lesson = await repos.lessons.add(course.id, "One", [], SUNDAY)
        await repos.progress.complete(ada.id, lesson.id, SUNDAY)
    async with database.transaction() as repos:
        await repos._work.session.execute(delete(Completion))
        await repos._work.session.execute(delete(User).where(User.id == ada.id))
        user = await repos.users.get(ivan.id)
        assert user is not None
        repos.users.demote(user)
    assert await figures(database, SUNDAY) == [(1, 1), (0, 0), (1, 1), (0, 0), (0, 0)]
    async with database.transaction() as repos:
        user = await repos.users.get(ivan.id)
        assert user is not None
        await repos.users.promote(user)
        await repos.users.promote(user)
    assert (await figures(database, SUNDAY))[1] == (1, 1)


async def test_weeks_without_anybody_are_in_the_row(database: Database) -> None:
    """The last weeks come in order, each with how many came in it."""
    async with database.transaction() as repos:
        for number, weeks_ago in enumerate((0, 0, 2, 9)):
            await add_person(repos, str(number), Role.STUDENT, SUNDAY - dt.timedelta(weeks=weeks_ago))
    async with database.transaction() as repos:
        first = week_of(SUNDAY) - dt.timedelta(weeks=3)
        assert await repos.tallies.list_weeks(Tallied.PEOPLE, first, 4) == [0, 1, 0, 2]
        assert (await repos.tallies.count_all(SUNDAY))[Tallied.PEOPLE] == Count(4, 2)


async def test_what_was_there_before_is_counted(database: Database, database_url: str) -> None:
    """The triggers stand at the end of all migrations, and rows in plain SQL count like any."""
    rows = (
        "(1, 'A', 'a', 'a', 'x', 'student', '2026-05-03 10:00:00', '2026-05-04'), "
        "(2, 'B', 'b', 'b', 'x', 'instructor', '2026-05-04', '2026-05-04')"
    )
    columns = "(id, name, email, email_key, password_hash, role, created_at, idle_since)"
    await execute(database_url, f"INSERT INTO users {columns} VALUES {rows}")  # noqa: S608 (ours)
    assert (await figures(database, SUNDAY))[:2] == [(2, 1), (1, 0)]
    assert (await figures(database, MONDAY))[:2] == [(2, 1), (1, 1)]


async def test_a_table_that_is_made_anew_counts_again(
    database: Database,
    database_url: str,
    is_postgresql: bool,  # noqa: FBT001 -- a fixture
) -> None:
    """SQLite loses the triggers with the old table; made anew, also where some stand, each row is counted once."""

    def make_anew(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)) as op:
            if not is_postgresql:
                with op.batch_alter_table("users", recreate="always"):
                    pass
            create_triggers()

    engine = create_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(make_anew)
    await engine.dispose()
    async with database.transaction() as repos:
        await add_person(repos, "ivan", Role.INSTRUCTOR, SUNDAY)
    assert (await figures(database, SUNDAY))[:2] == [(1, 1), (1, 1)]
