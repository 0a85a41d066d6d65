"""Guided dialogs as they are declared: questions, and what is done with the answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Protocol, TypeAlias

from msgspec import Struct

from db.repositories import Repositories
from handlers.kit.press import Press, Words
from handlers.kit.reply import Reply
from handlers.kit.request import Request
from handlers.kit.text import Renderable, Text, _

MAX_NAME = 16
SKIP_LABEL = _("Skip")
Answers: TypeAlias = Mapping[str, Any]
Done: TypeAlias = Callable[[Request, Repositories, Answers], Awaitable[Reply]]

BACK, SKIP, CANCEL, FINISH, DROP = "back", "skip", "cancel", "finish", "drop"
DISCARD, KEEP = "discard", "keep"
_WAYS = BACK, SKIP, CANCEL, FINISH, DROP, DISCARD, KEEP


class DialogPress(Press):
    """A button of a question. It names its question, so that one of an earlier question is known as old."""

    prefix: ClassVar[str] = "d"
    dialog_and_step: Annotated[str, Words(2 * MAX_NAME + 1)]
    act: Annotated[str, Words(MAX_NAME)]


class Parser(Protocol):
    """Turns the person's message into an answer, which is JSON data."""

    async def __call__(self, request: Request, repos: Repositories) -> Any:
        """Returns the answer.

        Raises:
            UserError: when it is none, with the reason; the question stays open.
        """


class Choice(Struct, frozen=True):
    """An answer by button; `value` is at most 16 bytes and none of the words Back, Skip and so on."""

    value: str
    text: Text


class Ask(Struct, frozen=True):
    """A question of a dialog."""

    key: str
    question: Renderable
    parse: Parser
    optional: bool = False
    # The message with the answer is deleted at once, and its words are never stored.
    secret: bool = False
    # Takes any number of messages, until Finish; the answer is a list.
    many: bool = False
    choices: Sequence[Choice] = ()
    # What the button says that leaves an optional question without an answer.
    skip: Text = SKIP_LABEL
    # What the person should know of a message that is taken as one of many parts.
    remarks: Callable[[Request], Sequence[Text]] = lambda _request: ()
    # Whether the question is put to this person at all.
    when: Callable[[Request], bool] = lambda _request: True


class AskAgain(Exception):
    """The end of a dialog found an answer wrong after all. To be raised before anything is written."""

    def __init__(self, key: str, reason: Text) -> None:
        """Leads back to the question `key`."""
        super().__init__(key)
        self.key = key
        self.reason = reason


class Dialog:
    """A row of questions and what is done with the answers."""

    def __init__(self, name: str, title: Text, *asks: Ask, done: Done) -> None:
        """Declares a dialog.

        Raises:
            ValueError: for names that callback data has no room for, or a question declared twice.
        """
        keys = [ask.key for ask in asks]
        acts = [[*_WAYS, *(choice.value for choice in ask.choices)] for ask in asks]
        if not keys or any(len(set(names)) < len(names) for names in (keys, *acts)):
            message = f"dialog {name}: needs questions, all different, each with different buttons"
            raise ValueError(message)
        if not all(map(_has_room, (name, *keys, *(act for names in acts for act in names)))):
            message = f"dialog {name}: a name has 1 to {MAX_NAME} bytes, no colon and no slash"
            raise ValueError(message)
        self.name = name
        self.title = title
        self.asks = {ask.key: ask for ask in asks}
        self.done = done

    def asked(self, request: Request) -> list[Ask]:
        """Returns the questions that are put to this person, in order."""
        return [ask for ask in self.asks.values() if ask.when(request)]


def _has_room(name: str) -> bool:
    return 0 < len(name.encode()) <= MAX_NAME and not set(":/").intersection(name)
