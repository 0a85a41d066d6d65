"""Policies: who may do what, as one table, and that every door of the talk asks for it."""

from typing import Any

import pytest
from sqlalchemy import select

from db.models import Base, CourseStatus
from db.records import CourseRecord
from handlers import ROUTERS, admin_presses, broadcast_presses, desk_presses, people, presses
from handlers.kit.press import Press
from handlers.policies import Action, Who, may
from handlers.talk import Talk
from tests.chat import Person, World
from tests.factories import give_course, make_course, set_status, shelve

OWNER, OTHER, STUDENT = 1, 2, 3
# What is asked about an enrolled student is asked with the enrollment.
ROLES = {
    "stranger": Who(None, is_instructor=False, is_admin=False),
    "student": Who(STUDENT, is_instructor=False, is_admin=False),
    "enrolled": Who(STUDENT, is_instructor=False, is_admin=False),
    "owner": Who(OWNER, is_instructor=True, is_admin=False),
    "other": Who(OTHER, is_instructor=True, is_admin=False),
    "demoted": Who(OWNER, is_instructor=False, is_admin=False),
    "admin": Who(None, is_instructor=False, is_admin=True),
    "admin+": Who(STUDENT, is_instructor=False, is_admin=True),
    "blocked": Who(OWNER, is_instructor=True, is_admin=False, is_blocked=True),
}
# `other` teaches other courses, `demoted` wrote this one and teaches no more, `admin+` is an admin with an account,
# `blocked` wrote this one and was blocked.
TABLE = """
                  stranger student enrolled owner other demoted admin admin+ blocked
know              yes      yes     yes      yes   yes   yes     yes   yes    yes
talk              yes      yes     yes      yes   yes   yes     yes   yes    -
sign in           yes      -       -        -     -     -       yes   -      -
study             -        yes     yes      yes   yes   yes     -     yes    -
author            -        -       -        yes   yes   -       -     -      -
desk              -        -       -        yes   yes   -       yes   yes    -
administer        -        -       -        -     -     -       yes   yes    -

see draft         -        -       yes      yes   -     -       yes   yes    -
see published     yes      yes     yes      yes   yes   yes     yes   yes    -
see archived      yes      yes     yes      yes   yes   yes     yes   yes    -

enroll draft      -        -       yes      -     -     -       -     -      -
enroll published  -        yes     yes      yes   yes   yes     -     yes    -
enroll archived   -        -       yes      -     -     -       -     -      -

learn draft       -        -       yes      -     -     -       -     -      -
learn published   -        -       yes      -     -     -       -     -      -
learn archived    -        -       yes      -     -     -       -     -      -

manage draft      -        -       -        yes   -     -       yes   yes    -
manage published  -        -       -        yes   -     -       yes   yes    -
manage archived   -        -       -        yes   -     -       yes   yes    -

edit draft        -        -       -        yes   -     -       yes   yes    -
edit published    -        -       -        yes   -     -       yes   yes    -
edit archived     -        -       -        -     -     -       -     -      -
"""
WITH_COURSE = (Action.SEE, Action.ENROLL, Action.LEARN, Action.MANAGE, Action.EDIT)


def permissions() -> dict[str, list[str]]:
    """Returns the table that the code makes: each action, with a course of each status where it needs one."""
    rows: dict[str, list[str]] = {}
    for action in Action:
        for status in CourseStatus if action in WITH_COURSE else [None]:
            course = CourseRecord(1, "COMP1", "Compilers", "", status, OWNER, 0) if status else None
            answers = [may(who, action, course, enrolled=name == "enrolled") for name, who in ROLES.items()]
            rows[f"{action} {status}" if status else action.value] = ["yes" if each else "-" for each in answers]
    return rows


def test_the_table_holds_whole() -> None:
    """Every role and every action, with a course of each status, is as the table says, and the table has them all."""
    heading, *rows = [line for line in TABLE.splitlines() if line]
    columns = len("enroll published") + 2
    assert heading.split() == list(ROLES)
    assert {row[:columns].strip(): row[columns:].split() for row in rows} == permissions()


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
        assert {name for name, route in talk.commands.items() if route.action is action} == commands
        assert {press.__name__ for press, route in talk.presses.values() if route.action is action} == buttons


def test_no_door_asks_for_what_only_its_view_can_know() -> None:
    """What is allowed with a course is decided where the course is known."""
    talk = Talk(ROUTERS)
    routes = [*talk.commands.values(), *(route for _press, route in talk.presses.values())]
    assert not [route for route in routes if route.action in WITH_COURSE]


