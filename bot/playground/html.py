"""Telegram's HTML to text and entities, with Telegram's own reading of what is well-formed.

Follows ``parse_html`` of tdlib/td (``td/telegram/MessageEntity.cpp``) and the Bot API's 'HTML
style' (https://core.telegram.org/bots/api#html-style): the same tags, the same lenience (an end
tag ``</>`` closes whatever is open, an unknown ``&entity;`` stays as typed) and the same words
when it is refused. Positions in the words are bytes of UTF-8; positions of entities are UTF-16.
"""

import re

from msgspec import Struct

from bot.playground import utf16
from bot.playground.entities import Entity, in_order
from bot.playground.errors import bad_request
from bot.playground.links import checked_url, mentioned_user

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<dec>[0-9]*)|(?P<name>[a-zA-Z]*));?")
# Telegram reads no reference of this many characters, and none to the last code point.
_REFERENCE_LIMIT = 10
_LAST_CODE = 0x10FFFF
_SPACE = " \t\r\n\0\v"
_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")


class _Open(Struct, frozen=True):
    """A start tag that waits for its end."""

    tag: str
    argument: str | None
    offset: int
    position: int


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the text of *source* and its entities, in Telegram's order.

    Raises:
        ApiError: 400 "can't parse entities: ..." with Telegram's reason.
    """
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        # A sentinel, as in C++: reading one past the end finds "\0".
        self._source = source + "\0"
        self._end = len(source)
        self._at = 0
        self._text: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self._at < self._end:
            char = self._source[self._at]
            if char == "<":
                self._tag()
            elif char == "&":
                self._append(self._reference())
            else:
                self._append(char)
                self._at += 1
        if self._open:
            raise _refused(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return self._checked_text(), in_order(_without_languages(self._entities))

    def _append(self, piece: str) -> None:
        self._text.append(piece)
        self._offset += utf16.length(piece)

    def _checked_text(self) -> str:
        text = "".join(self._text)
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise _refused(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text

    def _reference(self) -> str:
        """Return the character that the reference here means, or what is typed."""
        found = _REFERENCE.match(self._source, self._at)
        char = _referred(found) if found else ""
        if found is None or not char:
            self._at += 1
            return "&"
        self._at = found.end()
        return char

    def _tag(self) -> None:
        begin = self._at
        self._at += 1
        if self._source[self._at] == "/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _until(self, stops: str) -> str:
        start = self._at
        while self._at < self._end and self._source[self._at] not in stops:
            self._at += 1
        return self._source[start : self._at]

    def _spaces(self) -> str:
        """Skip white space; return the character that follows, the sentinel at the end."""
        while self._at < self._end and self._source[self._at] in _SPACE:
            self._at += 1
        return self._source[self._at]

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    def _start_tag(self, begin: int) -> None:
        tag = self._until(_SPACE + ">").lower()
        where = f"at byte offset {self._byte(begin)}"
        if self._at == self._end:
            raise _refused(f"Unclosed start tag {where}")
        if tag not in _TYPES:
            raise _refused(f'Unsupported start tag "{tag}" {where}')
        argument = self._attributes(tag, where)
        self._at += 1
        if tag == "span" and argument != "spoiler":
            raise _refused(f'Tag "span" must have class "tg-spoiler" {where}')
        self._open.append(_Open(tag, argument, self._offset, len(self._text)))

    def _attributes(self, tag: str, where: str) -> str | None:
        argument: str | None = None
        while self._spaces() != ">":
            name = self._until(_SPACE + "=>/\"'")
            if not name:
                raise _refused(f'Empty attribute name in the tag "{tag}" {where}')
            value = ""
            if self._spaces() == "=":
                self._at += 1
                if self._spaces() == "\0" and self._at == self._end:
                    raise _refused(f'Unclosed start tag "{tag}" {where}')
                value = self._attribute_value()
            if self._at == self._end:
                raise _refused(f"Unclosed start tag {where}")
            meant = _argument(tag, name, value)
            argument = argument if meant is None else meant
        return argument

    def _attribute_value(self) -> str:
        quote = self._source[self._at]
        if quote in "'\"":
            return self._quoted(quote)
        begin = self._at
        token = _TOKEN.match(self._source, begin)
        self._at = token.end() if token else begin
        if self._source[self._at] not in _SPACE + ">":
            raise _refused(f"Unexpected end of name token at byte offset {self._byte(begin)}")
        return self._source[begin : self._at].lower()

    def _quoted(self, quote: str) -> str:
        self._at += 1
        pieces = []
        while self._at < self._end and self._source[self._at] != quote:
            if self._source[self._at] == "&":
                pieces.append(self._reference())
            else:
                pieces.append(self._source[self._at])
                self._at += 1
        if self._at < self._end:
            self._at += 1
        return "".join(pieces)

    def _end_tag(self, begin: int) -> None:
        where = f"at byte offset {self._byte(begin)}"
        if not self._open:
            raise _refused(f"Unexpected end tag {where}")
        self._at += 1
        tag = self._until(_SPACE + ">").lower()
        if self._spaces() != ">":
            raise _refused(f"Unclosed end tag {where}")
        self._at += 1
        opened = self._open.pop()
        if tag and tag != opened.tag:
            raise _refused(f'Unmatched end tag {where}, expected "</{opened.tag}>", found "</{tag}>"')
        if self._offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": _TYPES[opened.tag],
            "offset": opened.offset,
            "length": self._offset - opened.offset,
        }
        if opened.tag == "a":
            if not _linked(entity, opened.argument or "".join(self._text[opened.position :])):
                return
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = _emoji(opened.argument)
        elif opened.tag == "blockquote" and opened.argument is not None:
            entity["type"] = "expandable_blockquote"
        elif opened.tag in ("pre", "code") and self._merged(opened, entity):
            return
        if opened.tag == "code" and opened.argument:
            entity["language"] = opened.argument
        self._entities.append(entity)

    def _merged(self, opened: _Open, entity: Entity) -> bool:
        """``<pre><code class="language-x">`` in either order is one entity with a language."""
        last = self._entities[-1] if self._entities else {}
        if (last.get("offset"), last.get("length")) != (entity["offset"], entity["length"]):
            return False
        if opened.tag == "pre" and last["type"] == "code" and "language" in last:
            last["type"] = "pre"
            return True
        if opened.tag == "code" and last["type"] == "pre" and opened.argument:
            last["language"] = opened.argument
            return True
        return False


def _argument(tag: str, name: str, value: str) -> str | None:
    """Return what the attribute says about the entity, or None if it says nothing."""
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    if (tag, name) == ("blockquote", "expandable"):
        return "expandable"
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return None


def _referred(found: re.Match[str]) -> str:
    if found["name"] is not None:
        return _NAMED.get(found["name"], "")
    digits, base = (found["hex"], 16) if found["hex"] is not None else (found["dec"], 10)
    code = int(digits or "0", base)
    typed = len(found[0].removesuffix(";"))
    return chr(code) if 0 < code < _LAST_CODE and typed < _REFERENCE_LIMIT else ""


def _linked(entity: Entity, url: str) -> bool:
    """Make *entity* a link or a mention; return False for an address that cannot be linked."""
    user_id = mentioned_user(url)
    if user_id is not None:
        entity["type"] = "text_mention"
        entity["user"] = {"id": user_id, "is_bot": False, "first_name": ""}
        return True
    checked = checked_url(url)
    if checked is None:
        return False
    entity["url"] = checked
    return True


def _emoji(identifier: str | None) -> str:
    if not (identifier or "").isdecimal() or not 0 < int(identifier or 0) < 2**63:
        raise _refused("Invalid custom emoji identifier specified")
    return str(identifier)


def _without_languages(entities: list[Entity]) -> list[Entity]:
    """A language is known of ``pre`` only; ``code`` has carried it until its ``pre`` closed."""
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return entities


def _refused(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")
