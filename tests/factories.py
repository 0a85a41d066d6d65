"""Rows that a test needs to be there already, made through the repositories."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import update

from db.models import Course, CourseStatus, Role, User
from db.records import CourseRecord, InvitationRecord
from db.repositories import Repositories
from handlers.invitations import new_token
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from handlers.passwords import nobodys_hash
from tests.chat import APPOINTED_ID, Person, World


async def make_instructor(repos: Repositories, world: World, name: str = "Ivan Petrov") -> User:
    """Returns the instructor of this name, who has no Telegram account; made when missing."""
    email = f"{name.split(maxsplit=1)[0].lower()}@teachers.example.org"
    known = await repos.users.get_by_email(email)
    return known or await repos.users.add(
        name=name, email=email, password_hash=nobodys_hash(4), role=Role.INSTRUCTOR, now=world.clock()
    )


async def meet_author(world: World, name: str = "Ivan Petrov") -> Person:
    """Returns the instructor of this name, signed in; call it before anything is made in that name."""
    person = world.person(name, APPOINTED_ID)
    await person.register(email=f"{name.split(maxsplit=1)[0].lower()}@teachers.example.org")
    return person


async def make_course(
    world: World,
    *,
    title: str = "Compilers 101",
    code: str = "COMP1",
    description: str = "",
    lessons: Sequence[str | tuple[str, Sequence[Content]]] = ("Lexing", "Parsing"),
    status: CourseStatus = CourseStatus.PUBLISHED,
    instructor: str = "Ivan Petrov",
) -> CourseRecord:
    """Returns a course with these lessons; a title alone gets one text as its content."""
    now = world.clock()
    async with world.application.database.transaction() as repos:
        author = await make_instructor(repos, world, instructor)
        course = await repos.courses.add(
            code=code, title=title, description=description, instructor_id=author.id, now=now
        )
        for lesson in lessons:
            name, contents = (lesson, [text_block(f"All about {lesson}.")]) if isinstance(lesson, str) else lesson
            await repos.lessons.add(course.id, name, [dict(content.to_json()) for content in contents], now)
        return await repos.courses.set_status(course, status, now)


def text_block(text: str) -> Content:
    """Returns a block of plain text."""
    return Content(Kind.TEXT, RichText(text))


async def make_student(world: World, name: str = "Ada", *, of: str | None = None) -> Person:
    """Returns a student, signed in; `of` names the student whose second Telegram account this is."""
    person = world.person(name)
    await sign_in(world, person, of or name)
    return person


async def sign_in(world: World, person: Person, name: str) -> None:
    """Signs a Telegram account in as the student of this name, who is made when missing."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email(email) or await repos.users.add(
            name=name, email=email, password_hash=nobodys_hash(4), role=Role.STUDENT, now=world.clock()
        )
        session = (await repos.sessions.open(person.id, 0, world.clock())).session
        session.user_id, session.signed_in_until = user.id, world.clock() + dt.timedelta(days=30)


async def enroll(world: World, person: Person, course: CourseRecord) -> None:
    """Enrolls who is signed in there."""
    async with world.application.database.transaction() as repos:
        session = (await repos.sessions.open(person.id, 0, world.clock())).session
        assert session.user_id is not None
        await repos.progress.enroll(session.user_id, course.id, world.clock())


async def invite(world: World, course: CourseRecord, people: int | None = None) -> InvitationRecord:
    """Returns a new invitation to a course."""
    async with world.application.database.transaction() as repos:
        return await repos.invitations.add(course.id, new_token(), people, world.clock())


async def set_private(world: World, course: CourseRecord, *, is_private: bool = True) -> None:
    """Hides a course from whom is not invited."""
    async with world.application.database.transaction() as repos:
        await repos.courses.set_private(course, is_private=is_private)


async def set_status(world: World, course: CourseRecord, status: CourseStatus) -> None:
    """Publishes, hides or archives a course."""
    async with world.application.database.transaction() as repos:
        await repos.courses.set_status(course, status, world.clock())


async def give_course(world: World, course_id: int, instructor_id: int) -> None:
    """Makes a course another instructor's."""
    async with world.application.database.transaction() as repos:
        statement = update(Course).where(Course.id == course_id).values(instructor_id=instructor_id)
        await repos._work.session.execute(statement)


async def lesson_ids(world: World, course: CourseRecord) -> list[int]:
    """Returns the ids of the lessons that the course has, in order."""
    async with world.application.database.transaction() as repos:
        return [lesson.id for lesson in await repos.lessons.list_of(course.id)]


async def add_lesson(world: World, course: CourseRecord, title: str) -> int:
    """Adds a lesson at the end, as its instructor would; returns its id."""
    async with world.application.database.transaction() as repos:
        content = dict(text_block(f"All about {title}.").to_json())
        return (await repos.lessons.add(course.id, title, [content], world.clock())).id


async def remove_lesson(world: World, lesson_id: int) -> None:
    """Removes a lesson, as its instructor would."""
    async with world.application.database.transaction() as repos:
        lesson = await repos.lessons.get(lesson_id)
        assert lesson is not None
        await repos.lessons.remove(lesson, world.clock())


async def shelve(
    world: World,
    person: Person,
    text: str | None = "/me",
    *,
    trouble: str = "KeyError in progress.py:show_progress",
    traceback: str = "KeyError: 7",
) -> int:
    """Returns the number of an entry of the shelf; without a text, it held a secret."""
    update = world.miniature.say(person.id, text or "secret")
    world.miniature.take_updates()
    async with world.application.database.transaction() as repos:
        return await repos.shelf.add(
            update_id=update["update_id"],
            telegram_id=person.id,
            content=update if text else None,
            traceback=traceback,
            fingerprint=trouble,
            now=world.clock(),
        )
