"""Courses: found by words, paged by key."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Dialect, delete, update

from db.models import Course, CourseStatus, Role
from db.records import CourseRecord
from db.repositories import Repositories
from db.repositories.course_pages import Page
from db.statement import Prepared, Statement
from db.transaction import Database
from tests.chat import FakeClock
from tests.statements import statements

NOW = FakeClock()()


@pytest.fixture
async def instructor_id(database: Database) -> int:
    async with database.transaction() as repos:
        user = await repos.users.add(
            name="Ivan", email="ivan@example.org", password_hash="x", role=Role.INSTRUCTOR, now=NOW
        )
    return user.id


async def add(
    repos: Repositories,
    instructor_id: int,
    title: str,
    description: str = "",
    status: CourseStatus = CourseStatus.PUBLISHED,
) -> CourseRecord:
    """Returns a course."""
    code = uuid4().hex[:16].upper()
    course = await repos.courses.add(
        code=code, title=title, description=description, instructor_id=instructor_id, now=NOW
    )
    return await repos.courses.set_status(course, status, NOW)


async def find(database: Database, words: str) -> list[str]:
    """Returns the titles that words find, oldest first; the page's total must agree."""
    async with database.transaction() as repos:
        page = await repos.courses.list_published(words, limit=50)
    titles = [card.course.title for card in reversed(page.cards)]
    assert page.total == len(titles)
    return titles


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("compilers", ["Compilers 101"]),
        ("COMPILERS", ["Compilers 101"]),
        ("comp", ["Compilers 101", "TCP/IP by hand"]),
        ("compilers 101", ["Compilers 101"]),
        ("101 compilers", ["Compilers 101"]),
        ("compilers 102", []),
        ("pilers", []),
        ("tokens", ["Compilers 101"]),
        ("ip", ["TCP/IP by hand"]),
        ("tcp/ip", ["TCP/IP by hand"]),
        ("tcp ip hand", ["TCP/IP by hand"]),
        ("js", ["Node.js in depth"]),
        ("node.js", ["Node.js in depth"]),
        ("3.11", ["Python 3.11: what's new"]),
        ("11", ["Python 3.11: what's new"]),
        ("what's", ["Python 3.11: what's new"]),
        ("straße", ["Die Straße"]),
        ("STRASSE", []),
        ("हिन्दी", ["हिन्दी के पाठ"]),
        ("面白い", ["面白い 日本語"]),
        ("c++", ["C++ & C#"]),
        ("  ", None),
        ("", None),
    ],
)
async def test_words_find_courses(database: Database, instructor_id: int, words: str, found: list[str] | None) -> None:
    """All words must be there, in title or description; beginnings count, case does not; no words find everything."""
    everything = {
        "Compilers 101": "From characters to tokens.",
        "TCP/IP by hand": "Computers talk.",
        "Node.js in depth": "",
        "Python 3.11: what's new": "",
        "Die Straße": "",
        "हिन्दी के पाठ": "",
        "面白い 日本語": "",
        "C++ & C#": "",
    }
    async with database.transaction() as repos:
        for title, description in everything.items():
            await add(repos, instructor_id, title, description)
    expected = list(everything) if found is None else found
    if words == "c++":
        expected = ["Compilers 101", "TCP/IP by hand", "C++ & C#"]  # the signs are not part of the word
    assert await find(database, words) == expected


async def test_accents_do_not_matter_on_sqlite(
    database: Database,
    instructor_id: int,
    is_postgresql: bool,  # noqa: FBT001
) -> None:
    """SQLite's index folds accents away; PostgreSQL's 'simple' one keeps them."""
    async with database.transaction() as repos:
        await add(repos, instructor_id, "Économie générale")
    assert await find(database, "économie") == ["Économie générale"]
    assert await find(database, "ÉCONOMIE") == ["Économie générale"]
    assert await find(database, "economie") == ([] if is_postgresql else ["Économie générale"])


@pytest.mark.parametrize("words", ["++", '"', "&|!():*", "—", "'", "* *", "-", "…", "\\"])
async def test_signs_alone_find_nothing(database: Database, instructor_id: int, words: str) -> None:
    """Who searches for signs is not shown everything as if it had them."""
    async with database.transaction() as repos:
        await add(repos, instructor_id, "Tea")
    assert await find(database, words) == []


@pytest.mark.parametrize(
    "words", ["tea*", "tea)", "^tea", "{tea}:", "tea & !tea", "'tea", "-tea", "tea | tea", "tea —"]
)
async def test_signs_around_words_do_not_matter(database: Database, instructor_id: int, words: str) -> None:
    """What would be an operator to one of the databases is a sign between words."""
    async with database.transaction() as repos:
        await add(repos, instructor_id, "Tea")
    assert await find(database, words) == ["Tea"]


@pytest.mark.parametrize(
    "words", ['a" OR "tea', "tea OR x", "tea NOT tea", "title:tea", "NEAR(tea tea)", "tea AND tea"]
)
async def test_operators_are_words(database: Database, instructor_id: int, words: str) -> None:
    """OR, NOT and the names of columns are looked for like any other word."""
    async with database.transaction() as repos:
        await add(repos, instructor_id, "Tea")
    assert await find(database, words) == []


