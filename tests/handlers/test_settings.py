"""Settings: language and time zone, on one screen."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.playground.history import ChatMessage
from db.models import ChatSession
from handlers.kit.text import Catalogs
from tests.chat import Person, World, open_world
from tests.factories import enroll, make_course, make_student
from tests.german import write_catalog


async def zone_of(world: World, person: Person) -> str | None:
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == person.id)
    zone: str | None = session.zone
    return zone


@pytest.fixture
async def bilingual(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Yields a world whose bot speaks German, too."""
    write_catalog(tmp_path, "de")
    monkeypatch.setattr("bot.app.Catalogs", partial(Catalogs, folder=tmp_path))
    async with open_world(database_url) as world:
        yield world


async def test_the_screen_says_how_things_are(world: World) -> None:
    """Language, time and account stand on one screen, with what each person can change."""
    stranger, ada = world.person("Eve"), await make_student(world)
    said = await stranger.send("/settings")
    assert said.text == "Settings\nLanguage: English\nTime: 09:00 in UTC\nYou are not signed in."
    assert stranger.labels == ["Time zone", "Create an account", "Log in", "Privacy", "My data", "Delete"]
    assert (await ada.send("/settings")).text.endswith("Account: Ada, ada@example.org")
    assert ada.labels[1:4] == ["Name", "Email", "Password"]


@pytest.mark.parametrize(
    ("telegrams", "shown"),
    [("de", "Deutsch"), ("de-AT", "Deutsch"), ("fr", "English"), ("xx", "English"), (None, "English")],
)
async def test_the_language_is_the_one_that_is_spoken(bilingual: World, telegrams: str | None, shown: str) -> None:
    """Not the one of the person's Telegram, where the bot does not speak that."""
    ada = bilingual.person("Ada", language_code=telegrams)
    assert f"Language: {shown}" in (await ada.send("/settings")).text


async def speaks(person: Person) -> str:
    """Returns what the button for help is called."""
    await person.send("hello")
    return person.labels[-1]


async def test_the_chosen_language_wins(bilingual: World) -> None:
    """It stays whatever the person's Telegram speaks, until they follow Telegram again."""
    ada = bilingual.person("Ada", language_code="en")
    await ada.send("/settings")
    assert (await ada.press("Language")).text == "Which language shall I speak?"
    assert ada.labels == ["Deutsch", "English", "As in my Telegram", "‹ Settings"]
    assert "Language: Deutsch" in (await ada.press("Deutsch")).text
    assert [await speaks(ada), await speaks(ada)] == ["Hilfe <3", "Hilfe <3"]
    await ada.send("/settings")
    await ada.press("Language")
    assert "Language: English" in (await ada.press("As in my Telegram")).text
    assert await speaks(ada) == "Help"


async def test_a_language_that_nobody_speaks_is_refused(bilingual: World) -> None:
    """A forged language changes nothing."""
    ada = bilingual.person("Ada")
    said = await ada.send("/settings")
    assert "do not speak that language" in (await ada.forge(said.id, "lg:tlh")).text
    assert [session.keeps_language for session in await bilingual.rows(ChatSession)] == [False]


async def begin(person: Person) -> ChatMessage:
    await person.send("/settings")
    return await person.press("Time zone")


async def test_a_clock_that_is_right_is_taken(world: World) -> None:
    """One Yes, and the zone is the person's own, when it is a city's or was chosen."""
    ada = world.person("Ada")
    async with world.application.database.transaction() as repos:
        (await repos.sessions.open(ada.id, 0, world.clock())).session.zone = "UTC"
    assert (await begin(ada)).text == "Is it 09:00 for you?"
    assert "those of UTC now" in (await ada.press("Yes")).text
    assert await zone_of(world, ada) == "UTC"


async def test_a_city_that_the_house_is_in_is_taken(database_url: str) -> None:
    """Who never chose has the zone of the settings, and it is theirs with one Yes."""
    async with open_world(database_url, default_timezone="Europe/Berlin") as world:
        ada = world.person("Ada")
        assert (await begin(ada)).text == "Is it 11:00 for you?"
        assert "those of Berlin now" in (await ada.press("Yes")).text
        assert await zone_of(world, ada) == "Europe/Berlin"


async def test_a_clock_that_is_nobodys_leads_to_cities(world: World) -> None:
    """UTC is no place: who says Yes to its time says also where that is, for there may be a summer."""
    ada = world.person("Ada")
    await begin(ada)
    assert (await ada.press("Yes")).text == "It is 09:00 in these cities. Which one is nearest to you?"
    assert await zone_of(world, ada) is None
    assert "Time: 09:00 in Abidjan" in (await ada.press("Abidjan")).text


