"""Announcements on their way: each student of a course once, after a kill as well, until somebody stops them."""

import pytest

from db.models import Audience, AudienceKind
from tests.bot.test_broadcaster import small
from tests.chat import Person, World, open_world
from tests.crowds import begin, counts, crowd_of, end, go_on, heard, state_of
from tests.factories import enroll, make_course, make_student, sign_in

__all__ = ["small"]


async def class_of(world: World, count: int) -> tuple[Audience, list[Person]]:
    """Returns the students of a course, among many people who take none."""
    course, _crowd = await make_course(world), await crowd_of(world, 17)
    people = [await make_student(world, f"S{number}") for number in range(count)]
    for person in people:
        await person.send("/start")
        await enroll(world, person, course)
    return Audience(AudienceKind.COURSE, course.id), people


@pytest.mark.usefixtures("small")
async def test_the_students_of_a_course_are_found(world: World) -> None:
    """Only they get it, by enrollment and batch by batch; whoever signs in elsewhere in the middle gets no second."""
    audience, people = await class_of(world, 12)
    number = await begin(world, audience=audience)
    await go_on(world)
    assert [heard(world, [person.id])[0] for person in people] == [1] * 5 + [0] * 7
    tablets = [await make_student(world, f"Tablet {n}", of=f"S{n}") for n in (0, 11)]
    for tablet in tablets:
        await tablet.send("/start")
    # S11's own phone is S1's by now, who has had it.
    await sign_in(world, people[11], "S1")
    broadcast = await end(world, number)
    assert counts(broadcast) == {"sent": 12}
    assert heard(world, [person.id for person in (*people, *tablets)]) == [1] * 11 + [0, 0, 1]


@pytest.mark.usefixtures("small")
async def test_an_announcement_goes_on_after_a_kill(world: World, database_url: str) -> None:
    """A batch that was committed and never sent is sent by the next process, and the walk goes on behind it."""
    audience, people = await class_of(world, 12)
    number = await begin(world, audience=audience)
    world.application.sender.deliver = lambda rows, behind=(): None  # type: ignore[method-assign]
    await world.application.broadcaster.look()
    async with world.application.database.transaction() as repos:
        await repos.outbox.release(world.application.sender.owner)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock) as again:
        assert counts(await end(again, number)) == {"sent": 12}
        await go_on(again)
    assert heard(world, [person.id for person in people]) == [1] * 12


@pytest.mark.usefixtures("small")
async def test_a_stop_ends_an_announcement(world: World) -> None:
    """What of it was not written yet never is, and what waits is taken out."""
    audience, people = await class_of(world, 12)
    number = await begin(world, audience=audience)
    world.application.sender.deliver = lambda rows, behind=(): None  # type: ignore[method-assign]
    await go_on(world)
    async with world.application.database.transaction() as repos:
        broadcast = await repos.broadcasts.lock(number)
        assert broadcast is not None
        await repos.broadcasts.stop(broadcast, world.clock())
    await go_on(world)
    assert counts(await state_of(world, number)) == {"withdrawn": 5}
    assert heard(world, [person.id for person in people]) == [0] * 12
