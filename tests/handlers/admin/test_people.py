"""People, found by an admin."""

import base64

import pytest

from db.models import User
from handlers.admin import people
from tests.chat import Person, World, open_world
from tests.factories import make_course, make_student, meet_author
from tests.handlers.admin.facts import deeds

KEY = base64.b64encode(bytes(range(32))).decode()


async def search(admin: Person, words: str) -> list[str]:
    """Returns the lines of what an admin finds."""
    await admin.send("/admin")
    await admin.press("Find a person")
    return (await admin.send(words)).text.splitlines()


async def test_a_person_is_found_by_their_address(world: World) -> None:
    """It may be typed in any case, leads to the person's page at once, and is written down."""
    admin, ada = world.admin(), world.person("Ada <b>")
    await ada.register(email="ada@example.org")
    await admin.send("/admin")
    asked = "Find a person\nWho? Send an email address, or a part of a name."
    assert (await admin.press("Find a person")).text == asked
    found = await admin.send("ADA@example.org")
    assert found.text == "Ada <b>\nada@example.org\nStudent\nHere since 3 May\n1 chat is signed in"
    assert admin.labels == [
        "Promote to instructor",
        "Block",
        "Sign out everywhere",
        "Release the address",
        "Find another",
        "‹ Admin",
    ]
    assert await deeds(world) == [("look up", "ada@example.org")]


@pytest.mark.parametrize("data_key", ["", KEY])
async def test_people_are_found_by_parts_of_their_names(database_url: str, data_key: str) -> None:
    """Case and accents do not matter, words may be in any order, and encryption hides nobody from an admin."""
    async with open_world(database_url, data_key=data_key) as world:
        admin = world.admin()
        addresses = {"Zoë Ångström": "z@example.org", "Jón Møller": "jon@example.org", "Ada": "a@moll.org"}
        for name, email in addresses.items():
            await world.person(name).register(email=email)
        assert await search(admin, "angstrom ZOE") == ["People · “angstrom ZOE”", "1. Zoë Ångström · z@example.org"]
        assert (await search(admin, "moll"))[1:] == ["1. Ada · a@moll.org", "2. Jón Møller · jon@example.org"]
        assert (await admin.press("2")).text.startswith("Jón Møller\njon@example.org\nStudent")
        assert (await search(admin, "moll zoe"))[1:] == ["Nobody here has that in their name or address."]
        assert await deeds(world) == [
            ("search", "angstrom ZOE"),
            ("search", "moll"),
            ("look up", "jon@example.org"),
            ("search", "moll zoe"),
        ]


async def test_a_search_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer looks at one batch and says how far it came; nobody is left out or shown twice, either way."""
    monkeypatch.setattr(people, "BATCH", 4)
    monkeypatch.setattr(people, "PAGE", 2)
    admin = world.admin()
    for number in range(11):
        await make_student(world, f"{'Ann' if number in {1, 2, 3, 9} else 'Bob'}{number}")
        world.clock.advance(days=1)
    rows = await search(admin, "ann")
    assert rows[1:] == [
        "1. Ann9 · ann9@example.org",
        "Searched back to those who came on 10 May; there are older ones.",
    ]
    assert admin.labels == ["1", "Older ›", "Find another", "‹ Admin"]
    assert (await admin.press("Older")).text.splitlines()[1:] == [
        "1. Ann3 · ann3@example.org",
        "Searched back to those who came on 6 May; there are older ones.",
    ]
    assert admin.labels == ["1", "‹ Newer", "Older ›", "Find another", "‹ Admin"]
    assert (await admin.press("Older")).text.splitlines()[1:] == [
        "1. Ann2 · ann2@example.org",
        "2. Ann1 · ann1@example.org",
    ]
    assert (await admin.press("Older")).text.splitlines()[1:] == ["Nobody else."]
    assert admin.labels == ["‹ Newer", "Find another", "‹ Admin"]
    assert (await admin.press("‹ Newer")).text.splitlines()[1:] == [
        "1. Ann2 · ann2@example.org",
        "2. Ann1 · ann1@example.org",
    ]
    assert (await admin.press("‹ Newer")).text.splitlines()[1:] == [
        "1. Ann3 · ann3@example.org",
        "Searched up to those who came on 9 May; there are newer ones.",
    ]
    assert (await admin.press("‹ Newer")).text.splitlines()[1:] == ["1. Ann9 · ann9@example.org"]
    assert admin.labels == ["1", "Older ›", "Find another", "‹ Admin"]


async def test_the_longest_search_is_cut_for_its_buttons(world: World) -> None:
    """An address that nobody has may be longer than a button carries: its beginning is looked for."""
    admin = world.admin()
    rows = await search(admin, f"{'é' * 30}@example.org")
    assert rows[0] == f"People · “{'é' * 18}”"


async def test_someone_who_is_no_admin_any_more_finds_nobody(world: World, database_url: str) -> None:
    """A search that was open when ADMIN_IDS changed tells nothing: not even whether an address is known."""
    admin = world.admin()
    await world.teacher("Olga")
    await admin.send("/admin")
    await admin.press("Find a person")
    async with open_world(database_url, miniature=world.miniature, clock=world.clock, admin_ids="") as later:
        world.miniature.say(admin.id, "olga@example.org")
        world.miniature.say(admin.id, "nobody@example.org")
        await later.settle()
    assert [text for text in admin.said if "Olga" in text or "Nobody" in text] == []
    assert admin.last.text.startswith("Only admins can do that.")


async def test_who_has_gone_is_not_found(database_url: str) -> None:
    """Of an archived course's instructor an empty row stays, which is nobody, whatever is searched for."""
    async with open_world(database_url, data_key=KEY) as world:
        ivan = await meet_author(world)
        await make_course(world)
        await ivan.send("/deleteme")
        for button in ("Archive", "Yes, archive", "Go on", "Delete it"):
            await ivan.press(button)
        await ivan.send("ivan@teachers.example.org")
        assert await world.count(User) == 1
        # Without its accent, this is a word that everybody has.
        found = await search(world.admin(), "\u0301")
        assert found[1:] == ["Nobody here has that in their name or address."]
