"""Easels: a bot whose /draw answers with a file about a course, and /paint with a picture of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from db.repositories import Repositories
from handlers import ROUTERS
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Button, Document, Picture, Reply, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Translator, say
from handlers.presses import Help
from tests.chat import World, open_world

# The smallest that a PNG can be.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63f80f0001010100"
    "1bb6ee560000000049454e44ae426082"
)


class Easel:
    """Makes files, and can be told to fail."""

    def __init__(self) -> None:
        """Works well, and makes files of one piece; `fault` is of the first step, `error` of the second."""
        self.error: Exception | None = None
        self.fault: Exception | None = None
        self.pieces = 1
        self.picture = DOT
        self.drawn: list[int] = []
        self.text = Renderer("text", fetch=self.fetch, draw=self.draw, following=self.following)
        self.dot = Renderer("dot", fetch=self.fetch, draw=lambda _found, _to: self.picture)

    async def fetch(self, repos: Repositories, arguments: Arguments) -> dict[str, Any]:
        """Returns the course's title, and which piece it is."""
        if self.fault is not None:
            raise self.fault
        course = await repos.courses.get_by_code("COMP1")
        return {**arguments, "name": course.title if course else ""}

    def draw(self, found: dict[str, Any], to: Translator) -> bytes:
        """Returns a piece of the file."""
        self.drawn.append(found["piece"])
        if self.error is not None:
            raise self.error
        return say(Text("Hello {name}!").format(name=found["name"]), to).unescape().encode()

    def following(self, found: dict[str, Any]) -> dict[str, Any] | None:
        """Returns the arguments of the next piece."""
        is_last = found["piece"] == self.pieces
        return None if is_last else {"piece": found["piece"] + 1}

    async def show(self, request: Request, repos: Repositories) -> Reply:
        """Answers with a document."""
        caption = Text("For {name}").format(name=Bold(request.args or "you"))
        buttons = keyboard(Button(Text("Help"), Help()))
        return reply(Document(self.text, "hello.txt", {"piece": 1}, caption, buttons))

    async def paint(self, request: Request, repos: Repositories) -> Reply:
        """Answers with a picture, which has no caption."""
        return reply(Picture(self.dot, "dot.png", {"piece": 1}))

    @asynccontextmanager
    async def open_world(self, database_url: str, **details: Any) -> AsyncIterator[World]:
        """Yields a world whose bot has this easel."""
        router = Router(renderers=[self.text, self.dot])
        router.command("draw", Text("Draw"))(self.show)
        router.command("paint", Text("Paint"), looks=True)(self.paint)
        async with open_world(database_url, routers=(*ROUTERS, router), **details) as world:
            yield world
