"""Files about a course are made for whoever may still see them when they are sent."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from db.models import User
from tests.chat import Person, World
from tests.factories import enroll, give_course, make_course, make_instructor, make_student

REFUSED = "This course is not yours to look after any more, so I keep the file to myself."


async def _block(world: World, user: User) -> None:
    async with world.application.database.transaction() as repos:
        repos.users.block(await repos.users.get(user.id) or user, "Spam.", world.clock())


async def _demote(world: World, user: User) -> None:
    async with world.application.database.transaction() as repos:
        repos.users.demote(await repos.users.get(user.id) or user)


async def _sign_out(world: World, user: User) -> None:
    async with world.application.database.transaction() as repos:
        await repos.sessions.end(user.id, world.clock())


async def _take_away(world: World, _user: User) -> None:
    async with world.application.database.transaction() as repos:
        other = await make_instructor(repos, world, "Petra Petrova")
    await give_course(world, 1, other.id)


async def _nothing(_world: World, _user: User) -> None:
    return


async def wait_for(world: World, olga: Person, button: str, meanwhile: Callable[[World, User], Awaitable[None]]) -> str:
    """Presses a button whose file waits while something else happens; returns what comes in the end."""
    sender, held = world.application.sender, list[Any]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender, "deliver", lambda *given: held.append(given))
        await olga.press(button)
    [user] = [each for each in await world.rows(User) if each.email == "olga@example.org"]
    await meanwhile(world, user)
    for given in held:
        sender.deliver(*given)
    await world.settle()
    return olga.last.text or olga.last.file_name or ""


@pytest.mark.parametrize("ways", [("Students", "As a file"), ("Funnel",)], ids=["spreadsheet", "funnel"])
@pytest.mark.parametrize(
    ("meanwhile", "is_refused"),
    [(_nothing, False), (_block, True), (_demote, True), (_sign_out, True), (_take_away, True)],
)
async def test_a_file_that_waited_is_for_whom_it_still_concerns(
    world: World, ways: tuple[str, ...], meanwhile: Callable[[World, User], Awaitable[None]], *, is_refused: bool
) -> None:
    """Who was blocked, demoted or signed out, or lost the course, between the press and the file, gets no names."""
    olga = await world.teacher("Olga")
    await make_course(world, instructor="Ivan Petrov")
    [user] = [each for each in await world.rows(User) if each.email == "olga@example.org"]
    await give_course(world, 1, user.id)
    [course] = [await _course(world)]
    await enroll(world, await make_student(world), course)
    await olga.send("/mycourses")
    await olga.press("1")
    for way in ways[:-1]:
        await olga.press(way)
    said = await wait_for(world, olga, ways[-1], meanwhile)
    assert (said == REFUSED) == is_refused
    assert (olga.last.kind in {"document", "photo"}) != is_refused


async def _course(world: World) -> Any:
    async with world.application.database.transaction() as repos:
        return await repos.courses.get(1)


async def test_an_admin_without_an_account_gets_the_file(world: World) -> None:
    """Admins see to every course, archived ones too, and need nobody's account for that."""
    course = await make_course(world)
    await enroll(world, await make_student(world), course)
    admin = world.admin()
    await admin.send("/start")
    await admin.forge(admin.last.id, f"csv:{course.id}")
    assert (admin.last.kind, admin.last.file_name) == ("document", "COMP1-students.csv")
