"""Somebody goes, and nothing of them stays but what /privacy names."""

import re

import pytest
from sqlalchemy import select

from db.models import AuditEntry, Base, ChatSession, Course, Outgoing, Throttle, User
from db.records import OutgoingRecord
from db.reminding import Mute, Thing
from tests.chat import ADMIN_ID, PASSWORD, Person, World, open_world
from tests.crowds import begin, counts, end
from tests.factories import make_course, shelve
from tests.statements import Executed, statements

KEY = "the-key-of-these-tests-aaaaaaaaaaaaaaaaaaaaa"
NAME, ADDRESS = "Adalberta Lovelace", "adalberta@example.org"


async def leave_traces(world: World) -> tuple[Person, Person]:
    """Returns a student's two Telegram accounts, after she has left something of hers everywhere."""
    grace = world.admin()
    await grace.send("/start")
    course = await make_course(world)
    ada, tablet = world.person(NAME, 700_700_701), world.person("Adalberta", 700_700_702)
    await ada.register("Instructor", ADDRESS)
    await ada.send("/enroll COMP1")
    await ada.send("/lesson")
    await ada.send("/done")
    await tablet.send(f"/login {ADDRESS}")
    await tablet.send("wrong horse")
    await tablet.send(PASSWORD)
    await tablet.send("/password")
    await tablet.send("wrong horse")
    await grace.send("/admin")
    await grace.press("Find a person")
    await grace.send(ADDRESS)
    await shelve(world, ada)
    now = world.clock()
    async with world.application.database.transaction() as repos:
        # One of many, so that nothing waits behind it.
        told = OutgoingRecord(ada.id, "sendMessage", {"text": f"Dear {NAME}"}, "another sender", now, -9, priority=1)
        await repos.outbox.add([told])
        await repos.throttles.count(f"telegram:{tablet.id}", 1, now)
        user = await repos.users.get_by_email(ADDRESS)
        assert user is not None
        await repos.reminders.mute(Mute(user.id, "changed", course.id))
        await repos.reminders.mute(Mute(user.id, "", course.id))
        await repos.reminders.put([Thing(user.id, "nudge", course.id, 1, now, None)])
    assert (await world.rows(Course))[0].students == 1
    assert course.id == 1
    return ada, tablet


async def traces(world: World, *words: str) -> dict[str, set[str]]:
    """Returns in which columns of which tables one of the words is found, as the bot reads them."""
    found: dict[str, set[str]] = {}
    async with world.application.database.transaction() as repos:
        for table in Base.metadata.sorted_tables:
            for row in (await repos._work.session.execute(select(table))).mappings():
                for column, value in row.items():
                    if any(word.lower() in str(value).lower() for word in words):
                        found.setdefault(table.name, set()).add(str(column))
    return found


async def throttled(world: World) -> int:
    return await world.count(Throttle)


@pytest.mark.parametrize("data_key", ["", KEY])
async def test_nothing_of_a_student_stays(database_url: str, data_key: str) -> None:
    """All tables are looked through: before, she is everywhere; after, her number stands beside what was sent."""
    async with open_world(database_url, data_key=data_key) as world:
        ada, tablet = await leave_traces(world)
        words = ("adalberta", str(ada.id), str(tablet.id))
        before = await traces(world, *words)
        assert before.keys() == {"users", "chat_sessions", "shelf", "audit_log", "outbox"} | (
            set() if data_key else {"throttles"}
        )
        assert await throttled(world) >= 2
        await ada.send("/deleteme")
        await ada.press("Delete it")
        said = await ada.send(ADDRESS.upper())
        assert said.text.startswith(f"Your account is deleted, {NAME}, and what I kept of you with it.")
        assert "Your account is deleted" in tablet.last.text
        assert await traces(world, *words) == {"outbox": {"chat_id"}}
        assert await throttled(world) == 0
        assert {(row.sent_at is None, row.content) for row in await world.rows(Outgoing)} == {(False, None)}
        [course] = await world.rows(Course)
        assert course.students == 0
        reminding = {"reminder_plans", "reminder_mutes", "reminder_things"}
        gone = {"users", "progress", "completions", "instructor_requests"} | reminding
        async with world.application.database.transaction() as repos:
            counts = {
                name: len((await repos._work.session.execute(select(Base.metadata.tables[name]))).all())
                for name in gone
            }
        # Of the instructor of her course.
        assert counts == dict.fromkeys(gone, 0) | {"users": 1}
        assert [(entry.subject, entry.about) for entry in await world.rows(AuditEntry)] == [("", None)]
        grace = Person(world, ADMIN_ID, "Grace")
        await grace.send("/admin")
        assert "looked up somebody who has left" in (await grace.press("Log")).text
        world.clock.advance(days=2, seconds=1)
        async with world.application.database.transaction() as repos:
            await repos.outbox.forget_sent(world.clock())
        assert await traces(world, *words) == {}


def columns_about_accounts() -> set[tuple[str, str]]:
    """Returns the columns that refer to accounts, each with its table."""
    return {
        (table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"users", "instructors", "chat_sessions"}
    }


def untouched(seen: list[Executed], *verbs: str) -> set[str]:
    """Returns the tables about accounts that none of the statements has behind one of these verbs."""
    touched = {name for one in seen for name in re.findall(rf"(?:{'|'.join(verbs)}) (\w+)", one.sql)}
    return {table for table, _column in columns_about_accounts()} - touched


async def test_every_table_about_accounts_is_cleared(world: World) -> None:
    """Whatever somebody has, its table is gone through when they go."""
    ada, _tablet = await leave_traces(world)
    await ada.send("/deleteme")
    await ada.press("Delete it")
    with statements() as seen:
        await ada.send(ADDRESS)
    assert not untouched(seen, "DELETE FROM", "UPDATE"), "`forget` in db/repositories/accounts.py leaves its rows"


