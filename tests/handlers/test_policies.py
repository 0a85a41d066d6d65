"""Policies: who may do what, as one table, and that every door of the talk asks for it."""

from typing import Any

import pytest
from sqlalchemy import select

from db.models import Audience, AudienceKind, Base, CourseStatus
from db.records import CourseRecord
from handlers import ROUTERS, admin_presses, broadcast_presses, people_presses, presses
from handlers.policies import Action, Who, may
from handlers.talk import Talk
from tests.chat import Person, World
from tests.crowds import begin
from tests.factories import enroll, give_course, invite, make_course, make_student, set_status, shelve
from tests.handlers.forgeries import forged
from tests.statements import statements, written

OWNER, OTHER, STUDENT = 1, 2, 3
# What is asked about an enrolled student is asked with the enrollment.
ROLES = {
    "stranger": Who(None, is_instructor=False, is_admin=False),
    "student": Who(STUDENT, is_instructor=False, is_admin=False),
    "enrolled": Who(STUDENT, is_instructor=False, is_admin=False),
    "invited": Who(STUDENT, is_instructor=False, is_admin=False),
    "removed": Who(STUDENT, is_instructor=False, is_admin=False),
    "owner": Who(OWNER, is_instructor=True, is_admin=False),
    "other": Who(OTHER, is_instructor=True, is_admin=False),
    "demoted": Who(OWNER, is_instructor=False, is_admin=False),
    "admin": Who(None, is_instructor=False, is_admin=True),
    "admin+": Who(STUDENT, is_instructor=False, is_admin=True),
    "blocked": Who(OWNER, is_instructor=True, is_admin=False, is_blocked=True),
}
# `other` teaches other courses, `demoted` wrote this one and teaches no more, `admin+` is an admin with an account,
# `blocked` wrote this one and was blocked. `invited` has an invitation that holds; the instructor took `removed` off
# the list. Only the last two lines of each action are about courses that are found by invitation only.
TABLE = """
                          stranger student enrolled invited removed owner other demoted admin admin+ blocked
know                      yes      yes     yes      yes     yes     yes   yes   yes     yes   yes    yes
talk                      yes      yes     yes      yes     yes     yes   yes   yes     yes   yes    -
sign in                   yes      -       -        -       -       -     -     -       yes   -      -
study                     -        yes     yes      yes     yes     yes   yes   yes     -     yes    -
author                    -        -       -        -       -       yes   yes   -       -     -      -
desk                      -        -       -        -       -       yes   yes   -       yes   yes    -
administer                -        -       -        -       -       -     -     -       yes   yes    -

see draft                 -        -       yes      -       -       yes   -     -       yes   yes    -
see published             yes      yes     yes      yes     yes     yes   yes   yes     yes   yes    -
see archived              yes      yes     yes      yes     yes     yes   yes   yes     yes   yes    -
see published private     -        -       yes      yes     -       yes   -     -       yes   yes    -
see archived private      -        -       yes      yes     -       yes   -     -       yes   yes    -

enroll draft              -        -       yes      -       -       -     -     -       -     -      -
enroll published          -        yes     yes      yes     -       yes   yes   yes     -     yes    -
enroll archived           -        -       yes      -       -       -     -     -       -     -      -
enroll published private  -        -       yes      yes     -       -     -     -       -     -      -
enroll archived private   -        -       yes      -       -       -     -     -       -     -      -

learn draft               -        -       yes      -       -       -     -     -       -     -      -
learn published           -        -       yes      -       -       -     -     -       -     -      -
learn archived            -        -       yes      -       -       -     -     -       -     -      -
learn published private   -        -       yes      -       -       -     -     -       -     -      -
learn archived private    -        -       yes      -       -       -     -     -       -     -      -

manage draft              -        -       -        -       -       yes   -     -       yes   yes    -
manage published          -        -       -        -       -       yes   -     -       yes   yes    -
manage archived           -        -       -        -       -       yes   -     -       yes   yes    -
manage published private  -        -       -        -       -       yes   -     -       yes   yes    -
manage archived private   -        -       -        -       -       yes   -     -       yes   yes    -

edit draft                -        -       -        -       -       yes   -     -       yes   yes    -
edit published            -        -       -        -       -       yes   -     -       yes   yes    -
edit archived             -        -       -        -       -       -     -     -       -     -      -
edit published private    -        -       -        -       -       yes   -     -       yes   yes    -
edit archived private     -        -       -        -       -       -     -     -       -     -      -
"""
WITH_COURSE = (Action.SEE, Action.ENROLL, Action.LEARN, Action.MANAGE, Action.EDIT)


