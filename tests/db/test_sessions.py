"""Chat sessions: one a Telegram account, loaded and locked at once."""

import asyncio
import datetime as dt

from sqlalchemy import text

from db.models import ChatSession, Role, User
from db.records import OutgoingRecord, UserRecord
from db.repositories import Repositories
from db.repositories.chat_sessions import Recipient, Staff
from db.transaction import Database
from tests.chat import FakeClock

NOW = FakeClock()()
DAY = dt.timedelta(days=1)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def add_user(repos: Repositories, name: str = "ada") -> User:
    return await repos.users.add(name=name, email=f"{name}@example.org", password_hash="x", role=Role.STUDENT, now=NOW)


async def test_the_first_update_makes_the_session(database: Database) -> None:
    """A newcomer has a session at once, in English, signed in to nothing."""
    async with database.transaction() as repos:
        visit = await repos.sessions.open(7, 1, NOW)
        assert (visit.user, visit.answered) == (None, False)
        assert (visit.session.telegram_id, visit.session.language) == (7, "en")
        assert visit.session.dialog is None
    async with database.transaction() as repos:
        again = await repos.sessions.open(7, 2, NOW + DAY)
        assert again.session == visit.session


async def test_a_session_ends_with_its_time(database: Database) -> None:
    """Who is signed in comes with the session until the very moment of its end."""
    async with database.transaction() as repos:
        user = await add_user(repos)
        session = (await repos.sessions.open(7, 1, NOW)).session
        session.user_id, session.signed_in_until = user.id, NOW + DAY
    for after, signed_in in (
        (dt.timedelta(), True),
        (DAY - dt.timedelta(seconds=1), True),
        (DAY, False),
        (2 * DAY, False),
    ):
        async with database.transaction() as repos:
            visit = await repos.sessions.open(7, 1, NOW + after)
            assert (visit.user is not None) is signed_in


async def test_staff_is_written_to_in_their_language_and_zone(database: Database) -> None:
    """Like all who are written to; with the role of who is signed in there."""
    async with database.transaction() as repos:
        await add_user(repos)
        session = (await repos.sessions.open(7, 1, NOW)).session
        session.language, session.zone = "de", "Europe/Berlin"
    async with database.transaction() as repos:
        assert await repos.sessions.list_staff([7], NOW) == [Staff(Recipient(7, "de", "Europe/Berlin"), None)]


async def test_an_answered_update_is_known(database: Database) -> None:
    """An update is known by its rows, sent or not, and by nothing else: not by a larger id, nor another account's."""
    async with database.transaction() as repos:
        await repos.outbox.add([OutgoingRecord(7, "sendMessage", {}, "me", NOW, update_id=50)])
        answers = [(await repos.sessions.open(7, number, NOW)).answered for number in (49, 50, 51)]
    assert answers == [False, True, False]


async def test_a_session_is_locked_until_the_end(database: Database, database_url: str) -> None:
    """Two processes never answer one account at once, not even its very first update; others are not held up."""
    other, order = Database(database_url), list[str]()

    async def answer(name: str, where: Database, telegram_id: int) -> None:
        async with where.transaction() as repos:
            visit = await repos.sessions.open(telegram_id, 1, NOW)
            order.append(f"{name} in")
            for _ in range(20):
                await asyncio.sleep(0)
            visit.session.first_name += name
            order.append(f"{name} out")

    await asyncio.gather(answer("a", database, 7), answer("b", other, 7))
    assert [word[0] for word in order] in (["a", "a", "b", "b"], ["b", "b", "a", "a"])
    async with database.transaction() as repos:
        name = (await repos.sessions.open(7, 2, NOW)).session.first_name
    assert sorted(name) == ["a", "b"]
    await other.close()


async def test_unreachable_people_are_not_written_to(database: Database) -> None:
    """Notices go to those who ever wrote and have not blocked the bot, each in their language."""
    async with database.transaction() as repos:
        for telegram_id in (7, 8, 9):
            (await repos.sessions.open(telegram_id, 1, NOW)).session.language = f"x{telegram_id}"
        await repos.sessions.mark_unreachable([8], NOW)
    async with database.transaction() as repos:
        assert await repos.sessions.list_recipients([9, 8, 7, 6]) == [(7, "x7", None), (9, "x9", None)]
        assert await repos.sessions.list_recipients([]) == []


async def test_all_signed_in_accounts_are_reached(database: Database) -> None:
    """Somebody with two phones reads it on both; who signed out, or whose time is over, does not."""
    async with database.transaction() as repos:
        ada, bob = await add_user(repos), await add_user(repos, "bob")
        for telegram_id, user, days in ((5, ada, 1), (6, ada, 9), (7, ada, 0), (8, bob, 1), (9, None, 1), (10, ada, 1)):
            session = (await repos.sessions.open(telegram_id, 1, NOW)).session
            session.user_id, session.signed_in_until = user.id if user else None, NOW + days * DAY
        await repos.sessions.mark_unreachable([10], NOW)
    async with database.transaction() as repos:
        assert [one.telegram_id for one in await repos.sessions.list_signed_in(ada.id, NOW)] == [5, 6]


async def test_closing_a_dialog_touches_one_account(database: Database) -> None:
    """The dialog is forgotten in the row and in the session that is open."""
    async with database.transaction() as repos:
        sessions = [(await repos.sessions.open(telegram_id, 1, NOW)).session for telegram_id in (7, 8)]
        for session in sessions:
            session.dialog = {"name": "tea", "step": "leaf"}
    async with database.transaction() as repos:
        session = (await repos.sessions.open(7, 2, NOW)).session
        await repos.sessions.close_dialog(7)
        assert session.dialog is None
    async with database.transaction() as repos:
        dialogs = [(await repos._work.session.get_one(ChatSession, telegram_id)).dialog for telegram_id in (7, 8)]
    assert dialogs == [None, {"name": "tea", "step": "leaf"}]


async def test_who_was_signed_in_meanwhile_is_known(database: Database, database_url: str) -> None:
    """An update that waited while another replica signed the account in finds who it is."""
    other = Database(database_url)
    async with database.transaction() as repos:
        user = await add_user(repos)
        await repos.sessions.open(7, 1, NOW)

    async def visit() -> UserRecord | None:
        async with other.transaction() as repos:
            return (await repos.sessions.open(7, 3, NOW)).user

    async with database.transaction() as repos:
        session = (await repos.sessions.open(7, 2, NOW)).session
        waiting = asyncio.create_task(visit())
        while database.has_replicas and not await repos._work.session.scalar(text(WAITING)):
            pass
        session.user_id, session.signed_in_until = user.id, NOW + DAY
    found = await waiting
    assert found is not None
    assert found.id == user.id
    await other.close()
