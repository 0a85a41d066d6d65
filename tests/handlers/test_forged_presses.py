"""Callback data that no button carries, or that is another's: answered, and nothing is changed by it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from db.models import ChatSession, CourseStatus
from handlers import ROUTERS
from handlers.kit.press import MAX_DATA_BYTES, Press
from handlers.settings_presses import AnswerOffer, ArchiveMine, Depart
from handlers.talk import Talk
from tests.chat import Person, World
from tests.factories import make_course
from tests.handlers.test_policies import ANSWERING, snapshot
from tests.statements import statements, written

TALK = Talk(ROUTERS)
# What somebody may press is about their own, of which there is nothing here: what was sent, courses, offers of them.
OWN = {Depart: {"shelf"}, ArchiveMine: {"courses", "handovers"}, AnswerOffer: {"courses", "handovers"}}
# By any button that they send, people decide how they are reminded; the number of whom it is comes first.
WISHES = {"reminder_plans", "reminder_mutes"}
PRESSES = [press for press, _route in TALK.presses.values()]
# Another's object, one that is not there, and those about the ends of what the columns of a database have room for.
NUMBERS = tuple(map(str, (1, 2, 0, -1, 999999, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 1 - 2**63)))
# No numbers, or none that we ever write, or too large.
UNREADABLE = ("", " 1", "+1", "01", "1_0", "1.0", "١", "²", "\u200f1", "1\x00", "x" * 40, str(2**63), "9" * 40)
GARBAGE = (
    *(":", ":" * 64, "x" * 64, "\x00" * 64, "😀" * 16, "\u202e" * 21, "é" * 32, " ", "\n", "%s{0}", "help help"),
    *("HELP", "help:", "d:register/name:back:back", "d:/:", "d:register:cancel", "leave:2", "l:1:10", "cs:c::1:"),
)


def likes(press: type[Press], *words: str) -> list[str]:
    """Returns data like this press's with each of the words in each place, and in all of them."""
    size = len(press.__struct_fields__)
    shapes = [[word] * size for word in words]
    shapes += [["1"] * place + [word] + ["1"] * (size - place - 1) for word in words for place in range(size)]
    data = {":".join((press.prefix, *shape)) for shape in shapes}
    return sorted(each for each in data if len(each.encode()) <= MAX_DATA_BYTES)


@pytest.mark.parametrize("press", PRESSES)
def test_what_no_button_carries_is_no_press(press: type[Press]) -> None:
    """What is read as a press says the same when it is written; so a field too few or too many makes it none."""
    lengths = (":".join((press.prefix, *("1" * length))) for length in range(6))
    for data in (*lengths, *likes(press, *NUMBERS, *UNREADABLE), *GARBAGE):
        read, _route = TALK.find_press(data)
        assert read is None or read.pack() == data


async def stranger(world: World) -> Person:
    return world.person("Ada")


async def student(world: World) -> Person:
    ada = world.person("Ada")
    await ada.register()
    return ada


async def foreign_instructor(world: World) -> Person:
    return await world.teacher("Olga")


async def rows(world: World, own: int | None) -> dict[str, list[tuple[Any, ...]]]:
    """Returns all rows but the answers, who is where in the talk, and what a person decides about themselves."""
    return {
        name: [row for row in found if name not in WISHES or row[0] != own]
        for name, found in (await snapshot(world)).items()
        if name != "chat_sessions"
    }


def may_write(data: str) -> set[str]:
    """Returns the tables in which this data may look for what is the person's own."""
    press, _route = TALK.find_press(data)
    if press is None:
        return set()
    return WISHES if type(press).__module__.startswith("handlers.reminders") else OWN.get(type(press), set())


@pytest.mark.parametrize("meet", [stranger, student, foreign_instructor])
async def test_no_forged_data_changes_anything(world: World, meet: Callable[[World], Awaitable[Person]]) -> None:
    """Another's course, lesson, request or account, or none at all: each press is answered, and nothing is changed."""
    await make_course(world, status=CourseStatus.DRAFT)
    await world.person("Hope").register("Instructor")
    person = await meet(world)
    said = await person.send("/start")
    [own] = [session.user_id for session in await world.rows(ChatSession, ChatSession.telegram_id == person.id)]
    before = await rows(world, own)
    calls = world.miniature.calls
    with statements() as asked:
        # What cannot be read is the same for all of them, see above.
        for data in (*(data for press in PRESSES for data in likes(press, *NUMBERS)), *GARBAGE):
            calls.clear()
            asked.clear()
            await person.forge(said.id, data)
            new = {call.method for call in calls}
            assert "answerCallbackQuery" in new, data
            assert new > {"answerCallbackQuery"}, data
            assert written(asked) <= ANSWERING | may_write(data), data
    assert await rows(world, own) == before
