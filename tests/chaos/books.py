"""The bot's books: what its database says, read from outside while nobody writes, or between two writes."""

from collections import Counter, defaultdict
from typing import NamedTuple

from sqlalchemy import func, select

from db.models import Block, Completion, Course, Lesson, Outgoing, Progress, ShelvedUpdate, User
from db.transaction import Database
from handlers.kit.content import Content


class Row(NamedTuple):
    """A row of the outbox."""

    id: int
    update_id: int | None
    chat_id: int
    method: str
    message_id: int | None
    is_sent: bool
    error: str | None
    owner: str


class State(NamedTuple):
    """What the bot knows of people and courses."""

    # Names by address; every address is there once.
    names: dict[str, str]
    # Who completed which lesson, by address; and who takes which course, by its title.
    completions: set[tuple[str, int]]
    enrollments: set[tuple[str, str]]
    # The texts of each lesson of the teachers, by its title: one list a lesson of that title.
    lessons: dict[str, list[list[str]]]
    courses: list[str]
    # How many students each course has, by its id: as it says itself, and as its enrollments say.
    students: dict[int, tuple[int, int]]
    shelf: list[str]


class Books:
    """Reads them."""

    def __init__(self, database_url: str) -> None:
        """Opens nothing yet."""
        self.database = Database(database_url)
        self._rows: dict[int, Row] = {}
        self._first_open = 0

    async def rows(self) -> list[Row]:
        """Returns all rows of the outbox; those that were sent and marked are read once."""
        is_sent = Outgoing.sent_at.is_not(None)
        statement = (
            select(
                Outgoing.id,
                Outgoing.update_id,
                Outgoing.chat_id,
                Outgoing.method,
                Outgoing.message_id,
                is_sent,
                Outgoing.error,
                Outgoing.owner,
            )
            .where(Outgoing.id >= self._first_open)
            .order_by(Outgoing.id)
        )
        async with self.database.transaction() as repos:
            found = [Row(*row) for row in await repos._work.session.execute(statement)]
        self._rows |= {row.id: row for row in found}
        # PostgreSQL gives ids out before the commit: a lower one may still come, but not one of long ago.
        highest = max(self._rows, default=0) - 1_000
        self._first_open = min([row.id for row in self._rows.values() if not row.is_sent] + [highest])
        return list(self._rows.values())

    async def count_unsent(self) -> int:
        """Returns how many replies wait."""
        async with self.database.transaction() as repos:
            statement = select(func.count()).select_from(Outgoing).where(Outgoing.sent_at.is_(None))
            return await repos._work.session.scalar(statement) or 0

    async def state(self) -> State:
        """Returns what the bot knows."""
        async with self.database.transaction() as repos:
            session = repos._work.session
            users = list(await session.scalars(select(User)))
            emails = {user.id: user.email for user in users}
            courses = list(await session.scalars(select(Course)))
            titles = {course.id: course.title for course in courses}
            done = await session.execute(select(Completion.user_id, Completion.lesson_id))
            taken = list(await session.scalars(select(Progress)))
            studying = Counter(one.course_id for one in taken if one.left_at is None)
            shelved = await session.scalars(select(ShelvedUpdate))
            blocks = defaultdict(list)
            for block in await session.scalars(select(Block).order_by(Block.position)):
                blocks[block.lesson_id].append(Content.from_json(block.content).text.text)
            lessons = defaultdict(list)
            for lesson in await session.scalars(select(Lesson)):
                lessons[lesson.title].append(blocks[lesson.id])
            return State(
                names={user.email: user.name for user in users},
                completions={(emails[user_id], lesson_id) for user_id, lesson_id in done},
                enrollments={(emails[one.user_id], titles[one.course_id]) for one in taken},
                lessons=dict(lessons),
                courses=list(titles.values()),
                students={course.id: (course.students, studying[course.id]) for course in courses},
                shelf=[f"update {one.update_id}: {one.traceback.strip().splitlines()[-1]}" for one in shelved],
            )

    async def close(self) -> None:
        """Closes every connection."""
        await self.database.close()
