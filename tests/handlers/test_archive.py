"""The archive, and copies of courses."""

import pytest

from db.models import Block, Completion, Course, CourseStatus, Lesson, Progress
from handlers.desk_presses import ArchiveCourse, DuplicateCourse, EditCourse, RemoveCover, SetLanguage, UnarchiveCourse
from handlers.kit.press import Press
from handlers.presses import AddLesson, MoveLesson, Publish, RemoveLesson
from tests.chat import Person, World
from tests.factories import enroll, make_course, make_student, meet_author, remove_lesson, set_private, set_status


async def open_desk(ivan: Person) -> None:
    """Goes to the desk of the author's only course."""
    await ivan.send("/mycourses")
    await ivan.press("1")


async def status(world: World) -> CourseStatus:
    """Returns where the only course stands."""
    [course] = await world.rows(Course)
    return CourseStatus(course.status)


async def test_a_course_is_archived_after_a_question(world: World) -> None:
    """The question says what it means for whom, and Keep it leads back to the desk."""
    ivan = await meet_author(world)
    course = await make_course(world)
    for name in ("Ada", "Bob"):
        await enroll(world, await make_student(world, name), course)
    await open_desk(ivan)
    question = await ivan.press("Archive")
    assert question.text == (
        "Put Compilers 101 into the archive? Its 2 students can go on reading it. Nobody else can enroll, "
        "and nothing in it can be changed.\nYou can take it out of the archive again."
    )
    assert ivan.labels == ["Keep it", "Archive it"]
    assert "published" in (await ivan.press("Keep it")).text
    assert await status(world) is CourseStatus.PUBLISHED
    await ivan.press("Archive")
    card = await ivan.press("Archive it")
    assert (card.id, card.text) == (question.id, "Compilers 101 · archived · code COMP1\n2 lessons · 2 students")
    assert ivan.labels == ["Students", "Funnel", "Preview", "Duplicate", "Take out of the archive", "‹ My courses"]
    assert ivan.toasts[-1].text == "The course is in the archive."
    assert (await ivan.forge(card.id, ArchiveCourse(1, 1).pack())).text == card.text
    assert await status(world) is CourseStatus.ARCHIVED


async def test_students_of_an_archived_course_go_on(world: World) -> None:
    """They open its lessons and complete them; nobody else finds it or enrolls in it."""
    course = await make_course(world)
    ada, bob = await make_student(world, "Ada"), await make_student(world, "Bob")
    await enroll(world, ada, course)
    await set_status(world, course, CourseStatus.ARCHIVED)
    assert "All about Lexing." in (await ada.send("/lesson")).text
    await ada.send("/done")
    assert await world.count(Completion) == 1
    assert "no courses yet" in (await bob.send("/courses")).text
    assert "takes no new students" in (await bob.send("/enroll COMP1")).text
    assert await world.count(Progress) == 1


async def test_the_archive_keeps_the_desk_and_its_students(world: World) -> None:
    """An archived course stands among one's courses, and shows who takes it and how far they are."""
    ivan = await meet_author(world)
    course = await make_course(world)
    await enroll(world, await make_student(world), course)
    await set_status(world, course, CourseStatus.ARCHIVED)
    assert "1. Compilers 101 · archived · 2 lessons · 1 student" in (await ivan.send("/mycourses")).text
    await ivan.press("1")
    assert "Ada" in (await ivan.press("Students")).text
    assert (await ivan.press("‹ Desk")).text.startswith("Compilers 101 · archived")


@pytest.mark.parametrize(
    "press",
    [
        EditCourse(1),
        SetLanguage(1, "de"),
        RemoveCover(1),
        AddLesson(1),
        MoveLesson(1, 1),
        RemoveLesson(1, 1),
        Publish(1, 1),
    ],
)
async def test_nothing_in_the_archive_is_changed(world: World, press: Press) -> None:
    """Old buttons say how it could be, to its instructor and to an admin, and lead to the desk."""
    ivan, admin = await meet_author(world), world.admin()
    course = await make_course(world)
    await set_status(world, course, CourseStatus.ARCHIVED)
    for person in (ivan, admin):
        said = await person.send("/start")
        answer = await person.forge(said.id, press.pack())
        assert answer.text == (
            "This course is archived: it can be read, and not changed. Take it out of the archive first."
        )
        assert (await person.press("Desk")).text.startswith("Compilers 101 · archived")
    [row] = await world.rows(Course)
    assert (row.status, row.language) == (CourseStatus.ARCHIVED, None)
    assert await world.count(Lesson, Lesson.removed_at.is_(None)) == 2


async def test_no_lesson_is_offered_for_the_archive(world: World) -> None:
    """/newlesson names the courses that can be changed."""
    ivan = await meet_author(world)
    await make_course(world, title="Rhetoric", code="RHET1", status=CourseStatus.ARCHIVED)
    await make_course(world)
    await make_course(world, title="Statistics", code="STAT1")
    await ivan.send("/newlesson")
    assert ivan.labels == ["Statistics", "Compilers 101"]
    assert "This course is archived" in (await ivan.send("/newlesson RHET1")).text


async def test_the_only_open_course_is_not_asked_for(world: World) -> None:
    """However many are archived, and newer: the lesson can be for that one alone."""
    ivan = await meet_author(world)
    await make_course(world)
    for number in range(1, 11):
        await make_course(world, title="Rhetoric", code=f"RHET{number}", status=CourseStatus.ARCHIVED)
    assert (await ivan.send("/newlesson")).text.startswith("New lesson · 1 of 2")


