"""A course's funnel: the figures, and the picture of them."""

from typing import Any

import pytest

from db.models import CourseStatus
from handlers import funnel as funnels
from handlers.funnel import MAX_ROWS, Funnel, draw_funnel
from handlers.kit.text import Catalogs
from handlers.people_presses import ShowFunnel
from tests.chat import World
from tests.factories import enroll, lesson_ids, make_course, make_student, meet_author, remove_lesson
from tests.german import catalogs
from tests.handlers.test_students import leave

__all__ = ["catalogs"]


def size(picture: bytes) -> tuple[int, int]:
    """Returns the width and height of a PNG."""
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])


async def test_the_desk_sends_the_picture(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts the lessons that the course has, of those who take it, however many reads that takes."""
    drawn: list[Funnel] = []

    def watch(found: Funnel, to: Any) -> bytes:
        drawn.append(found)
        return draw_funnel(found, to)

    monkeypatch.setattr(funnels, "BATCH", 2)
    renderer = world.application.talk.renderers["funnel"]
    watched = type(renderer)(renderer.name, fetch=renderer.fetch, draw=watch, following=renderer.following)
    world.application.talk.renderers["funnel"] = watched
    ivan = await meet_author(world)
    course = await make_course(world, lessons=("Lexing", "Parsing", "Types"))
    people = [await make_student(world, name) for name in ("Ada", "Bob", "Cleo", "Dan")]
    for person, done in zip(people, (3, 1, 1, 0), strict=True):
        await enroll(world, person, course)
        for _lesson in range(done):
            await person.send("/lesson")
            await person.send("/done")
    await leave(people[2], course)
    first, second, third = await lesson_ids(world, course)
    await remove_lesson(world, third)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Funnel")
    assert (ivan.last.kind, ivan.last.caption) == (
        "photo",
        "Compilers 101\nHow far its students have come, lesson by lesson.",
    )
    assert size(ivan.file())[0] == 702
    assert [found.students for found in drawn] == [2, 3]
    assert (drawn[-1].counts, drawn[-1].after) == ({str(first): 2, str(second): 1}, None)
    assert drawn[-1].lessons == [(first, "Lexing"), (second, "Parsing")]
    await ivan.press("‹ Desk")
    assert "Funnel" in ivan.labels


async def test_where_there_is_nothing_to_draw_words_say_so(world: World) -> None:
    """A course without lessons, or without students, has no funnel, and its desk no button for it."""
    ivan = await meet_author(world)
    course = await make_course(world, lessons=(), status=CourseStatus.DRAFT)
    await ivan.send("/mycourses")
    await ivan.press("1")
    assert "Funnel" not in ivan.labels
    answer = await ivan.forge(ivan.last.id, ShowFunnel(course.id).pack())
    assert answer.text == "Compilers 101 has no lessons yet, so there is nothing to draw."
    assert ivan.labels == ["Add lesson", "‹ Desk"]
    await make_course(world, code="COMP2")
    answer = await ivan.forge(ivan.last.id, ShowFunnel(course.id + 1).pack())
    assert answer.text == "Nobody takes Compilers 101 at the moment, so there is nothing to draw yet."


async def test_the_last_student_may_leave_meanwhile(world: World) -> None:
    """What was there at the press and is gone when the picture is made is said in words as well."""
    ivan = await meet_author(world)
    course = await make_course(world)
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/start")
    await ivan.send("/mycourses")
    await ivan.press("1")
    sender = world.application.sender
    with pytest.MonkeyPatch.context() as patch:
        held: list[Any] = []
        patch.setattr(sender, "deliver", lambda *given: held.append(given))
        await ivan.press("Funnel")
        await leave(ada, course)
    for given in held:
        sender.deliver(*given)
    await world.settle()
    assert ivan.last.text == "Nobody takes Compilers 101 at the moment, so there is nothing to draw yet."


@pytest.mark.parametrize("lessons", [1, 60, 61, 300])
def test_a_picture_is_not_too_tall(catalogs: Catalogs, lessons: int) -> None:
    """Telegram makes taller ones smaller; what has no room is left out, and the picture says so."""
    rows = [(number, "A lesson with a title that nobody could read in full " * 2) for number in range(lessons)]
    found = Funnel({}, "<Compilers> $101$ 字句解析", rows, {"0": 7}, 7, None)
    width, height = size(draw_funnel(found, catalogs.translator("de")))
    assert (width, height <= 2560) == (702, True)
    assert (height > 2500) == (lessons >= MAX_ROWS)
