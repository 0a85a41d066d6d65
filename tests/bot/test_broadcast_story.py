"""A broadcast as people live through it: a real bot process, `kill -9` in its middle, and a start that goes on."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import select

from bot.playground.errors import ApiError
from db.models import Broadcast, BroadcastState, Outgoing
from db.transaction import Database
from tests.chaos.telegram import Telegram, telegram
from tests.chat import ADMIN_ID, TOKEN, FakeClock
from tests.crowds import NEWS, come
from tests.remote import PATIENCE, bot

PEOPLE, MIDDLE = 150, 70


async def until(server: Telegram, person: int, is_so: Callable[[], bool]) -> None:
    """Returns when something holds that can change only when this person is told something."""
    inbox = server.inbox(person)
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await inbox.news.wait()
            inbox.news.clear()


async def told(server: Telegram, person: int, words: str) -> None:
    """Returns when the person has been told this."""
    await until(server, person, lambda: any(words in said.text for said in server.inbox(person).said))


def press(server: Telegram, person: int, label: str) -> None:
    """Presses the newest button with this label."""
    for said in reversed(server.inbox(person).said):
        for text, data in said.buttons:
            if text.startswith(label):
                server.press(person, said.message_id, data)
                return
    raise AssertionError(f"no button {label!r}")


async def send_off(server: Telegram, admin: int) -> None:
    """Writes a broadcast to everybody, and presses Send."""
    server.say(admin, "/admin")
    await told(server, admin, "Admin")
    press(server, admin, "Broadcasts")
    await told(server, admin, "Nothing was sent")
    press(server, admin, "New broadcast")
    await told(server, admin, "Who is it for?")
    press(server, admin, "Everybody")
    await told(server, admin, "Now send the message")
    server.say(admin, NEWS)
    await told(server, admin, "Above is what they will see")
    press(server, admin, "Send to")


def copies(server: Telegram, crowd: list[int]) -> dict[int, int]:
    """Returns how often each of them was told the news."""
    return {each: sum(said.text == NEWS for said in server.inbox(each).said) for each in crowd}


def stop_in_the_middle(server: Telegram, crowd: list[int]) -> asyncio.Event:
    """Has everybody else wait for their news when so many have got theirs; the event is set when somebody does."""
    reached = asyncio.Event()

    def postpone(_method: str, params: Mapping[str, object]) -> ApiError | None:
        if params.get("text") != NEWS or sum(copies(server, crowd).values()) < MIDDLE:
            return None
        reached.set()
        return ApiError(429, "Too Many Requests: retry after 3600", 3600)

    server.faults = postpone
    return reached


async def unsent(database: Database) -> set[int]:
    """Returns the chats whose rows were written and not marked as sent."""
    async with database.transaction() as repos:
        chats = select(Outgoing.chat_id).where(Outgoing.broadcast_id.is_not(None), Outgoing.sent_at.is_(None))
        return set(await repos._work.session.scalars(chats))


async def test_a_killed_broadcast_goes_on(database_url: str, tmp_path: Path) -> None:
    """After `kill -9` in its middle the next start goes on by itself: everybody gets it, and nobody twice.

    But for those whose message had left when the process was killed, and was not marked: no Bot API call can be taken
    back or repeated safely, so these get it again. Each of them is known by a row that was unsent at the kill.
    """
    database = Database(database_url)
    async with telegram(TOKEN) as server:
        server.add_person(ADMIN_ID, "Grace")
        crowd = await come(database, server, PEOPLE, FakeClock()())
        server.take_updates()
        settings = {"ADMIN_IDS": str(ADMIN_ID), "SEND_PER_CHAT": "0", "SEND_PER_SECOND": "0"}
        async with bot(server, database_url, tmp_path, **settings) as process:
            reached = stop_in_the_middle(server, crowd)
            await send_off(server, ADMIN_ID)
            async with asyncio.timeout(PATIENCE):
                await reached.wait()
            process.kill()
            await process.wait()
        server.faults = None
        before, waiting = copies(server, crowd), await unsent(database)
        assert sum(before.values()) == MIDDLE
        again = {each for each, count in before.items() if count and each in waiting}
        async with bot(server, database_url, tmp_path, **settings):
            await told(server, ADMIN_ID, "· done")
        assert copies(server, crowd) == {each: 1 + (each in again) for each in crowd}
        report = server.inbox(ADMIN_ID).said[-1]
        assert report.is_edit
        assert f"{PEOPLE + 1} people got it." in report.text
    async with database.transaction() as repos:
        [broadcast] = await repos._work.session.scalars(select(Broadcast))
    await database.close()
    assert (broadcast.state, broadcast.sent, broadcast.waiting) == (BroadcastState.DONE, PEOPLE + 1, 0)
