"""A course's students: their number."""

from db.models import Course, Progress
from tests.chat import World
from tests.factories import enroll, make_course, make_student


async def check_number(world: World, expected: int) -> None:
    """Compares the number that the course says, and shows, with its enrollments."""
    [course] = await world.rows(Course)
    assert course.students == await world.count(Progress, Progress.left_at.is_(None)) == expected
    shown = f"{expected} student" if expected == 1 else f"{expected} students"
    assert (await world.person("Eve").send("/courses")).text.endswith(f" · {shown}")


async def test_a_course_knows_how_many_take_it(world: World) -> None:
    """Enrolling, leaving and coming back count once each, however often they are asked for."""
    course = await make_course(world)
    ada, bob = await make_student(world, "Ada"), await make_student(world, "Bob")
    said = await ada.send("/start")
    await enroll(world, bob, course)
    for press, expected in (("en", 2), ("lv", 1), ("en", 2)):
        for _again in range(2):
            data = f"{press}:{course.id}" if press == "en" else f"{press}:{course.id}:1"
            await ada.forge(said.id, data)
            await check_number(world, expected)


async def test_students_at_once_are_all_counted(world: World) -> None:
    """Of several who enroll, leave or come back at the same moment, one twice from two phones, none is lost."""
    course = await make_course(world)
    people = [await make_student(world, name) for name in ("Ada", "Bob", "Cleo")]
    people.append(await make_student(world, "Ada (tablet)", of="Ada"))
    for person in people:
        await person.send("/start")
    for data, expected in ((f"en:{course.id}", 3), (f"lv:{course.id}:1", 0), (f"en:{course.id}", 3)):
        for person in people:
            world.miniature.forge(person.id, person.last.id, data)
        await world.settle_at_once()
        await check_number(world, expected)


async def test_some_come_while_others_go(world: World) -> None:
    """Enrolling and leaving at the same moment add up, and so does publishing the course meanwhile."""
    course = await make_course(world)
    ada, bob, admin = await make_student(world, "Ada"), await make_student(world, "Bob"), world.admin()
    await enroll(world, bob, course)
    for person in (ada, bob, admin):
        await person.send("/start")
    for coming, going in ((ada, bob), (bob, ada)) * 5:
        world.miniature.forge(coming.id, coming.last.id, f"en:{course.id}")
        world.miniature.forge(going.id, going.last.id, f"lv:{course.id}:1")
        world.miniature.forge(admin.id, admin.last.id, f"pub:{course.id}:1")
        await world.settle_at_once()
        await check_number(world, 1)
