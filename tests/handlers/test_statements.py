"""What each command asks of the database: so many statements, and no more where there is more to tell of."""

import pytest

from handlers import ROUTERS
from handlers.talk import Talk
from tests.chat import Person, World
from tests.factories import add_lesson, enroll, lesson_ids, make_course, make_student
from tests.statements import Executed, statements

# Each reads its person's session with the account, and whether the update was answered, in one statement. What is
# written is the reply, unless the view only looks, and the session where it has changed. With replicas, one more
# statement looks whether another has something to send to the chat. A refusal, such as that of another's course, is a
# second run.
TABLE = """
who         command                 reads  writes
a stranger  /start                  1      0
a stranger  /help                   1      0
a stranger  /register               1      2
a student   /start                  2      0
a student   /me                     1      0
a student   /help                   1      0
a student   /courses                3      0
a student   /courses compilers      3      0
a student   /progress               2      0
a student   /progress COMP1         5      0
a student   /lesson COMP1 2         5      2
a student   /lesson                 4      2
a student   /done                   3      3
a student   /done                   3      2
a student   /enroll STAT1           5      5
a student   /cancel                 1      1
a student   hello                   1      1
a student   /settings               1      0
a student   /reminders              3      0
a student   /upcoming               6      0
a student   /sessions               2      0
a student   /privacy                1      0
a student   /export                 20     1
a student   /deleteme               2      0
a student   /password               1      2
a student   /cancel                 1      2
a student   /logout                 1      3
a student   /login                  1      2
a student   /cancel                 1      2
a teacher   /mycourses              3      0
a teacher   /newcourse              1      2
a teacher   /cancel                 1      2
a teacher   /bio                    2      2
a teacher   /cancel                 1      2
a teacher   /newlesson COMP1        3      1
a teacher   /cancel                 1      1
a teacher   /announce COMP1         3      1
a teacher   /cancel                 1      1
an admin    /admin                  4      0
"""


def test_every_command_has_a_line() -> None:
    """What a new command asks of the database is known before it is merged."""
    listed = {line[12:36].split()[0] for line in TABLE.splitlines()[2:]}
    commands = {f"/{name}" for name in Talk(ROUTERS).commands}
    assert listed - {"hello"} == commands, "each command has a line in TABLE: who sends it, and what it takes"


async def cast(world: World, courses: int) -> dict[str, Person]:
    """Returns people who were here before, and a school with so many courses."""
    await make_course(world, code="STAT1", title="Statistics")
    student = await make_student(world)
    for number in range(1, courses + 1):
        course = await make_course(world, code=f"COMP{number}", title=f"Compilers {number}", lessons=("One", "Two"))
        await enroll(world, student, course)
        for lesson in range(3, 2 + courses):
            await add_lesson(world, course, f"Lesson {lesson}")
    people = {
        "a stranger": world.person("Eve"),
        "a student": student,
        "a teacher": await world.instructor("Ivan Petrov"),
        "an admin": world.admin(),
    }
    for person in people.values():
        await person.send("/cancel")
    return people


def count(seen: list[Executed]) -> tuple[int, int]:
    """Returns how many statements read, and how many write; those that mark replies as sent serve many at once."""
    verbs = [one.verb for one in seen if not one.sql.startswith("UPDATE outbox")]
    reads = sum(verb == "SELECT" for verb in verbs)
    return reads, len(verbs) - reads


@pytest.mark.parametrize("courses", [1, 50])
async def test_each_command_takes_so_many_statements(world: World, courses: int, is_postgresql: bool) -> None:  # noqa: FBT001
    """With fifty courses of fifty lessons as many as with one."""
    people = await cast(world, courses)
    measured = TABLE.splitlines()[1:2]
    for line in TABLE.splitlines()[2:]:
        who, command = line[:12].strip(), line[12:36].strip()
        with statements() as seen:
            await people[who].send(command)
        reads, writes = count(seen)
        # … and an enrollment is locked, where there is more than one writer.
        own = is_postgresql * (1 + (command == "/done"))
        measured.append(f"{who:11} {command:23} {reads - own:<6} {writes}")
    table = "\n".join(measured)
    assert measured == TABLE.splitlines()[1:], f"what was measured; where it is too much, look at the view:\n{table}"


async def test_the_last_done_takes_three_more(world: World, is_postgresql: bool) -> None:  # noqa: FBT001
    """Whoever finishes a course looks again, alone, before it is written down."""
    course = await make_course(world, lessons=("One",))
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/lesson")
    assert len(await lesson_ids(world, course)) == 1
    with statements() as seen:
        assert "is complete" in (await ada.send("/done")).text
    reads, writes = count(seen)
    assert (reads - 2 * is_postgresql, writes) == (5, 4)
