"""What is written twice says the same twice."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bot.settings import Settings, load_settings
from handlers import ROUTERS
from handlers.kit.text import Catalogs
from handlers.policies import Action
from handlers.talk import Talk

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


# Whom the README lists a command under, by the action that it needs.
ROLES = {
    Action.TALK: "Everyone",
    Action.KNOW: "Everyone",
    Action.SIGN_IN: "Everyone",
    Action.STUDY: "Students, with an account",
    Action.AUTHOR: "Instructors",
    Action.DESK: "Instructors",
    Action.ADMINISTER: "Admins",
}


def section(name: str) -> str:
    """Returns what the README has between the marks of a section."""
    [found] = re.findall(
        rf"<!-- {name}: .*?-->\n(.*?)<!-- end of {name} -->", (ROOT / "README.md").read_text(), re.DOTALL
    )
    return str(found)


def test_the_readme_lists_every_command() -> None:
    """The README's table has each command under its role, in the words of the bot itself."""
    english = Catalogs(ZoneInfo("UTC")).translator("en")
    rows = ["| who | command | what it does |", "| --- | --- | --- |"]
    for action, role in ROLES.items():
        for command in Talk(ROUTERS).commands.values():
            if command.action is action:
                usage = f" {command.usage}" if command.usage else ""
                rows.append(f"| {role} | `/{command.name}{usage}` | {command.description.render(english)} |")
    table = "\n".join(rows) + "\n"
    assert section("commands") == table, f"what the README should have:\n{table}"


def test_the_readme_lists_every_setting() -> None:
    """The README's table has each setting with its default and its sentence."""
    rows = ["| setting | default | what it is |", "| --- | --- | --- |"]
    for name, entry in read_entries(ROOT / ".env.example").items():
        rows.append(f"| `{name}` | {f'`{entry.default}`' if entry.default else ''} | {entry.sentence} |")
    table = "\n".join(rows) + "\n"
    assert section("settings") == table, f"what the README should have:\n{table}"


def test_the_readmes_pictures_and_links_are_there() -> None:
    """What the README shows and points to in this repository exists."""
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text())
    local = [target for target in targets if "://" not in target]
    assert "docs/lesson.png" in local
    assert [target for target in local if not (ROOT / target).exists()] == []


def test_the_pictures_are_small_and_all_are_shown() -> None:
    """Whoever clones this downloads no picture that the README does not show, and none of 60 kB or more."""
    readme = (ROOT / "README.md").read_text()
    pictures = list((ROOT / "docs").glob("*.png"))
    assert [path.name for path in pictures if f"(docs/{path.name})" not in readme] == []
    assert [path.name for path in pictures if path.stat().st_size >= 60_000] == []


def test_the_catalog_has_every_text(tmp_path: Path) -> None:
    """`make catalog` would change nothing: whoever translates sees all there is to say."""
    fresh = tmp_path / "messages.pot"
    subprocess.run(["make", "-s", "catalog", f"CATALOG={fresh}"], cwd=ROOT, check=True)
    assert fresh.read_text() == (ROOT / "handlers/locales/messages.pot").read_text(), "run `make catalog`"