# The courses that are asked about: their status, and whether only those find them who are invited.
COURSES = [*((status, False) for status in CourseStatus), (CourseStatus.PUBLISHED, True), (CourseStatus.ARCHIVED, True)]


def permissions() -> dict[str, list[str]]:
    """Returns the table that the code makes: each action, with a course of each kind where it needs one."""
    rows: dict[str, list[str]] = {}
    for action in Action:
        if action not in WITH_COURSE:
            rows[action.value] = _answers(action, None)
            continue
        for status, is_private in COURSES:
            course = CourseRecord(1, "COMP1", "Compilers", "", status, OWNER, 0, is_private)
            rows[f"{action} {status}{' private' if is_private else ''}"] = _answers(action, course)
    return rows


def _answers(action: Action, course: CourseRecord | None) -> list[str]:
    found = (
        may(who, action, course, enrolled=name == "enrolled", invited=name == "invited", removed=name == "removed")
        for name, who in ROLES.items()
    )
    return ["yes" if each else "-" for each in found]


def test_the_table_holds_whole() -> None:
    """Every role and every action, with a course of each status, is as the table says, and the table has them all."""
    heading, *rows = [line for line in TABLE.splitlines() if line]
    assert heading.split() == list(ROLES)
    assert {" ".join(row.split()[: -len(ROLES)]): row.split()[-len(ROLES) :] for row in rows} == permissions(), (
        "each action of handlers/policies.py has a line in TABLE, with a cell for each role"
    )


@pytest.mark.parametrize("action", WITH_COURSE)
def test_without_a_course_nothing_is_allowed(action: Action) -> None:
    """A view that forgets the course refuses everybody."""
    assert not any(may(who, action, None, enrolled=True) for who in ROLES.values())


# The doors that stand open to everybody. A view of any other route never runs for a stranger.
# Those that stand open to who is blocked, too.
OWED_COMMANDS, OWED_PRESSES = {"help", "privacy", "export"}, {"Help", "ShowPrivacy", "Export"}
OPEN_COMMANDS = {"start", "cancel", "me", "courses", "settings", "deleteme"}
OPEN_PRESSES = {"DialogPress", "LeaveDialog", "ListCourses", "ShowCourse", "ShowInstructor"}
# Of the settings, which are the chat's own; what is an account's is reached with one.
OPEN_PRESSES |= {"ShowSettings", "ListLanguages", "SetLanguage", "ShowFarewell", "Depart"}
OPEN_PRESSES |= {"AskZone", "ListClocks", "ListCities", "SetZone", "NameCity"}


def test_every_other_door_asks_who_comes() -> None:
    """Commands and buttons that are not for everybody declare what one must be allowed to do."""
    talk = Talk(ROUTERS)
    for action, commands, buttons in (
        (Action.KNOW, OWED_COMMANDS, OWED_PRESSES),
        (Action.TALK, OPEN_COMMANDS, OPEN_PRESSES),
    ):
        why = f"a route that says no action is open to everybody; one that may {action} is to be listed above"
        assert {name for name, route in talk.commands.items() if route.action is action} == commands, why
        assert {press.__name__ for press, route in talk.presses.values() if route.action is action} == buttons, why


def test_no_door_asks_for_what_only_its_view_can_know() -> None:
    """What is allowed with a course is decided where the course is known."""
    talk = Talk(ROUTERS)
    routes = [*talk.commands.values(), *(route for _press, route in talk.presses.values())]
    assert not [route for route in routes if route.action in WITH_COURSE]


