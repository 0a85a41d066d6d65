"""One student of a course: what their instructor sees, and removing them."""

import pytest

from db.models import Course, Progress
from db.records import CourseRecord
from handlers.student import PAGE
from tests.chat import Person, World
from tests.factories import enroll, invite, lesson_ids, make_course, make_student, meet_author, set_private
from tests.handlers.test_students import leave, open_list

GONE = (
    "You are no longer a student of Compilers 101: its instructor has taken you off the list, and can let you back in."
)


async def at_the_page(world: World, *, done: int = 1) -> tuple[Person, Person, CourseRecord]:
    """Returns an instructor before the page of their only student, who has done so many lessons; and these."""
    ivan, course = await meet_author(world), await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    world.clock.advance(days=2)
    for _lesson in range(done):
        await ada.send("/lesson")
        await ada.send("/done")
    await open_list(ivan)
    await ivan.press("1")
    return ivan, ada, course


async def remove(ivan: Person) -> None:
    """Removes the student whose page is open."""
    await ivan.press("Remove")
    await ivan.press("Remove")


@pytest.mark.parametrize(
    ("done", "shown"),
    [
        (0, "░░░░░░░░░░  0/2 · 0 %\n\nenrolled 3 May\nno lesson done yet"),
        (1, "▓▓▓▓▓░░░░░  1/2 · 50 %\n\nenrolled 3 May\nlast lesson done 5 May"),
        (2, "▓▓▓▓▓▓▓▓▓▓  2/2 · 100 %\n\nenrolled 3 May\nlast lesson done 5 May\nfinished 5 May"),
    ],
)
async def test_an_instructor_sees_one_student(world: World, done: int, shown: str) -> None:
    """How far, since when, and when something was done last; no address."""
    ivan, _ada, _course = await at_the_page(world, done=done)
    assert ivan.last.text == f"Ada\nCompilers 101\n\n{shown}"
    assert ivan.labels == ["Message", "Remove", "‹ Students"]
    assert (await ivan.press("‹ Students")).text.startswith("Compilers 101 · 1 student")


async def test_removing_is_asked_first(world: World) -> None:
    """Nothing happens until the second tap; then the list has them no more, and they are told."""
    ivan, ada, _course = await at_the_page(world)
    assert "Remove Ada from Compilers 101?" in (await ivan.press("Remove")).text
    await ivan.press("Keep")
    assert await world.count(Progress, Progress.left_at.is_(None)) == 1
    await remove(ivan)
    assert ivan.last.text.endswith("removed 5 May")
    assert ada.last.text == (
        "You are no longer a student of Compilers 101: its instructor has taken you off the list. "
        "What you completed is kept, in case you are let back in."
    )
    [course] = await world.rows(Course)
    assert course.students == 0
    assert await world.count(Progress, Progress.removed_at.is_not(None)) == 1


async def test_a_removed_student_can_do_nothing_there(world: World) -> None:
    """Not by code, link, old button, an open lesson or its Undo: the database stays as it is."""
    ivan, ada, course = await at_the_page(world)
    first, second = await lesson_ids(world, course)
    said = await ada.send("/start")
    await remove(ivan)
    before = await world.rows(Progress)
    for words in ("/enroll COMP1", "/lesson COMP1", "/lesson COMP1 2", "/done", "/progress COMP1"):
        assert (await ada.send(words)).text == GONE, words
    for data in (
        f"en:{course.id}",
        f"go:{course.id}",
        f"pc:{course.id}:0",
        f"l:{second}:0",
        f"ok:{second}",
        f"un:{first}",
    ):
        assert (await ada.forge(said.id, data)).text == GONE, data
    assert (await ada.forge(said.id, f"lv:{course.id}:1")).text == "You are not enrolled in this course."
    assert (await ada.send("/lesson")).text.startswith("You take no course yet.")
    assert (await ada.send("/start c_COMP1")).text.endswith(GONE)
    assert ada.labels == ["‹ Courses"]
    after = await world.rows(Progress)
    assert [(each.left_at, each.removed_at) for each in after] == [(each.left_at, each.removed_at) for each in before]


async def test_a_removed_student_of_a_private_course_finds_none(world: World) -> None:
    """There, not even that it exists is told; and the old link lets nobody back in whom the instructor removed."""
    ivan, ada, course = await at_the_page(world)
    await set_private(world, course)
    invitation = await invite(world, course)
    await remove(ivan)
    for words in ("/enroll COMP1", "/start c_COMP1", "/progress COMP1"):
        assert (await ada.send(words)).text.startswith("There is no such course."), words
    assert (await ada.send(f"/start i_{invitation.token}")).text.endswith(GONE)
    assert ada.labels == ["‹ Courses"]
    assert (await ada.forge(ada.last.id, f"acc:{invitation.token}")).text == GONE
    world.clock.advance(minutes=1)
    newer = await invite(world, course)
    await ada.send(f"/start i_{newer.token}")
    assert (await ada.press("Enroll")).text.startswith("Welcome back to Compilers 101")
    assert await world.count(Progress, Progress.removed_at.is_(None), Progress.left_at.is_(None)) == 1


