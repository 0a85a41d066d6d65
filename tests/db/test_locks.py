"""Locks: what a transaction knew before it had the lock may be old."""

import pytest

from db.models import CourseStatus, Role
from tests.chat import World
from tests.factories import make_course


async def test_a_locked_course_is_read_anew(world: World) -> None:
    """A course that another transaction has changed since it was read is seen as it is, once it is locked."""
    course_id = (await make_course(world)).id
    database = world.application.database
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        before = await repos.courses.get(course_id)
        async with database.transaction() as others:
            theirs = await others.courses.get(course_id, lock=True)
            assert theirs is not None
            theirs.status = CourseStatus.ARCHIVED
        locked = await repos.courses.get_of_lesson(1, lock=True)
        assert before is locked
        assert locked is not None
        assert locked.status is CourseStatus.ARCHIVED


async def test_a_locked_account_is_read_anew(world: World) -> None:
    """A role that another transaction has changed meanwhile is seen as it is."""
    await make_course(world)
    database = world.application.database
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        before = await repos.users.get(1)
        async with database.transaction() as others:
            theirs = await others.users.get(1, lock=True)
            assert theirs is not None
            others.users.demote(theirs)
        locked = await repos.users.get(1, lock=True)
        assert before is locked
        assert locked is not None
        assert locked.role is Role.STUDENT
