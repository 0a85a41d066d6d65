"""What admins did, as they read it."""

import datetime as dt
from typing import Any

from db.models import AuditEntry
from handlers.admin.audit import PAGE
from tests.chat import World
from tests.handlers.admin.facts import deeds


async def write_down(world: World, number: int, **what: Any) -> None:
    """Writes so many entries of another admin's, one a day."""
    async with world.application.database.transaction() as repos:
        for day in range(number):
            at = world.clock() + dt.timedelta(days=day)
            entry: dict[str, Any] = {"action": "something new", "subject": f"<b>{day}", **what}
            repos.audit.add(telegram_id=77, now=at, **entry)


async def test_an_empty_log_says_so(world: World) -> None:
    """Before anything is decided there is nothing to turn."""
    admin = world.admin()
    await admin.send("/admin")
    assert (await admin.press("Log")).text == "What admins did\nNothing so far."
    assert admin.labels == ["‹ Admin"]


async def test_the_log_is_read_in_pages(world: World) -> None:
    """Ten entries a page, newest first, forth and back; who did it has a name when there is an account."""
    admin = world.admin()
    await world.person("Linus", 77).register()
    await write_down(world, 2 * PAGE + 1)
    await admin.send("/admin")
    rows = (await admin.press("Log")).text.splitlines()
    assert rows[1] == "23 May · Linus · something new <b>20"
    assert (len(rows), admin.labels) == (1 + PAGE, ["Older ›", "‹ Admin"])
    rows = (await admin.press("Older")).text.splitlines()
    assert (rows[1][-5:], rows[PAGE][-4:], admin.labels) == ("<b>10", "<b>1", ["‹ Newer", "Older ›", "‹ Admin"])
    assert len((await admin.press("Older")).text.splitlines()) == 2
    assert admin.labels == ["‹ Newer", "‹ Admin"]
    rows = (await admin.press("‹ Newer")).text.splitlines()
    assert (rows[1][-5:], admin.labels) == ("<b>10", ["‹ Newer", "Older ›", "‹ Admin"])
    assert (await admin.press("‹ Newer")).text.splitlines()[1][-5:] == "<b>20"
    assert admin.labels == ["Older ›", "‹ Admin"]


async def test_an_admin_without_an_account_has_a_number(world: World) -> None:
    """The Telegram id stands where there is no name, and 'you' where it was oneself."""
    admin = world.admin()
    await write_down(world, 1)
    await world.teacher("Olga")
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("olga@example.org")
    await admin.press("‹ Admin")
    rows = (await admin.press("Log")).text.splitlines()
    assert rows[1:] == ["3 May · you · looked up olga@example.org", "3 May · 77 · something new <b>0"]
    assert await deeds(world) == [("something new", "<b>0"), ("look up", "olga@example.org")]


async def test_the_longest_entries_fit_into_a_message(world: World) -> None:
    """Long subjects and reasons are cut in the list, and kept whole in the database."""
    admin, long = world.admin(), "😀" * 254
    await write_down(world, PAGE, action="block", subject=long, detail="\n".join(long))
    await admin.send("/admin")
    said = await admin.press("Log")
    assert said.text.splitlines()[1] == f"12 May · 77 · blocked {'😀' * 59}…: {'😀 ' * 29}😀…"
    assert (await world.rows(AuditEntry))[0].subject == long
