"""A course's students as a file that spreadsheets open."""

import csv

import pytest

from handlers import spreadsheet
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student, meet_author
from tests.handlers.test_students import leave, open_list


def table(person: Person) -> list[list[str]]:
    """Returns the rows of the file that came last."""
    return list(csv.reader(person.file().decode("utf-8-sig").splitlines()))


async def test_an_instructor_gets_all_students_as_a_file(world: World) -> None:
    """Each row is a student, without an address; the file begins with what Excel knows UTF-8 by."""
    ivan = await meet_author(world)
    course = await make_course(world)
    ada, bob, cleo = [await make_student(world, name) for name in ("Ада, “Ada”", "Bob", "Cleo")]
    for person, done in ((ada, 2), (bob, 1), (cleo, 0)):
        await enroll(world, person, course)
        for _lesson in range(done):
            await person.send("/lesson")
            await person.send("/done")
    await leave(cleo, course)
    await open_list(ivan)
    await ivan.press("As a file")
    assert (ivan.last.kind, ivan.last.file_name) == ("document", "COMP1-students.csv")
    assert ivan.file().startswith("\ufeffName,".encode())
    assert table(ivan) == [
        ["Name", "Enrolled", "Lessons done", "Lessons", "Percent", "Finished"],
        ["Ада, “Ada”", "2026-05-03", "2", "2", "100", "2026-05-03"],
        ["Bob", "2026-05-03", "1", "2", "50", ""],
    ]
    assert b"@" not in ivan.file()
    assert (await ivan.press("‹ Students")).text.startswith("Compilers 101 · 2 students")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "a=1"])
async def test_no_name_is_a_formula(world: World, name: str) -> None:
    """A name that a spreadsheet would compute stands behind a sign that makes it words."""
    ivan = await meet_author(world)
    course = await make_course(world)
    await enroll(world, await make_student(world, name), course)
    await open_list(ivan)
    await ivan.press("As a file")
    [_headings, row] = table(ivan)
    assert row[0] == (name if name == "a=1" else f"'{name}")


@pytest.mark.parametrize("students", [2, 3, 4])
async def test_a_long_file_is_read_in_batches(world: World, monkeypatch: pytest.MonkeyPatch, students: int) -> None:
    """Everybody is in it once, in the order in which they enrolled, however the batches fall."""
    monkeypatch.setattr(spreadsheet, "BATCH", 2)
    ivan = await meet_author(world)
    course = await make_course(world)
    for number in range(students):
        await enroll(world, await make_student(world, f"S{number}"), course)
    await open_list(ivan)
    await ivan.press("As a file")
    assert [row[0] for row in table(ivan)] == ["Name", *(f"S{number}" for number in range(students))]
    assert ivan.file().count("\ufeff".encode()) == 1


async def test_a_course_that_everybody_left_has_headings(world: World) -> None:
    """Between the press and the file, the last student may leave."""
    ivan = await meet_author(world)
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await open_list(ivan)
    await leave(ada, course)
    await ivan.press("As a file")
    assert len(table(ivan)) == 1
