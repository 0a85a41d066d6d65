"""Progress as it is computed."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from db.models import ProgressStatus, Role, User
from db.records import CourseRecord, LessonRecord
from db.repositories import Repositories
from db.standing import percent
from db.transaction import Database

NOW = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


async def add_user(repos: Repositories, name: str, role: Role = Role.STUDENT) -> User:
    return await repos.users.add(name=name, email=f"{name}@example.org", password_hash="-", role=role, now=NOW)


@asynccontextmanager
async def class_room(
    database: Database, lessons: int = 3
) -> AsyncIterator[tuple[Repositories, User, CourseRecord, list[LessonRecord]]]:
    """Yields a student, a course that they take, and its lessons."""
    async with database.transaction() as repos:
        ivan, ada = await add_user(repos, "ivan", Role.INSTRUCTOR), await add_user(repos, "ada")
        course = await repos.courses.add(
            code="COMP1", title="Compilers", description="", instructor_id=ivan.id, now=NOW
        )
        written = [await repos.lessons.add(course.id, f"Lesson {number}", [], NOW) for number in range(1, lessons + 1)]
        await repos.progress.enroll(ada.id, course.id, NOW)
        yield repos, ada, course, written


@pytest.mark.parametrize(("done", "total", "expected"), [(0, 0, 0), (0, 3, 0), (2, 3, 66), (199, 200, 99), (3, 3, 100)])
def test_percents_are_rounded_down(done: int, total: int, expected: int) -> None:
    """100 means all, and nothing of nothing is not all."""
    assert percent(done, total) == expected


async def test_a_standing_counts_what_the_course_still_has(database: Database) -> None:
    """Removed lessons count neither as done nor as there, and their completions stay."""
    async with class_room(database) as (repos, ada, course, lessons):
        for lesson in lessons[:2]:
            assert await repos.progress.complete(ada.id, lesson.id, NOW)
        await repos.lessons.remove(lessons[0], NOW)
        [standing] = await repos.progress.list_standings(ada.id)
        assert (standing.done, standing.total, standing.percent, standing.next_title) == (1, 2, 50, "Lesson 3")
        path = await repos.progress.get_path(ada.id, course.id)
        assert path.standing(standing.progress, standing.course) == standing
        assert (path.done, path.total) == (1, 2)


async def test_others_completions_do_not_count(database: Database) -> None:
    """Everybody's progress is their own."""
    async with class_room(database) as (repos, ada, _course, lessons):
        bob = await add_user(repos, "bob")
        await repos.progress.complete(bob.id, lessons[0].id, NOW)
        [standing] = await repos.progress.list_standings(ada.id)
        assert (standing.done, standing.next_title) == (0, "Lesson 1")
        assert await repos.progress.list_standings(bob.id) == []


async def test_the_next_lesson_follows_the_order(database: Database) -> None:
    """Moving a lesson moves what is next; after a given one it is the next below, then from the top."""
    async with class_room(database) as (repos, ada, course, lessons):
        await repos.lessons.move(lessons[2], -1)
        await repos.progress.complete(ada.id, lessons[0].id, NOW)
        path = await repos.progress.get_path(ada.id, course.id)
        assert [step.title for step in path.steps] == ["Lesson 1", "Lesson 3", "Lesson 2"]
        assert [each and each.id for each in (path.next_lesson, path.next_after(1), path.next_after(2))] == [
            lessons[2].id,
            lessons[1].id,
            lessons[2].id,
        ]
        [standing] = await repos.progress.list_standings(ada.id)
        assert standing.next_title == "Lesson 3"
        with pytest.raises(LookupError):
            path.find(lessons[2].id + 1000)


async def test_a_completion_is_made_once(database: Database) -> None:
    """The second one changes nothing, its time neither."""
    async with class_room(database) as (repos, ada, course, lessons):
        assert await repos.progress.complete(ada.id, lessons[0].id, NOW)
        assert not await repos.progress.complete(ada.id, lessons[0].id, LATER)
        assert await repos.progress.get_days(ada.id, course.id) == {lessons[0].id: NOW}