nasty = st.text(st.sampled_from("ab \"'\\*&|!():<>-^{}[]%_~+,./;—é\u0300\u200d\n\t😀"), max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=nasty | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
@example(words='a" OR *')
@example(words="' | 'tea':* | '")
@example(words="tea —")
async def test_no_words_break_the_search(database: Database, instructor_id: int, words: str) -> None:
    """Any words at all are a search, and never an error."""
    async with database.transaction() as repos:
        page = await repos.courses.list_published(words, limit=5)
    assert page.total == len(page.cards) == 0


async def test_other_words_are_no_other_statement(
    database: Database, instructor_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is worked out for a search serves the next one: the people's words leave nothing in memory."""
    if database.has_replicas:
        pytest.skip("SQLite's statements are the ones that are kept")
    async with database.transaction() as repos:
        await add(repos, instructor_id, "Tea")
    made: list[Statement] = []

    def prepare(statement: Statement, dialect: Dialect) -> Prepared:
        made.append(statement)
        return Prepared(statement, dialect)

    monkeypatch.setattr("db.work.Prepared", prepare)
    assert await find(database, "tea") == ["Tea"]
    first = len(made)
    assert first
    assert [await find(database, words) for words in ("coffee", "tea leaves", "te")] == [[], [], ["Tea"]]
    assert len(made) == first


@pytest.mark.parametrize("status", CourseStatus)
async def test_only_published_courses_are_found(database: Database, instructor_id: int, status: CourseStatus) -> None:
    """Drafts and archived courses are in no list but their instructor's."""
    async with database.transaction() as repos:
        await add(repos, instructor_id, "Tea", status=status)
        mine = await repos.courses.list_by_instructor(instructor_id, limit=5)
    expected = ["Tea"] if status is CourseStatus.PUBLISHED else []
    assert await find(database, "tea") == await find(database, "") == expected
    assert [card.course.title for card in mine.cards] == ["Tea"]


async def test_a_renamed_course_is_found_by_its_new_name(database: Database, instructor_id: int) -> None:
    """The index follows every change, and forgets what is gone."""
    async with database.transaction() as repos:
        course = await add(repos, instructor_id, "Tea", "leaves")
    async with database.transaction() as repos:
        await repos._work.session.execute(update(Course).where(Course.id == course.id).values(title="Coffee"))
    assert await find(database, "tea") == []
    assert await find(database, "coffee leaves") == ["Coffee"]
    async with database.transaction() as repos:
        await repos._work.session.execute(delete(Course).where(Course.id == course.id))
    assert await find(database, "coffee") == []


def ids(page: Page) -> list[int]:
    return [card.course.id for card in page.cards]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(["green", "black", "draft"]), max_size=14),
    limit=st.integers(1, 5),
    words=st.sampled_from(["", "tea", "green"]),
)
async def test_pages_are_a_partition(
    database: Database, instructor_id: int, kinds: list[str], limit: int, words: str
) -> None:
    """Turned forward or back, the pages show every course that matches once, newest first."""
    async with database.transaction() as repos:
        await repos._work.session.execute(delete(Course))
        expected: list[int] = []
        for kind in kinds:
            status = CourseStatus.DRAFT if kind == "draft" else CourseStatus.PUBLISHED
            course = await add(repos, instructor_id, f"Tea, {kind}", status=status)
            if status is CourseStatus.PUBLISHED and words in {"", "tea", kind}:
                expected.insert(0, course.id)
        forward: list[list[int]] = []
        back: list[list[int]] = []
        page = await repos.courses.list_published(words, limit=limit)
        while page.cards:
            assert page.total == len(expected)
            assert len(page.cards) <= limit
            forward.append(ids(page))
            page = await repos.courses.list_published(words, limit=limit, after=ids(page)[-1])
        last = forward[-1][-1] if forward else 0
        page = await repos.courses.list_published(words, limit=limit, before=last - 1)
        while page.cards:
            back.insert(0, ids(page))
            page = await repos.courses.list_published(words, limit=limit, before=ids(page)[0])
    assert [one for page in forward for one in page] == expected
    assert [one for page in back for one in page] == expected


async def test_a_free_number_is_found_at_a_few_looks(database: Database, instructor_id: int) -> None:
    """A course of a name that two hundred have gets the next number, and not one question for each of them."""
    draft: dict[str, Any] = {"title": "Tea", "description": "", "instructor_id": instructor_id, "now": NOW}
    async with database.transaction() as repos:
        for number in (*range(10, 210), 212):
            await repos.courses.add(code=f"TEA{number}", **draft)
        with statements() as seen:
            made = [(await repos.courses.add_numbered("TEA", 10, **draft)).code for _again in range(3)]
    assert made == ["TEA210", "TEA211", "TEA213"]
    assert len(seen) < 3 * 20


async def test_a_code_is_found_in_any_case(database: Database, instructor_id: int) -> None:
    """People type codes as they like."""
    async with database.transaction() as repos:
        course = await repos.courses.add(
            code="PY101", title="Tea", description="", instructor_id=instructor_id, now=NOW + dt.timedelta(days=1)
        )
        for code in ("PY101", "py101", "Py101"):
            assert await repos.courses.get_by_code(code) == course
        assert await repos.courses.get_by_code("PY") is None
