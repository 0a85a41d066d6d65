"""What the bot says: sentences that become words only when the recipient's language is known."""

import datetime as dt
import gettext
from collections.abc import Callable, Mapping
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape
from msgspec import Struct, field

DOMAIN = "messages"
LOCALES = Path(__file__).parent.parent / "locales"


# ZoneInfo itself remembers eight, and reads a file for each other one.
@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo | None:
    """Returns the zone of an IANA name; None when there is none (any more: they change like borders)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class Translator:
    """One recipient's language and zone."""

    def __init__(self, translations: gettext.NullTranslations, locale: Locale, zone: ZoneInfo) -> None:
        """Speaks the locale's language where a catalog has it, else the English of the code."""
        self.gettext: Callable[[str], str] = translations.gettext
        self.ngettext: Callable[[str, str, int], str] = translations.ngettext
        self.locale = locale
        self.zone = zone

    def in_zone(self, name: str) -> "Translator":
        """Returns the same language with the times of another zone; a name that is no zone changes nothing."""
        zone = zone_of(name)
        if zone is None:
            return self
        moved = copy(self)
        moved.zone = zone
        return moved


def nearest_language(language: str, known: Mapping[str, str]) -> str:
    """Returns which of the `known` languages, by their names in small letters, a tag means: it, its base or English."""
    wanted = language.lower().replace("-", "_")
    return known.get(wanted) or known.get(wanted.partition("_")[0], "en")


class Catalogs:
    """The translators, each built once; at most one a catalog, however many languages people use."""

    def __init__(self, zone: ZoneInfo, folder: Path = LOCALES) -> None:
        """Finds compiled catalogs in `folder/LANGUAGE/LC_MESSAGES/messages.mo`."""
        self._folder = folder
        self._zone = zone
        self._translators: dict[str, Translator] = {"en": Translator(gettext.NullTranslations(), Locale("en"), zone)}

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages that have a catalog, English included, as the catalogs' folders spell them (`pt_BR`)."""
        return frozenset({"en", *(path.parent.parent.name for path in self._folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))})

    @cached_property
    def _tags(self) -> dict[str, str]:
        return {name.lower(): name for name in self.languages}

    def translator(self, language: str, zone: str | None = None) -> Translator:
        """Returns the translator for an IETF language tag (`pt-br`), in any case, for its base language, or English.

        Its times are those of a `zone`, by its IANA name, or of the zone for everybody who chose none.
        """
        translator = self._build(nearest_language(language, self._tags))
        return translator if zone is None else translator.in_zone(zone)

    def _build(self, tag: str) -> Translator:
        if tag not in self._translators:
            translations = gettext.translation(DOMAIN, self._folder, [tag])
            try:
                locale = Locale.parse(tag)
            except (UnknownLocaleError, ValueError):
                locale = Locale("en")
            self._translators[tag] = Translator(translations, locale, self._zone)
        return self._translators[tag]


def printable(text: str) -> str:
    """Returns a text without what no database stores: zero bytes, and halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="replace").decode()


class Renderable(Protocol):
    """Anything that can be said."""

    def render(self, translator: Translator) -> Markup:
        """Returns HTML as the Bot API takes it (Bot API, 'HTML style'), every value escaped."""


Value: TypeAlias = str | int | Renderable


class Text(Struct, frozen=True):
    """A sentence of the catalog and the values for its braces."""

    message: str
    plural: str | None = None
    count: int = 0
    values: dict[str, Value] = field(default_factory=dict)

    def format(self, **values: Value) -> "Text":
        """Returns the sentence with these values too; a `str` value is escaped, a sentence is translated."""
        return Text(self.message, self.plural, self.count, {**self.values, **values})

    def render(self, translator: Translator) -> Markup:
        """Returns the sentence in the translator's language as HTML."""
        if self.plural is None:
            message = translator.gettext(self.message)
        else:
            message = translator.ngettext(self.message, self.plural, self.count)
        # Not Markup's own format, which escapes again what say has escaped, and takes four times as long.
        said = {name: say(value, translator) for name, value in self.values.items()}
        return Markup(message.format(**said))  # noqa: S704 (catalog text is ours)


def say(value: Value, translator: Translator) -> Markup:
    """Returns any value as safe HTML in the translator's language."""
    if isinstance(value, str):
        return escape(str(value))
    return Markup(value) if isinstance(value, int) else value.render(translator)  # noqa: S704 (a number)


def _(message: str) -> Text:
    """Marks a sentence for the catalog."""
    return Text(message)


def _n(singular: str, plural: str, count: int) -> Text:
    """Marks a sentence with a number; the number is its value `n`."""
    return Text(singular, plural, count, {"n": count})


class Lines(Struct, frozen=True):
    """Several texts, one under the other."""

    parts: tuple[Value, ...]
    between: str = "\n"

    def render(self, translator: Translator) -> Markup:
        """Returns the parts as HTML, joined."""
        said = [say(part, translator) for part in self.parts]
        return Markup(self.between.join(said))  # noqa: S704 (ours, never a person's)


def lines(*parts: Value | None, between: str = "\n") -> Lines:
    """Returns texts one under the other; an absent one takes no line."""
    return Lines(tuple(part for part in parts if part is not None), between)


class Day(Struct, frozen=True):
    """A date, as the recipient's language and zone write it: `3 May`, with the year when it is another one."""

    at: dt.datetime
    now: dt.datetime

    def render(self, translator: Translator) -> Markup:
        """Returns the date in the recipient's zone."""
        day, today = self.at.astimezone(translator.zone).date(), self.now.astimezone(translator.zone).date()
        pattern = "d MMM" if day.year == today.year else "d MMM y"
        return escape(format_date(day, pattern, locale=translator.locale))


class Number(Struct, frozen=True):
    """A number that may be large, as the recipient's language groups its digits: `1,204`."""

    number: int

    def render(self, translator: Translator) -> Markup:
        """Returns the digits."""
        return escape(format_decimal(self.number, locale=translator.locale))


class Bold(Struct, frozen=True):
    """A text in bold."""

    text: Value

    def render(self, translator: Translator) -> Markup:
        """Returns the text between the tags of bold."""
        return Markup(f"<b>{say(self.text, translator)}</b>")  # noqa: S704 (what is said is escaped)
