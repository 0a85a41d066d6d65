"""A course's students: their number, and the instructor's list of them."""

from db.models import Course, Progress
from db.records import CourseRecord
from handlers.kit.utf16 import utf16_length
from handlers.presses import ListStudents
from handlers.student import PAGE
from tests.chat import Person, World
from tests.factories import add_lesson, enroll, make_course, make_student, meet_author


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


async def at_the_desk(world: World) -> tuple[Person, CourseRecord]:
    """Returns an instructor, and their only course."""
    return await meet_author(world), await make_course(world)


async def make_students(world: World, course: CourseRecord, number: int) -> list[Person]:
    """Returns students who enrolled in this order."""
    people = [await make_student(world, f"S{each:02}") for each in range(1, number + 1)]
    for person in people:
        await enroll(world, person, course)
    return people


async def open_list(author: Person) -> list[str]:
    """Goes to the desk of one's course and from there to its students; returns the lines of the list."""
    await author.send("/mycourses")
    await author.press("1")
    return (await author.press("Students")).text.split("\n")


def names(author: Person) -> list[str]:
    """Returns who is on the page."""
    return [line.split("  ")[0].split(". ", 1)[1] for line in author.last.text.split("\n")[1:]]


def turning(author: Person) -> list[str]:
    """Returns the buttons below those of the students on the page."""
    return author.labels[len(names(author)) :]


async def leave(person: Person, course: CourseRecord) -> None:
    """Leaves a course."""
    said = await person.send("/start")
    await person.forge(said.id, f"lv:{course.id}:1")


async def test_an_instructor_sees_how_far_students_are(world: World) -> None:
    """First enrolled first, each with bar and figures, and when they finished, also when a lesson came after."""
    ivan, course = await at_the_desk(world)
    ada, bob, cleo = [await make_student(world, name) for name in ("Ada", "Bob", "Cleo")]
    for person, done in ((bob, 2), (ada, 1), (cleo, 0)):
        await enroll(world, person, course)
        for _lesson in range(done):
            await person.send("/lesson")
            await person.send("/done")
    world.clock.advance(days=1)
    await add_lesson(world, course, "Types")
    assert await open_list(ivan) == [
        "Compilers 101 · 3 students",
        "1. Bob  ▓▓▓▓▓▓░░░░  2/3 · 66 % · finished 3 May",
        "2. Ada  ▓▓▓░░░░░░░  1/3 · 33 %",
        "3. Cleo  ░░░░░░░░░░  0/3 · 0 %",
    ]
    assert ivan.labels == ["1", "2", "3", "Announce", "As a file", "‹ Desk"]
    assert (await ivan.press("‹ Desk")).text.startswith("Compilers 101 · published")


async def test_an_admin_sees_the_students_too(world: World) -> None:
    """Whoever may change a course may see who takes it."""
    course = await make_course(world)
    await make_students(world, course, 1)
    admin = world.admin()
    said = await admin.send("/start")
    answer = await admin.forge(said.id, ListStudents(course_id=course.id).pack())
    assert answer.text == "Compilers 101 · 1 student\n1. S01  ░░░░░░░░░░  0/2 · 0 %"


async def test_a_long_list_turns_in_place(world: World) -> None:
    """Ten students a page, forth and back, in one message; who enrolls meanwhile comes at the end."""
    ivan, course = await at_the_desk(world)
    await make_students(world, course, 2 * PAGE + 1)
    everybody = [f"S{each:02}" for each in range(1, 2 * PAGE + 2)]
    await open_list(ivan)
    message = ivan.last.id
    assert (names(ivan), turning(ivan)) == (everybody[:PAGE], ["1 / 3", "›", "Announce", "As a file", "‹ Desk"])
    await ivan.press("›")
    assert (names(ivan), turning(ivan)) == (
        everybody[PAGE : 2 * PAGE],
        ["‹", "2 / 3", "›", "Announce", "As a file", "‹ Desk"],
    )
    await enroll(world, await make_student(world, "Zoe"), course)
    await ivan.press("›")
    assert (names(ivan), turning(ivan)) == ([everybody[-1], "Zoe"], ["‹", "3 / 3", "Announce", "As a file", "‹ Desk"])
    await ivan.press("‹")
    assert (names(ivan), turning(ivan)) == (
        everybody[PAGE : 2 * PAGE],
        ["‹", "2 / 3", "›", "Announce", "As a file", "‹ Desk"],
    )
    await ivan.press("‹")
    assert (names(ivan), turning(ivan)) == (everybody[:PAGE], ["1 / 3", "›", "Announce", "As a file", "‹ Desk"])
    assert ivan.last.id == message


async def test_who_left_is_not_on_the_list(world: World) -> None:
    """Leaving takes a student off the list, and coming back puts them where they were, with all that they did."""
    ivan, course = await at_the_desk(world)
    ada, *_others = await make_students(world, course, 3)
    await ada.send("/lesson")
    await ada.send("/done")
    await leave(ada, course)
    assert (await open_list(ivan))[0] == "Compilers 101 · 2 students"
    assert names(ivan) == ["S02", "S03"]
    await enroll(world, ada, course)
    assert (await open_list(ivan))[:2] == ["Compilers 101 · 3 students", "1. S01  ▓▓▓▓▓░░░░░  1/2 · 50 %"]


async def test_an_emptied_page_is_the_first_one(world: World) -> None:
    """Who turns to students that have left meanwhile sees those who are there, and in the end that nobody is."""
    ivan, course = await at_the_desk(world)
    people = await make_students(world, course, PAGE + 1)
    await open_list(ivan)
    await leave(people[-1], course)
    await ivan.press("›")
    assert (len(names(ivan)), ivan.labels) == (PAGE, [*map(str, range(1, PAGE + 1)), "Announce", "As a file", "‹ Desk"])
    for person in people[:-1]:
        await leave(person, course)
    answer = await ivan.forge(ivan.last.id, ListStudents(course_id=course.id).pack())
    assert (answer.text, ivan.labels) == ("Nobody takes Compilers 101 at the moment.", ["‹ Desk"])
    await ivan.press("‹ Desk")
    assert "Students" not in ivan.labels


async def test_a_page_of_the_longest_names_is_one_message(world: World) -> None:
    """Names are shown as they were typed, whatever signs they hold, and a full page of them fits."""
    ivan, course = await at_the_desk(world)
    longest = [f'N{number} <b>&amp;" '.ljust(80, "😀") for number in range(PAGE)]
    for name in longest:
        person = await make_student(world, name)
        await enroll(world, person, course)
        for _lesson in range(2):
            await person.send("/lesson")
            await person.send("/done")
    assert await open_list(ivan) == [
        "Compilers 101 · 10 students",
        *(f"{number}. {name}  ▓▓▓▓▓▓▓▓▓▓  2/2 · 100 % · finished 3 May" for number, name in enumerate(longest, 1)),
    ]
    assert utf16_length(ivan.last.text) < 4096
