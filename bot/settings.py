"""The settings: the only reader of the environment and of `.env`."""

import re
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

from bot.setting_types import (
    BaseUrl,
    DatabaseUrl,
    DataKey,
    Host,
    LogFormat,
    LogLevel,
    Port,
    Rate,
    Signup,
    TelegramIds,
    TimeZone,
    Token,
    WebhookSecret,
    WebhookUrl,
)

# With utf-8-sig, a file that an editor began with a byte order mark reads like any other.
_ENCODING = "utf-8-sig"
ENV_FILE = ".env"


class SettingsError(Exception):
    """A setting is wrong. The message is one line for the person who runs the bot, and holds no secret."""


class Settings(BaseSettings):
    """What the person who runs the bot decides; `.env.example` says the same, and a test compares the two.

    The environment wins over `.env`, and an empty value means the default.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, env_file_encoding=_ENCODING
    )

    bot_token: Token | None = Field(
        default=None,
        description="The bot's token from @BotFather. Without one the bot runs in the playground.",
        examples=["123456789:the-token-that-BotFather-gave-you"],
    )
    bot_api_url: BaseUrl = Field(
        default="https://api.telegram.org",
        description="The Bot API server: Telegram's, or your own.",
        examples=["http://127.0.0.1:8081"],
    )
    database_url: DatabaseUrl = Field(
        default="sqlite+aiosqlite:///data/syllabot.sqlite3",
        repr=False,  # it may hold a password
        description="The database: an SQLite file, or PostgreSQL.",
        examples=["postgresql://syllabot:secret@127.0.0.1:5432/syllabot"],
    )
    media_dir: Path | None = Field(
        default=None,
        description="The directory of copies of the files in lessons; by default one that is named like the database.",
        examples=["/var/lib/syllabot/media"],
    )
    data_key: DataKey = Field(
        default=SecretStr(""),
        repr=False,
        description="The key that encrypts personal data; who loses it loses them. Without one, nothing is encrypted.",
        examples=["32-random-bytes-in-base64-made-by-the-line-in-README"],
    )
    old_data_key: DataKey = Field(
        default=SecretStr(""),
        repr=False,
        description="For rekey: the key under which the database is encrypted so far; empty when it is not.",
        examples=["the-key-that-stood-behind-DATA_KEY-until-now"],
    )
    admin_ids: TelegramIds = Field(
        default=frozenset(),
        description="Telegram ids of the admins, with commas between them.",
        examples=["123456789,987654321"],
    )
    instructor_ids: TelegramIds = Field(
        default=frozenset(),
        description="Telegram ids of people who become instructors when they register.",
        examples=["123456789,987654321"],
    )
    instructor_signup: Signup = Field(
        default="approval",
        description="Who else may become an instructor: approval (whom an admin approves), open (all) or closed.",
        examples=["open"],
    )
    session_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30,
        description="Days that a sign-in lasts; using the bot renews it.",
        examples=["90"],
    )
    retention_days: Annotated[int, Field(ge=30, le=36500)] = Field(
        default=730,
        description="Days without use after which an account is deleted, with all that belongs to it.",
        examples=["365"],
    )
    audit_days: Annotated[int, Field(ge=1, le=36500)] = Field(
        default=365,
        description="Days that the log of what admins did is kept.",
        examples=["90"],
    )
    default_timezone: TimeZone = Field(
        default="UTC",
        description="The time zone of people who have not chosen one, by its IANA name.",
        examples=["Europe/Berlin"],
    )
    bcrypt_rounds: Annotated[int, Field(ge=4, le=16)] = Field(
        default=12,
        description="The cost of a password hash; one more doubles the time that guessing takes, and signing in.",
        examples=["13"],
    )
    send_per_second: Rate = Field(
        default=30.0,
        description="Messages a second to all chats together; 0 is no limit.",
        examples=["25"],
    )
    send_per_chat: Rate = Field(
        default=1.0,
        description="Messages a second to one chat, after a burst of 20; 0 is no limit.",
        examples=["0.5"],
    )
    log_level: LogLevel = Field(
        default="INFO",
        description="The least that is logged: DEBUG, INFO, WARNING or ERROR.",
        examples=["DEBUG"],
    )
    log_format: LogFormat = Field(
        default="text",
        description="How it is logged: 'text' for people, 'json' for machines, one line a record.",
        examples=["json"],
    )
    webhook_url: WebhookUrl | None = Field(
        default=None,
        description="For serve: the address at which Telegram reaches the bot; /telegram is put behind it.",
        examples=["https://bot.example.org"],
    )
    webhook_secret: WebhookSecret | None = Field(
        default=None,
        description="For serve: 16 to 256 letters, digits, _ or - that only Telegram and the bot know.",
        examples=["a-long-word-that-nobody-guesses"],
    )
    listen_host: Host = Field(
        default="127.0.0.1",
        description="The address of this machine at which serve listens; 0.0.0.0 is all of them.",
        examples=["0.0.0.0"],  # noqa: S104 -- an example for a container
    )
    listen_port: Port = Field(
        default=8080,
        description="The port at which serve listens; 0 takes any that is free.",
        examples=["8000"],
    )
    metrics_port: Port | None = Field(
        default=None,
        description="The port of /metrics; 0 is none. Without it, serve takes 9464 and run has none.",
        examples=["9464"],
    )
    playground_port: Port = Field(
        default=8081,
        description="The playground's port on 127.0.0.1; 0 takes any that is free.",
        examples=["8090"],
    )

    @property
    def media_path(self) -> Path:
        """Where copies are kept: no two databases may share it, for one would take the other's for nobody's."""
        if self.media_dir is not None:
            return self.media_dir
        url = make_url(self.database_url)
        database = Path(url.database or "syllabot")
        beside = database.parent if url.get_backend_name() == "sqlite" else Path("data")
        return beside / f"{database.stem}.media"

    @property
    def secrets(self) -> list[str]:
        """What must appear in no log and on no shelf."""
        secrets = (self.bot_token, self.webhook_secret, self.data_key, self.old_data_key)
        return [secret.get_secret_value() for secret in secrets if secret]

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, values: dict[str, Any]) -> dict[str, Any]:
        # Here and not by `env_ignore_empty`, so that `BOT_TOKEN= make run` overrules the token in `.env`.
        return {name: value for name, value in values.items() if not (isinstance(value, str) and not value.strip())}


def load_settings(env_file: Path | str | None = ENV_FILE, **overrides: Any) -> Settings:
    """Returns the settings from the environment, `env_file` (which need not exist) and the defaults.

    Args:
        env_file: None reads the environment only.
        overrides: values by field name that win over all of these.

    Raises:
        SettingsError: a setting is wrong.
    """
    if unknown := overrides.keys() - Settings.model_fields.keys():
        raise TypeError(f"no such settings: {', '.join(sorted(unknown))}")
    if env_file is not None:
        _check(Path(env_file))
    values: dict[str, Any] = {"_env_file": env_file, **overrides}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None  # the cause's traceback could show the value


def _sentence(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = str(detail["loc"][0])
    reason = re.sub(r"^(Value error, |Input )|, unable to parse.*", "", detail["msg"])
    sentence = f"{field.upper()} {reason}"
    if not reason.startswith("should"):
        return sentence
    examples = Settings.model_fields[field].examples or [""]
    return f"{sentence}, for example {field.upper()}={examples[0]}"


def _check(env_file: Path) -> None:
    """Refuses what pydantic-settings would pass over in silence: lines it cannot read and misspelt names."""
    if not env_file.is_file():
        return
    try:
        text = env_file.read_text(_ENCODING)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{env_file} cannot be read; it should be a text file in UTF-8") from None
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            raise SettingsError(f"{env_file} has a line that is not NAME=value, for example SESSION_DAYS=30")
        _check_name(binding.key or "", env_file)


def _check_name(name: str, env_file: Path) -> None:
    field = name.lower()
    # 0.85 takes ADMIN_ID for ADMIN_IDS, and leaves TEST_DATABASE_URL and other programs' names alone.
    close = get_close_matches(field, Settings.model_fields, n=1, cutoff=0.85)
    if close and close[0] != field:
        raise SettingsError(f"{name} in {env_file} is not a setting; did you mean {close[0].upper()}?")
