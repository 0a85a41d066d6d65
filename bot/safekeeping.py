"""Keeping the data: backup, restore, rekey, and the key that a start needs.

Each failure is a StartError: one line that says what to do.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot.clock import utc_now
from bot.lifetime import StartError, Status
from bot.settings import Settings
from db import keyring
from db.backup import InUseError, UnfitError
from db.backup import back_up as copy_database
from db.backup import restore as put_back
from db.cipher import UnreadableError, cipher_for
from db.rekey import BotAliveError, UncleanError
from db.rekey import rekey as change_key

_DATABASE = "the database at DATABASE_URL"
_IN_USE = "this database: stop it first, or wait half a minute after a crash"


def back_up(settings: Settings, target: Path) -> None:
    """Copies the database into a file that is not there yet.

    Raises:
        StartError: it could not be done, and nothing is left behind.
    """
    database = _sqlite_file(settings, "use pg_dump")
    if not database.is_file():
        raise StartError(f"there is no database at {database}", Status.FAILED)
    with _plainly(target, "written"):
        copy = copy_database(database, target)
    state = "is encrypted" if copy.fingerprint else "is NOT encrypted"
    typer.echo(f"{target} is a copy of the database: {copy.size:,} bytes. The personal data in it {state}.")
    if settings.media_path.is_dir():
        typer.echo(f"The files of lessons are not in it. Copy them after it, they are in {settings.media_path}.")


def restore(settings: Settings, source: Path) -> None:
    """Puts a copy of a backup in the place of the database.

    Raises:
        StartError: it could not be done, and nothing is changed.
    """
    database = _sqlite_file(settings, "use pg_restore or psql")
    key = settings.data_key.get_secret_value()
    remedy = "restore it with DATA_KEY empty, then set it again and run rekey"
    with _plainly(source, "restored"), _fitting(str(source), "DATA_KEY", key, remedy):
        kept = put_back(source, database, cipher_for(key), utc_now())
    typer.echo(f"{database} is a copy of {source} now." + (f" What was there is kept as {kept}." if kept else ""))


async def fit_key(settings: Settings) -> None:
    """Returns when the database stands under DATA_KEY; an empty one takes it.

    Raises:
        StartError: when it does not.
    """
    with fitting(settings):
        await keyring.fit(settings.database_url, settings.data_key.get_secret_value())


@contextlib.contextmanager
def fitting(settings: Settings) -> Iterator[None]:
    """Says what to do when the database does not stand under DATA_KEY, or does not any more.

    Raises:
        StartError: when that is found out.
    """
    remedy = "stop the bot and encrypt it with `python -m bot rekey`"
    with _fitting(_DATABASE, "DATA_KEY", settings.data_key.get_secret_value(), remedy):
        yield


def check_keys(settings: Settings) -> None:
    """Returns when there is anything for rekey to do.

    Raises:
        StartError: when no key is set.
    """
    if not settings.old_data_key and not settings.data_key:
        message = "rekey needs DATA_KEY, to encrypt the database; or OLD_DATA_KEY, to decrypt it; or both, to change it"
        raise StartError(message, Status.MISUSED)


async def rekey(settings: Settings) -> None:
    """Writes everything that is under OLD_DATA_KEY under DATA_KEY.

    Raises:
        StartError: it could not be done; nothing is changed, but where the line says so.
    """
    old, new = settings.old_data_key.get_secret_value(), settings.data_key.get_secret_value()
    with _fitting(_DATABASE, "OLD_DATA_KEY", old, "leave it empty"):
        count = await _rekey(settings.database_url, old, new)
    state = "encrypted under DATA_KEY" if new else "not encrypted"
    typer.echo(f"{count:,} rows were written anew. The personal data in the database is {state} now.")


async def _rekey(database_url: str, old: str, new: str) -> int:
    try:
        return await change_key(database_url, old, new, utc_now())
    except BotAliveError:
        raise StartError(f"a bot works on {_IN_USE}", Status.FAILED) from None
    except UnreadableError as error:
        raise StartError(f"the database cannot be read: {error}; nothing was changed", Status.FAILED) from None
    except UncleanError as error:
        message = f"all is changed, but its file still holds what was there before ({error}): do the same again"
        raise StartError(message, Status.FAILED) from None
    except (OSError, DBAPIError) as error:
        # PostgreSQL's second line may quote a row.
        reason, *_ = str(getattr(error, "orig", error)).splitlines() or [type(error).__name__]
        raise StartError(f"{_DATABASE} cannot be used: {reason}", Status.FAILED) from None


def _sqlite_file(settings: Settings, instead: str) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise StartError(f"DATABASE_URL is not an SQLite file: {instead}", Status.MISUSED)
    return Path(url.database or "")


@contextlib.contextmanager
def _plainly(file: Path, done: str) -> Iterator[None]:
    """Says of a file that could not be copied why not."""
    try:
        yield
    except FileExistsError as error:
        raise StartError(f"{error} is there already; name a file that is not", Status.MISUSED) from None
    except InUseError:
        raise StartError(f"a bot, or another program, works on {_IN_USE}", Status.FAILED) from None
    except UnfitError as error:
        raise StartError(f"{file} {error}; nothing was changed", Status.FAILED) from None
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StartError(f"{file} could not be {done}: {reason}", Status.FAILED) from None


@contextlib.contextmanager
def _fitting(what: str, setting: str, key: str, remedy: str) -> Iterator[None]:
    """Says what to do when something does not stand under the key that is the setting's value."""
    error: BaseException | None = None
    try:
        yield
    except* keyring.WrongKeyError as group:  # at the start, or from among the tasks of a bot that was suspended
        error = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, keyring.WrongKeyError):
        if error.is_encrypted:
            trouble = f"is encrypted, and {setting} is {'another key' if key else 'empty'}"
            message = f"{what} {trouble}: put the key there that it was encrypted under"
        else:
            message = f"{what} is not encrypted, and {setting} is set: {remedy}"
        raise StartError(message, Status.MISUSED) from None
