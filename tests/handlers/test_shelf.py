"""The shelf in the admins' menu: seen, tried again, dropped."""

import pytest

from db.models import AuditEntry, ShelvedUpdate
from handlers.admin_presses import DecideShelved, ListShelf, ShowShelved
from handlers.kit.utf16 import utf16_length
from handlers.shelf import MAX_TRACE, tail
from tests.chat import ADMIN_ID, Person, World, open_world
from tests.factories import shelve

OTHER = "ValueError in desk.py:show_desk"


async def deeds(world: World) -> list[tuple[str, str]]:
    """Returns the audit log."""
    return [(entry.action, entry.subject) for entry in await world.rows(AuditEntry)]


async def asked_for(world: World) -> list[int]:
    """Returns the numbers of the entries that the next tick tries again."""
    return [entry.id for entry in await world.rows(ShelvedUpdate, ShelvedUpdate.retried_at.is_not(None))]


async def numbers(world: World) -> list[int]:
    """Returns the numbers of all entries."""
    return [entry.id for entry in await world.rows(ShelvedUpdate)]


async def at_the_shelf(world: World) -> Person:
    """Returns an admin who has just opened the shelf."""
    admin = world.admin()
    await admin.send("/admin")
    await admin.press("Shelf")
    return admin


async def test_the_menu_counts_what_lies_on_the_shelf(world: World) -> None:
    """The button is there when something is; an old one finds the shelf empty, and says so kindly."""
    admin, ada = world.admin(), world.person("Ada")
    said = await admin.send("/admin")
    assert admin.labels == ["Find a person", "All courses", "Growth", "Broadcasts", "Log"]
    assert (await admin.forge(said.id, ListShelf().pack())).text == "The shelf is empty: everything could be handled."
    await shelve(world, ada)
    await shelve(world, ada)
    await admin.send("/admin")
    assert admin.labels == ["Shelf · 2", "Find a person", "All courses", "Growth", "Broadcasts", "Log"]


async def test_the_list_shows_the_newest_first(world: World) -> None:
    """Each row has number, time and trouble, and each number is a button; what is about to be tried says so."""
    ada = world.person("Ada")
    first = await shelve(world, ada)
    world.clock.advance(days=1, hours=5)
    second = await shelve(world, ada, trouble="")
    admin = await at_the_shelf(world)
    assert admin.last.text == (
        f"Shelf · 2\n{second} · 4 May, 14:00 · unknown\n{first} · 3 May, 09:00 · KeyError in progress.py:show_progress"
    )
    assert admin.labels == [str(second), str(first), "‹ Admin"]
    await admin.press(str(first))
    await admin.press("Try again")
    assert (await admin.press("‹ Shelf")).text.endswith("show_progress · being tried again")


async def test_the_list_turns_page_by_page(world: World) -> None:
    """Pages go on from the last number seen, whatever was dropped meanwhile; a page that is gone is the first one."""
    ada = world.person("Ada")
    entries = [await shelve(world, ada) for _ in range(12)]
    admin = await at_the_shelf(world)
    assert admin.labels == [*(str(number) for number in entries[:6:-1]), "1 / 3", "›", "‹ Admin"]
    async with world.application.database.transaction() as repos:
        await repos.shelf.clear(entries[-1])
    await admin.press("›")
    assert admin.labels == [*(str(number) for number in entries[6:1:-1]), "‹", "2 / 3", "›", "‹ Admin"]
    await admin.press("›")
    assert admin.labels == [str(entries[1]), str(entries[0]), "‹", "3 / 3", "‹ Admin"]
    await admin.press("‹")
    assert admin.labels[:2] == [str(entries[6]), str(entries[5])]
    async with world.application.database.transaction() as repos:
        for number in entries[:2]:
            await repos.shelf.clear(number)
    await admin.press("›")
    assert admin.labels == [*(str(number) for number in entries[10:5:-1]), "1 / 2", "›", "‹ Admin"]


