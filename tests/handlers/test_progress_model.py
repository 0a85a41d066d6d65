"""Progress against a model: an instructor rearranges the course while two students take it."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.models import Completion, Progress, ProgressStatus
from db.records import CourseRecord
from tests.chat import Person, World, open_world
from tests.factories import add_lesson, enroll, lesson_ids, make_course, make_student, remove_lesson

ACTS = ("add", "move", "remove", "complete", "undo", "leave", "return", "continue", "open")


class Step(NamedTuple):
    """One thing that happens: what, to which of the two students, with which lesson."""

    act: str
    student: int
    lesson: int


steps = st.lists(st.builds(Step, st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 5)), max_size=16)


@dataclass
class Learner:
    """What one student must have by now."""

    person: Person
    completed: set[int] = field(default_factory=set)
    undoable: int | None = None
    takes_it: bool = True
    finished: bool = False
    # What may not be taken back, for it finished the course.
    kept: set[int] = field(default_factory=set)


class Model:
    """The course as it must be, beside the course as it is."""

    def __init__(self, world: World, course: CourseRecord, learners: Sequence[Learner], lessons: list[int]) -> None:
        """Begins with these lessons, in order."""
        self.world = world
        self.course = course
        self.learners = learners
        self.lessons = lessons
        self.ever = list(lessons)

    async def take(self, step: Step) -> None:
        """Lets it happen in both."""
        self.world.clock.advance(minutes=1)
        learner = self.learners[step.student]
        await getattr(self, step.act)(learner, step.lesson)

    async def add(self, _learner: Learner, number: int) -> None:
        self.lessons.append(await add_lesson(self.world, self.course, f"Lesson {number}"))
        self.ever.append(self.lessons[-1])

    async def move(self, _learner: Learner, number: int) -> None:
        if not self.lessons:
            return
        index = number % len(self.lessons)
        async with self.world.application.database.transaction() as repos:
            lesson = await repos.lessons.get(self.lessons[index])
            assert lesson is not None
            moved = await repos.lessons.move(lesson, 1)
        if moved:
            self.lessons[index : index + 2] = reversed(self.lessons[index : index + 2])

    async def remove(self, _learner: Learner, number: int) -> None:
        if self.lessons:
            await remove_lesson(self.world, self.lessons.pop(number % len(self.lessons)))

    async def complete(self, learner: Learner, number: int) -> None:
        """Presses Done of any lesson that ever was."""
        lesson = self.ever[number % len(self.ever)]
        await learner.person.forge(1, f"ok:{lesson}")
        if learner.takes_it and lesson in self.lessons and lesson not in learner.completed:
            learner.completed.add(lesson)
            learner.undoable = lesson
        self.finish(learner)

    async def undo(self, learner: Learner, number: int) -> None:
        """Presses Undo, mostly of the right lesson."""
        lesson = learner.undoable if number and learner.undoable else self.ever[number % len(self.ever)]
        await learner.person.forge(1, f"un:{lesson}")
        may = learner.takes_it and lesson == learner.undoable and lesson in self.lessons
        if may and lesson in learner.completed - learner.kept:
            learner.completed.remove(lesson)
            learner.undoable = None
        else:
            self.finish(learner)

    async def leave(self, learner: Learner, _number: int) -> None:
        await learner.person.forge(1, f"lv:{self.course.id}:1")
        learner.takes_it = False

    async def return_(self, learner: Learner, _number: int) -> None:
        await learner.person.forge(1, f"en:{self.course.id}")
        learner.takes_it = True

    async def continue_(self, learner: Learner, _number: int) -> None:
        await learner.person.forge(1, f"go:{self.course.id}")
        self.opened(learner, any(lesson not in learner.completed for lesson in self.lessons))

    async def open(self, learner: Learner, number: int) -> None:
        """Opens any lesson that ever was."""
        lesson = self.ever[number % len(self.ever)]
        await learner.person.forge(1, f"l:{lesson}:0")
        self.opened(learner, lesson in self.lessons)

    def opened(self, learner: Learner, is_there: bool) -> None:  # noqa: FBT001 -- what the caller has just found
        self.finish(learner)
        if learner.takes_it and is_there:
            learner.undoable = None

    def finish(self, learner: Learner) -> None:
        """A student's own act with nothing left to do finishes the course, once."""
        if learner.takes_it and not learner.finished and self.lessons and learner.completed.issuperset(self.lessons):
            learner.finished = True
            learner.kept = set(learner.completed)

    async def check(self) -> None:
        """Compares both."""
        assert await lesson_ids(self.world, self.course) == self.lessons
        rows = await self.world.rows(Progress, Progress.course_id == self.course.id)
        async with self.world.application.database.transaction() as repos:
            students = (await repos.courses.require_card(self.course.id)).course.students
        assert students == sum(learner.takes_it for learner in self.learners)
        for learner, row in zip(self.learners, sorted(rows, key=lambda row: int(row.user_id)), strict=True):
            found = await self.world.rows(Completion, Completion.user_id == row.user_id)
            assert {one.lesson_id for one in found} == learner.completed
            assert (row.left_at is None) == learner.takes_it
            assert (row.status is ProgressStatus.COMPLETED) == (row.completed_at is not None) == learner.finished
            async with self.world.application.database.transaction() as repos:
                standings = await repos.progress.list_standings(row.user_id)
            assert len(standings) == learner.takes_it
            for standing in standings:
                assert 0 <= standing.done <= standing.total == len(self.lessons)
                assert standing.done == len(learner.completed.intersection(self.lessons))

    async def walk_to_the_end(self) -> None:
        """Nobody is locked out: whoever has a lesson left can open it and complete it, until the course is finished."""
        for learner in self.learners:
            if not learner.takes_it:
                await self.return_(learner, 0)
            while left := [lesson for lesson in self.lessons if lesson not in learner.completed]:
                await self.continue_(learner, 0)
                place = f"Compilers 101 · {self.lessons.index(left[0]) + 1} of {len(self.lessons)}\n"
                assert learner.person.last.text.startswith(place)
                message, data = learner.person.find_button("Done")
                assert (message.id, data) == (learner.person.last.id, f"ok:{left[0]}")
                await self.complete(learner, self.ever.index(left[0]))
            await self.continue_(learner, 0)
            assert learner.finished or not self.lessons
            await self.check()


# Words of the language, as steps are called.
setattr(Model, "return", Model.return_)
setattr(Model, "continue", Model.continue_)


def test_progress_is_never_broken(database_url: str) -> None:
    """Whatever is added, moved, removed, completed, undone, left: 0 ≤ done ≤ total, nothing lost, nobody locked out."""
    names = (f"Student{number} Test" for number in itertools.count())
    with asyncio.Runner() as runner, contextlib.ExitStack() as stack:
        opening = open_world(database_url)
        world = runner.run(opening.__aenter__())
        stack.callback(lambda: runner.run(opening.__aexit__(None, None, None)))

        async def play(script: Sequence[Step]) -> None:
            course = await make_course(world, code=f"C{next(names).split()[0]}", lessons=("One", "Two"))
            learners = [Learner(await make_student(world, next(names))) for _ in range(2)]
            for learner in learners:
                await enroll(world, learner.person, course)
            model = Model(world, course, learners, await lesson_ids(world, course))
            for step in script:
                await model.take(step)
                await model.check()
            await model.walk_to_the_end()

        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(steps)
        def check(script: Sequence[Step]) -> None:
            runner.run(play(script))

        check()
