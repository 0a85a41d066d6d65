"""Databases to run on: a file, one made on a PostgreSQL that is there, or a PostgreSQL of the harness's own."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.playground.server import HOST, listen

DEFAULT_SERVER = "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
# Who owns the files of a server that root starts: PostgreSQL refuses to run as root.
USER = "postgres"


class MissingError(Exception):
    """There is no such database here; the message is a plain line."""


def sqlite(folder: Path) -> str:
    """Returns the URL of a new file."""
    return f"sqlite+aiosqlite:///{folder}/chaos.sqlite3"


@contextlib.asynccontextmanager
async def postgresql(server: str, template: str = "template1") -> AsyncIterator[str]:
    """Yields the URL of a new database on that server, a copy of the template, and drops it afterwards.

    Raises:
        MissingError: when the server does not answer.
    """
    name = f"syllabot_chaos_{uuid.uuid4().hex[:12]}"
    try:
        await _tell(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    except (OSError, DBAPIError) as error:
        raise MissingError(f"no PostgreSQL answers at {make_url(server)!r}: {type(error).__name__}") from None
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        await _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _tell(server: str, statement: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


@contextlib.asynccontextmanager
async def cluster() -> AsyncIterator["Cluster"]:
    """Yields a server of the harness's own, and removes it afterwards.

    Raises:
        MissingError: when PostgreSQL's programs are not on this machine.
    """
    server = Cluster()
    try:
        await server.make()
        await server.start()
        try:
            yield server
        finally:
            await server.stop("fast")
    finally:
        server.remove()


class Cluster:
    """A PostgreSQL server that can be stopped, as a power cut would, and started again."""

    def __init__(self) -> None:
        """Has no files yet.

        Raises:
            MissingError: when PostgreSQL's programs are not on this machine.
        """
        self._programs = _find_programs()
        # Not in a folder of ours: the server's user must come to it, also where that is not this one.
        self._folder = Path(tempfile.mkdtemp(prefix="chaos-cluster-"))
        with contextlib.closing(listen(0)) as listening:
            self._port = listening.getsockname()[1]
        self.url = f"postgresql+asyncpg://postgres@{HOST}:{self._port}/postgres"

    async def make(self) -> None:
        """Makes its files."""
        if _is_root():
            shutil.chown(self._folder, USER, USER)
        await self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")

    async def start(self) -> None:
        """Starts it, and returns when it answers."""
        options = f"-p {self._port} -c listen_addresses={HOST} -c unix_socket_directories="
        await self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self._folder / "server.log"))

    async def stop(self, mode: str = "immediate") -> None:
        """Stops it: immediately, with whatever it was doing left undone, or in good order ('fast')."""
        await self._run("pg_ctl", "stop", "-w", "-m", mode)

    def remove(self) -> None:
        """Removes its files."""
        shutil.rmtree(self._folder)

    async def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder), *arguments]
        if _is_root():
            command = ["runuser", "-u", USER, "--", *command]
        # The server inherits no pipe, for that would be waited for.
        process = await asyncio.create_subprocess_exec(
            *command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if await process.wait():
            raise RuntimeError(f"{program} {' '.join(arguments)} failed")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _find_programs() -> Path:
    """Returns the folder of initdb and pg_ctl, which Debian does not put on the path."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            if _is_root() and not shutil.which("runuser"):
                raise MissingError("PostgreSQL does not run as root, and there is no runuser")
            return folder
    raise MissingError("initdb and pg_ctl are not on this machine")