def test_no_press_is_left_out() -> None:
    """The list of forged presses has all that the desk and the admins' menu answer to."""
    guarded = {
        press for press, route in Talk(ROUTERS).presses.values() if route.action in {Action.DESK, Action.ADMINISTER}
    }
    assert {type(press) for press in forged()} == guarded, "each is to be in tests/handlers/forgeries.py"


# What an answer alone writes: itself, and where the talk is; a sender's lease is prolonged meanwhile.
ANSWERING = {"outbox", "chat_sessions", "senders"}


async def snapshot(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Returns all rows of all tables but the outbox, in which the answers are."""
    async with world.application.database.transaction() as repos:
        session = repos._work.session
        return {
            table.name: [tuple(row) for row in await session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name != "outbox"
        }


async def visitor(world: World, role: str) -> Person:
    """Returns somebody who may not change the course."""
    if role == "a stranger":
        return world.person("Ada")
    person = await world.teacher("Olga")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("olga@example.org")
        assert user is not None
        if role != "another instructor":
            repos.users.demote(user)
        if role == "its blocked instructor":
            await repos.users.promote(user)
            repos.users.block(user, "spam", world.clock())
    if role in {"its demoted instructor", "its blocked instructor"}:
        await give_course(world, 1, user.id)
    if role == "an enrolled student":
        await person.send("/enroll COMP1")
    return person


@pytest.mark.parametrize("status", CourseStatus)
@pytest.mark.parametrize(
    "role",
    [
        "a stranger",
        "a student",
        "an enrolled student",
        "another instructor",
        "its demoted instructor",
        "its blocked instructor",
    ],
)
async def test_forged_presses_change_nothing(world: World, role: str, status: CourseStatus) -> None:
    """Whoever forges the buttons of another's desk, or of an admin, gets an answer, and no row is another one after."""
    course = await make_course(world)
    hopeful = world.person("Hope")
    await hopeful.register("Instructor")
    await shelve(world, hopeful)
    await enroll(world, hopeful, course)
    await invite(world, course)
    await begin(world, audience=Audience(AudienceKind.COURSE, course.id))
    person = await visitor(world, role)
    await set_status(world, course, status)
    said = await person.send("/start")
    before = await snapshot(world)
    tables = ("courses", "lessons", "invitations", "shelf", "broadcasts")
    assert [len(before[table]) for table in tables] == [1, 2, 1, 1, 1]
    polite = (
        "account for that",
        "account is blocked",
        "Only instructors",
        "Only admins",
        "Only the course's",
        "no such course",
        "archived",
    )
    with statements() as asked:
        for press in forged():
            count = len(person.said)
            asked.clear()
            answer = (await person.forge(said.id, press.pack())).text
            assert written(asked) <= ANSWERING, press
            if role == "another instructor" and press == broadcast_presses.ListBroadcasts():
                # Their own list takes the place of the screen: there is nothing of others on it.
                assert "Announcements · 0\nNothing was announced so far." in person.said
                continue
            assert len(person.said) == count + 1, press
            assert any(words in answer for words in polite), (press, answer)
    assert await snapshot(world) == before


async def test_an_owner_changes_what_others_cannot(world: World) -> None:
    """The same forged presses do work for who may press them: the test above is no test of a dead course."""
    course = await make_course(world)
    admin = world.admin()
    said = await admin.send("/start")
    entry_id = await shelve(world, admin)
    retry, drop = admin_presses.DecideShelved(entry_id, 1), admin_presses.DecideShelved(entry_id, 0, None, 1)
    await enroll(world, await make_student(world), course)
    await invite(world, course)
    mine = (
        people_presses.HideCourse(course.id, 1),
        people_presses.RevokeInvitation(1, 1),
        people_presses.RemoveStudent(1, 1),
        people_presses.LetBackIn(1),
    )
    await begin(world, audience=Audience(AudienceKind.COURSE, course.id))
    stop = broadcast_presses.StopBroadcast(1)
    lessons = (presses.MoveLesson(1, 1), presses.RemoveLesson(1, 1), presses.Publish(course.id, 0))
    for press in (*mine, *lessons, stop, retry, drop):
        before = await snapshot(world)
        await admin.forge(said.id, press.pack())
        assert await snapshot(world) != before, press
