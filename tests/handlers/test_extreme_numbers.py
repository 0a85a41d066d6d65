"""Numbers about the ends of what a database's columns hold, from people whom the views do not turn away before."""

import logging

import pytest

from db.models import ShelvedUpdate
from handlers.kit.dialog import DialogPress
from handlers.kit.pages import Direction, ListPress
from handlers.kit.press import Press
from handlers.people_presses import AcceptInvitation
from handlers.presses import LeaveDialog, ShowProgress
from handlers.reminders.plan_presses import AskQuietHour, SetDay, SetDigest, SetHour, SetPause, SetQuiet, SetReminders
from handlers.reminders.presses import AskMute, MuteThis, SetLater, ShowWhy
from handlers.settings_presses import ArchiveMine, Depart, HandOver, ListCities, ListClocks, SetLanguage, SetZone
from tests.chat import Person, World
from tests.factories import enroll, give_course, invite, make_course, shelve
from tests.handlers.test_forged_presses import PRESSES
from tests.statements import Executed, statements

# The last but one is a list's longest key, the last no number that we read.
EXTREMES = (0, -1, 2**31, -(2**31) - 1, 2**63 - 1, 1 - 2**63, 10**12 - 1, -(2**63))
# Those whose numbers no statement is given: flags, places in what is there, and no numbers at all.
UNASKED = {
    *(ShowProgress, ListClocks, ListCities, ArchiveMine, HandOver),
    *(DialogPress, LeaveDialog, AcceptInvitation, SetLanguage, SetZone, Depart),
    *(SetReminders, SetDay, SetHour, SetQuiet, AskQuietHour, SetPause, SetDigest, SetLater, AskMute, MuteThis, ShowWhy),
}
# Zero and the like go to the database anyway.
TELLING = {number for number in EXTREMES if abs(number) > 1}


def extreme(press: type[Press]) -> list[str]:
    """Returns data of this press with each of the numbers in each place, the rest as usual."""
    size = len(press.__struct_fields__)
    usual = [*([Direction.AFTER, "", "1"] if issubclass(press, ListPress) else []), *["1"] * size][:size]
    places = [(place, number) for place in range(size) for number in EXTREMES]
    return [":".join((press.prefix, *usual[:place], str(number), *usual[place + 1 :])) for place, number in places]


async def almighty(world: World) -> Person:
    """Returns an admin who wrote the course 1, and takes it."""
    course = await make_course(world)
    grace = world.admin()
    await grace.register()
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("grace@example.org")
        assert user is not None
        await repos.users.promote(user)
    await give_course(world, course.id, user.id)
    await enroll(world, grace, course)
    await invite(world, course)
    await shelve(world, grace)
    return grace


def is_asked_with(number: int, asked: list[Executed]) -> bool:
    """Whether a number went to the database."""
    return any(number in each.values for each in asked if each.values)


async def test_no_number_is_too_large(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Each press with any number is answered, though the number goes to the database; nothing is an error."""
    grace = await almighty(world)
    said = await grace.send("/start")
    calls, unasked = world.miniature.calls, set()
    for press in (press for press in PRESSES if extreme(press)):
        with statements() as asked:
            for data in extreme(press):
                calls.clear()
                await grace.forge(said.id, data)
                assert {"answerCallbackQuery"} < {call.method for call in calls}, data
                if "Cancel" in grace.labels:
                    await grace.send("/cancel")
        if not any(is_asked_with(number, asked) for number in TELLING):
            unasked.add(press)
    assert unasked == UNASKED
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert await world.count(ShelvedUpdate, ShelvedUpdate.id > 1) == 0