async def test_a_clock_then_a_city_make_a_zone(world: World) -> None:
    """Who says No taps what their clock shows, and then a city; all on the one screen."""
    ada = world.person("Ada")
    screen_id = (await begin(ada)).id
    assert (await ada.press("No")).text == "What does your clock show?"
    assert "09:00" in ada.labels
    assert ada.labels[6] == "09:00"
    while "14:45" not in ada.labels:
        await ada.press("Later ›")
    said = await ada.press("14:45")
    assert said.text == "It is 14:45 in these cities. Which one is nearest to you?"
    said = await ada.press("Kathmandu")
    assert "Time: 14:45 in Kathmandu" in said.text
    assert said.id == screen_id
    assert await zone_of(world, ada) == "Asia/Kathmandu"


async def test_clocks_end_where_the_world_does(world: World) -> None:
    """Turned as far as it goes, the list stops at the first and at the last clock, and no button leads beyond."""
    ada = world.person("Ada")
    await begin(ada)
    await ada.press("No")
    while "‹ Earlier" in ada.labels:
        await ada.press("‹ Earlier")
    assert ada.labels[0] == "Sat 22:00"
    said = ada.last
    while "Later ›" in ada.labels:
        await ada.press("Later ›")
    assert "23:00" in ada.labels
    for data in ("tzc:99", "tzc:-99"):
        assert "What does your clock show?" in (await ada.forge(said.id, data)).text


async def test_clocks_of_another_day_say_so(world: World) -> None:
    """Late in the evening, half of the world has tomorrow."""
    world.clock.advance(hours=13)
    ada = world.person("Ada")
    await begin(ada)
    await ada.press("No")
    await ada.press("Later ›")
    assert "Mon 07:00" in ada.labels


@pytest.mark.parametrize(("typed", "zone"), [("berlin", "Europe/Berlin"), ("Asia/Tokyo", "Asia/Tokyo")])
async def test_a_city_may_be_typed(world: World, typed: str, zone: str) -> None:
    """A city or an IANA name will do."""
    ada = world.person("Ada")
    await begin(ada)
    await ada.press("Type my city")
    assert "Thank you." in (await ada.send(typed)).text
    assert await zone_of(world, ada) == zone


async def test_an_unknown_city_is_asked_again_and_several_are_offered(world: World) -> None:
    """What is unknown gets an example, what is not clear gets buttons, and a button ends the question."""
    ada = world.person("Ada")
    await begin(ada)
    await ada.press("Type my city")
    assert "I do not know that city" in (await ada.send("Atlantis")).text
    assert (await ada.send("Germany")).text == "There are several. Which one is yours?"
    assert "Time: 11:00 in Berlin" in (await ada.press("Berlin")).text
    [session] = await world.rows(ChatSession)
    assert (session.zone, session.dialog) == ("Europe/Berlin", None)


@pytest.mark.parametrize("data", ["tzs:Mars/Olympus", "tzs:../../etc/passwd", "tzs:", "tzm:17:1"])
async def test_a_forged_zone_is_refused(world: World, data: str) -> None:
    """What is no zone, or no clock's time, is answered with the way to a real one."""
    ada = world.person("Ada")
    said = await ada.send("/settings")
    assert "choose once more" in (await ada.forge(said.id, data)).text
    assert await zone_of(world, ada) is None


async def test_dates_are_those_of_the_readers_zone(world: World) -> None:
    """Late in the evening in London it is tomorrow in Auckland, for who lives there, signed in or not."""
    world.clock.advance(hours=13)
    course = await make_course(world, lessons=("One",))
    ada = await make_student(world)
    await enroll(world, ada, course)
    await ada.send("/lesson")
    await ada.send("/done")
    assert "3 May" in (await ada.send("/progress")).text
    await begin(ada)
    await ada.press("Type my city")
    await ada.send("Auckland")
    assert "4 May" in (await ada.send("/progress")).text
    await ada.send("/logout")
    assert "Time: Mon 10:00 in Auckland" not in (await ada.send("/settings")).text
    assert "Time: 10:00 in Auckland" in ada.last.text


async def test_a_zone_that_is_no_more_is_the_usual_one(world: World) -> None:
    """Zones change like borders: who lives in one that is gone reads the usual times."""
    ada = world.person("Ada")
    await ada.send("/start")
    async with world.application.database.transaction() as repos:
        (await repos.sessions.open(ada.id, 0, world.clock())).session.zone = "Europe/Atlantis"
    assert "Time: 09:00 in UTC" in (await ada.send("/settings")).text
