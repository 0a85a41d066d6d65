"""Any course, found by an admin."""

from db.models import CourseStatus
from tests.chat import World
from tests.factories import make_course


async def test_every_course_is_listed_newest_first(world: World) -> None:
    """Drafts and archived ones too, in pages by key, each the way to its desk, or to its card when it is read-only."""
    admin = world.admin()
    for number in range(1, 8):
        status = {1: CourseStatus.ARCHIVED, 7: CourseStatus.DRAFT}.get(number, CourseStatus.PUBLISHED)
        await make_course(world, title=f"Course {number}", code=f"C{number}", status=status)
    await admin.send("/admin")
    rows = (await admin.press("All courses")).text.splitlines()
    assert rows[:2] == ["All courses, newest first", "1. Course 7 · draft · C7 · Ivan Petrov · 0 students"]
    assert admin.labels == ["1", "2", "3", "4", "5", "Older ›", "Find a course", "‹ Admin"]
    assert len((await admin.press("Older")).text.splitlines()) == 3
    assert admin.labels == ["1", "2", "‹ Newer", "Find a course", "‹ Admin"]
    assert (await admin.press("2")).text.startswith("Course 1\nby Ivan Petrov")
    await admin.send("/admin")
    await admin.press("All courses")
    await admin.press("Older")
    await admin.press("‹ Newer")
    assert "Publish" in [button.text for button in (await admin.press("1")).buttons]


async def test_a_course_is_found_by_its_code_or_its_words(world: World) -> None:
    """A code leads to the desk at once, in any case; words find drafts, too; what is nowhere is said so."""
    admin = world.admin()
    await make_course(world, title="Compilers 101", code="COMP1", status=CourseStatus.DRAFT)
    await make_course(world, title="Rhetoric", code="RHET1", status=CourseStatus.ARCHIVED)
    await admin.send("/admin")
    await admin.press("All courses")
    asked = "Find a course\nWhich course? Send its code, or words of its title."
    assert (await admin.press("Find a course")).text == asked
    assert (await admin.send("comp1")).text.startswith("Compilers 101 · draft · code COMP1")
    for words, found in (
        ("compil", "All courses · “compil”\n1. Compilers 101 · draft"),
        ("RHET1", "Rhetoric\nby Ivan Petrov"),
        ("nothing", "There is no such course, not even a draft."),
        ("???", "There is no such course"),
    ):
        await admin.send("/admin")
        await admin.press("All courses")
        await admin.press("Find a course")
        assert (await admin.send(words)).text.startswith(found)


async def test_a_code_that_is_words_too_finds_the_course(world: World) -> None:
    """Whoever sends eighty letters finds what has their beginning, and no error."""
    admin = world.admin()
    await make_course(world)
    await admin.send("/admin")
    await admin.press("All courses")
    await admin.press("Find a course")
    assert "there is room for 80" in (await admin.send("x" * 81)).text
    assert (await admin.send("compilers " * 8)).text.startswith("All courses · “compilers compilers compilers")
