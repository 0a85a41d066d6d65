"""Parsers: what counts as an answer to a question."""

import unicodedata
from typing import Any

from db.repositories import Repositories
from handlers.kit.dialog import Parser
from handlers.kit.errors import UserError
from handlers.kit.request import Request
from handlers.kit.text import _, _n
from handlers.kit.utf16 import utf16_length

# RFC 5321, 4.5.3.1.3: a path of 256 octets with its brackets.
MAX_EMAIL = 254
# Line breaks, and the joiners that Persian words and families of emoji need.
_UNSEEN = "\n\u200c\u200d"


def words_of(request: Request) -> str:
    """Returns the text of the person's message, without the signs that nobody sees and that join nothing.

    Raises:
        UserError: when the message is not a text.
    """
    text = request.message.text if request.message else None
    signs = (" " if sign == "\t" or unicodedata.category(sign) == "Zs" else sign for sign in text or "")
    clean = "".join(sign for sign in signs if sign.isprintable() or sign in _UNSEEN).strip(f" {_UNSEEN}")
    if not clean:
        raise UserError(_("Please answer with a text message."))
    return clean


def check_length(text: str, max_length: int) -> str:
    """Returns the text when it has at most so many characters, counted as Telegram counts: an emoji is two.

    Raises:
        UserError: otherwise, with both numbers.
    """
    length = utf16_length(text)
    if length > max_length:
        reason = _n(
            "That is {length} characters long, and there is room for {n}. Please send a shorter one.",
            "That is {length} characters long, and there is room for {n}. Please send a shorter one.",
            max_length,
        )
        raise UserError(reason.format(length=length))
    return text


def line(max_length: int) -> Parser:
    """Returns a parser for one line of at most so many characters; line breaks become spaces."""

    async def parse(request: Request, repos: Repositories) -> str:
        del repos
        return check_length(" ".join(words_of(request).split()), max_length)

    return parse


def text(max_length: int) -> Parser:
    """Returns a parser for a text of at most so many characters, line breaks kept."""

    async def parse(request: Request, repos: Repositories) -> str:
        del repos
        return check_length(words_of(request), max_length)

    return parse


def read_email(typed: str) -> str:
    """Returns the address as it is to be written; whether it can be delivered is not asked.

    Raises:
        UserError: when it is no email address.
    """
    # It takes longer to load than most of the bot: whoever is the first to type an address waits, not every start.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        address = validate_email(typed, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        address = ""
    if not address or len(address.lower()) > MAX_EMAIL:
        raise UserError(_("That does not look like an email address. Example: ada@example.org"))
    return address


async def email(request: Request, repos: Repositories) -> str:
    """Returns the address in the person's message."""
    del repos
    return read_email(words_of(request))


async def choice(request: Request, repos: Repositories) -> Any:
    """Refuses a typed answer where one of the buttons is wanted."""
    del request, repos
    raise UserError(_("Please tap one of the buttons."))
