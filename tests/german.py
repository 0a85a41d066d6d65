"""A German catalog, compiled as translators' catalogs are."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from handlers.kit.text import Catalogs

SENTENCES: dict[str | tuple[str, str], str | tuple[str, ...]] = {
    "Hello {name}!": "Hallo {name}!",
    "Good morning": "Guten Morgen",
    "{name} says: {words}": "„{words}“ sagt {name}",
    ("{n} lesson", "{n} lessons"): ("{n} Lektion", "{n} Lektionen"),
    "Help": "Hilfe <3",
}


def write_catalog(folder: Path, tag: str, **changed: str) -> None:
    """Compiles the German sentences as a language's catalog; `changed` are other words for a sentence."""
    catalog = Catalog(locale="de")
    for message, translation in SENTENCES.items():
        catalog.add(message, changed.get(str(message), translation))
    path = folder / tag / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


@pytest.fixture
def catalogs(tmp_path: Path) -> Catalogs:
    """Returns catalogs of English and German, for people in Berlin."""
    write_catalog(tmp_path, "de")
    return Catalogs(ZoneInfo("Europe/Berlin"), tmp_path)
