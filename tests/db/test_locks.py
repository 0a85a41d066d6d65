"""Locks: what a transaction knew before it had the lock may be old."""

import pytest

from db.models import CourseStatus, Role
from tests.chat import World
from tests.factories import make_course


async def test_a_locked_course_is_read_anew(world: World, is_postgresql: bool) -> None:
    """A course that another transaction has changed since it was read is seen as it is, once it is locked."""
    if not is_postgresql:
        pytest.skip("SQLite has one transaction at a time")
    course = await make_course(world)
    database = world.application.database
    async with database.transaction() as repos:
        assert await repos.courses.get(course.id) is not None
        async with database.transaction() as others:
            theirs = await others.courses.get(course.id, lock=True)
            assert theirs is not None
            theirs.status = CourseStatus.ARCHIVED
        for locked in (await repos.courses.get(course.id, lock=True), await repos.courses.get_of_lesson(1, lock=True)):
            assert locked is not None
            assert locked.status is CourseStatus.ARCHIVED


async def test_a_locked_account_is_read_anew(world: World, is_postgresql: bool) -> None:
    """A role that another transaction has changed meanwhile is seen as it is."""
    if not is_postgresql:
        pytest.skip("SQLite has one transaction at a time")
    await make_course(world)
    database = world.application.database
    async with database.transaction() as repos:
        assert await repos.users.get(1) is not None
        async with database.transaction() as others:
            theirs = await others.users.get(1, lock=True)
            assert theirs is not None
            others.users.demote(theirs)
        user = await repos.users.get(1, lock=True)
        assert user is not None
        assert user.role is Role.STUDENT
