"""The benchmark measures what it says; nothing here is timed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import ForeignKey, and_, func, select

from db.models import Base, Block, ChatSession, Completion, Course, Instructor, Lesson, Progress, User
from db.transaction import Database
from tests.bench.arena import Heat, arena
from tests.bench.contest import Contest, Turn, cost, rate, wait
from tests.bench.counting import clock_of_today, count_statements
from tests.bench.day import LOGIN_PEOPLE, Day
from tests.bench.plan import Plan
from tests.bench.queries import queries
from tests.bench.race import studies
from tests.bench.reminders import reminders
from tests.bench.schools import Schools
from tests.bench.seed import COURSES, DONE, FIRST, LESSONS, TAKEN, TEACHERS, seed
from tests.bench.table import milliseconds, table
from tests.chat import World, open_world

STUDENTS = 50
# Somebody whom no other test needs to know.
ADA = FIRST + 7
RNG = Random(1)  # noqa: S311 -- no secret


@pytest.fixture
async def school(database_url: str) -> str:
    """Returns the URL of a school of fifty."""
    await seed(database_url, STUDENTS)
    return database_url


@pytest.fixture
async def school_world(school: str) -> AsyncIterator[World]:
    """Yields a world with the bot in it, on that school."""
    async with open_world(school, clock=clock_of_today()) as world:
        yield world


@pytest.fixture
def day() -> Day:
    """Returns a day of that school."""
    return Day(STUDENTS, RNG)


async def test_the_school_has_the_rows_that_it_says(school: str) -> None:
    """Every student is signed in, takes two courses, and has completed five lessons of each."""
    database = Database(school)
    expected = {
        User: STUDENTS,
        Instructor: TEACHERS,
        Course: COURSES,
        Lesson: COURSES * LESSONS,
        Block: COURSES * LESSONS,
        Progress: STUDENTS * TAKEN,
        Completion: STUDENTS * TAKEN * DONE,
        ChatSession: STUDENTS,
    }
    async with database.transaction() as repos:
        session = repos._work.session
        found = {model: await session.scalar(select(func.count()).select_from(model)) for model in expected}
        taken = select(func.count()).where(Progress.course_id == Course.id).scalar_subquery()
        miscounted = await session.scalar(select(func.count()).where(Course.students != taken))
    await database.close()
    assert found == expected
    assert miscounted == 0


async def test_the_school_refers_to_nothing_that_is_not_there(school: str) -> None:
    """Each foreign key leads to a row, though nobody looked while they were written."""
    database = Database(school)
    async with database.transaction() as repos:
        for key in (key for table in Base.metadata.tables.values() for key in table.foreign_keys):
            assert await repos._work.session.scalar(_count_dangling(key)) == 0, key
    await database.close()


def _count_dangling(key: ForeignKey):  # type: ignore[no-untyped-def]
    there = key.column.table.alias("there")
    lost = and_(key.parent.is_not(None), there.c[key.column.name].is_(None))
    rows = key.parent.table.outerjoin(there, key.parent == there.c[key.column.name])
    return select(func.count()).select_from(rows).where(lost)


async def test_new_rows_get_ids_of_their_own(school_world: World) -> None:
    """Who comes after the seeded people is none of them."""
    eve = school_world.person("Eve")
    await eve.register()
    assert await school_world.count(User) == STUDENTS + 1


async def test_the_school_learns(school_world: World) -> None:
    """Its people are answered as if they had come all the way by themselves."""
    ada = school_world.person("P", ADA)
    assert "25 %" in (await ada.send("/progress")).text
    assert "Lesson 6" in (await ada.send("/lesson")).text.replace("Lesson 146", "Lesson 6")
    assert "30 %" in (await ada.send("/done")).text
    assert "30 %" in (await ada.send("/progress")).text


async def test_who_logs_in_has_the_right_password(school_world: World, day: Day) -> None:
    """The last people of a school can log out and in again."""
    person, *words = day.logins()[-1]
    pat = school_world.person("P", person)
    for text in ("/logout", "/login", *words):
        said = await pat.send(text)
    assert "Welcome back" in said.text


def test_on_a_mixed_day_only_open_lessons_are_done(day: Day) -> None:
    """The shares are right, each lesson that is done was opened before, and nobody asks who is there to log in."""
    asks = Day(1_000, RNG).mixed(400)
    found = Counter(command for _person, command in asks)
    assert found == {"/progress": 140, "/lesson": 100, "/done": 100, "/courses": 40, "/start": 20}
    opened: set[int] = set()
    for person, command in asks:
        assert person <= FIRST + 1_000 - LOGIN_PEOPLE
        if command == "/lesson":
            opened.add(person)
        elif command == "/done":
            opened.remove(person)


@pytest.mark.parametrize("processes", [0, 1])
async def test_the_arena_has_the_bot_asked(school: str, tmp_path: Path, day: Day, processes: int) -> None:
    """By long polling and behind a webhook, everybody is answered, and each lesson that was opened is completed."""
    async with asyncio.timeout(60), arena(tmp_path) as one:
        bot = await one.start_syllabot("Syllabot", school, processes=processes)
        contest = Contest(one, RNG, flight=5)
        people = [Turn("a mixed day", bot, day.mixed(20), day.logins())]
        await contest.play(1, lambda count: [studies(bot, day, count), people], 20)
        heat = contest._heats["a mixed day"][0]
        assert bot.memory > 1
    assert contest.rows(["/lesson", "/done", "a mixed day"]) == ["/lesson", "/done", "a mixed day"]
    assert len(heat.waits) == heat.updates == 20
    database = Database(school)
    async with database.transaction() as repos:
        completions = await repos._work.session.scalar(select(func.count()).select_from(Completion))
    await database.close()
    assert completions == STUDENTS * TAKEN * DONE + 2 + 20 + 2 * 5


async def test_a_start_ends_when_the_bot_asks_for_updates(school: str, tmp_path: Path) -> None:
    """The stub notes when that is, by a clock that both share."""
    async with asyncio.timeout(60), arena(tmp_path) as one:
        assert 0 < await one.time_start(school) < 60


def test_rounds_are_compared_with_themselves() -> None:
    """A round in which the machine is slow is slow for both, and makes neither look better."""
    contest = Contest(None, RNG, 1)  # type: ignore[arg-type]
    for slowness in (1, 1, 9):
        contest._heats["one"].append(Heat(100, 1.0 * slowness, [0.1, 0.3], 0.5))
        contest._heats["other"].append(Heat(100, 2.0 * slowness, [0.1, 0.3], 0.5))
    assert contest.ratio("one", "other", rate) == 2
    assert contest.ratio("one", "nobody", rate) is None
    assert contest.figure("other", rate) == 50
    assert contest.figure("one", wait(50)) == pytest.approx(0.2)
    assert contest.figure("one", cost) == 0.005


async def test_statements_are_counted(school: str) -> None:
    """A look takes two on SQLite, and one more where there may be replicas; a mean is taken over all that is asked."""
    asks = {"looks": [(ADA, "/progress"), (ADA + 1, "/progress")], "both": [(ADA, "/progress"), (ADA, "/help")]}
    found = await count_statements(school, asks)
    assert found["looks"] in {2, 3}
    assert found["both"] == found["looks"] - 0.5


async def test_queries_are_looked_at(tmp_path: Path) -> None:
    """The statements are timed and their plans are read; a server that does not answer is said to be missing."""
    nowhere = "postgresql+asyncpg://postgres@127.0.0.1:1/postgres"
    schools = Schools(tmp_path, tmp_path, nowhere, lambda _line: None)
    plan = Plan(1, 1, 1, [STUDENTS], "sqlite", 1, RNG, schools, tmp_path, tmp_path, lambda _line: None)
    said = [line async for line in queries(plan)]
    assert said[0].startswith("PostgreSQL: left out, no PostgreSQL answers")
    assert next(line for line in said if line.startswith("| /done ")).endswith("| all 7 by an index  |")
    assert not [line for line in said if "SCAN" in line]
    assert [file.name for file in tmp_path.glob("*.sqlite3*")] == [f"school-{STUDENTS}.sqlite3"]  # noqa: ASYNC240


async def test_reminders_are_timed(tmp_path: Path) -> None:
    """Everybody who is due is looked at and told, and nobody by a tick when none is."""
    nowhere = "postgresql+asyncpg://postgres@127.0.0.1:1/postgres"
    schools = Schools(tmp_path, tmp_path, nowhere, lambda _line: None)
    plan = Plan(1, 1, 1, [STUDENTS], "sqlite", 1, RNG, schools, tmp_path, tmp_path, lambda _line: None)
    missing, _headings, _rule, line = [line async for line in reminders(plan)]
    assert missing.startswith("PostgreSQL: left out, no PostgreSQL answers")
    name, students, _tick, _slow, due, told, *_rates = (cell.strip() for cell in line.strip("|").split("|"))
    assert [name, students, due, told] == ["SQLite", str(STUDENTS), str(STUDENTS), str(STUDENTS)]


def test_tables_are_markdown() -> None:
    """Words stand at the left, figures at the right, and each figure has the digits that it needs."""
    rows = [["/done", milliseconds(0.0123)], ["/progress", milliseconds(1.5)], ["/me", milliseconds(0.0000071)]]
    assert list(table(("command", "ms"), rows)) == [
        "| command   |    ms |",
        "| --------- | ----: |",
        "| /done     |  12.3 |",
        "| /progress | 1,500 |",
        "| /me       | 0.007 |",
    ]
