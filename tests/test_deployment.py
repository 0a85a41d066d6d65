"""What the files for containers and services say is what the program does."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import running
from bot.cli import app as command_line
from bot.lifetime import PATIENCE as LAST_SECONDS
from bot.lifetime import Status
from bot.settings import Settings, load_settings
from tests.chat import TOKEN
from tests.remote import PATIENCE, ROOT, bot, free_port, logged, telegram

COMMANDS = {command.callback.__name__ for command in command_line.registered_commands if command.callback}
SETTINGS = {name.upper() for name in Settings.model_fields}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
UNIT = (ROOT / "docs/syllabot.service").read_text()
README = (ROOT / "README.md").read_text()


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps a developer's settings out."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def unit(name: str) -> list[str]:
    """Returns the values of a directive of the service."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def health_check() -> list[str]:
    """Returns the command that asks whether the container lives, for this very Python."""
    found = re.search(r"^ +CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    program, *arguments = json.loads(found[1])
    assert program == "python"
    return [sys.executable, *arguments]


def test_the_image_has_what_the_program_is_made_of() -> None:
    """The Dockerfile copies the packages that are shipped, and nothing else of the repository is sent to the build."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name.partition("/")[0] for line in copied for name in line.split()}
    assert set(packages["packages"]) <= names
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert set(sent) == names
    assert "constraints.txt" in names
    assert "--constraint constraints.txt" in DOCKERFILE
    assert [name for name in sent if not (ROOT / name).exists()] == []


def test_the_images_settings() -> None:
    """What the image sets are settings, with ports that the program has, and it is nobody's superuser."""
    block = re.search(r"^ENV (.*?[^\\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert block
    values = dict(pair.split("=", 1) for pair in block[1].replace("\\\n", " ").split())
    assert values.keys() - SETTINGS == {"PATH"}
    settings = load_settings(None, **{name.lower(): value for name, value in values.items() if name != "PATH"})
    assert settings.metrics_port == running.METRICS_PORT
    assert f"EXPOSE {settings.listen_port}\n" in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["syllabot"]
    assert re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE) == ['["run"]']


def test_compose() -> None:
    """Each profile's database is one that the settings take, and the bot has the time that it needs to end."""
    urls = re.findall(r"DATABASE_URL: (\S+)", COMPOSE)
    filled = [url.replace("${POSTGRES_PASSWORD:-}", "secret") for url in urls]
    kinds = [load_settings(None, database_url=url).database_url.partition("+")[0] for url in filled]
    assert kinds == ["sqlite", "postgresql"]
    inside = COMPOSE.partition("x-inside: &inside\n")[2].partition("\n\n")[0]
    names = set(re.findall(r"^  ([A-Z_]+):", inside, re.MULTILINE))
    assert names == {"LISTEN_HOST", "LISTEN_PORT", "METRICS_PORT"}
    grace = re.search(r"x-bot:.*?stop_grace_period: (\d+)s", COMPOSE, re.DOTALL)
    assert grace
    assert int(grace[1]) > LAST_SECONDS
    for profile in ("sqlite", "postgres"):
        assert f"profiles: [{profile}]" in COMPOSE
        assert f"`COMPOSE_PROFILES={profile}`" in README


@pytest.mark.parametrize("name", ["COMMAND", "COMPOSE_PROFILES", "POSTGRES_PASSWORD"])
def test_composes_own_settings(name: str, tmp_path: Path) -> None:
    """Who writes them into `.env` is not told that they are misspelt."""
    assert name in COMPOSE
    assert f"`{name}=" in README
    (tmp_path / ".env").write_text(f"{name}=serve\n")
    load_settings(tmp_path / ".env")


def test_the_service() -> None:
    """It runs a command that there is, where its settings are, and ends as the program does."""
    [start] = unit("ExecStart")
    assert start.split()[1:] == ["run"]
    assert "run" in COMMANDS
    assert unit("WorkingDirectory") == [f"/var/lib/{unit('StateDirectory')[0]}"]
    assert int(unit("TimeoutStopSec")[0]) > LAST_SECONDS
    assert unit("RestartPreventExitStatus") == [str(int(Status.MISUSED))]
    for named in (Path(start.split()[0]).parent, *unit("WorkingDirectory"), "docs/syllabot.service"):
        assert str(named) in README


def test_what_the_readme_runs() -> None:
    """Each command of the program that the README shows is there."""
    shown = set(re.findall(r"(?:-m bot|/bin/syllabot|compose exec bot(?:-on-postgres)? syllabot) ([a-z]+)", README))
    assert {"doctor", "backup", "restore", "rekey"} <= shown
    assert shown <= COMMANDS


async def test_the_health_check(database_url: str, tmp_path: Path) -> None:
    """A bot that lives is healthy, and one that does not is not."""
    port = str(free_port())
    async with (
        telegram(tmp_path / "playground") as server,
        bot(server, database_url, tmp_path, METRICS_PORT=port, BOT_TOKEN=TOKEN) as process,
    ):
        await logged(process, " answers")
        assert _status(port) == 0
    assert _status(port) == 1


def _status(port: str) -> int:
    ended = subprocess.run(
        health_check(), env={"METRICS_PORT": port}, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False
    )
    return ended.returncode
