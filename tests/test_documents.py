"""What is written twice says the same twice."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]


class Entry(NamedTuple):
    """One setting as `.env.example` shows it."""

    sentence: str
    example: str
    default: str


def read_entries(path: Path) -> dict[str, Entry]:
    """Returns the settings of an example file, which are paragraphs of comments, an example and a default."""
    paragraph = re.compile(r"((?:# .*\n)+)# Example: ([A-Z_]+=.*)\n([A-Z_]+)=(.*)(?:\n|$)")
    entries = {}
    for comments, example, name, default in paragraph.findall(path.read_text()):
        sentence = " ".join(line.removeprefix("# ") for line in comments.splitlines())
        entries[name] = Entry(sentence, example, default)
    return entries


@pytest.fixture
def entries() -> dict[str, Entry]:
    return read_entries(ROOT / ".env.example")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_every_setting_is_in_the_example(entries: dict[str, Entry]) -> None:
    """The example file documents each setting there is, in the order of the class, and no other."""
    assert list(entries) == [name.upper() for name in Settings.model_fields]


def test_no_line_of_the_example_is_overlooked(entries: dict[str, Entry]) -> None:
    """Each assignment of the example file belongs to a documented paragraph."""
    lines = (ROOT / ".env.example").read_text().splitlines()

    assert [line.split("=")[0] for line in lines if line and not line.startswith("#")] == list(entries)


def test_example_shows_the_defaults(entries: dict[str, Entry]) -> None:
    """A copied example file changes nothing."""
    assert load_settings(ROOT / ".env.example") == load_settings(None)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_example_explains(entries: dict[str, Entry], field: str) -> None:
    """A setting is explained by the same sentence and example in the file and in the class."""
    documented = Settings.model_fields[field]
    entry = entries[field.upper()]

    assert entry.sentence == documented.description
    assert documented.examples
    assert entry.example == f"{field.upper()}={documented.examples[0]}"


@pytest.mark.parametrize("field", Settings.model_fields)
def test_examples_can_be_used(entries: dict[str, Entry], field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example is a value that the setting takes, and one that differs from the default."""
    default = load_settings(None)
    name, value = entries[field.upper()].example.split("=", 1)
    monkeypatch.setenv(name, value)

    assert getattr(load_settings(None), field) != getattr(default, field)
