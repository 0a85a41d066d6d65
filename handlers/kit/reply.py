"""What a view returns: everything that is to be said, as data."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field

from db.repositories.chat_sessions import Recipient
from handlers.kit.content import Content
from handlers.kit.press import Press
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.text import Renderable, Value


class Button(Struct, frozen=True):
    """A button under a message: it carries a press, or opens a link."""

    text: Value
    press: Press | None = None
    url: str | None = None


Keyboard: TypeAlias = tuple[tuple[Button, ...], ...]
Row: TypeAlias = Button | Sequence[Button | None] | None


def keyboard(*rows: Row) -> Keyboard:
    """Returns rows of buttons; absent buttons and empty rows vanish."""
    wide = ([row] if isinstance(row, Button) else row for row in rows if row)
    tight = (tuple(button for button in row if button) for row in wide)
    return tuple(row for row in tight if row)


class Screen(Struct, frozen=True):
    """A message with buttons. After a press it takes the place of the pressed one; otherwise it is new.

    `fresh` makes it new in any case. `remember` keeps its message's id under a name, `edits` changes the message of
    that name instead; where there is none to change, it is sent as a new one. With a `photo`, the text is its caption,
    or follows it when it is too long for one; it is new, for no text becomes a photo.
    """

    text: Renderable
    keyboard: Keyboard = ()
    fresh: bool = False
    remember: str | None = None
    edits: str | None = None
    photo: Content | None = None

    @property
    def is_new(self) -> bool:
        """Whether it takes no other message's place."""
        return self.fresh or self.photo is not None


class Blocks(Struct, frozen=True):
    """A lesson: its blocks under a heading, as new messages, the last with the keyboard.

    An album can have none: then the footer follows it with the keyboard. A text among the blocks is the bot's own.
    """

    heading: Renderable
    contents: tuple[Content | Renderable, ...]
    footer: Renderable
    keyboard: Keyboard = ()


class Document(Struct, frozen=True):
    """A file of 50 MB at most that its renderer makes when it is sent; always a new message.

    The caption is cut at the 1024 units that Telegram takes. The renderer is one of a router's.
    """

    renderer: Renderer[Any]
    file_name: str
    arguments: Arguments = field(default_factory=dict)
    caption: Renderable | None = None
    keyboard: Keyboard = ()


class Picture(Document, frozen=True):
    """The same, shown in the chat: a PNG or JPEG of 10 MB at most, its sides together 10,000 pixels at most."""


class Rekey(Struct, frozen=True):
    """Other buttons under the pressed message, its words untouched."""

    keyboard: Keyboard = ()


class Erase(Struct, frozen=True):
    """Deletes the person's message, which held a secret."""

    message_id: int


class Notice(Struct, frozen=True):
    """A message to somebody else, in their language."""

    to: Recipient
    screen: Screen


class Menu(Struct, frozen=True):
    """The commands that Telegram offers beside somebody's text box: everybody's, and those of what this person is."""

    to: Recipient
    teaches: bool


Part: TypeAlias = Screen | Blocks | Document | Rekey | Erase | Notice | Menu


class Reply(Struct, frozen=True):
    """All that a view says, in order. `toast` is the short word over the chat that answers a press."""

    parts: tuple[Part, ...] = ()
    toast: Renderable | None = None

    def with_parts(self, *parts: Part) -> "Reply":
        """Returns the reply with more at its end."""
        return Reply((*self.parts, *parts), self.toast)


def reply(*parts: Part | None, toast: Renderable | None = None) -> Reply:
    """Returns a reply of these parts; absent ones vanish."""
    return Reply(tuple(part for part in parts if part is not None), toast)


def screen(text: Renderable, *rows: Row) -> Reply:
    """Returns the usual reply: one screen and its rows of buttons."""
    return Reply((Screen(text, keyboard(*rows)),))
