"""What the bot says, in everybody's language and safe in every value."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.kit.text import Bold, Catalogs, Day, Number, Renderable, _, _n, lines, say
from tests.german import catalogs, write_catalog

__all__ = ["catalogs"]

GREETING = _("Hello {name}!").format(name="Ada")
MAY = dt.datetime(2026, 5, 3, 22, 30, tzinfo=dt.UTC)
SYLVESTER, NEW_YEAR = dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def spoken(said: Renderable, language: str = "en", catalogs: Catalogs | None = None) -> str:
    """Returns the HTML in a language."""
    return str(said.render((catalogs or Catalogs(ZoneInfo("UTC"), Path("nowhere"))).translator(language)))


def test_a_declaration_does_not_freeze_its_language(catalogs: Catalogs) -> None:
    """A sentence that was declared once becomes words for each reader."""
    assert [spoken(GREETING, language, catalogs) for language in ("de", "en", "de")] == [
        "Hallo Ada!",
        "Hello Ada!",
        "Hallo Ada!",
    ]


@pytest.mark.parametrize(("language", "digits"), [("en", "1,204,000"), ("de", "1.204.000")])
def test_a_large_number_is_grouped(language: str, digits: str, catalogs: Catalogs) -> None:
    """As each reader's language does it."""
    assert spoken(Number(1204000), language, catalogs) == digits


@pytest.mark.parametrize("language", ["de", "DE", "de-at", "de-AT", "de_AT", "de-Latn-DE"])
def test_a_base_language_will_do(catalogs: Catalogs, language: str) -> None:
    """Where there is no Austrian catalog, the German one speaks."""
    assert spoken(GREETING, language, catalogs) == "Hallo Ada!"


@pytest.mark.parametrize("language", ["xx", "", "-", "d", "den", "../de", "en", "en-GB", "de2", "\0"])
def test_an_unknown_language_hears_english(catalogs: Catalogs, language: str) -> None:
    """Whatever a client calls its language, there is always an answer, and no file outside is read."""
    assert spoken(GREETING, language, catalogs) == "Hello Ada!"


@pytest.mark.parametrize("asked", ["pt-br", "pt-BR", "PT_br"])
def test_a_region_is_preferred_in_any_case(tmp_path: Path, asked: str) -> None:
    """Telegram writes `pt-br` where catalogs are called `pt_BR`: Brazilians hear their own."""
    write_catalog(tmp_path, "pt_BR", **{"Good morning": "Bom dia"})
    write_catalog(tmp_path, "pt", **{"Good morning": "Bom dia em Portugal"})
    found = Catalogs(ZoneInfo("UTC"), tmp_path)
    assert spoken(_("Good morning"), asked, found) == "Bom dia"
    assert spoken(_("Good morning"), "pt", found) == "Bom dia em Portugal"
    assert found.translator(asked).locale.territory == "BR"


def test_a_catalog_of_a_language_nobody_knows_still_speaks(tmp_path: Path) -> None:
    """A catalog for Klingon works; only its dates are English."""
    write_catalog(tmp_path, "tlh", **{"Good morning": "nuqneH"})
    found = Catalogs(ZoneInfo("UTC"), tmp_path)
    assert spoken(_("Good morning"), "tlh", found) == "nuqneH"
    assert spoken(Day(MAY, MAY), "tlh", found) == "3 May"


def test_a_translator_is_built_once(catalogs: Catalogs) -> None:
    """However many languages people use, there is one translator a catalog."""
    tags = ("de", "de-at", "de-ch", "xx", "yy", "en", "en-gb")
    assert len({id(catalogs.translator(tag)) for tag in tags}) == 2


def test_what_is_not_translated_yet_is_english(catalogs: Catalogs) -> None:
    """A sentence that a catalog lacks is said as the code has it."""
    assert spoken(_("Brand new"), "de", catalogs) == "Brand new"


@pytest.mark.parametrize(
    ("count", "english", "german"), [(0, "0 lessons", "0 Lektionen"), (1, "1 lesson", "1 Lektion")]
)
def test_numbers_have_their_form(catalogs: Catalogs, count: int, english: str, german: str) -> None:
    """Each language has its own plural."""
    said = _n("{n} lesson", "{n} lessons", count)
    assert (spoken(said, "en", catalogs), spoken(said, "de", catalogs)) == (english, german)


def test_a_translation_may_turn_the_words_around(catalogs: Catalogs) -> None:
    """Values have names, so their order is the translator's."""
    said = _("{name} says: {words}").format(name="Ada", words=_("Good morning"))
    assert spoken(said, "de", catalogs) == "„Guten Morgen“ sagt Ada"


def test_values_can_come_one_by_one() -> None:
    """Formatting again adds values and leaves the sentence as it was."""
    begun = _("{name} says: {words}").format(name="Ada")
    assert spoken(begun.format(words="Hi")) == "Ada says: Hi"
    assert spoken(begun.format(words="No")) == "Ada says: No"


@pytest.mark.parametrize("value", ["<b>&\"'", "{name}", "{0}{__class__}", "&lt;", "%s", "}{", "</b>"])
def test_a_value_is_shown_as_it_is(value: str) -> None:
    """Tags, braces and entities in a value are only signs."""
    said = _("Hello {name}!").format(name=value)
    assert said.render(Catalogs(ZoneInfo("UTC")).translator("en")).unescape() == f"Hello {value}!"
    assert "<" not in spoken(said)
    assert spoken(Bold(value)).startswith("<b>")
    assert spoken(Bold(value)).count("<") == 2


@given(value=st.text(), other=st.text())
def test_no_value_becomes_a_tag(value: str, other: str) -> None:
    """What people write stays what they wrote, however deep it is wrapped."""
    translator = Catalogs(ZoneInfo("UTC")).translator("en")
    said = lines(_("{a} and {b}").format(a=value, b=Bold(_("{c}").format(c=other))), value).render(translator)
    assert str(said).count("<") == 2
    assert say(value, translator).unescape() == value


def test_braces_without_values_stay() -> None:
    """A number is a value like any other, and a sentence may have none."""
    assert spoken(_("{n} of {n}").format(n=3)) == "3 of 3"
    assert spoken(_("Nothing to fill in")) == "Nothing to fill in"


def test_lines_leave_no_gap() -> None:
    """What is absent takes no line; what is empty does."""
    assert spoken(lines("one", None, _("two"), "", "three")) == "one\ntwo\n\nthree"
    assert spoken(lines("<", ">", between=" · ")) == "&lt; · &gt;"
    assert spoken(lines(None)) == ""


@pytest.mark.parametrize(
    ("language", "zone", "at", "now", "day"),
    [
        ("en", "UTC", MAY, MAY, "3 May"),
        ("en", "Europe/Berlin", MAY, MAY, "4 May"),
        ("de", "Europe/Berlin", MAY, MAY, "4 Mai"),
        ("en", "America/New_York", MAY, MAY, "3 May"),
        ("en", "UTC", MAY, MAY.replace(year=2027), "3 May 2026"),
        ("en", "Pacific/Auckland", SYLVESTER, NEW_YEAR, "1 Jan"),
        ("en", "UTC", SYLVESTER, NEW_YEAR, "31 Dec 2026"),
    ],
)
def test_a_day_is_the_readers(
    tmp_path: Path, *, language: str, zone: str, at: dt.datetime, now: dt.datetime, day: str
) -> None:
    """The date is that of the reader's zone, in the reader's language, with the year when it is another one."""
    write_catalog(tmp_path, "de")
    assert spoken(Day(at, now), language, Catalogs(ZoneInfo(zone), tmp_path)) == day
