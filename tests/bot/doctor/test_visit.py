import asyncio
import os
import subprocess
import sys
from pathlib import Path

from bot.doctor.checks import CHECKS
from bot.doctor.finding import Level
from tests.chat import TOKEN
from tests.remote import PATIENCE, ROOT, free_port, telegram

SECRETS = ("TEST-TOKEN", "a-secret", "the-only-key")


def doctor(folder: Path, **environment: str) -> tuple[int, list[str]]:
    """Runs `python -m bot doctor`; returns its status and its lines."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.stderr == ""
    assert [secret for secret in SECRETS if secret in ended.stdout] == []
    return ended.returncode, ended.stdout.splitlines()


async def test_a_bot_that_is_well(database_url: str, tmp_path: Path) -> None:
    """Each thing is one line, what is worth a word is counted, and the status is 0."""
    async with telegram(tmp_path / "playground") as server:
        status, lines = await asyncio.to_thread(
            doctor, tmp_path, BOT_TOKEN=TOKEN, BOT_API_URL=server.url, DATABASE_URL=database_url, ADMIN_IDS="1"
        )
    assert status == 0
    assert lines[0] == "good     settings  They are read from the environment; there is no .env."
    assert [line.split()[1] for line in lines[1:6]] == ["token", "admins", "webhook", "clock", "database"]
    assert lines[-1] in {"Nothing is wrong; 1 thing to look at.", "Nothing is wrong; 2 things to look at."}


def test_a_bot_that_is_not(tmp_path: Path) -> None:
    """All that is wrong is told at once, the status is 1, and no secret is shown."""
    status, lines = doctor(
        tmp_path,
        BOT_TOKEN=TOKEN,
        BOT_API_URL=f"http://127.0.0.1:{free_port()}",
        DATABASE_URL="postgresql://me:a-secret@127.0.0.1:1/syllabot",
        DATA_KEY="the-only-key-of-these-tests-aaaaaaaaaaaaaaaa",
    )
    assert status == 1
    assert [line.split()[1] for line in lines if line.startswith("WRONG")] == ["token", "database"]
    assert lines[-1] == "2 things are wrong."


def test_nothing_but_the_program(tmp_path: Path) -> None:
    """On a new machine, without a token, nothing is wrong, and nothing is made."""
    status, lines = doctor(tmp_path)
    assert status == 0
    assert any("`run` opens the playground" in line for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting(tmp_path: Path) -> None:
    """It is named, without its value; no more is looked at, for nobody knows where."""
    (tmp_path / ".env").write_text("SESSION_DAYS=a-secret\n")
    status, lines = doctor(tmp_path)
    assert status == 1
    assert len(lines) == 2
    assert lines[0].startswith("WRONG    settings  SESSION_DAYS should be ")
    assert lines[1] == "1 thing is wrong."


def test_the_readmes_sample() -> None:
    """The README shows a line for each thing that is looked at, and how it is in the doctor's own words."""
    sample = (ROOT / "README.md").read_text().partition("-m bot doctor\n")[2].partition("```")[0].splitlines()
    assert [line.split()[1] for line in sample[:-1]] == ["settings", *(check.name for check in CHECKS)]
    assert {line.split()[0] for line in sample[:-1]} <= set(Level)
