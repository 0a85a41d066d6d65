"""A mistake in a declaration fails where it is made, at import."""

from collections.abc import Callable
from typing import Annotated, ClassVar

import pytest

from db.repositories import Repositories
from handlers import ROUTERS
from handlers.kit.asks import line
from handlers.kit.dialog import Answers, Ask, Choice, Dialog
from handlers.kit.press import Press, Words
from handlers.kit.reply import Reply, reply
from handlers.kit.request import Request
from handlers.kit.router import Event, Router
from handlers.kit.text import Text
from handlers.talk import Talk


class Go(Press):
    prefix: ClassVar[str] = "go-go"


class AlsoGo(Press):
    prefix: ClassVar[str] = "go-go"


class TooLong(Press):
    prefix: ClassVar[str] = "long"
    words: Annotated[str, Words(60)]


async def view(request: Request, repos: Repositories) -> Reply:
    return reply()


async def end(request: Request, repos: Repositories, answers: Answers) -> Reply:
    return reply()


def ask(key: str, *choices: str) -> Ask:
    return Ask(key, Text("?"), parse=line(9), choices=[Choice(choice, Text(choice)) for choice in choices])


def dialog(name: str, *asks: Ask) -> Dialog:
    return Dialog(name, Text("Title"), *asks, done=end)


@pytest.mark.parametrize(
    "declare",
    [
        lambda router: router.command("go", Text("Go"))(view),
        lambda router: router.press(Go)(view),
        lambda router: router.event(Event.WORDS)(view),
    ],
)
def test_a_route_twice_is_an_error(declare: Callable[[Router], object]) -> None:
    """Two views for one thing would leave one of them unreachable, in one router or in two."""
    router, other = Router(), Router()
    declare(router)
    with pytest.raises(ValueError, match="has a view already"):
        declare(router)
    declare(other)
    with pytest.raises(ValueError, match="is declared twice"):
        Talk([router, other])


def test_two_buttons_with_one_prefix_are_an_error() -> None:
    """Callback data must lead to one view, also when the classes differ."""
    router = Router()
    router.press(Go)(view)
    router.press(AlsoGo)(view)
    with pytest.raises(ValueError, match="go-go is declared twice"):
        Talk([router])


def test_a_button_that_does_not_fit_is_an_error() -> None:
    """A press that some value makes longer than 64 bytes is refused with its route."""
    with pytest.raises(TypeError, match="at most 64 bytes"):
        Router().press(TooLong)


def test_a_dialog_twice_is_an_error() -> None:
    """An open dialog is found by its name, in one router or in two."""
    one, other = dialog("tea", ask("leaf")), dialog("tea", ask("bean"))
    for routers in ([Router(one, other)], [Router(one), Router(other)]):
        with pytest.raises(ValueError, match="tea is declared twice"):
            Talk(routers)


@pytest.mark.parametrize("name", ["cancel", "help"])
def test_the_talks_own_commands_are_taken(name: str) -> None:
    """No router can take /cancel or /help away."""
    router = Router()
    router.command(name, Text("Mine"))(view)
    with pytest.raises(ValueError, match="is declared twice"):
        Talk([*ROUTERS, router])


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("tea", []),
        ("tea", [ask("leaf"), ask("leaf")]),
        ("tea", [ask("leaf", "yes", "yes")]),
        ("tea", [ask("leaf", "back")]),
        ("tea", [ask("leaf", "finish")]),
        ("tea", [ask("leaf", "")]),
        ("tea", [ask("leaf", "x" * 17)]),
        ("tea", [ask("leaf", "é" * 9)]),
        ("tea", [ask("x" * 17)]),
        ("tea", [ask("le:af")]),
        ("tea/pot", [ask("leaf")]),
        ("", [ask("leaf")]),
        ("x" * 17, [ask("leaf")]),
    ],
)
def test_a_dialog_is_checked(name: str, asks: list[Ask]) -> None:
    """No questions, one twice, a choice that looks like Back, a name that callback data has no room for."""
    with pytest.raises(ValueError, match="dialog"):
        dialog(name, *asks)


def test_a_dialog_at_the_edge_is_fine() -> None:
    """Names of 16 bytes fit, and two questions may have the same choices."""
    assert set(dialog("x" * 16, ask("y" * 16, "z" * 16), ask("other", "z" * 16)).asks) == {"y" * 16, "other"}
