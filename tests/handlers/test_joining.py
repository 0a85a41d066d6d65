"""Private courses from outside: who finds one, and how an invitation leads there."""

import pytest

from db.models import CourseStatus, Invitation, Progress
from db.records import CourseRecord
from tests.chat import PASSWORD, World
from tests.factories import enroll, invite, lesson_ids, make_course, make_student, set_private, set_status

NONE = "There is no such course. /courses shows all of them."
DEAD = "This invitation does not work any more. Whoever gave it to you can give you another one."
FULL = "All places of this invitation are taken. Whoever gave it to you can give you another one."


async def make_private(world: World, **details: object) -> CourseRecord:
    """Returns a published course that only those find who are invited."""
    course = await make_course(world, **details)  # type: ignore[arg-type]
    await set_private(world, course)
    return course


async def used(world: World) -> list[int]:
    """Returns how many came by each invitation."""
    return [each.used for each in await world.rows(Invitation)]


@pytest.mark.parametrize("status", CourseStatus)
async def test_nobody_can_tell_a_private_course_from_none(world: World, status: CourseStatus) -> None:
    """Not by list, search, code, link, nor by a forged button: it is as one that was never written."""
    course = await make_private(world)
    [first, *_others] = await lesson_ids(world, course)
    await set_status(world, course, status)
    eve, ada = world.person("Eve"), await make_student(world)
    for person in (eve, ada):
        said = await person.send("/courses")
        assert said.text == "There are no courses yet. Please look in again soon."
        assert (await person.send("/courses compilers")).text.startswith("Nothing found")
        for missing, wanted in (("c_NONE1", "c_COMP1"), ("i_none", "i_COMP1")):
            assert (await person.send(f"/start {wanted}")).text == (await person.send(f"/start {missing}")).text
        assert (await person.forge(said.id, f"c:{course.id}")).text == NONE
    for words in ("/enroll COMP1", "/progress COMP1"):
        assert (await ada.send(words)).text == (await ada.send(words.replace("COMP1", "NONE1"))).text == NONE
    said = await ada.send("/lesson COMP1")
    assert said.text == (await ada.send("/lesson NONE1")).text
    for data in (f"en:{course.id}", f"go:{course.id}", f"pc:{course.id}:0", f"l:{first}:0", f"ok:{first}"):
        assert (await ada.forge(said.id, data)).text == NONE, data
    assert await world.count(Progress) == 0


async def test_its_students_go_on(world: World) -> None:
    """Who was enrolled before a course became private learns there as before, and comes back after leaving."""
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await set_private(world, course)
    assert (await ada.send("/start c_COMP1")).text.startswith("Compilers 101")
    await ada.send("/lesson")
    assert "50 %" in (await ada.send("/done")).text
    said = await ada.send("/start")
    await ada.forge(said.id, f"lv:{course.id}:1")
    assert (await ada.press("Come back")).text.startswith("Welcome back to Compilers 101")


async def test_an_invitation_opens_the_course(world: World) -> None:
    """Whoever has its link sees the card and enrolls; a second press takes no second place."""
    course = await make_private(world)
    invitation = await invite(world, course, 5)
    ada = await make_student(world)
    assert (await ada.send(f"/start i_{invitation.token}")).text.startswith("Compilers 101\nby Ivan Petrov")
    assert ada.labels == ["Enroll", "‹ Courses"]
    pressed = ada.last.id
    assert (await ada.press("Enroll")).text == "You are enrolled in Compilers 101. Enjoy!"
    assert (await ada.forge(pressed, f"acc:{invitation.token}")).text == "You are enrolled in Compilers 101 already."
    assert await used(world) == [1]
    assert "Start: Lexing" in (await ada.send(f"/start i_{invitation.token}")).buttons[0].text


async def test_a_stranger_comes_back_to_the_invitation(world: World) -> None:
    """The link works before there is an account: after registration, the card is there with its button."""
    course = await make_private(world)
    invitation = await invite(world, course)
    ada = world.person("Ada")
    await ada.send(f"/start i_{invitation.token}")
    assert "account" in (await ada.press("Enroll")).text
    await ada.press("Create an account")
    for words in ("Ada", "ada@example.org", PASSWORD):
        await ada.send(words)
    await ada.press("Student")
    assert ada.last.text.startswith("Compilers 101\nby Ivan Petrov")
    assert (await ada.press("Enroll")).text == "You are enrolled in Compilers 101. Enjoy!"
    assert await used(world) == [1]


async def test_a_limit_is_exact(world: World) -> None:
    """The last place is given, and the next person is told so."""
    course = await make_private(world)
    invitation = await invite(world, course, 2)
    people = [await make_student(world, name) for name in ("Ada", "Bob", "Cleo")]
    for person, words in zip(people, ("Enjoy!", "Enjoy!", FULL), strict=True):
        await person.send(f"/start i_{invitation.token}")
        assert (await person.press("Enroll")).text.endswith(words)
    assert (await used(world), await world.count(Progress)) == ([2], 2)


async def test_of_two_at_once_one_gets_the_last_place(world: World) -> None:
    """However many press at the same moment, one of them from two phones, the limit holds and the count is right."""
    course = await make_private(world)
    invitation = await invite(world, course, 2)
    people = [await make_student(world, name) for name in ("Ada", "Bob", "Cleo")]
    people.append(await make_student(world, "Ada (tablet)", of="Ada"))
    for person in people:
        await person.send(f"/start i_{invitation.token}")
    for person in people:
        world.miniature.forge(person.id, person.last.id, f"acc:{invitation.token}")
    await world.settle_at_once()
    assert (await used(world), await world.count(Progress)) == ([2], 2)


async def test_who_was_there_takes_no_place(world: World) -> None:
    """Somebody who left comes back by an invitation that is full."""
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    said = await ada.send("/start")
    await ada.forge(said.id, f"lv:{course.id}:1")
    await set_private(world, course)
    invitation = await invite(world, course, 0)
    assert (await ada.send(f"/start i_{invitation.token}")).text.startswith("Compilers 101")
    assert (await ada.press("Enroll")).text.startswith("Welcome back to Compilers 101")
    assert await used(world) == [0]


@pytest.mark.parametrize("trouble", ["revoked", "unpublished", "wrong"])
async def test_what_does_not_hold_opens_nothing(world: World, trouble: str) -> None:
    """Neither the link nor a button from before: nobody can tell why."""
    course = await make_private(world)
    invitation = await invite(world, course)
    token = invitation.token
    ada = await make_student(world)
    said = await ada.send(f"/start i_{token}")
    if trouble == "revoked":
        async with world.application.database.transaction() as repos:
            await repos.invitations.revoke(invitation, world.clock())
    elif trouble == "unpublished":
        await set_status(world, course, CourseStatus.DRAFT)
    else:
        token = token.swapcase()
    assert (await ada.forge(said.id, f"acc:{token}")).text == DEAD
    assert (await ada.send(f"/start i_{token}")).text == DEAD
    assert await world.count(Progress) == 0


async def test_a_revoked_invitation_keeps_nobody_from_registering(world: World) -> None:
    """Who followed a link that holds no more gets in all the same, and finds the usual screen."""
    course = await make_private(world)
    invitation = await invite(world, course)
    ada = world.person("Ada")
    await ada.send(f"/start i_{invitation.token}")
    async with world.application.database.transaction() as repos:
        await repos.invitations.revoke(invitation, world.clock())
    await ada.register()
    assert ada.last.text.startswith("Welcome, Ada!")