def forged() -> list[Press]:
    """Returns every press that changes the course 1, or something that is an admin's."""
    course_id = lesson_id = block_id = request_id = user_id = entry_id = broadcast_id = 1
    return [
        presses.Desk(course_id),
        presses.DeskLessons(course_id),
        presses.DeskLesson(lesson_id),
        presses.ListStudents(course_id=course_id),
        presses.AddLesson(course_id),
        presses.MoveLesson(lesson_id, 1, 0),
        presses.RenameLesson(lesson_id),
        presses.RemoveLesson(lesson_id, 0),
        presses.RemoveLesson(lesson_id, 1),
        presses.Publish(course_id, 0),
        presses.Publish(course_id, 1),
        people.SendSpreadsheet(course_id),
        people.ShareCourse(course_id),
        people.ShowCourseQr(course_id),
        people.ShowFunnel(course_id),
        desk_presses.EditCourse(course_id),
        desk_presses.RenameCourse(course_id),
        desk_presses.DescribeCourse(course_id),
        desk_presses.ChooseLanguage(course_id),
        desk_presses.SetLanguage(course_id, "de"),
        desk_presses.SetCover(course_id),
        desk_presses.RemoveCover(course_id),
        desk_presses.ArchiveCourse(course_id, 0),
        desk_presses.ArchiveCourse(course_id, 1),
        desk_presses.UnarchiveCourse(course_id),
        desk_presses.DuplicateCourse(course_id),
        desk_presses.DuplicateCourse(course_id, 1),
        desk_presses.PreviewCourse(course_id),
        desk_presses.PreviewLesson(lesson_id),
        desk_presses.ListParts(lesson_id),
        desk_presses.OpenPart(lesson_id, block_id),
        desk_presses.ShowPart(lesson_id, block_id),
        desk_presses.MovePart(lesson_id, block_id, 1),
        desk_presses.AddParts(lesson_id, block_id),
        desk_presses.ReplacePart(lesson_id, block_id),
        desk_presses.RemovePart(lesson_id, block_id),
        desk_presses.RemovePart(lesson_id, block_id, 1),
        admin_presses.ShowAdmin(),
        admin_presses.ListRequests(),
        admin_presses.DecideRequest(request_id, 0),
        admin_presses.DecideRequest(request_id, 1),
        admin_presses.FindPerson(),
        admin_presses.ListPeople(words="hope"),
        admin_presses.ShowPerson(user_id),
        admin_presses.ListTaught(user_id=user_id),
        admin_presses.SetRole(user_id, 0),
        admin_presses.SetRole(user_id, 1),
        admin_presses.BlockPerson(user_id),
        admin_presses.UnblockPerson(user_id),
        admin_presses.SignOutPerson(user_id, 1),
        admin_presses.ReleaseEmail(user_id, 1),
        admin_presses.FindCourse(),
        admin_presses.ListAnyCourses(),
        admin_presses.ShowGrowth(),
        admin_presses.ShowAudit(),
        admin_presses.ListShelf(),
        admin_presses.ShowShelved(entry_id),
        admin_presses.DecideShelved(entry_id, 1),
        admin_presses.DecideShelved(entry_id, 1, entry_id),
        admin_presses.DecideShelved(entry_id, 0),
        admin_presses.DecideShelved(entry_id, 0, None, 1),
        admin_presses.DecideShelved(entry_id, 0, entry_id, 1),
        broadcast_presses.ListBroadcasts(),
        broadcast_presses.ShowBroadcast(broadcast_id),
        broadcast_presses.NewBroadcast(),
        broadcast_presses.SendBroadcast(broadcast_id),
        broadcast_presses.DropBroadcast(broadcast_id),
        broadcast_presses.StopBroadcast(broadcast_id),
    ]


def test_no_press_is_left_out() -> None:
    """The list of forged presses has all that the desk and the admins' menu answer to."""
    guarded = {
        press for press, route in Talk(ROUTERS).presses.values() if route.action in {Action.DESK, Action.ADMINISTER}
    }
    assert {type(press) for press in forged()} == guarded


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
    person = await visitor(world, role)
    await set_status(world, course, status)
    said = await person.send("/start")
    before = await snapshot(world)
    assert [len(before[table]) for table in ("courses", "lessons", "instructor_requests", "shelf")] == [1, 2, 1, 1]
    polite = (
        "account for that",
        "account is blocked",
        "Only instructors",
        "Only admins",
        "Only the course's",
        "no such course",
        "archived",
    )
    for press in forged():
        count = len(person.said)
        answer = (await person.forge(said.id, press.pack())).text
        assert len(person.said) == count + 1, press
        assert any(words in answer for words in polite), (press, answer)
        assert await snapshot(world) == before, press


async def test_an_owner_changes_what_others_cannot(world: World) -> None:
    """The same forged presses do work for who may press them: the test above is no test of a dead course."""
    course = await make_course(world)
    admin = world.admin()
    said = await admin.send("/start")
    entry_id = await shelve(world, admin)
    retry, drop = admin_presses.DecideShelved(entry_id, 1), admin_presses.DecideShelved(entry_id, 0, None, 1)
    for press in (presses.MoveLesson(1, 1), presses.RemoveLesson(1, 1), presses.Publish(course.id, 0), retry, drop):
        before = await snapshot(world)
        await admin.forge(said.id, press.pack())
        assert await snapshot(world) != before, press