async def test_an_entry_says_what_failed_and_not_what_was_written(world: World) -> None:
    """Number, kind, trouble, time, account, what failed alike, what can be done; of the person's words, none."""
    ada = world.person("Ada")
    entry_id = await shelve(world, ada, "My diary", traceback='File "handlers/progress.py"\nKeyError: 7\n')
    await shelve(world, ada)
    await shelve(world, ada, trouble=OTHER)
    admin = await at_the_shelf(world)
    said = await admin.press(str(entry_id))
    assert said.text == (
        f"Number {entry_id} · a message\nKeyError in progress.py:show_progress\n3 May, 09:00\n"
        f"Telegram id {ada.id}\n1 other failed in the same way.\nTried again, it is handled as if it came now.\n\n"
        'File "handlers/progress.py"\nKeyError: 7'
    )
    assert admin.labels == ["Try again", "Drop", "Try all 2 again", "Drop all 2", "‹ Shelf"]


async def test_what_held_a_secret_can_only_be_dropped(world: World) -> None:
    """Its words were never kept: there is no button to try it again, and a forged one asks for nothing."""
    entry_id = await shelve(world, world.person("Ada"), None)
    admin = await at_the_shelf(world)
    said = await admin.press(str(entry_id))
    assert "Number 1 · a message with a secret" in said.text
    assert "It may have held a password, so it was not kept, and cannot be tried again." in said.text
    assert admin.labels == ["Drop", "‹ Shelf"]
    await admin.forge(said.id, DecideShelved(entry_id, 1).pack())
    assert (await asked_for(world), await deeds(world)) == ([], [])


@pytest.mark.parametrize(
    "trace",
    [
        'ValueError: </pre><b>&amp;"bold"</b> & <script>',
        "😀" * 5000,
        "<&>\"'" * 2000,
        "a\u0301👩‍👩‍👧" * 1000,
        "x" * MAX_TRACE,
        "x" * (MAX_TRACE + 1),
        "é" * MAX_TRACE + "😀",
        "line\n" * 3000,
        " \n ",
        "",
    ],
)
async def test_any_traceback_is_shown_to_its_end(world: World, trace: str) -> None:
    """Whatever stands in it breaks nothing, fits into a message, and is cut at its beginning."""
    entry_id = await shelve(world, world.person("Ada"), trouble="😀" * 32, traceback=trace)
    await shelve(world, world.person("Bob"), trouble="😀" * 32)
    admin = await at_the_shelf(world)
    said = await admin.press(str(entry_id))
    assert said.text.startswith(f"Number {entry_id} · a message\n{'😀' * 32}")
    assert said.text.endswith(trace.strip()[-100:])
    assert said.text.endswith(trace.strip()) == (utf16_length(trace.strip()) <= MAX_TRACE)


@pytest.mark.parametrize(("text", "limit", "end"), [("abc", 3, "abc"), ("abcd", 3, "…cd"), ("😀😀😀", 4, "…😀")])
def test_a_tail_is_cut_between_characters(text: str, limit: int, end: str) -> None:
    """A character of two units is shown whole or not at all."""
    assert tail(text, limit) == end


async def test_dropping_asks_first(world: World) -> None:
    """Keep leads back to the entry; a second Drop means it, and the log remembers."""
    ada = world.person("Ada")
    entry_id, other = await shelve(world, ada), await shelve(world, ada)
    admin = await at_the_shelf(world)
    await admin.press(str(entry_id))
    assert (
        await admin.press("Drop")
    ).text == f"Drop number {entry_id}? It cannot be tried again then, and nobody is told."
    assert (await admin.press("Keep")).text.startswith(f"Number {entry_id} · a message")
    assert (await numbers(world), await deeds(world)) == ([entry_id, other], [])
    await admin.press("Drop")
    assert (await admin.press("Yes, drop")).text == f"Number {entry_id} is dropped."
    assert (await numbers(world), await deeds(world)) == ([other], [("drop", str(entry_id))])
    await admin.send("/admin")
    assert "3 May · you · dropped number 1" in (await admin.press("Log")).text


