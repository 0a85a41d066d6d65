"""Ovens: a bot whose /bake fails until it is mended, and leaves a mark of each time it did not; and its admin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from db.models import AuditEntry, ShelvedUpdate
from db.repositories import Repositories
from handlers import ROUTERS
from handlers.kit.reply import Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import _
from tests.chat import Person, World, open_world


class Oven:
    """What /bake runs into."""

    def __init__(self, error: BaseException | None = None) -> None:
        """Is broken with this error, if any."""
        self.error = error

    async def bake(self, request: Request, repos: Repositories) -> Reply:
        """Bakes, and writes it down; no unique key would hide a second time."""
        repos.audit.add(telegram_id=request.telegram_id, action="baked", subject=request.args, now=request.now)
        if self.error is not None:
            raise self.error
        return screen(_("Baked: {what}").format(what=request.args))

    @asynccontextmanager
    async def open_world(self, database_url: str, **details: Any) -> AsyncIterator[World]:
        """Yields a world whose bot has this oven."""
        router = Router()
        router.command("bake", _("Bake"))(self.bake)
        async with open_world(database_url, routers=(*ROUTERS, router), **details) as world:
            yield world


async def baked(world: World) -> list[str]:
    """Returns what was baked so far."""
    return [entry.subject for entry in await world.rows(AuditEntry, AuditEntry.action == "baked")]


async def look(world: World) -> None:
    """Lets the clock tick once; returns when all is answered."""
    await world.application.retries.look()
    await world.settle()


async def ask(admin: Person, number: int = 1) -> None:
    """Has an entry of the list's first page tried again."""
    await admin.send("/admin")
    await admin.press("Shelf")
    await admin.press(str(number))
    await admin.press("Try again")


async def numbers(world: World) -> list[int]:
    """Returns the numbers on the shelf."""
    return [entry.id for entry in await world.rows(ShelvedUpdate)]
