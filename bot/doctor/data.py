"""Findings about the database, the copies of files, and the disks that they are on."""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot.doctor.facts import Facts
from bot.doctor.finding import Finding, careful, good, skipped, wrong
from bot.lifetime import StartError
from bot.safekeeping import fitting
from db import keyring
from db.cipher import cipher_for
from db.condition import Condition, file_of, may_write, wal_of
from db.revision import list_revisions

# Bytes that are free: less than the first is soon too little, less than the second is too little now.
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000
# Bytes of a WAL that somebody keeps from being folded into the database; usually it has some megabytes.
LARGE_WAL = 64 * 1024 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def database(facts: Facts) -> Finding:
    """Finds whether the database can be reached, read and written."""
    condition, url = facts.database, make_url(facts.settings.database_url)
    name = f"{url.database}" if url.get_backend_name() == "sqlite" else f"{url.database} at {url.host or 'localhost'}"
    if isinstance(condition, OSError | DBAPIError):
        reason, *_ = str(getattr(condition, "orig", condition)).splitlines() or [type(condition).__name__]
        return wrong(f"{name} cannot be used: {reason.rstrip('.')}. See that DATABASE_URL names it, and that it runs.")
    if condition is None:
        folder = _nearest_folder(Path(url.database or ""))
        if not may_write(folder):
            return wrong(f"{name} cannot be made, for {folder} is not writable: name another place in DATABASE_URL.")
        return good(f"{name} is not there yet; the first start makes it.")
    if not condition.is_writable:
        return wrong(f"{name} cannot be written: give it, and its folder, to the user that the bot runs as.")
    return good(f"{name} can be read and written.")


def private(facts: Facts) -> Finding | None:
    """Finds whether others on this machine can read what is the bot's alone: settings, database, copies of files."""
    paths = (facts.env_file, file_of(facts.settings.database_url), facts.settings.media_path)
    found = {str(path): _stat(path) for path in paths if path is not None}
    modes = {path: known.st_mode for path, known in found.items() if known is not None}
    open_ones = [path for path, mode in modes.items() if mode & _OTHERS]
    if open_ones:
        them = " ".join(open_ones)
        return careful(f"Other users of this machine can open {' and '.join(open_ones)}: `chmod go-rwx {them}`.")
    return good(f"Nobody else can open {' and '.join(modes)}.") if modes else None


def key(facts: Facts) -> Finding:
    """Finds whether the database stands under DATA_KEY."""
    condition, mine = facts.database, cipher_for(facts.settings.data_key.get_secret_value())
    if not isinstance(condition, Condition | None):
        return skipped("The database could not be asked.")
    if condition is not None and (condition.fingerprint is not None or condition.holds_people):
        try:
            with fitting(facts.settings):
                keyring.check_fingerprint(condition.fingerprint or "", mine)
        except StartError as error:
            return wrong(f"{str(error)[0].upper()}{str(error)[1:]}.")
    if not mine.fingerprint:
        return careful("Personal data is not encrypted: README, 'Personal data, encrypted', says how to.")
    return good("Personal data is encrypted under DATA_KEY. Keep a copy of it, but not beside the backups.")


def schema(facts: Facts) -> Finding:
    """Finds whether the database has the tables that this version needs."""
    if not isinstance(facts.database, Condition | None):
        return skipped("The database could not be asked.")
    revisions = list_revisions()
    found = facts.database.revision if facts.database else None
    if found == revisions[-1]:
        return good(f"It is at migration {found}, the newest.")
    if found is None:
        return good("There are no tables yet; the first start makes them.")
    if found not in revisions:
        return wrong(
            f"The database is of another version (migration {found}; the newest here is {revisions[-1]}):"
            " update Syllabot, or restore a backup."
        )
    behind = len(revisions) - 1 - revisions.index(found)
    return careful(
        f"{behind} {'migration is' if behind == 1 else 'migrations are'} to be made ({found} to {revisions[-1]}):"
        " make a backup and start the bot, which does it."
    )


def disk(facts: Facts) -> Finding:
    """Finds whether the database and the copies of files have room to grow; a server sees to its own disk."""
    file = file_of(facts.settings.database_url)
    free = {folder: shutil.disk_usage(folder).free for folder in _folders(file, facts.settings.media_path)}
    rooms = {folder: f"{each / 1e9:,.1f} GB are free at {folder}" for folder, each in free.items()}
    fullest = min(free, key=lambda folder: free[folder])
    if free[fullest] < TOO_LITTLE:
        return wrong(f"{rooms[fullest]}: make room before the bot has to stop writing.")
    if free[fullest] < LITTLE:
        return careful(f"{rooms[fullest]}: make room soon.")
    return (_wal(file) if file else None) or good(f"{' and '.join(rooms.values())}.")


def _folders(file: Path | None, media: Path) -> list[Path]:
    """Returns the folders that fill, one of each disk."""
    folders = [_nearest_folder(path) for path in (file, media / "copy") if path is not None]
    # The first of a disk stays: the database's.
    return list({folder.stat().st_dev: folder for folder in reversed(folders)}.values())[::-1]


def _wal(file: Path) -> Finding | None:
    """Finds whether somebody keeps a WAL from being folded in."""
    wal = wal_of(file)
    known = _stat(wal)
    if known is None or known.st_size <= LARGE_WAL:
        return None
    megabytes = known.st_size >> 20
    return careful(f"{wal} has {megabytes:,} MB: another program keeps {file} open to read; end it.")


def _nearest_folder(path: Path) -> Path:
    """Returns the folder of a path, or the nearest above it that is there and can be looked into."""
    known = ((folder, _stat(folder)) for folder in path.absolute().parents)
    return next(folder for folder, found in known if found is not None and stat.S_ISDIR(found.st_mode))


def _stat(path: Path) -> os.stat_result | None:
    """Returns what is known of a file; None when it is not there, or not for our eyes."""
    with suppress(OSError):
        return path.stat()
    return None
