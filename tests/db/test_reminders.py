"""Reminders: who is due, where they read, and what is written down of it."""

import datetime as dt

import pytest
from msgspec.structs import replace
from sqlalchemy import delete

from db.models import ChatSession, CourseStatus, ProgressStatus, Role
from db.records import PlanRecord
from db.reminding import Mute, Thing, Waiting, first_plan
from db.repositories import Repositories
from db.repositories.reminders import BATCH
from db.transaction import Database

NOW = dt.datetime(2026, 5, 3, 19, 0, tzinfo=dt.UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


async def come(repos: Repositories, number: int, due: dt.datetime | None = NOW) -> int:
    """Returns the number of somebody new who has a plan, and the Telegram account of ten times that."""
    user = await repos.users.add(
        name=f"P{number}", email=f"p{number}@example.org", password_hash="x", role=Role.STUDENT, now=NOW - DAY
    )
    assert user.id == number
    await repos.reminders.begin(user.id, due)
    await sign_in(repos, user.id, number * 10)
    return user.id


async def sign_in(repos: Repositories, user_id: int, telegram_id: int, *, seen: dt.datetime = NOW) -> None:
    session = (await repos.sessions.open(telegram_id, 0, seen)).session
    session.user_id, session.signed_in_until, session.seen_at = user_id, NOW + DAY, seen
    await repos.sessions.save()


async def teach(repos: Repositories, lessons: int = 2, code: str = "TEA1") -> tuple[int, list[int]]:
    """Returns a published course by the first person, and its lessons."""
    await repos.users.ensure_instructor(1)
    course = await repos.courses.add(code=code, title="Tea", description="", instructor_id=1, now=NOW)
    made = [(await repos.lessons.add(course.id, f"Lesson {place}", [{}], NOW)).id for place in range(1, lessons + 1)]
    await repos.courses.set_status(course, CourseStatus.PUBLISHED, NOW)
    return course.id, made


async def claimed(repos: Repositories, limit: int = 9, now: dt.datetime = NOW) -> list[int]:
    return [person.plan.user_id for person in await repos.reminders.claim(now, limit=limit)]


async def test_the_longest_due_come_first(database: Database) -> None:
    """As many as there is room for; nobody who is due later, and nobody who wants no reminders."""
    async with database.transaction() as repos:
        for number, due in enumerate((NOW, NOW - MINUTE, NOW + MINUTE, None, NOW), start=1):
            await come(repos, number, due)
        assert await claimed(repos) == [2, 1, 5]
        assert await claimed(repos, limit=2) == [2, 1]
        assert await claimed(repos, now=NOW - DAY) == []


async def test_who_is_claimed_is_left_alone_by_others(database: Database) -> None:
    """Two replicas share those who are due, and neither waits for the other."""
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        for number in range(1, 6):
            await come(repos, number)
    async with database.transaction() as one:
        assert await claimed(one, limit=2) == [1, 2]
        async with database.transaction() as other:
            assert await claimed(other) == [3, 4, 5]
    async with database.transaction() as repos:
        assert await claimed(repos) == [1, 2, 3, 4, 5]


async def test_who_is_being_deleted_is_not_waited_for(database: Database) -> None:
    """The account is locked first and the plan last: whoever waited for one with the other would wait in a circle."""
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        for number in (1, 2):
            await come(repos, number)
    async with database.transaction() as deleting:
        assert await deleting.users.get(1, lock=True)
        async with database.transaction() as repos:
            assert await claimed(repos) == [2]


async def test_enrolling_does_not_wait_for_a_claim(database: Database) -> None:
    """What refers to an account that is claimed can be written meanwhile."""
    if not database.has_replicas:
        pytest.skip("SQLite has one transaction at a time")
    async with database.transaction() as repos:
        await come(repos, 1)
        course, _lessons = await teach(repos)
    async with database.transaction() as claiming:
        assert await claimed(claiming) == [1]
        async with database.transaction() as repos:
            assert await repos.progress.enroll(1, course, NOW)


async def test_people_read_in_the_chat_that_they_used_last(database: Database) -> None:
    """Of those that can be reached and are signed in; without one they are claimed all the same."""
    async with database.transaction() as repos:
        await come(repos, 1)
        for telegram_id, seen in ((11, NOW + MINUTE), (12, NOW + 3 * MINUTE), (13, NOW + 2 * MINUTE)):
            await sign_in(repos, 1, telegram_id, seen=seen)
        session = (await repos.sessions.open(13, 0, NOW)).session
        session.zone, session.language = "Asia/Tokyo", "de"
        await repos.sessions.save()
        await repos.sessions.mark_unreachable([12], NOW)
        [person] = await repos.reminders.claim(NOW, limit=9, appointed=[13])
        assert (person.to and tuple(person.to), person.name) == ((13, "de", "Asia/Tokyo"), "P1")
        assert (person.teaches, person.is_blocked) == (True, False)
        [person] = await repos.reminders.claim(NOW + DAY, limit=9)
        assert (person.to, person.teaches) == (None, False)


async def test_a_claim_knows_who_teaches_and_who_is_blocked(database: Database) -> None:
    """By their role, and by the admins' decision."""
    async with database.transaction() as repos:
        await come(repos, 1)
        user = await repos.users.get(1)
        assert user is not None
        await repos.users.promote(user)
        repos.users.block(user, "-", NOW)
        await repos._work.session.flush()
        [person] = await repos.reminders.claim(NOW, limit=9)
        assert (person.teaches, person.is_blocked) == (True, True)


async def test_what_waits_is_known_of_each_course(database: Database) -> None:
    """How far somebody is, the next lesson and the newest, and when they did something last."""
    async with database.transaction() as repos:
        await come(repos, 1)
        await come(repos, 2)
        course, (_first, second, third) = await teach(repos, 3)
        for number in (1, 2):
            await repos.progress.enroll(number, course, NOW - DAY)
        await repos.progress.complete(1, second, NOW)
        waiting = await repos.reminders.list_waiting([1, 2])
        about = (course, "Tea", CourseStatus.PUBLISHED, ProgressStatus.IN_PROGRESS, NOW - DAY, None)
        assert waiting[1] == [Waiting(1, *about, 1, 3, "Lesson 1", None, NOW)]
        assert waiting[2] == [Waiting(2, *about, 0, 3, "Lesson 1", None, None)]
        progress = await repos.progress.lock(1, course)
        assert progress is not None
        await repos.progress.finish(progress, NOW)
        [finished] = (await repos.reminders.list_waiting([1]))[1]
        assert (finished.status, finished.newest_id) == (ProgressStatus.COMPLETED, third)


async def test_a_course_without_an_open_lesson_waits_for_nobody(database: Database) -> None:
    """All done, or none there; what was done in a lesson that is gone was done all the same; who left takes nothing."""
    async with database.transaction() as repos:
        await come(repos, 1)
        tea, (only,) = await teach(repos, 1)
        empty, _none = await teach(repos, 0, "EMPTY1")
        left, _lessons = await teach(repos, 1, "LEFT1")
        for course in (tea, empty, left):
            await repos.progress.enroll(1, course, NOW - DAY)
        progress = await repos.progress.lock(1, left)
        assert progress is not None
        await repos.progress.leave(progress, NOW)
        await repos.progress.complete(1, only, NOW)
        done, nothing = (await repos.reminders.list_waiting([1]))[1]
        assert (done.done, done.total, done.next_title, done.newest_id, done.last_done) == (1, 1, None, None, NOW)
        assert (nothing.done, nothing.total, nothing.next_title, nothing.last_done) == (0, 0, None, None)
        assert not done.is_open
        lesson = await repos.lessons.get(only)
        assert lesson is not None
        await repos.lessons.remove(lesson, NOW)
        gone = (await repos.reminders.list_waiting([1]))[1][0]
        assert (gone.done, gone.total, gone.last_done, gone.acted_at) == (0, 0, NOW, NOW)


async def test_more_people_than_a_statement_takes_are_read(database: Database) -> None:
    """In several goes, and each of them once."""
    async with database.transaction() as repos:
        for number in range(1, BATCH + 3):
            await come(repos, number)
        course, _lessons = await teach(repos)
        everybody = list(range(1, BATCH + 3))
        for number in everybody:
            await repos.progress.enroll(number, course, NOW)
        assert [len(each) for each in (await repos.reminders.list_waiting(everybody)).values()] == [1] * len(everybody)
        assert await claimed(repos, limit=len(everybody)) == everybody
        assert await repos.reminders.list_waiting([]) == {}
        assert await repos.reminders.list_things([]) == []


async def test_a_mute_stands_until_it_is_taken_back(database: Database) -> None:
    """Twice is once, and nobody else's is touched."""
    async with database.transaction() as repos:
        for number in (1, 2):
            await come(repos, number)
        kind, course, other = Mute(1, "next", 0), Mute(1, "", 7), Mute(2, "next", 0)
        for mute in (kind, course, kind, other):
            await repos.reminders.mute(mute)
        assert await repos.reminders.list_mutes([1, 2]) == {kind, course, other}
        await repos.reminders.unmute(kind)
        assert await repos.reminders.list_mutes([1, 2]) == {course, other}
        assert await repos.reminders.list_mutes([1]) == {course}


async def test_a_thing_takes_the_place_of_the_last(database: Database) -> None:
    """Of one kind in one course, the newest is known."""
    async with database.transaction() as repos:
        await come(repos, 1)
        nudge = Thing(1, "nudge", 7, 1, NOW, None)
        changed = Thing(1, "changed", 7, 3, NOW, NOW)
        await repos.reminders.put([nudge, changed])
        later = changed._replace(thing=4, told_at=NOW + DAY)
        await repos.reminders.put([later])
        await repos.reminders.put([])
        assert sorted(await repos.reminders.list_things([1])) == sorted([nudge, later])


async def test_bringing_forward_looks_at_the_next_tick(database: Database) -> None:
    """Not at those who want no reminders, and never later than before."""
    async with database.transaction() as repos:
        for number, due in ((1, NOW + DAY), (2, NOW - DAY), (3, NOW + DAY), (4, None)):
            await come(repos, number, due)
        await repos.reminders.save([replace(first_plan(3), is_on=False)])
        await repos.reminders.bring_forward([1, 2, 3, 4], NOW)
        dues = [plan and plan.next_due for plan in [await repos.reminders.get(number) for number in (1, 2, 3, 4)]]
        assert dues == [NOW, NOW - DAY, None, NOW]


async def told(repos: Repositories, **by: object) -> PlanRecord:
    """Returns the plan of somebody who was told something now."""
    await come(repos, 1, NOW + DAY)
    plan = replace(first_plan(1), told_on=NOW.date(), told_at=NOW, next_due=NOW + DAY, **by)
    await repos.reminders.save([plan])
    await repos.reminders.put([Thing(1, "changed", 7, 3, NOW, NOW), Thing(1, "next", 7, 3, NOW - DAY, NOW - DAY)])
    return plan


@pytest.mark.parametrize(("ignored", "left"), [(2, 1), (0, 0)])
async def test_what_did_not_arrive_is_taken_back(database: Database, ignored: int, left: int) -> None:
    """As if nobody had been told, and nobody has ignored fewer than none; what was told before stays told."""
    async with database.transaction() as repos:
        await told(repos, ignored=ignored)
        await repos.reminders.take_back(1, NOW)
        plan = await repos.reminders.get(1)
        assert plan is not None
        assert (plan.told_on, plan.told_at, plan.ignored) == (None, None, left)
        things = {thing.kind: thing.told_at for thing in await repos.reminders.list_things([1])}
        assert things == {"changed": None, "next": NOW - DAY}
        await repos.reminders.take_back(1, NOW)
        again = await repos.reminders.get(1)
        assert again is not None
        assert again.ignored == left


async def test_what_was_told_since_is_not_taken_back(database: Database) -> None:
    """A message that failed long ago says nothing about the next one."""
    async with database.transaction() as repos:
        plan = await told(repos, ignored=2)
        await repos.reminders.take_back(1, NOW - MINUTE)
        after = await repos.reminders.get(1)
        assert after is not None
        assert replace(after, next_due=None) == replace(plan, next_due=None)


async def test_a_plan_is_begun_once(database: Database) -> None:
    """A second beginning changes nothing; a plan that is saved is the plan that is read, moment by moment."""
    async with database.transaction() as repos:
        await come(repos, 1)
        first = await repos.reminders.get(1)
        assert first == replace(first_plan(1), next_due=NOW)
        other = replace(first_plan(1), days=3, hour=7, quiet_from=0, quiet_until=0, ignored=2)
        other.later_at, other.told_at, other.asked_at = NOW, NOW + MINUTE, NOW + 2 * MINUTE
        other.owed_since, other.paused_until, other.told_on = NOW - MINUTE, NOW.date(), NOW.date() - DAY
        await repos.reminders.save([other])
        await repos.reminders.save([])
        await repos.reminders.begin(1, NOW)
        assert await repos.reminders.get(1) == await repos.reminders.lock(1) == other
        assert await repos.reminders.get(2) is None


async def test_who_has_no_chat_is_still_looked_at(database: Database) -> None:
    """They may have signed out for a week; their plan goes on."""
    async with database.transaction() as repos:
        await come(repos, 1)
        await repos._work.session.execute(delete(ChatSession))
        [person] = await repos.reminders.claim(NOW, limit=9)
        assert person.to is None
