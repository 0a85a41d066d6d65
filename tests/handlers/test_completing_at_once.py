"""Completing at the same moment, and once more."""

import asyncio

from db.models import Completion, Outgoing, Progress, ProgressStatus
from db.records import CourseRecord
from tests.chat import PASSWORD, World
from tests.factories import enroll, lesson_ids, make_course, make_student, remove_lesson

ROUNDS = 20


async def is_finished(world: World, course: CourseRecord) -> bool:
    [progress] = await world.rows(Progress, Progress.course_id == course.id)
    return bool(progress.status is ProgressStatus.COMPLETED)


async def test_the_same_press_again_is_absorbed(world: World) -> None:
    """A redelivered Done, Undo or Next answers nothing twice, and changes nothing."""
    ada = await make_student(world, "Ada")
    await enroll(world, ada, await make_course(world))
    await ada.send("/lesson")
    for label in ("Done", "Undo", "Open", "Done", "Next"):
        message, data = ada.find_button(label)
        update = world.miniature.press(ada.id, message.id, data)
        await world.settle()
        before = (ada.chat, await world.count(Completion), await world.count(Outgoing))
        await world.application.pipeline.process(update)
        await world.settle()
        assert (ada.chat, await world.count(Completion), await world.count(Outgoing)) == before


async def test_two_accounts_complete_the_last_two_lessons_at_once(world: World) -> None:
    """Both presses at the same moment complete the course, and it is said once."""
    phone, tablet = world.person("Ada"), world.person("Ada's tablet")
    await phone.register()
    for words in ("/login ada@example.org", PASSWORD):
        await tablet.send(words)
    for number in range(ROUNDS):
        course = await make_course(world, code=f"RACE{number}", title=f"Race {number}", lessons=("One", "Two"))
        await enroll(world, phone, course)
        one, two = await lesson_ids(world, course)
        updates = [
            world.miniature.forge(phone.id, phone.last.id, f"ok:{one}"),
            world.miniature.forge(tablet.id, tablet.last.id, f"ok:{two}"),
        ]
        world.miniature.take_updates()
        await asyncio.gather(*map(world.application.pipeline.process, updates))
        await world.settle()
        assert await is_finished(world, course)
        said = sorted(text.split(".")[0] for text in (phone.last.text, tablet.last.text))
        assert said in (["One done", f"Race {number} is complete"], [f"Race {number} is complete", "Two done"])
    assert await world.count(Completion) == 2 * ROUNDS


async def test_two_accounts_press_the_same_last_done(world: World) -> None:
    """One completion and one congratulation, however close the presses are."""
    phone, tablet = await make_student(world, "Ada"), await make_student(world, "Ada (tablet)", of="Ada")
    for number in range(ROUNDS):
        course = await make_course(world, code=f"RACE{number}", lessons=("One",))
        await enroll(world, phone, course)
        [one] = await lesson_ids(world, course)
        updates = [world.miniature.forge(person.id, 1, f"ok:{one}") for person in (phone, tablet)]
        world.miniature.take_updates()
        await asyncio.gather(*map(world.application.pipeline.process, updates))
        await world.settle()
        assert sorted((phone.last.text, tablet.last.text)) == [
            "Compilers 101 is complete. 1 of 1, in 1 day. Well done, Ada!",
            "One is done already.  ▓▓▓▓▓▓▓▓▓▓  100 %",
        ]
    assert await world.count(Completion) == ROUNDS


async def test_two_accounts_go_on_in_a_course_with_nothing_left(world: World) -> None:
    """An edit left nothing to do: whoever comes first hears the congratulations, the other one that it is finished."""
    phone, tablet = await make_student(world, "Ada"), await make_student(world, "Ada (tablet)", of="Ada")
    for number in range(ROUNDS):
        course = await make_course(world, code=f"RACE{number}", lessons=("One", "Two"))
        await enroll(world, phone, course)
        one, two = await lesson_ids(world, course)
        await phone.forge(1, f"ok:{one}")
        await remove_lesson(world, two)
        updates = [world.miniature.forge(person.id, 1, f"go:{course.id}") for person in (phone, tablet)]
        world.miniature.take_updates()
        await asyncio.gather(*map(world.application.pipeline.process, updates))
        await world.settle()
        assert sorted((phone.last.text, tablet.last.text)) == [
            "Compilers 101 is complete. 1 of 1, in 1 day. Well done, Ada!",
            "You finished Compilers 101 on 3 May. There is nothing new in it yet.",
        ]
