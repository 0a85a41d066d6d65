"""The types of the settings: each takes the text of the environment and says plainly what is wrong with it.

A message continues the setting's name ("BOT_TOKEN should be ...") and never repeats the value, which may be a secret.
"""

import re
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt, SecretStr, StringConstraints
from pydantic_settings import NoDecode
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from db.cipher import decode_key

# Where the bot takes updates, behind whatever address it is reached at.
WEBHOOK_PATH = "/telegram"

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise ValueError("should be a token as @BotFather gives it: digits, a colon, letters and digits")
    return SecretStr(token)


def _data_key(value: SecretStr) -> SecretStr:
    key = value.get_secret_value().strip()
    try:
        if key:  # the default is none
            decode_key(key)
    except ValueError:
        raise ValueError(
            "should be 32 random bytes or more in base64, as `openssl rand -base64 32` makes them"
        ) from None
    return SecretStr(key)


def _base_url(value: str) -> str:
    address = value.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, an IPv6 address without its end
        usable = False
    if not usable or re.search(r"[\s?#]", address):
        raise ValueError("should be the http or https address of a Bot API server")
    return address


def _webhook_url(value: str) -> str:
    """Returns where Telegram sends updates to: the given address, with the path that the bot answers at."""
    address = value.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        # Telegram takes nothing but https; a Bot API server of one's own may be on the same machine, as in tests.
        usable = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
        usable = usable and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s?#]", address):
        raise ValueError("should be an https address that Telegram can reach")
    return address if address.endswith(WEBHOOK_PATH) else address + WEBHOOK_PATH


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _webhook_secret(value: SecretStr) -> SecretStr:
    # Telegram takes one character, too; whoever guesses it speaks for everybody.
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value().strip()):
        raise ValueError("should be 16 to 256 letters, digits, _ or -")
    return SecretStr(value.get_secret_value().strip())


def _database_url(value: str) -> str:
    """Returns the URL with the asynchronous driver that this project brings."""
    try:
        url = make_url(value.strip())
    except (ArgumentError, ValueError):
        url = URL.create("unreadable")
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise ValueError("should be the URL of an SQLite file or a PostgreSQL database")
    url = url.set(drivername=driver)
    return (_sqlite if url.get_backend_name() == "sqlite" else _postgresql)(url).render_as_string(hide_password=False)


def _sqlite(url: URL) -> URL:
    if not url.database or url.database == ":memory:" or url.host:
        raise ValueError("names no file; an SQLite URL is written sqlite:///data/syllabot.sqlite3")
    return url


def _postgresql(url: URL) -> URL:
    if find_spec("asyncpg") is None:
        raise ValueError("needs the package asyncpg: pip install 'syllabot[postgres]'")
    # libpq and most hosting services say sslmode, asyncpg says ssl; the values are the same.
    if "sslmode" in url.query:
        url = url.update_query_dict({"ssl": url.query["sslmode"]}).difference_update_query(["sslmode"])
    return url


def _telegram_ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    ids = [part.strip() for part in value.strip().strip(",").split(",")]
    if not all(re.fullmatch(r"[0-9]{1,15}", part) and int(part) for part in ids):
        raise ValueError("should be Telegram ids, which are positive whole numbers, with commas between them")
    return frozenset(map(int, ids))


def _time_zone(value: str) -> str:
    name = value.strip()
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # OSError: a directory of zones, such as "America"
        raise ValueError("should be the IANA name of a time zone") from None
    return name


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


Token = Annotated[SecretStr, AfterValidator(_token)]
DataKey = Annotated[SecretStr, AfterValidator(_data_key)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
WebhookUrl = Annotated[str, AfterValidator(_webhook_url)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
# NoDecode: the text is ours to read, pydantic-settings would expect JSON.
TelegramIds = Annotated[frozenset[PositiveInt], NoDecode, BeforeValidator(_telegram_ids)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Signup = Annotated[Literal["approval", "open", "closed"], BeforeValidator(_lower)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)]
LogFormat = Annotated[Literal["text", "json"], BeforeValidator(_lower)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Host = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9.:_-]+$")]
Port = Annotated[int, Field(ge=0, le=65535)]
