"""What admins did, as they read it."""

import datetime as dt

from tests.chat import World


async def test_the_log_shows_what_was_decided(world: World) -> None:
    """The last fifteen entries, newest first, each with its day and its admin."""
    admin = world.admin()
    await admin.send("/admin")
    assert "Nothing has been decided yet." in (await admin.press("What was decided")).text
    async with world.application.database.transaction() as repos:
        for number in range(20):
            at = world.clock() + dt.timedelta(days=number)
            repos.audit.add(telegram_id=77, action="something new", subject=f"<b>{number}", now=at)
    await admin.press("‹ Admin")
    await admin.press("Find a person")
    await world.teacher("Olga")
    await admin.send("olga@example.org")
    await admin.press("‹ Admin")
    rows = (await admin.press("What was decided")).text.splitlines()
    assert rows[1:3] == ["3 May · you · looked up olga@example.org", "22 May · 77 · something new <b>19"]
    assert len(rows) == 1 + 15
