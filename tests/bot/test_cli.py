import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot import __version__
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
SECRET = "AAE-a_token_that_nobody_may_see"
PATIENCE = 60  # seconds


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Starts programs where neither a developer's settings nor their data are."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)


def bot(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m bot` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def complaint(ended: subprocess.CompletedProcess[str], status: int) -> str:
    """Returns the one line that a program ended with."""
    assert ended.returncode == status, ended.stderr
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert SECRET not in line
    return line


@pytest.fixture
def refusing_server() -> Iterator[str]:
    """A Bot API server that knows no token."""

    class Refuse(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Refuse) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_version() -> None:
    """--version says which Syllabot this is."""
    ended = bot("--version")

    assert (ended.returncode, ended.stdout) == (0, f"syllabot {__version__}\n")


def test_help() -> None:
    """--help names every command."""
    ended = bot("--help")

    assert ended.returncode == 0
    assert {"run", "playground", "migrate"} <= set(ended.stdout.split())


def test_help_is_quick() -> None:
    """The command line loads no large library before it knows what to do."""
    code = "import sys, bot.cli; print({'telegram', 'sqlalchemy', 'pydantic', 'alembic'} & sys.modules.keys())"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=PATIENCE)

    assert loaded == "set()\n"


def test_unknown_command() -> None:
    """A command that does not exist is the person's mistake."""
    ended = bot("fly")

    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["run", "playground", "migrate"])
def test_wrong_setting(command: str) -> None:
    """A wrong setting is one line and status 2, whatever was asked for."""
    line = complaint(bot(command, SESSION_DAYS=SECRET), 2)

    assert line.startswith("syllabot: SESSION_DAYS should be ")


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_wrong_token(command: str) -> None:
    """A token that cannot be one is refused without being shown."""
    line = complaint(bot(command, BOT_TOKEN=SECRET), 2)

    assert line.startswith("syllabot: BOT_TOKEN should be ")


def test_misspelt_setting() -> None:
    """A misspelt name in `.env` is one line and status 2."""
    Path(".env").write_text(f"BOT_TOKNE=123:{SECRET}")

    assert "did you mean BOT_TOKEN?" in complaint(bot("run"), 2)


def test_refused_token(refusing_server: str) -> None:
    """A token that Telegram does not know is one line and status 2."""
    line = complaint(bot("run", BOT_TOKEN=f"123:{SECRET}", BOT_API_URL=refusing_server), 2)

    assert line.startswith("syllabot: BOT_TOKEN is refused by ")


def test_migrate() -> None:
    """Migrating makes the database, and changes nothing the second time."""
    for _ in range(2):
        ended = bot("migrate", DATABASE_URL="sqlite:///new/syllabot.sqlite3")

        assert (ended.returncode, ended.stdout) == (0, "The database is up to date.\n"), ended.stderr
    assert Path("new/syllabot.sqlite3").stat().st_size > 0


@pytest.mark.parametrize("command", ["run", "migrate"])
@pytest.mark.parametrize(
    "url", ["sqlite:////dev/null/syllabot.sqlite3", f"postgresql://me:{SECRET}@127.0.0.1:1/syllabot"]
)
def test_database_out_of_reach(command: str, url: str) -> None:
    """A database that cannot be reached is one line and status 1."""
    line = complaint(bot(command, DATABASE_URL=url, BOT_TOKEN=f"123:{SECRET}"), 1)

    assert line.startswith("syllabot: the database at DATABASE_URL cannot be used: ")


def test_newer_database() -> None:
    """A database of a newer Syllabot is left as it is, with one line and status 1."""
    bot("migrate", DATABASE_URL="sqlite:///syllabot.sqlite3")
    with closing(sqlite3.connect("syllabot.sqlite3", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")

    line = complaint(bot("migrate", DATABASE_URL="sqlite:///syllabot.sqlite3"), 1)

    assert line.startswith("syllabot: the database at DATABASE_URL is of another version of Syllabot: ")


def test_port_in_use() -> None:
    """A port that another program has is one line and status 1."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        line = complaint(bot("playground", PLAYGROUND_PORT=str(other.getsockname()[1])), 1)

    assert "PLAYGROUND_PORT" in line


@pytest.mark.parametrize(
    ("command", "number"), [("playground", signal.SIGTERM), ("playground", signal.SIGINT), ("run", signal.SIGINT)]
)
async def test_playground(command: str, number: signal.Signals) -> None:
    """The playground, which `run` opens when there is no token, says where it is and ends well when asked to."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", command),
        env=os.environ | {"PLAYGROUND_PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stdout
    assert program.stderr
    said = b""
    try:
        async with asyncio.timeout(PATIENCE):
            line = await program.stdout.readline()
            # The bot says in its log that it answers; at the end of a log without that, it has failed.
            while b" answers" not in said and (more := await program.stderr.readline()):
                said += more
            if b" answers" in said:
                program.send_signal(number)
            said += (await program.communicate())[1]
    finally:
        if program.returncode is None:
            program.kill()

    assert line.startswith(b"The playground is open at http://127.0.0.1:"), said.decode()
    assert program.returncode == 0, said.decode()
    assert b"Traceback" not in said