async def test_who_has_archived_everything_is_told_what_to_do(world: World) -> None:
    """There are courses, and none that a lesson could be for."""
    ivan = await meet_author(world)
    await make_course(world, status=CourseStatus.ARCHIVED)
    said = await ivan.send("/newlesson")
    assert said.text.startswith("Your courses are archived, and cannot be changed.")
    assert ivan.labels == ["My courses", "Write a course"]


async def test_a_course_leaves_the_archive_as_a_draft(world: World) -> None:
    """It is hidden until its instructor publishes it; the button, pressed again, changes nothing."""
    ivan = await meet_author(world)
    await make_course(world, status=CourseStatus.ARCHIVED)
    await open_desk(ivan)
    card = await ivan.press("Take out of the archive")
    assert card.text.startswith("Compilers 101 · draft")
    assert ivan.toasts[-1].text == "It is a draft now: publish it, and newcomers can find it again."
    await ivan.press("Publish")
    await ivan.forge(card.id, UnarchiveCourse(1).pack())
    assert await status(world) is CourseStatus.PUBLISHED


async def test_only_who_may_change_a_course_archives_it(world: World) -> None:
    """Another instructor and a student are refused, an admin without an account is not."""
    await make_course(world)
    olga, ada, admin = await world.teacher("Olga"), await make_student(world), world.admin()
    for person, words in ((olga, "Only the course's instructor"), (ada, "Only instructors can do that")):
        said = await person.send("/start")
        assert words in (await person.forge(said.id, ArchiveCourse(1, 1).pack())).text
        assert words in (await person.forge(said.id, DuplicateCourse(1, 1).pack())).text
    assert await status(world) is CourseStatus.PUBLISHED
    said = await admin.send("/start")
    await admin.forge(said.id, ArchiveCourse(1, 1).pack())
    assert await status(world) is CourseStatus.ARCHIVED


async def test_a_copy_has_all_but_the_students(world: World) -> None:
    """Title, description, language, cover, lessons and blocks, in a new draft with its own code."""
    ivan = await meet_author(world)
    course = await make_course(world, description="In ten evenings.", lessons=("Lexing", "Parsing", "Types"))
    await enroll(world, await make_student(world), course)
    await remove_lesson(world, 2)
    cover = {"version": 1, "kind": "photo", "text": "", "entities": [], "file_id": "F1"}
    async with world.application.database.transaction() as repos:
        await repos.courses.describe(course._replace(language="de"))
        await repos.courses.set_cover(course.id, cover, world.clock())
    await open_desk(ivan)
    question = await ivan.press("Duplicate")
    assert question.text == (
        "Copy Compilers 101 with its 2 lessons? The copy is a draft with a code of its own, and has no students."
    )
    card = await ivan.press("Copy it")
    assert card.text == (
        "This is the copy. Its code is its own, and nobody takes it yet.\n\n"
        "Compilers 101 · draft · code COMP10\n2 lessons · nobody enrolled yet"
    )
    old, new = await world.rows(Course)
    assert (new.title, new.description, new.language, new.cover) == ("Compilers 101", "In ten evenings.", "de", cover)
    assert (new.status, new.students, new.instructor_id) == (CourseStatus.DRAFT, 0, old.instructor_id)
    lessons = await world.rows(Lesson, Lesson.course_id == new.id)
    assert [lesson.title for lesson in lessons] == ["Lexing", "Types"]
    blocks = [await world.rows(Block, Block.lesson_id == lesson.id) for lesson in lessons]
    assert [[block.content["text"] for block in each] for each in blocks] == [
        ["All about Lexing."],
        ["All about Types."],
    ]
    assert await world.count(Lesson) == 5
    assert await world.count(Progress) == 1


async def test_a_course_without_lessons_is_copied(world: World) -> None:
    """It is not said to have 0 of them."""
    ivan = await meet_author(world)
    await make_course(world, lessons=())
    await open_desk(ivan)
    question = await ivan.press("Duplicate")
    assert question.text.startswith("Copy Compilers 101, which has no lessons yet?")


async def test_a_press_that_telegram_sends_again_copies_once(world: World) -> None:
    """The second time, the instructor has one course more than the button knew: it asks anew."""
    ivan = await meet_author(world)
    await make_course(world)
    await open_desk(ivan)
    await ivan.press("Duplicate")
    message, data = ivan.find_button("Copy it")
    await ivan.press("Copy it")
    assert "Copy Compilers 101" in (await ivan.forge(message.id, data)).text
    assert await world.count(Course) == 2


async def test_an_admins_copy_is_its_instructors(world: World) -> None:
    """An admin without an account can copy a course, also from the archive; the copy has the same instructor."""
    course = await make_course(world, status=CourseStatus.ARCHIVED)
    admin = world.admin()
    await admin.send("/start c_COMP1")
    await admin.press("Desk")
    assert "Not now" in str((await admin.press("Duplicate")).buttons)
    assert "by Ivan Petrov" in (await admin.press("Copy it")).text
    assert {each.instructor_id for each in await world.rows(Course)} == {course.instructor_id}


async def test_a_copy_of_a_private_course_is_private(world: World) -> None:
    """Published, it is found by nobody who is not invited, like the course that it was made from."""
    ivan = await meet_author(world)
    course = await make_course(world)
    await set_private(world, course)
    await open_desk(ivan)
    await ivan.press("Duplicate")
    assert "only by invitation" in (await ivan.press("Copy it")).text
    await ivan.press("Publish")
    assert [each.is_private for each in await world.rows(Course)] == [True, True]
    eve = world.person("Eve")
    assert "There are no courses yet." in (await eve.send("/courses")).text
