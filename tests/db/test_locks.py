"""Locks: what a transaction knew before it had the lock may be old."""

import asyncio

import pytest
from sqlalchemy import text

from db.models import CourseStatus, Progress, ProgressStatus, Role
from tests.chat import World
from tests.factories import make_course


async def test_a_locked_course_is_read_anew(world: World) -> None:
    """A course that another transaction has changed since it was read is seen as it is, once it is locked."""
    course_id = (await make_course(world)).id
    database = world.application.database
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        assert await repos.courses.get(course_id) is not None
        async with database.transaction() as others:
            theirs = await others.courses.lock(course_id)
            assert theirs is not None
            await others.courses.set_status(theirs, CourseStatus.ARCHIVED, world.clock())
        locked = await repos.courses.lock_of_lesson(1)
        assert locked is not None
        assert locked.status is CourseStatus.ARCHIVED


async def test_an_author_does_not_wait_for_those_who_refer_to_the_course(world: World) -> None:
    """While somebody enrolls and is not counted yet, the course can be locked: they would wait in a circle."""
    course_id = (await make_course(world)).id
    database = world.application.database
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        repos._work.session.add(
            Progress(user_id=1, course_id=course_id, status=ProgressStatus.IN_PROGRESS, enrolled_at=world.clock())
        )
        await repos._work.session.flush()
        async with database.transaction() as others:
            assert await others.courses.lock(course_id) is not None


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


async def test_a_request_is_locked_after_its_account(world: World) -> None:
    """An admin who promotes somebody and one who approves the same person's request wait for each other, in order."""
    await world.person("Ada").register("Instructor")
    database = world.application.database
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")

    async def approve() -> bool:
        async with database.transaction() as repos:
            return await repos.users.get_request(1) is not None

    async with database.transaction() as repos:
        await repos.users.get(1, lock=True)
        approving = asyncio.create_task(approve())
        while not await repos._work.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            pass
        assert await repos.users.get_request_of(1) is not None
    assert await approving
