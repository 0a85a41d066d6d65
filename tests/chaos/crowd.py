"""The crowd: all people of a run, and the courses that are there for them."""

import asyncio
import datetime as dt
import random

from db.models import CourseStatus, Role
from db.transaction import Database
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from handlers.passwords import nobodys_hash
from tests.chaos.ledger import Ledger, SeededCourse
from tests.chaos.people import Enough, Person, Student, Teacher
from tests.chaos.telegram import Telegram

FIRST_STUDENT, FIRST_TEACHER = 1_001, 5_001
COURSES, LESSONS = 20, 12


async def seed_courses(database: Database) -> list[SeededCourse]:
    """Returns published courses, made through the repositories."""
    now = dt.datetime.now(dt.UTC)
    courses = []
    async with database.transaction() as repos:
        author = await repos.users.add(
            name="Author", email="author@example.org", password_hash=nobodys_hash(4), role=Role.INSTRUCTOR, now=now
        )
        for number in range(1, COURSES + 1):
            code = f"C{number:02}"
            course = await repos.courses.add(
                code=code, title=f"Course {code}", description="", instructor_id=author.id, now=now
            )
            await repos.courses.set_status(course, CourseStatus.PUBLISHED, now)
            lessons = {}
            for place in range(1, LESSONS + 1):
                block = dict(Content(Kind.TEXT, RichText("Read this.")).to_json())
                lesson = await repos.lessons.add(course.id, f"{code}-{place:02}", [block], now)
                lessons[lesson.title] = lesson.id
            courses.append(SeededCourse(code, course.title, lessons))
    return courses


class Crowd:
    """Students and teachers, all at once."""

    def __init__(self, telegram: Telegram, ledger: Ledger, *, students: int, teachers: int, seed: int) -> None:
        """Gives each person dice of their own: what one does depends on the seed and the answers only."""

        def dice(telegram_id: int) -> random.Random:
            return random.Random(seed * 10_000 + telegram_id)  # noqa: S311 -- chance, not secrets

        student_ids = range(FIRST_STUDENT, FIRST_STUDENT + students)
        teacher_ids = range(FIRST_TEACHER, FIRST_TEACHER + teachers)
        self._students = [Student(telegram, ledger, one, f"Student {one}", dice(one)) for one in student_ids]
        self._teachers = [Teacher(telegram, ledger, one, f"Teacher {one}", dice(one)) for one in teacher_ids]
        self._tasks: list[asyncio.Task[None]] = []
        # What people could not do, such as pressing a button that is not there.
        self.failures: list[str] = []

    @property
    def people(self) -> list[Person]:
        """Everybody."""
        return [*self._students, *self._teachers]

    @property
    def is_busy(self) -> bool:
        """Whether somebody has not gone home."""
        return any(not task.done() for task in self._tasks)

    def come(self, courses: list[SeededCourse]) -> None:
        """Begins the day."""
        for student in self._students:
            self._tasks.append(asyncio.create_task(self._live(student, courses)))
        for teacher in self._teachers:
            self._tasks.append(asyncio.create_task(self._live(teacher, courses)))

    async def _live(self, person: Person, courses: list[SeededCourse]) -> None:
        try:
            await person.live(courses)
        except Enough:
            pass
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is a finding, and the others go on
            self.failures.append(f"{person.name}: {type(error).__name__}: {error}")

    def go_home(self) -> None:
        """Asks everybody to finish what they are in the middle of."""
        for person in self.people:
            person.goes_home = True

    async def leave(self) -> None:
        """Takes away whoever still waits."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
