"""The languages that a course can be in."""

from typing import Final

from babel import Locale

# By IETF tag, in the order of their own names.
LANGUAGES: Final = (
    "de", "en", "es", "fr", "id", "it", "sw", "hu", "nl", "pl", "pt", "ro", "fi", "sv", "vi",
    "tr", "cs", "el", "ru", "uk", "he", "ur", "ar", "fa", "hi", "bn", "th", "zh", "ja", "ko",
)  # fmt: skip


def language_name(tag: str | None) -> str | None:
    """Returns what a language is called by those who speak it: `Deutsch`; of one that is not known here, its tag."""
    if tag not in LANGUAGES:
        return tag
    name = Locale.parse(tag).display_name or tag
    return name[:1].upper() + name[1:]
