"""The menus beside the text box."""

import logging
import re

import pytest

from bot.commands import register_commands
from bot.playground.errors import ApiError
from bot.playground.menus import COMMANDS_LIMIT
from handlers import ROUTERS
from handlers.policies import Action
from handlers.talk import Talk
from tests.chat import World

COMMANDS = Talk(ROUTERS).commands


async def register(world: World, *admin_ids: int) -> None:
    application = world.application
    await register_commands(application.api, application.talk, application.catalogs, frozenset(admin_ids))


def menu(world: World, person_id: int) -> list[str]:
    return [command["command"] for command in world.miniature.world.menus.shown(person_id, "en")]


async def test_everyone_has_a_menu_and_admins_have_more(world: World) -> None:
    """Telegram takes each menu as it is; the admin's commands are offered to nobody else."""
    ada, grace = world.person("Ada"), world.admin()
    await ada.send("/start")
    await grace.send("/start")
    await register(world, grace.id)
    hidden = {name for name, command in COMMANDS.items() if command.action is Action.ADMINISTER}
    assert set(menu(world, grace.id)) == set(COMMANDS)
    assert set(menu(world, ada.id)) == set(COMMANDS) - hidden
    assert all(call.error is None for call in world.miniature.calls if call.method == "setMyCommands")


async def test_an_admin_who_never_wrote_is_passed_over(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Where Telegram refuses a menu the others are set all the same, and nobody is alarmed."""
    ada = world.person("Ada")
    world.miniature.faults = lambda _method, params: (
        ApiError(400, "Bad Request: chat not found") if "chat" in str(params.get("scope")) else None
    )
    await register(world, 1, 2)
    world.miniature.faults = None
    assert "start" in menu(world, ada.id)
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