async def test_taking_back_stops_at_what_finished_the_course(database: Database) -> None:
    """Completions up to the finish stay for good; later ones may go."""
    async with class_room(database) as (repos, ada, course, lessons):
        progress = await repos.progress.get(ada.id, course.id)
        assert progress is not None
        await repos.progress.complete(ada.id, lessons[0].id, NOW)
        assert await repos.progress.take_back(progress, lessons[0].id)
        assert not await repos.progress.take_back(progress, lessons[0].id)
        await repos.progress.complete(ada.id, lessons[0].id, NOW)
        await repos.progress.finish(progress, NOW)
        progress = await repos.progress.lock(ada.id, course.id)
        assert progress is not None
        assert (progress.status, progress.completed_at) == (ProgressStatus.COMPLETED, NOW)
        await repos.progress.complete(ada.id, lessons[1].id, LATER)
        assert not await repos.progress.take_back(progress, lessons[0].id)
        assert await repos.progress.take_back(progress, lessons[1].id)


async def test_a_course_is_due_only_when_there_is_something_done(database: Database) -> None:
    """Nothing left to do is due, an empty course is not, a finished one no more."""
    async with class_room(database, lessons=1) as (repos, ada, _course, lessons):
        for done, expected in ((False, False), (True, True)):
            if done:
                await repos.progress.complete(ada.id, lessons[0].id, NOW)
            [standing] = await repos.progress.list_standings(ada.id)
            assert standing.is_due is expected
            assert standing.is_open is not expected
        finished = standing.progress._replace(status=ProgressStatus.COMPLETED)
        assert not standing._replace(progress=finished).is_due
        await repos.lessons.remove(lessons[0], NOW)
        [standing] = await repos.progress.list_standings(ada.id)
        assert (standing.is_due, standing.is_open, standing.total) == (False, False, 0)


async def test_pages_of_students_are_a_partition(database: Database) -> None:
    """Turned forward or back, the pages show everybody who takes the course once, and neither who left nor others."""
    async with class_room(database) as (repos, ada, course, lessons):
        other = await repos.courses.add(
            code="STAT1", title="Statistics", description="", instructor_id=course.instructor_id, now=NOW
        )
        expected = ["ada"]
        for number in range(6):
            user = await add_user(repos, f"student{number}")
            await repos.progress.enroll(user.id, (other if number == 4 else course).id, NOW)
            progress = await repos.progress.get(user.id, course.id)
            if number == 2 and progress is not None:
                await repos.progress.leave(progress, NOW)
            elif number != 4:
                expected.append(user.name)
        await repos.progress.complete(ada.id, lessons[0].id, NOW)
        for limit in (1, 2, 3, 9):
            forward: list[list[str]] = []
            back: list[list[str]] = []
            page = await repos.progress.list_students(course.id, limit=limit)
            assert (page[0].done, page[0].total, page[0].percent) == (1, 3, 33)
            while page:
                forward.append([student.name for student in page])
                last = page[-1].progress.id
                page = await repos.progress.list_students(course.id, limit=limit, after=last)
            page = await repos.progress.list_students(course.id, limit=limit, before=last + 1)
            while page:
                back.insert(0, [student.name for student in page])
                page = await repos.progress.list_students(course.id, limit=limit, before=page[0].progress.id)
            assert [name for page in forward for name in page] == [name for page in back for name in page] == expected


async def test_coming_back_finds_everything(database: Database) -> None:
    """Leaving hides the course from the list and keeps its completions."""
    async with class_room(database) as (repos, ada, course, lessons):
        await repos.progress.complete(ada.id, lessons[0].id, NOW)
        progress = await repos.progress.lock(ada.id, course.id)
        assert progress is not None
        assert await repos.progress.leave(progress, NOW)
        left = await repos.progress.lock(ada.id, course.id)
        assert left is not None
        assert left.left_at == NOW
        assert not await repos.progress.leave(left, LATER)
        assert await repos.progress.list_standings(ada.id) == []
        assert await repos.progress.enroll(ada.id, course.id, LATER)
        assert not await repos.progress.enroll(ada.id, course.id, LATER)
        [standing] = await repos.progress.list_standings(ada.id)
        assert (standing.done, standing.progress.enrolled_at) == (1, NOW)