def test_whatever_refers_to_an_account_is_dealt_with() -> None:
    """A table that refers to accounts, or to Telegram accounts, goes with them, and its rows are handed out before."""
    think = (
        "`forget` or `forget_chats` of db/repositories/accounts.py deletes it, db/repositories/exports.py hands it "
        "out, handlers/privacy.py says that it is kept, and `leave_traces` here leaves a row of it; then list it below"
    )
    referring = {f"{table}.{column}" for table, column in columns_about_accounts()}
    assert referring == {
        "chat_sessions.user_id",
        "completions.user_id",
        "courses.instructor_id",
        "handovers.to_user_id",
        "instructor_requests.user_id",
        "instructors.user_id",
        "progress.user_id",
        "reminder_mutes.user_id",
        "reminder_plans.user_id",
        "reminder_things.user_id",
    }, think
    by_number = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("telegram_id", "chat_id", "_by"))
    }
    assert by_number == {
        "audit_log.telegram_id",
        "broadcasts.telegram_id",
        "chat_sessions.telegram_id",
        "instructor_requests.decided_by",
        "outbox.chat_id",
        "shelf.retried_by",
        "shelf.telegram_id",
        "users.registered_by",
    }, think


async def test_an_unsure_person_stays(world: World) -> None:
    """Looking, keeping, cancelling and a wrong address delete nothing."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/deleteme")
    assert (await ada.press("Keep it")).text.startswith("Settings")
    await ada.send("/deleteme")
    await ada.press("Delete it")
    assert "not the address of your account, ada@example.org" in (await ada.send("eva@example.org")).text
    assert "Nothing was changed" in (await ada.press("Cancel")).text
    assert await world.count(User) == 1


async def test_everybody_but_the_registrant_gives_the_password(world: World) -> None:
    """Somebody at another Telegram account deletes nothing without it."""
    ada, tablet = world.person("Ada"), world.person("Ada")
    await ada.register()
    await tablet.send("/login ada@example.org")
    await tablet.send(PASSWORD)
    await tablet.send("/deleteme")
    await tablet.press("Delete it")
    assert "That is not your password" in (await tablet.send("ada@example.org")).text
    assert await world.count(User) == 1
    assert "Your account is deleted" in (await tablet.send(PASSWORD)).text
    assert await world.count(User) == 0
    assert "Your account is deleted" in ada.last.text
    assert all(PASSWORD not in message.text for message in tablet.chat)


async def test_who_has_gone_may_come_again(world: World) -> None:
    """The same address makes a new account, which knows nothing of the old one."""
    ada = world.person("Ada")
    await make_course(world)
    await ada.register()
    await ada.send("/enroll COMP1")
    await ada.send("/deleteme")
    await ada.press("Delete it")
    await ada.send("ada@example.org")
    assert "Hi Ada!" in (await ada.send("/start")).text
    await ada.register()
    assert "COMP1" not in (await ada.send("/progress")).text
    assert await world.count(ChatSession) == 1


async def test_a_stranger_is_forgotten(world: World) -> None:
    """Without an account there is a Telegram number and a first name, and they can go, too."""
    eve = world.person("Eve")
    assert "You are not signed in." in (await eve.send("/deleteme")).text
    assert "all else that I kept of this Telegram account are deleted" in (await eve.press("Delete them")).text
    assert await traces(world, "Eve", str(eve.id)) == {"outbox": {"chat_id"}}


async def test_an_account_does_not_go_with_a_sign_in_that_ended(world: World) -> None:
    """Who was asked about an account, and is not signed in any more, loses nothing and is asked anew."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/deleteme")
    world.clock.advance(days=100)
    said = await ada.press("Delete it")
    assert said.text.startswith("Your sign-in here has ended, so nothing is deleted.\n\nYou are not signed in.")
    assert (await world.count(User), await world.count(ChatSession)) == (1, 1)
    assert "An account, if you have one, is not" in (await ada.press("Delete them")).text
    assert (await world.count(User), await world.count(ChatSession)) == (1, 0)


async def test_a_sign_in_that_came_meanwhile_is_asked_about(world: World) -> None:
    """Who was asked without an account, and has signed in since, is asked about the account."""
    ada = world.person("Ada")
    asked = await ada.send("/deleteme")
    _message, data = ada.find_button("Delete them")
    await ada.register()
    await ada.forge(asked.id, data)
    [said] = [message for message in ada.chat if message.id == asked.id]
    assert said.text.startswith("You are signed in by now, so nothing is deleted yet.\n\nDelete your account, Ada?")
    assert await world.count(ChatSession) == 1


async def test_a_departure_that_comes_twice_is_one(world: World) -> None:
    """An update that Telegram offers again after the farewell changes nothing: its answer is still known."""
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/deleteme")
    await ada.press("Delete it")
    update = world.miniature.say(ada.id, "ada@example.org")
    world.miniature.take_updates()
    for _time in range(2):
        await world.application.pipeline.process(update)
    await world.settle()
    assert sum("Your account is deleted" in said for said in ada.said) == 1
    assert await world.count(User) == 0


async def test_a_broadcast_does_not_wait_for_who_is_gone(world: World) -> None:
    """Whose message was still to be sent counts as not reached, and the broadcast comes to its end."""
    eve = world.person("Eve")
    await eve.send("/start")
    number = await begin(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.application.sender, "deliver", lambda rows, behind=(): None)
        await world.application.broadcaster.look()
    await eve.send("/deleteme")
    await eve.press("Delete them")
    assert counts(await end(world, number)) == {"unreachable": 1}
