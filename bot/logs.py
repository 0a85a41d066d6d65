"""Logging: one stream, as text or JSON, in which no secret ever appears.

Secrets are taken out of the finished line, the last moment at which every way in has come together: the message, its
arguments, exceptions with their causes, and whatever a library writes.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

# At INFO, the first two write the address of every request, which for a Bot API call holds the token. At DEBUG, the
# next two write what people send, passwords too. The others write lines at each start that nobody asked for.
_TALKATIVE = ("httpx", "httpcore", "telegram", "aiosqlite", "alembic", "apscheduler")
# What hides in texts, whether we were told of it or not: a bot's token, a database's password, a person's address.
_SHAPES = (
    r"(?<![A-Za-z0-9])(?P<bot>bot)[0-9]+(?::|%3A)[A-Za-z0-9_-]+",
    r"(?<=://)(?P<user>[^\s/:@\"']*:)[^\s/@\"']+(?=@)",
    # PostgreSQL's errors quote the row: `Key (email_key)=(ada@example.org) already exists.`
    r"(?P<key>Key \([^)]*\)=)\(.*?\)(?= )",
    # ... and `Failing row contains (1, Ada, ada@example.org, ...).`
    r"(?P<row>Failing row contains )\(.*?\)(?=\.?(?:\\n|\n|\"|\Z))",
    # asyncpg's: `invalid input for query argument $1: 'ada@example.org' (...)`
    r"(?P<argument>query argument \$[0-9]+: )(?:(?!\\n|\"[,}]).)*",
)
_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
# What every record has; anything else came through `extra`.
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def configure(level: str, format: Literal["text", "json"], secrets: Iterable[str] = ()) -> None:
    """Sends all logging, warnings and uncaught exceptions to stderr, in one format and without secrets.

    Args:
        level: the least that is logged, such as "INFO".
        format: "text" for people, "json" for machines.
        secrets: texts to show as `***`; tokens in addresses are hidden without being named here.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(Json() if format == "json" else Text(), secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    # It logs each page of a proxy as an error with a traceback; what becomes of the call is logged where it is known.
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


class Redacting(logging.Formatter):
    """Writes what another formatter writes, with `***` in the place of secrets."""

    def __init__(self, formatter: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._formatter = formatter
        self._hide = redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record as a line, or lines where text has a traceback."""
        return self._hide(self._write(record))

    def _write(self, record: logging.LogRecord) -> str:
        # Whatever goes wrong here, logging itself would print the arguments, secrets and all.
        try:
            return self._formatter.format(record)
        except Exception as error:  # noqa: BLE001 -- see above
            reason = type(error).__name__
        try:
            words = f"{record.msg!r} does not fit {record.args!r}: {reason}"
            return self._formatter.format(_bare(record, words, record.exc_info))
        except Exception:  # noqa: BLE001 -- an argument, or an error, that cannot even be shown
            return self._formatter.format(_bare(record, f"a line that cannot be written: {reason}"))


def _bare(record: logging.LogRecord, words: str, error: _ExcInfo | None = None) -> logging.LogRecord:
    """Returns a record of the same time and place that says this, without arguments and extras."""
    bare = logging.LogRecord(record.name, record.levelno, record.pathname, record.lineno, words, None, error)
    bare.created = record.created
    return bare


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Returns a function that returns a text with `***` in the place of these secrets and their likes."""
    written = {form for secret in secrets if secret for form in _forms(secret)}
    # The longest first: one secret may begin like another.
    known = [re.escape(form) for form in sorted(written, key=len, reverse=True)]
    return partial(re.compile("|".join([*known, *_SHAPES]), re.IGNORECASE).sub, _stars)


class Text(logging.Formatter):
    """`2026-01-31T12:00:00.000Z INFO bot.polling: listening`, and a traceback below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 -- logging's name
        """Returns when it happened, in UTC and ISO 8601."""
        return _time(record)


class Json(logging.Formatter):
    """One JSON object a record, on one line; what came through `extra` stands beside the rest."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record as a line."""
        entry: dict[str, Any] = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        entry |= {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = record.stack_info
        return json.dumps(entry, default=str)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _forms(secret: str) -> set[str]:
    """Returns the secret as it looks in text, in an address and in a `repr`, and each of these in JSON."""
    forms = {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1]}
    return forms | {json.dumps(form)[1:-1] for form in forms}


def _stars(match: re.Match[str]) -> str:
    kept = next((match[name] for name in ("bot", "user", "key", "row", "argument") if match[name]), "")
    return f"{kept}***"


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("an uncaught exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    error = args.exc_value or args.exc_type()
    logging.getLogger(__name__).critical("an uncaught exception in a thread", exc_info=error)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    logging.getLogger(__name__).error(
        "%s", args.err_msg or "an exception that nobody could catch", exc_info=args.exc_value
    )