async def test_a_removed_student_is_let_back_in(world: World) -> None:
    """From the list of the removed, with everything as it was; they are told, and go on."""
    ivan, ada, _course = await at_the_page(world)
    await remove(ivan)
    await ivan.press("‹ Removed")
    assert ivan.last.text == "Compilers 101 · 1 removed\n1. Ada  ▓▓▓▓▓░░░░░  1/2 · 50 %"
    await ivan.press("1")
    pressed = ivan.last.id
    await ivan.press("Let back in")
    assert ivan.labels == ["Message", "Remove", "‹ Students"]
    assert ada.last.text == "You are back in Compilers 101. Your progress is as you left it."
    told = len(ada.said)
    [progress] = await world.rows(Progress)
    await ivan.forge(pressed, f"lbi:{progress.id}")
    assert len(ada.said) == told
    await ada.press("Go on")
    assert "Parsing" in ada.last.text
    [course] = await world.rows(Course)
    assert course.students == 1
    await ivan.press("‹ Students")
    assert not any(label.startswith("Removed") for label in ivan.labels)


async def test_who_left_is_not_removed(world: World) -> None:
    """Whoever left by themselves meanwhile stays free to come back."""
    ivan, ada, course = await at_the_page(world)
    await ivan.press("Remove")
    await leave(ada, course)
    told = len(ada.said)
    assert (await ivan.press("Remove")).text.endswith("left 5 May")
    assert len(ada.said) == told
    assert ivan.labels == ["‹ Students"]
    assert (await ada.send("/enroll COMP1")).text.startswith("Welcome back")


async def test_no_way_of_enrolling_brings_a_removed_student_back(world: World) -> None:
    """Whoever was removed between a view's look and its enrollment stays removed."""
    ivan, ada, course = await at_the_page(world)
    await remove(ivan)
    [progress] = await world.rows(Progress)
    async with world.application.database.transaction() as repos:
        assert not await repos.progress.enroll(progress.user_id, course.id, world.clock())
    assert await world.count(Progress, Progress.removed_at.is_not(None), Progress.left_at.is_not(None)) == 1
    assert (await ada.send("/enroll COMP1")).text == GONE


async def test_removing_and_coming_back_at_once(world: World) -> None:
    """Whichever comes first, the number of students is that of the enrollments, and nobody removed is enrolled."""
    ivan, ada, course = await at_the_page(world)
    for _round in range(3):
        [progress] = await world.rows(Progress)
        world.miniature.forge(ivan.id, ivan.last.id, f"rms:{progress.id}:1")
        world.miniature.forge(ada.id, ada.last.id, f"lv:{course.id}:1")
        world.miniature.forge(ada.id, ada.last.id, f"en:{course.id}")
        await world.settle_at_once()
        [progress], [found] = await world.rows(Progress), await world.rows(Course)
        assert found.students == (progress.left_at is None)
        assert progress.removed_at is None or progress.left_at is not None
        await ivan.forge(ivan.last.id, f"lbi:{progress.id}")
        await ada.send("/enroll COMP1")


async def test_the_list_of_the_removed_turns(world: World) -> None:
    """Ten a page, forth and back; an emptied page is the first one, and in the end there is nobody."""
    ivan, course = await meet_author(world), await make_course(world)
    people = [await make_student(world, f"S{number:02}") for number in range(PAGE + 1)]
    async with world.application.database.transaction() as repos:
        for person in people:
            user = (await repos.sessions.open(person.id, 0, world.clock())).user
            assert user is not None
            await repos.progress.enroll(user.id, course.id, world.clock())
            progress = await repos.progress.lock(user.id, course.id)
            assert progress is not None
            await repos.progress.leave(progress, world.clock(), is_removed=True)
    said = await ivan.send("/start")
    empty = await ivan.forge(said.id, f"st:a::1:{course.id}")
    assert empty.text == "Nobody takes Compilers 101 at the moment."
    await ivan.press("Removed · 11")
    assert ivan.labels[-3:] == ["1 / 2", "›", "‹ Students"]
    await ivan.press("›")
    assert ivan.last.text == "Compilers 101 · 11 removed\n1. S10  ░░░░░░░░░░  0/2 · 0 %"
    second = ivan.find_button("2 / 2")[1]
    await ivan.press("‹")
    assert ivan.last.text.count("\n") == PAGE
    for progress in await world.rows(Progress):
        await ivan.forge(ivan.last.id, f"lbi:{progress.id}")
    assert (await ivan.forge(ivan.last.id, second)).text == "Nobody is removed from Compilers 101."
