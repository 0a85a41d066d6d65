"""From the bot's own sentences, which are HTML, to a text with entities, which can stand above what others wrote."""

from html.parser import HTMLParser

from handlers.kit.rich import RichText
from handlers.kit.text import Renderable, Translator

_KINDS = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "code": "code"}


def rich(said: Renderable, translator: Translator) -> RichText:
    """Return what is said, in the translator's language, as text and entities.

    Raises KeyError for a tag that the bot's own sentences do not use.
    """
    reader = _Reader()
    reader.feed(str(said.render(translator)))
    reader.close()
    return reader.text


class _Reader(HTMLParser):
    """Gathers the text between tags, each piece with the formatting that is open around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = RichText("")
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a formatting."""
        self._open.append(_KINDS[tag])

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost formatting."""
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take a piece of text."""
        self.text += RichText.styled(data, *self._open)
