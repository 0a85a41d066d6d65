"""The menus beside the text box."""

import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commands import introduce
from bot.playground.errors import ApiError
from bot.playground.menus import COMMANDS_LIMIT
from handlers import ROUTERS
from handlers.kit.text import Catalogs
from handlers.policies import Action
from handlers.talk import Talk
from tests.chat import ADMIN_ID, PASSWORD, Person, World
from tests.german import write_catalog

pytestmark = pytest.mark.same_on_each("about the menus that Telegram is told")

COMMANDS = Talk(ROUTERS).commands
AUTHORS = {name for name, command in COMMANDS.items() if command.action in {Action.AUTHOR, Action.DESK}}
ADMINS = {name for name, command in COMMANDS.items() if command.action in {Action.ADMINISTER, Action.DESK}}
EVERYBODYS = set(COMMANDS) - AUTHORS - ADMINS


async def start(world: World, catalogs: Catalogs | None = None) -> None:
    """Does what each start of the bot does."""
    application = world.application
    names = catalogs or application.catalogs
    await introduce(application.api, application.menus, names, application.database, world.clock())


def menu(world: World, person_id: int) -> set[str]:
    return {command["command"] for command in world.miniature.world.menus.shown(person_id, "en")}


async def test_everyone_has_a_menu_and_admins_have_more(world: World) -> None:
    """Telegram takes each menu as it is; what is not a student's is offered to no student."""
    ada, grace = world.person("Ada"), world.admin()
    await ada.send("/start")
    await grace.send("/start")
    await start(world)
    assert menu(world, grace.id) == EVERYBODYS | ADMINS
    assert menu(world, ada.id) == EVERYBODYS
    assert {"newcourse", "admin"}.isdisjoint(EVERYBODYS)
    assert all(call.error is None for call in world.miniature.calls if call.method == "setMyCommands")


async def test_a_start_makes_few_calls(world: World) -> None:
    """Three for the language, one for the admin who was here; instructors and students cost none."""
    for person in (world.admin(), world.person("Ada")):
        await person.send("/start")
    await world.teacher("Olga")
    before = len(world.miniature.calls)
    await start(world)
    assert [call.method for call in world.miniature.calls[before:]] == [
        "setMyCommands",
        "setMyDescription",
        "setMyShortDescription",
        "setMyCommands",
    ]


async def test_an_admin_has_the_menu_from_the_first_word_on(world: World) -> None:
    """Who becomes an admin need not wait for the next start of the bot."""
    await start(world)
    grace = world.admin()
    assert menu(world, grace.id) == EVERYBODYS
    await grace.send("/start")
    assert menu(world, grace.id) == EVERYBODYS | ADMINS


async def test_an_instructor_has_a_menu_as_long_as_they_teach(world: World) -> None:
    """It comes with the promotion, goes with the demotion, and is there again after both once the bot starts."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register("Instructor")
    await admin.send("/admin")
    await admin.press("Requests")
    assert menu(world, ada.id) == set()
    await start(world)
    assert menu(world, ada.id) == EVERYBODYS
    await admin.press("Approve 1")
    assert menu(world, ada.id) == EVERYBODYS | AUTHORS
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("ada@example.org")
    await admin.press("Demote")
    assert menu(world, ada.id) == EVERYBODYS
    await admin.press("Promote")
    assert menu(world, ada.id) == EVERYBODYS | AUTHORS


async def test_a_menu_comes_and_goes_with_the_instructor(world: World) -> None:
    """Signing in brings it to a chat, signing out takes it away; an admin who teaches has both."""
    await start(world)
    ivan = await world.instructor()
    assert menu(world, ivan.id) == EVERYBODYS | AUTHORS
    await ivan.send("/logout")
    assert menu(world, ivan.id) == EVERYBODYS
    grace = world.admin()
    await grace.send("/login ivan@example.org")
    await grace.send("correct horse")
    assert menu(world, grace.id) == set(COMMANDS)
    await start(world)
    assert menu(world, grace.id) == set(COMMANDS)


async def leave_by_password(olga: Person, _admin: Person) -> None:
    await olga.send("/password")
    await olga.send("battery staple")


async def leave_by_list(olga: Person, _admin: Person) -> None:
    await olga.send("/sessions")
    await olga.press("End 2")


async def leave_by_admin(_olga: Person, admin: Person) -> None:
    await admin.send("/admin")
    await admin.press("Find a person")
    await admin.send("olga@example.org")
    await admin.press("Sign out everywhere")
    await admin.press("Yes, sign out")


async def leave_by_farewell(olga: Person, _admin: Person) -> None:
    await olga.send("/deleteme")
    await olga.press("Delete it")
    await olga.send("olga@example.org")


@pytest.mark.parametrize("leave", [leave_by_password, leave_by_list, leave_by_admin, leave_by_farewell])
async def test_a_menu_goes_with_a_sign_in_that_ends_elsewhere(
    world: World, leave: Callable[[Person, Person], Awaitable[None]]
) -> None:
    """Whoever is signed out, and by whomever, is offered no instructor's commands any more."""
    await start(world)
    olga, tablet, admin = await world.teacher("Olga"), world.person("Tablet"), world.admin()
    await tablet.send("/login olga@example.org")
    await tablet.send(PASSWORD)
    assert menu(world, tablet.id) == EVERYBODYS | AUTHORS
    await leave(olga, admin)
    assert "You need an account" in (await tablet.send("/newcourse")).text
    assert menu(world, tablet.id) == EVERYBODYS


async def test_menus_and_descriptions_speak_each_language(world: World, tmp_path: Path) -> None:
    """A language with a catalog has its own, and whoever speaks another one reads English."""
    write_catalog(tmp_path, "de", **{"Hello {name}!": "Hallo {name}!"})
    write_catalog(tmp_path, "pt_BR")
    await start(world, Catalogs(ZoneInfo("UTC"), tmp_path))
    calls = [call for call in world.miniature.calls if call.method.startswith("setMy")]
    assert [call.params.get("language_code") for call in calls] == [None] * 3 + ["de"] * 3 + ["pt"] * 3
    assert all(call.error is None for call in calls)


async def test_an_admin_who_blocked_the_bot_is_passed_over(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Where Telegram refuses a menu the others are set all the same, and nobody is alarmed."""
    ada, grace = world.person("Ada"), world.admin()
    await grace.send("/start")
    world.miniature.faults = lambda _method, params: (
        ApiError(400, "Bad Request: chat not found") if "chat" in str(params.get("scope")) else None
    )
    await start(world)
    world.miniature.faults = None
    assert menu(world, ada.id) == EVERYBODYS
    assert grace.id == ADMIN_ID
    assert all(record.levelno < logging.WARNING for record in caplog.records)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_fits_into_a_menu(name: str, world: World) -> None:
    """Names and descriptions are what Telegram allows (Bot API, BotCommand), in the English of the code."""
    english = world.application.catalogs.translator("en")
    description = COMMANDS[name].description.render(english).unescape()
    assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
    assert 1 <= len(description) <= 256


def test_there_is_room_for_all_commands() -> None:
    """A menu has 100 commands at most (Bot API, setMyCommands)."""
    assert len(COMMANDS) <= COMMANDS_LIMIT == 100
