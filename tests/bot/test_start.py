import asyncio
import gc
import os
import ssl
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.lifetime import hurry, no_authorities, settle_in
from tests.chat import TOKEN
from tests.remote import PATIENCE, ROOT, telegram

ADA = 1001
# What takes long to load, and only some of the commands, of the settings, or of the answers need.
HEAVY = {
    "alembic",
    "dns",
    "email_validator",
    "matplotlib",
    "numpy",
    "PIL",
    "pygments",
    "rich",
    "starlette",
    "uvicorn",
}
# Runs `python -m bot` and says at its end what was loaded; None stands for what must not be.
WITNESS = """
import atexit, runpy, sys
atexit.register(lambda: print("loaded", *(name for name, module in sys.modules.items() if module)))
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def usual() -> Iterator[None]:
    """Leaves the collector as it was."""
    thresholds, pause = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    sys.setswitchinterval(pause)


async def test_a_start_loads_only_what_it_needs(database_url: str, tmp_path: Path, *, is_postgresql: bool) -> None:
    """A bot that polls starts, and answers a command, without a library that it could do without."""
    heavy = HEAVY if is_postgresql else HEAVY | {"asyncpg"}
    async with telegram(tmp_path / "playground") as server:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WITNESS, "run"),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "METRICS_PORT": ""}
            | {"BOT_TOKEN": TOKEN, "BOT_API_URL": server.url, "DATABASE_URL": database_url},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            await server.send(ADA, "/start")
            await server.until(ADA, "Hi Ada!")
            process.terminate()
            async with asyncio.timeout(PATIENCE):
                output, log = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
    loaded = set(output.decode().partition("loaded ")[2].split())
    assert {"bot.app", "telegram", "sqlalchemy"} <= loaded, log.decode()
    assert loaded & heavy == set()


@pytest.mark.usefixtures("usual")
def test_the_collector_is_back_at_work() -> None:
    """It rests only for the start; what the start has brought it need not look at any more."""
    hurry()
    assert gc.get_threshold()[0] >= 100_000
    settle_in()
    assert gc.get_threshold()[0] == 10_000
    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize("named", [None, "/etc/ssl/own.pem"])
def test_authorities_are_hidden_and_come_back(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    """Meanwhile nobody is trusted; afterwards the environment says what it said."""
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    if named is None:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    else:
        monkeypatch.setenv("SSL_CERT_FILE", named)
    with no_authorities():
        assert ssl.create_default_context().cert_store_stats()["x509"] == 0
    assert (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")) == (named, None)
