"""A small talk of its own, with every sort of question, to try the dialog engine on."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

from db.repositories import Repositories
from handlers import ROUTERS
from handlers.kit.asks import choice, line, words_of
from handlers.kit.dialog import Answers, Ask, AskAgain, Choice, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.materials import content
from handlers.kit.press import Press
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router, View
from handlers.kit.text import Text
from tests.chat import World, open_world


class OrderCoffee(Press):
    prefix: ClassVar[str] = "coffee"


async def secret(request: Request, repos: Repositories) -> str:
    """Takes the one right word, and keeps another."""
    del repos
    if words_of(request) != "sesame":
        raise UserError(Text("That is not the word."))
    return "open"


LEAF = Ask("leaf", Text("Which leaf?"), parse=line(20))
MILK = Ask(
    "milk",
    Text("Milk?"),
    parse=choice,
    choices=(Choice("yes", Text("With milk")), Choice("no", Text("Without"))),
    optional=True,
)
WORD = Ask("word", Text("The secret word?"), parse=secret, secret=True)
SHOP = Ask("shop", Text("Which shop?"), parse=line(20), when=lambda request: request.is_admin)
NOTES = Ask("notes", Text("Any notes?"), parse=content, many=True)
ALL = (LEAF, MILK, WORD, SHOP, NOTES)


class Tea:
    """A talk with the dialogs `tea` and `coffee`; knows the answers that each ended with."""

    def __init__(self, asks: Sequence[Ask] = ALL, *, name: str = "tea", again: AskAgain | None = None) -> None:
        """Asks these questions; `again` is raised by the first end."""
        self.served: list[dict[str, Any]] = []
        self._again = again
        self.tea = Dialog(name, Text("Tea"), *asks, done=self._serve)
        self.coffee = Dialog(
            "coffee", Text("Coffee"), Ask("bean", Text("Which bean?"), parse=line(20)), done=self._serve
        )
        self.router = Router(self.tea, self.coffee)
        self.router.command("tea", Text("Order tea"))(self._begin(self.tea))
        self.router.command("coffee", Text("Order coffee"))(self._begin(self.coffee))
        self.router.press(OrderCoffee)(self._begin(self.coffee))
        self.router.command("menu", Text("See what there is"))(self._show_menu)
        self.router.command("spill", Text("Spill it"))(self._spill)

    def open(self, database_url: str, **details: Any) -> AbstractAsyncContextManager[World]:
        """Opens a world whose bot talks about tea too."""
        return open_world(database_url, routers=(*ROUTERS, self.router), **details)

    def _begin(self, dialog: Dialog) -> View:
        async def begin(request: Request, repos: Repositories) -> Reply:
            return start(dialog, request, **({"leaf": request.args} if request.args else {}))

        return begin

    async def _serve(self, request: Request, repos: Repositories, answers: Answers) -> Reply:
        if self._again:
            again, self._again = self._again, None
            raise again
        self.served.append(dict(answers))
        return screen(Text("Served."))

    async def _show_menu(self, request: Request, repos: Repositories) -> Reply:
        return screen(
            Text("Tea and coffee, {words}.").format(words=request.args or "nothing else"),
            Button("Coffee", OrderCoffee()),
        )

    async def _spill(self, request: Request, repos: Repositories) -> Reply:
        request.session.first_name = "Clumsy"
        raise UserError(Text("You spilled it."))
