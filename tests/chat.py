"""A chat-like client: people who send, press and read, and the real application that answers them.

The application runs whole; only the Bot API's edge is the playground's miniature, which refuses what Telegram refuses.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import func, select

from bot.app import Application, build_application
from bot.playground.history import ChatMessage
from bot.playground.miniature import Miniature
from bot.playground.world import Toast
from bot.settings import Settings
from db.models import Base
from handlers import ROUTERS
from handlers.kit.router import Router
from tests.direct import DirectRequest

TOKEN = "42:TEST-TOKEN"
ADMIN_ID, APPOINTED_ID = 9001, 9002
PASSWORD = "correct horse"


class OwnSettings(Settings):
    """The settings that a test names, and the defaults: nothing of the machine's, which takes long to look through."""

    model_config = SettingsConfigDict(extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Returns where they come from."""
        return (init_settings,)


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        """Begins on a spring morning."""
        self.now = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        """Returns the moment it shows."""
        return self.now

    def advance(self, **by: float) -> None:
        """Moves on by a timedelta's arguments."""
        self.now += dt.timedelta(**by)


class Person:
    """Somebody in front of their phone."""

    def __init__(self, world: "World", telegram_id: int, name: str) -> None:
        """Has a Telegram account in this world."""
        self.world = world
        self.id = telegram_id
        self.name = name

    async def send(self, text: str, **details: Any) -> ChatMessage:
        """Sends a text; returns the bot's newest message when all is answered."""
        return await self._act(lambda miniature: miniature.say(self.id, text, **details))

    async def send_file(self, kind: str, data: bytes = b"data", **details: Any) -> ChatMessage:
        """Sends a photo, a document and so on."""
        return await self._act(lambda miniature: miniature.send_file(self.id, kind, data, **details))

    async def send_album(self, *items: Mapping[str, Any]) -> ChatMessage:
        """Sends several files as one album; each is a dict of `kind`, `data` and what else describes it."""
        return await self._act(lambda miniature: miniature.send_album(self.id, items))

    async def press(self, label: str) -> ChatMessage:
        """Presses the newest button that has this label, or begins with it; returns the bot's newest message."""
        message, data = self.find_button(label)
        return await self._act(lambda miniature: miniature.press(self.id, message.id, data))

    async def forge(self, message_id: int, data: str) -> ChatMessage:
        """Sends callback data that no button has to carry."""
        return await self._act(lambda miniature: miniature.forge(self.id, message_id, data))

    async def edit(self, message_id: int, text: str) -> ChatMessage:
        """Edits an own message."""
        return await self._act(lambda miniature: miniature.edit(self.id, message_id, text))

    async def _act(self, act: Callable[[Miniature], Any]) -> ChatMessage:
        act(self.world.miniature)
        await self.world.settle()
        return self.last

    def find_button(self, label: str) -> tuple[ChatMessage, str]:
        """Returns the newest message with this button, and the button's data."""
        for message in reversed(self.chat):
            for button in message.buttons:
                if (button.text == label or button.text.startswith(label)) and button.data:
                    return message, button.data
        seen = [button.text for message in self.chat for button in message.buttons]
        raise AssertionError(f"{self.name} sees no button {label!r}, only {seen}")

    @property
    def chat(self) -> list[ChatMessage]:
        """The chat as it looks now, oldest first."""
        return self.world.miniature.chat(self.id)

    @property
    def last(self) -> ChatMessage:
        """The newest message of the bot."""
        return next(message for message in reversed(self.chat) if message.from_bot)

    def file(self) -> bytes:
        """Returns the file of the bot's newest message."""
        assert self.last.file_id is not None
        content, _described = self.world.miniature.world.files.content(self.last.file_id)
        return content

    @property
    def said(self) -> list[str]:
        """All that the bot has said and that still stands."""
        return [message.text or message.caption or "" for message in self.chat if message.from_bot]

    @property
    def labels(self) -> list[str]:
        """The buttons under the newest message."""
        return [button.text for button in self.last.buttons]

    @property
    def toasts(self) -> list[Toast]:
        """The short words over the chat so far."""
        return self.world.miniature.toasts(self.id)

    async def register(self, role: str = "Student", email: str | None = None) -> None:
        """Makes an account, with the name in small letters at example.org as the address."""
        await self.send("/register")
        await self.send(self.name)
        await self.send(email or f"{self.name.split()[0].lower()}@example.org")
        await self.send(PASSWORD)
        if "Student" in self.labels and "Instructor" in self.labels:
            await self.press(role)

    async def write_course(self, title: str = "Compilers 101") -> None:
        """Writes a course without a description."""
        await self.send("/newcourse")
        await self.send(title)
        await self.press("Skip")

    async def write_lesson(self, title: str) -> None:
        """Writes a lesson of one text, for the course whose desk was seen last."""
        await self.press("Add lesson")
        await self.send(title)
        await self.send(f"All about {title}.")
        await self.press("Finish")


class World:
    """A Telegram with people and one bot."""

    def __init__(self, miniature: Miniature, application: Application, clock: FakeClock) -> None:
        """Holds what is there."""
        self.miniature = miniature
        self.application = application
        self.clock = clock
        self._next_id = 1001

    def person(self, name: str, telegram_id: int | None = None, **details: Any) -> Person:
        """Returns a new person; the first name is the first word."""
        if telegram_id is None:
            telegram_id, self._next_id = self._next_id, self._next_id + 1
        first, _space, last = name.partition(" ")
        self.miniature.add_person(telegram_id, first, last_name=last or None, **details)
        return Person(self, telegram_id, name)

    def admin(self, name: str = "Grace Hopper") -> Person:
        """Returns the person whom the environment names as the admin."""
        return self.person(name, ADMIN_ID)

    async def instructor(self, name: str = "Ivan Petrov") -> Person:
        """Returns an instructor named by the environment, signed in."""
        person = self.person(name, APPOINTED_ID)
        await person.register()
        return person

    async def teacher(self, name: str) -> Person:
        """Returns somebody who registered as a student and was made an instructor later, signed in."""
        person = self.person(name)
        await person.register()
        async with self.application.database.transaction() as repos:
            user = await repos.users.get_by_email(f"{name.split(maxsplit=1)[0].lower()}@example.org")
            assert user is not None
            await repos.users.promote(user)
        return person

    async def settle(self) -> None:
        """Returns when every waiting update is answered, and every answer has arrived."""
        while updates := self.miniature.take_updates():
            for update in updates:
                await self.application.pipeline.process(update)
        await self.application.sender.drain()
        await self.application.pipeline.drain()

    async def settle_at_once(self) -> None:
        """Returns when every waiting update is answered, all of them at the same time."""
        process = self.application.pipeline.process
        await asyncio.gather(*(process(update) for update in self.miniature.take_updates()))
        await self.settle()

    async def count(self, model: type[Base], *conditions: Any) -> int:
        """Returns how many rows the database holds."""
        async with self.application.database.transaction() as repos:
            session = repos._work.session
            return await session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

    async def rows(self, model: type[Any], *conditions: Any) -> list[Any]:
        """Returns rows of the database, oldest first."""
        async with self.application.database.transaction() as repos:
            statement = select(model).where(*conditions).order_by(*model.__table__.primary_key)
            return list(await repos._work.session.scalars(statement))


def settings_for(database_url: str, **overrides: Any) -> Settings:
    """Returns the settings of a test's bot: quick hashes, no limits, one admin, one appointed instructor."""
    usual: dict[str, Any] = {
        "bot_token": TOKEN,
        "database_url": database_url,
        "admin_ids": str(ADMIN_ID),
        "instructor_ids": str(APPOINTED_ID),
        "bcrypt_rounds": 4,
        "send_per_second": 0,
        "send_per_chat": 0,
    }
    return OwnSettings(**{**usual, **overrides})


@asynccontextmanager
async def open_world(
    database_url: str,
    *,
    miniature: Miniature | None = None,
    clock: FakeClock | None = None,
    routers: Sequence[Router] = ROUTERS,
    **settings: Any,
) -> AsyncIterator[World]:
    """Yields a world on this database; give it the miniature of another one to see a bot start again."""
    clock = clock or FakeClock()
    miniature = miniature or Miniature(token=TOKEN, clock=clock)
    requests = (DirectRequest(miniature), DirectRequest(miniature))
    # The copies of a PostgreSQL's files have no place of the test's own.
    with TemporaryDirectory() as folder:
        place = {} if database_url.startswith("sqlite") else {"media_dir": Path(folder)}
        configured = settings_for(database_url, **{**place, **settings})
        async with build_application(configured, requests=requests, clock=clock, routers=routers) as application:
            yield World(miniature, application, clock)
