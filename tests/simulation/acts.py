"""What students and teachers do: in the database, as the bot's views would, and in what the oracle knows of them."""

import datetime as dt
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from bot.playground.miniature import Miniature
from db.models import CourseStatus, Role
from db.reminding import Mute
from db.repositories import Repositories
from handlers.passwords import nobodys_hash
from tests.simulation.people import DAY, ZONES, Course, Student, Taken

FIRST_CHAT = 5001
# How often somebody who has turned away thinks better of it.
COMES_BACK = 0.3
Act: TypeAlias = Callable[..., Awaitable[None]]
HOUR = dt.timedelta(hours=1)


class School:
    """Courses and those who take them."""

    def __init__(self, dice: random.Random, miniature: Miniature) -> None:
        """Is empty."""
        self._dice = dice
        self._miniature = miniature
        self.courses: list[Course] = []
        self.students: list[Student] = []
        # Those who have blocked the bot, which does not know yet.
        self.silent: set[int] = set()
        self._deadlines = 0

    async def open(self, repos: Repositories, students: int, now: dt.datetime) -> None:
        """Writes courses, and lets students enroll who are reminded from now on."""
        password, until = nobodys_hash(4), now + 900 * DAY
        teacher = await repos.users.add(
            name="T", email="t@example.org", password_hash=password, role=Role.INSTRUCTOR, now=now
        )
        for number in range(12):
            title = f"Course {number}"
            made = await repos.courses.add(
                code=f"C{number}", title=title, description="", instructor_id=teacher.id, now=now
            )
            self.courses.append(Course(made.id, title))
            for _lesson in range(self._dice.randint(2, 9)):
                await self._add_lesson(repos, self.courses[-1], now)
            await repos.courses.set_status(made, CourseStatus.PUBLISHED, now)
        for number in range(students):
            chat, name = FIRST_CHAT + number, f"S{number}"
            user = await repos.users.add(
                name=name, email=f"{name}@example.org", password_hash=password, role=Role.STUDENT, now=now
            )
            session = (await repos.sessions.open(chat, 0, now)).session
            session.user_id, session.signed_in_until, session.zone = user.id, until, ZONES[number % len(ZONES)]
            self._miniature.add_person(chat, name)
            self._miniature.say(chat, "/start")
            student = Student(user.id, chat, session.zone, 19, set(range(7)), (22, 8), looked_until=now)
            self.students.append(student)
            for course in self._dice.sample(self.courses, self._dice.randint(1, 4)):
                await repos.progress.enroll(user.id, course.id, now)
                student.taken[course.id] = Taken(course, now)
            await repos.reminders.begin(user.id, now)
            await self._settle_in(repos, student, now)
        self._miniature.take_updates()

    async def _settle_in(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        if self._dice.random() < 0.7:
            await self.move_hour(repos, student, now)
        if self._dice.random() < 0.5:
            await self.choose_days(repos, student, now)

    def count_busy(self) -> int:
        """Returns how many people do something in a quarter of an hour."""
        return min(len(self.students), int(len(self.students) * 0.7 / 96 + self._dice.random()))

    async def happen(self, repos: Repositories, busy: int, now: dt.datetime) -> None:
        """Lets a few people do something, as chance wants it."""
        acts: Sequence[tuple[float, Act]] = (
            (40, self.learn),
            (8, self.press_later),
            (3, self.move_hour),
            (2, self.choose_days),
            (2, self.choose_quiet),
            (2, self.pause),
            (2, self.turn),
            (3, self.mute),
            (2, self.unmute),
            (2, self.travel),
            (6, self.go_on),
            (2, self.leave_or_return),
            (6, self.set_deadline),
            (1, self.enroll),
        )
        weights = [weight for weight, _act in acts]
        for student in self._dice.sample(self.students, busy):
            [(_weight, act)] = self._dice.choices(acts, weights)
            if self._dice.random() < COMES_BACK:
                act = self.come_back_to_us(student) or act
            await act(repos, student, now)
        if self._dice.random() < 0.004:
            await self._add_lesson(repos, self._dice.choice(self.courses), now)

    def come_back_to_us(self, student: Student) -> Act | None:
        """Returns how somebody comes back who wanted nothing more of us."""
        if not student.is_on:
            return self.turn
        return self.leave_or_return if student.is_gone else None

    async def _change(self, repos: Repositories, student: Student, now: dt.datetime, **habits: Any) -> None:
        """Changes a plan, and has it looked at: a look too many says nothing."""
        plan = await repos.reminders.lock(student.id)
        assert plan is not None
        for name, value in habits.items():
            setattr(plan, name, value)
        plan.next_due = now if plan.is_on else None
        await repos.reminders.save([plan])
        student.looked_until, student.put_off_until = now, now

    async def learn(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Completes the next lesson of a course; the last one finishes it."""
        taken = self._dice.choice(list(student.taken.values()))
        if not taken.left:
            return
        await repos.progress.complete(student.id, taken.left[0], now)
        taken.done.append(taken.left[0])
        taken.last_done = now
        if not taken.left and not taken.is_finished:
            progress = await repos.progress.lock(student.id, taken.course.id)
            assert progress is not None
            await repos.progress.finish(progress, now)
            taken.is_finished = True

    async def enroll(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Takes one more course."""
        course = self._dice.choice(self.courses)
        if course.id not in student.taken:
            await repos.progress.enroll(student.id, course.id, now)
            student.taken[course.id] = Taken(course, now)

    async def _add_lesson(self, repos: Repositories, course: Course, now: dt.datetime) -> None:
        lesson = await repos.lessons.add(course.id, f"Lesson {len(course.lessons)}", [], now)
        course.lessons.append(lesson.id)

    async def press_later(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants the last message again, which is a reaction to it."""
        if student.told.at is None or not student.is_on:
            return
        student.later_at = now + self._dice.choice((HOUR, 3 * HOUR, DAY))
        student.told.ignored, student.told.asked_at = 0, None
        await self._change(repos, student, now, later_at=student.later_at, ignored=0, asked_at=None)

    async def go_on(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Answers the question whether to go on."""
        if student.told.asked_at is not None:
            student.told.ignored, student.told.asked_at = 0, None
            await self._change(repos, student, now, ignored=0, asked_at=None)

    async def move_hour(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants another hour, maybe one of the quiet ones or one that a clock skips."""
        student.hour = self._dice.choice((2, 7, 9, 12, 17, 19, 19, 21, self._dice.randrange(24)))
        await self._change(repos, student, now, hour=student.hour)

    async def choose_days(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants other days of the week."""
        student.days = set(self._dice.sample(range(7), self._dice.randint(1, 7)))
        await self._change(repos, student, now, days=sum(1 << day for day in student.days))

    async def choose_quiet(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants other quiet hours, or none."""
        begin, end = student.quiet = self._dice.choice(((22, 8), (0, 6), (12, 14), (0, 0), (3, 3), (20, 10), (1, 3)))
        await self._change(repos, student, now, quiet_from=begin, quiet_until=end)

    async def pause(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants nothing until a date, or no pause any more."""
        away = self._dice.randint(-1, 20)
        student.paused_until = student.date(now) + away * DAY if away > 0 else None
        await self._change(repos, student, now, paused_until=student.paused_until)

    async def turn(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Turns reminders off, or on again."""
        student.is_on = not student.is_on
        student.later_at = student.owed_since = None
        await self._change(repos, student, now, is_on=student.is_on, later_at=None, owed_since=None)

    async def mute(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants to hear nothing of a course, or of a kind, any more."""
        course, kind = self._dice.choice(list(student.taken)), self._dice.choice(("begin", "next", "changed"))
        muted = self._dice.choice((("", course), (kind, 0), (kind, course), ("deadline", 0)))
        student.muted.add(muted)
        await repos.reminders.mute(Mute(student.id, *muted))

    async def unmute(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Wants to hear of it again."""
        if student.muted:
            muted = self._dice.choice(sorted(student.muted))
            student.muted.remove(muted)
            await repos.reminders.unmute(Mute(student.id, *muted))
            await self._change(repos, student, now)

    async def travel(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Is in another zone from now on."""
        student.zone = self._dice.choice(ZONES)
        (await repos.sessions.open(student.chat, 0, now)).session.zone = student.zone
        await self._change(repos, student, now)

    async def leave_or_return(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Blocks the bot, which hears of it or has yet to see; or comes back."""
        if student.is_gone or student.chat in self.silent:
            self._miniature.unblock(student.chat)
            self.silent.discard(student.chat)
            student.is_gone = False
            await repos.sessions._set([student.chat], "unreachable_since", None)
            await self._change(repos, student, now)
        else:
            self._miniature.block(student.chat)
            if self._dice.random() < 0.5:
                self.silent.add(student.chat)
            else:
                student.is_gone = True
                await repos.sessions.mark_unreachable([student.chat], now)
        self._miniature.take_updates()

    async def set_deadline(self, repos: Repositories, student: Student, now: dt.datetime) -> None:
        """Has something to hand in that cannot wait; one in a course at a time."""
        course = self._dice.choice(list(student.taken))
        number, _ends = student.deadlines.get(course, (-1, now))
        if number > student.told.things.get(("deadline", course), (-1, now))[0]:
            return
        self._deadlines += 1
        student.deadlines[course] = (self._deadlines, now + self._dice.randint(1, 300) * dt.timedelta(minutes=15))
        await self._change(repos, student, now)