async def test_all_that_was_seen_is_dropped_and_nothing_else(world: World) -> None:
    """What failed in the same way after the question was asked stays, and so does other trouble."""
    ada = world.person("Ada")
    seen = [await shelve(world, ada) for _ in range(3)]
    other = await shelve(world, ada, trouble=OTHER)
    admin = await at_the_shelf(world)
    await admin.press(str(seen[0]))
    question = await admin.press("Drop all 3")
    assert question.text.startswith("Drop all 3 that failed as KeyError in progress.py:show_progress?")
    unseen = await shelve(world, ada)
    assert (await admin.press("Yes, drop")).text == "3 entries are dropped."
    assert await numbers(world) == [other, unseen]
    assert await deeds(world) == [("drop all", "KeyError in progress.py:show_progress")]


async def test_all_that_was_seen_is_tried_again(world: World) -> None:
    """But for what held a secret, and what failed after the button was shown."""
    ada = world.person("Ada")
    first, secret, third = await shelve(world, ada), await shelve(world, ada, None), await shelve(world, ada)
    await shelve(world, ada, trouble=OTHER)
    admin = await at_the_shelf(world)
    await admin.press(str(secret))
    assert admin.labels == ["Drop", "Try all 2 again", "Drop all 3", "‹ Shelf"]
    await shelve(world, ada)
    await admin.press("Try all 2 again")
    assert await asked_for(world) == [first, third]
    assert admin.labels == ["Drop", "Try all 1 again", "Drop all 4", "‹ Shelf"]
    assert await deeds(world) == [("retry all", "KeyError in progress.py:show_progress")]


async def test_two_admins_ask_for_one_try(database_url: str) -> None:
    """The second one sees that it was asked for, and the log has one deed."""
    async with open_world(database_url, admin_ids=f"{ADMIN_ID},9003") as world:
        grace, linus = world.admin(), world.person("Linus", 9003)
        entry_id = await shelve(world, world.person("Ada"))
        for admin in (grace, linus):
            said = await admin.send("/start")
            await admin.forge(said.id, ShowShelved(entry_id).pack())
        await grace.press("Try again")
        asked_at = (await world.rows(ShelvedUpdate))[0].retried_at
        world.clock.advance(seconds=5)
        assert "It is tried again within seconds." in (await linus.press("Try again")).text
        assert "Try again" not in linus.labels
        assert (await world.rows(ShelvedUpdate))[0].retried_at == asked_at
        assert await deeds(world) == [("retry", str(entry_id))]


@pytest.mark.parametrize(
    "press",
    [
        ShowShelved(1),
        DecideShelved(1, 1),
        DecideShelved(1, 1, 9),
        DecideShelved(1, 0),
        DecideShelved(1, 0, None, 1),
        DecideShelved(1, 0, 9, 1),
        ShowShelved(2**63 - 1),
        ShowShelved(-(2**63) + 1),
    ],
)
async def test_what_is_gone_is_gone(world: World, press: ShowShelved | DecideShelved) -> None:
    """The buttons of an entry that another admin has dropped say so, do nothing, and lead back."""
    admin, ada = world.admin(), world.person("Ada")
    gone, stays = await shelve(world, ada), await shelve(world, ada)
    async with world.application.database.transaction() as repos:
        assert await repos.shelf.clear(gone)
    said = await admin.send("/start")
    answer = await admin.forge(said.id, press.pack())
    assert answer.text == f"Number {press.entry_id} is not on the shelf any more."
    assert admin.labels == ["‹ Shelf"]
    assert (await numbers(world), await asked_for(world), await deeds(world)) == ([stays], [], [])


@pytest.mark.parametrize("data", ["she:", "she:x", "she:1:2", "shd:1", "shd:1:2:3:4:5", "shd:1:10::0", "sh:x::1"])
async def test_malformed_buttons_are_old_buttons(world: World, data: str) -> None:
    """What no button of ours carries changes nothing, and is answered."""
    admin = world.admin()
    entry_id = await shelve(world, world.person("Ada"))
    said = await admin.send("/start")
    await admin.forge(said.id, data)
    assert (await numbers(world), await asked_for(world), await deeds(world)) == ([entry_id], [], [])
