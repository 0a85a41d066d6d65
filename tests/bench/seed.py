"""A school of any size, written by the database itself: a million students take a minute or two.

Every student is signed in, takes two courses, and has completed the first five lessons of each.
"""

import datetime as dt
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from db.migrate import upgrade
from db.models import Block, Course, Lesson, User
from db.models.base import UtcDateTime
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from handlers.passwords import hash_password

# Telegram ids begin here: the account of student 7 is FIRST + 7.
FIRST = 1_000_000_000
LESSONS, DONE, TAKEN, TEACHERS = 20, 5, 2, 10
# There are as many courses as it takes to have so many students in each, and twenty at least.
STUDENTS_A_COURSE, COURSES = 2_000, 20
PASSWORD = "correct horse"
_PARAGRAPH = "What gets easier is the reading, and what is pulled out of memory stays there. " * 10

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
# What is to be written, from which numbers.
_ROWS = (
    (
        "users (id, name, email, email_key, password_hash, role, created_at, idle_since)",
        "{students}",
        """SELECT n, 'P' || n, 'p' || n || '@example.org', 'p' || n || '@example.org', :password, 'student', :now, :now
        FROM numbers""",
    ),
    ("instructors (user_id)", "{teachers}", "SELECT n FROM numbers"),
    (
        "courses (id, code, title, description, status, instructor_id, students, created_at, published_at)",
        "{courses}",
        """SELECT n, 'C' || n, 'Course ' || n, 'From characters to running code in ten evenings.', 'published',
        n % {teachers} + 1, {students} * {taken} / {courses}, :now, :now FROM numbers""",
    ),
    (
        "lessons (id, course_id, title, position, created_at)",
        "{courses} * {lessons}",
        "SELECT n, (n - 1) / {lessons} + 1, 'Lesson ' || n, (n - 1) % {lessons} + 1, :now FROM numbers",
    ),
    (
        "progress (user_id, course_id, status, enrolled_at)",
        "{students}",
        """SELECT n, (n + place * ({courses} / {taken})) % {courses} + 1, 'in_progress', :now
        FROM numbers CROSS JOIN (SELECT 0 AS place UNION ALL SELECT 1) AS places""",
    ),
    (
        "chat_sessions (telegram_id, first_name, language, user_id, signed_in_until, course_id, seen_at, created_at)",
        "{students}",
        "SELECT n + {first}, 'P', 'en', n, :until, n % {courses} + 1, :until, :now FROM numbers",
    ),
)
_COMPLETIONS = (
    "INSERT INTO completions (user_id, lesson_id, completed_at) "
    "SELECT user_id, (course_id - 1) * {lessons} + position, :now "
    "FROM progress JOIN (SELECT DISTINCT position FROM lessons WHERE position <= {done}) AS positions ON TRUE "
    "ORDER BY user_id, 2"
)


async def seed(database_url: str, students: int) -> None:
    """Makes the tables and the school."""
    await upgrade(database_url)
    engine = create_async_engine(database_url)
    is_sqlite = engine.dialect.name == "sqlite"
    async with engine.connect() as connection:
        if is_sqlite:
            for pragma in ("journal_mode = WAL", "synchronous = OFF", "cache_size = -500000"):
                await connection.exec_driver_sql(f"PRAGMA {pragma}")
        else:
            # The references hold by construction, and looking at twenty million of them takes minutes.
            await connection.execute(text("SET session_replication_role = replica"))
        await _fill(connection, students)
        if not is_sqlite:
            await _set_sequences(connection)
        await connection.commit()
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)" if is_sqlite else "VACUUM ANALYZE"))
    await engine.dispose()


async def _fill(connection: AsyncConnection, students: int) -> None:
    sizes = {
        "students": students,
        "courses": count_courses(students),
        "lessons": LESSONS,
        "teachers": TEACHERS,
        "taken": TAKEN,
        "done": DONE,
        "first": FIRST,
    }
    for table, last, rows in _ROWS:
        numbers = _NUMBERS.format(last=last)
        await _write(connection, f"INSERT INTO {table} {numbers} {rows}".format(**sizes))
    block = dict(Content(Kind.TEXT, RichText(_PARAGRAPH)).to_json())
    lessons = range(1, sizes["courses"] * LESSONS + 1)
    await connection.execute(insert(Block), [{"lesson_id": one, "position": 0, "content": block} for one in lessons])
    await _write(connection, _COMPLETIONS.format(**sizes))


def count_courses(students: int) -> int:
    """Returns how many courses a school with so many students has."""
    return max(COURSES, students * TAKEN // STUDENTS_A_COURSE)


async def _write(connection: AsyncConnection, statement: str) -> None:
    now = dt.datetime.now(dt.UTC)
    known: tuple[BindParameter[Any], ...] = (
        bindparam("now", now, UtcDateTime),
        # Long enough for a school that is kept: the bot renews what ends in less than a month, once a day.
        bindparam("until", now + dt.timedelta(days=3650), UtcDateTime),
        bindparam("password", _password_hash()),
    )
    await connection.execute(text(statement).bindparams(*(one for one in known if f":{one.key}" in statement)))


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD, 12)


async def _set_sequences(connection: AsyncConnection) -> None:
    """Lets PostgreSQL go on counting behind the rows that brought their own ids."""
    for table in (User, Course, Lesson):
        key = table.__table__.c.id
        await connection.execute(
            select(func.setval(f"{table.__tablename__}_id_seq", select(func.max(key)).scalar_subquery()))
        )
