"""The queries: how long the database takes for each, and which of them would read a whole table."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from time import perf_counter

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import create_engine
from handlers.student import PAGE
from tests.bench.counting import clock_of_today
from tests.bench.plan import Plan
from tests.bench.schools import NAMES
from tests.bench.seed import FIRST, PASSWORD
from tests.bench.table import milliseconds, table
from tests.chaos.databases import MissingError
from tests.chat import World, open_world
from tests.db.plans import ALLOWED, full_scans
from tests.statements import Executed, statements

Recorded = Mapping[str, Sequence[Executed]]
TIMES = 100
STUDENTS = "the first page of students", "a page of students in the middle"
TIMED = ("/progress", *STUDENTS)
# A table of so few rows is read whole because that is quicker, index or not.
FEW = 100
_SCANNED = re.compile(r"(?: of |SCAN )(\w+)")
# The password is deleted from the chat, and no table of ours needs to show it.
_SECRET = "the password"
ASKED = (
    *("/start", "/help", "/me", "/courses", "/courses course", "/enroll C3", "/lesson", "/done"),
    *("/progress", "/progress C3", "/logout", "/login", "p{n}@example.org", _SECRET),
)


async def queries(plan: Plan) -> AsyncIterator[str]:
    """Yields a table of milliseconds a statement, and one of the statements a command that use an index."""
    students = plan.users[-1]
    times: list[list[str]] = []
    scans: dict[str, list[str]] = {}
    headings = ["asked"]
    for kind, name in NAMES.items():
        try:
            async with plan.schools.opened(kind, students) as url:
                plan.tell(f"queries in a school of {students:,} on {name}")
                recorded = await _record(url, students)
                times += [[name, *row] for row in await _time(url, recorded)]
                for asked, cell in (await _look_for_scans(url, recorded)).items():
                    scans.setdefault(asked, [asked]).append(cell)
        except MissingError as error:
            yield f"{name}: left out, {error}.\n"
        else:
            headings.append(name)
    yield f"A school of {students:,}; the cache is warm.\n"
    for line in table(("database", "for", "statement", "ms"), times, words=3):
        yield line
    yield ""
    for line in table(headings, [[*row, *["-"] * (len(headings) - len(row))] for row in scans.values()], words=9):
        yield line


async def _record(url: str, students: int) -> Recorded:
    """Returns the statements of each command as somebody in the middle of the school sends it, and of two pages."""
    number = students // 2 + 1
    found: dict[str, Sequence[Executed]] = {}
    async with open_world(url, clock=clock_of_today()) as world:
        person = world.person("P", FIRST + number)
        for asked in ASKED:
            with statements() as seen:
                await person.send(PASSWORD if asked is _SECRET else asked.format(n=number))
            found["the address" if "@" in asked else asked] = list(seen)
        # Half of all enrollments are before it.
        for page, after in zip(STUDENTS, (0, students), strict=True):
            found[page] = await _record_page(world, after)
    return found


async def _record_page(world: World, after: int) -> list[Executed]:
    async with world.application.database.transaction() as repos:
        with statements() as seen:
            course = await repos.courses.get_by_code("C1")
            assert course is not None
            assert await repos.progress.list_students(course.id, limit=PAGE, after=after)
    return list(seen)


async def _look_for_scans(url: str, recorded: Recorded) -> dict[str, str]:
    """Returns, by what was asked, how many statements use an index, or the steps that read a whole table."""
    found = {}
    engine = create_engine(url)
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Of two tables that are small yet, it would sort or hash one whole.
            for way in ("hashjoin", "mergejoin"):
                await connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for asked, seen in recorded.items():
            scans = [step for one in seen if one.sql not in ALLOWED for step in await full_scans(connection, one)]
            found[asked] = await _describe(connection, scans) or f"all {len(seen)} by an index"
    await engine.dispose()
    return found


async def _describe(connection: AsyncConnection, scans: Sequence[str]) -> str:
    """Returns what is read whole: how many rows of a table, when they are few, or else the step of the plan."""
    said: dict[str, None] = {}
    for step in scans:
        found = _SCANNED.search(step)
        name = found[1] if found else ""
        rows = (await connection.exec_driver_sql(f"SELECT count(*) FROM {name}")).scalar_one() if name else FEW  # noqa: S608
        said[f"all {rows} rows of {name}" if rows < FEW else step] = None
    return "; ".join(said)


async def _time(url: str, recorded: Recorded) -> list[list[str]]:
    """Returns rows of who asked, the statement, and its milliseconds."""
    if make_url(url).get_backend_name() == "sqlite":
        driver = sqlite3.connect(make_url(url).database or "")
        rows = [[asked, _short(one), _time_on_sqlite(driver, one)] for asked in TIMED for one in recorded[asked]]
        driver.close()
        return rows
    engine = create_engine(url)
    async with engine.connect() as connection:
        rows = [
            [asked, _short(one), await _time_on_postgresql(connection, one)]
            for asked in TIMED
            for one in recorded[asked]
        ]
    await engine.dispose()
    return rows


def _time_on_sqlite(driver: sqlite3.Connection, one: Executed) -> str:
    seconds = []
    for _ in range(TIMES):
        begun = perf_counter()
        driver.execute(one.sql, one.values).fetchall()
        seconds.append(perf_counter() - begun)
    return milliseconds(median(seconds))


async def _time_on_postgresql(connection: AsyncConnection, one: Executed) -> str:
    """Returns the milliseconds of planning and of executing it, as the server says."""
    seconds = []
    for _ in range(TIMES):
        said = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {one.sql}", one.values)
        found = said.scalar_one()
        plan = (json.loads(found) if isinstance(found, str) else found)[0]
        seconds.append((plan["Planning Time"] + plan["Execution Time"]) / 1000)
    return milliseconds(median(seconds))


def _short(one: Executed) -> str:
    """Returns the tables that a statement is about, in their order, each once."""
    words = one.sql.split()
    tables = [after.strip("(),") for before, after in pairwise(words) if before in {"FROM", "JOIN"}]
    return f"{one.verb} from {', '.join(dict.fromkeys(tables))}"
