import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingsError, load_settings

SECRET = "a-word-that-nobody-may-see"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def refusal(env_file: str | None = None, **overrides: Any) -> str:
    """Returns what is said about settings that are wrong."""
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file, **overrides)
    return str(caught.value)


def test_nothing_is_needed() -> None:
    """Without any settings the bot runs in the playground, on an SQLite file."""
    settings = load_settings()

    assert settings.bot_token is None
    assert settings.database_url == "sqlite+aiosqlite:///data/syllabot.sqlite3"
    assert settings.admin_ids == frozenset()


def test_environment_wins_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is asked before `.env`, and overrides before both."""
    Path(".env").write_text("SESSION_DAYS=1\nBCRYPT_ROUNDS=5\nADMIN_IDS=1")
    monkeypatch.setenv("BCRYPT_ROUNDS", "6")
    monkeypatch.setenv("ADMIN_IDS", "2")

    settings = load_settings(admin_ids=[3])

    assert (settings.session_days, settings.bcrypt_rounds) == (1, 6)
    assert settings.admin_ids == {3}


def test_empty_means_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty value is the default, even over a value in `.env`."""
    Path(".env").write_text("BOT_TOKEN=1:abc\nSESSION_DAYS=\nLOG_LEVEL=")
    monkeypatch.setenv("BOT_TOKEN", " ")

    settings = load_settings()

    assert settings.bot_token is None
    assert settings.session_days == 30
    assert settings.log_level == "INFO"


def test_settings_do_not_change() -> None:
    """Settings are a value: nobody can change them under another's hands."""
    settings = load_settings()

    with pytest.raises(ValidationError):
        settings.session_days = 1


def test_secrets_are_not_shown() -> None:
    """Printing the settings shows neither the token nor the database's password."""
    settings = load_settings(
        bot_token=f"1:{SECRET}", database_url=f"postgresql://me:{SECRET}@localhost/db", webhook_secret=f"{SECRET}-2"
    )

    assert SECRET not in f"{settings!r} {settings}"
    assert {f"1:{SECRET}", f"{SECRET}-2"} <= set(settings.secrets)


def test_unknown_override_is_a_mistake() -> None:
    """An override that is no setting is the programmer's mistake, not the user's."""
    with pytest.raises(TypeError, match="bot_tokn"):
        load_settings(bot_tokn="1:abc")


@pytest.mark.parametrize(
    ("text", "ids"),
    [("7", {7}), ("1,2", {1, 2}), (" 1 , 2 ,", {1, 2}), ("5,5", {5}), ("7000000001", {7000000001})],
)
def test_ids(text: str, ids: set[int]) -> None:
    """Telegram ids are read from a list with commas, however it is spaced."""
    assert load_settings(admin_ids=text).admin_ids == ids


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+aiosqlite:////abs/x.db", "sqlite+aiosqlite:////abs/x.db"),
        ("postgres://u:p%40@h:1/d", "postgresql+asyncpg://u:p%40@h:1/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+asyncpg://h/d?ssl=require"),
        ("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
    ],
)
def test_database_url(given: str, used: str) -> None:
    """A database is named in any usual way and reached through an asynchronous driver."""
    assert load_settings(database_url=given).database_url == used


@pytest.mark.parametrize(
    ("database", "directory", "place"),
    [
        ("sqlite:///data/syllabot.sqlite3", "", "data/syllabot.media"),
        ("sqlite:////var/lib/bot/school.db", "", "/var/lib/bot/school.media"),
        ("postgresql://h/school", "", "data/school.media"),
        ("sqlite:///data/syllabot.sqlite3", "/srv/media", "/srv/media"),
    ],
)
def test_each_database_has_its_files(database: str, directory: str, place: str) -> None:
    """Files are kept beside the database under its name, or where the setting says."""
    assert load_settings(database_url=database, media_dir=directory).media_path == Path(place)


def test_postgresql_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for PostgreSQL without its driver is told what to install."""
    monkeypatch.setattr("bot.setting_types.find_spec", lambda _: None)

    assert "syllabot[postgres]" in refusal(database_url="postgresql://h/d")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("bot_api_url", "https://api.example.org/", "https://api.example.org"),
        ("bot_api_url", "http://[::1]:8081", "http://[::1]:8081"),
        ("instructor_signup", "Open", "open"),
        ("log_level", "debug", "DEBUG"),
        ("log_format", "JSON", "json"),
        ("send_per_second", "0", 0.0),
        ("send_per_chat", "0.5", 0.5),
        ("default_timezone", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("webhook_url", "https://bot.example.org", "https://bot.example.org/telegram"),
        ("webhook_url", "https://bot.example.org:8443/a/telegram/", "https://bot.example.org:8443/a/telegram"),
        ("webhook_url", "http://127.0.0.1:8080", "http://127.0.0.1:8080/telegram"),
        ("webhook_url", "http://[::1]:8080/", "http://[::1]:8080/telegram"),
        ("listen_host", " localhost ", "localhost"),
        ("listen_host", "::1", "::1"),
        ("metrics_port", "0", 0),
        ("metrics_port", "", None),
    ],
)
def test_values_are_read_kindly(field: str, text: str, value: object) -> None:
    """A value that says clearly what is meant is taken."""
    assert getattr(load_settings(**{field: text}), field) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("bot_token", SECRET),
        ("bot_token", f"12345:{SECRET} {SECRET}"),
        ("bot_api_url", f"ftp://{SECRET}"),
        ("bot_api_url", f"https://{SECRET}:port"),
        ("bot_api_url", f"https://api.example.org/?{SECRET}"),
        ("database_url", f"mysql://me:{SECRET}@localhost/db"),
        ("database_url", SECRET),
        ("database_url", f"postgresql://me:{SECRET}@localhost:port/db"),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite:///:memory:"),
        ("database_url", f"sqlite://{SECRET}/x.db"),
        ("admin_ids", f"1,{SECRET}"),
        ("admin_ids", "0"),
        ("admin_ids", "-5"),
        ("instructor_ids", "1;2"),
        ("instructor_ids", "1,,2"),
        ("instructor_signup", SECRET),
        ("session_days", "0"),
        ("session_days", "3651"),
        ("session_days", SECRET),
        ("default_timezone", SECRET),
        ("default_timezone", "America"),
        ("default_timezone", "../../etc/passwd"),
        ("bcrypt_rounds", "3"),
        ("bcrypt_rounds", "17"),
        ("send_per_second", "-1"),
        ("send_per_second", "nan"),
        ("send_per_chat", "inf"),
        ("log_level", SECRET),
        ("log_format", SECRET),
        ("playground_port", "65536"),
        ("webhook_url", f"http://bot.example.org/{SECRET}"),
        ("webhook_url", f"https://bot.example.org/?{SECRET}"),
        ("webhook_url", f"https:///{SECRET}"),
        ("webhook_url", "https://[bot.example.org"),
        ("webhook_secret", "fifteen-letters"),
        ("webhook_secret", f"{SECRET} {SECRET}"),
        ("webhook_secret", "x" * 257),
        ("listen_host", f"{SECRET} {SECRET}"),
        ("metrics_port", "-1"),
    ],
)
def test_wrong_value(monkeypatch: pytest.MonkeyPatch, field: str, text: str) -> None:
    """A wrong value is answered with one line that names the setting and does not repeat the value."""
    monkeypatch.setenv(field.upper(), text)

    message = refusal()

    assert message.startswith(f"{field.upper()} ")
    assert len(message.splitlines()) == 1
    assert SECRET not in message


def test_wrong_value_comes_with_an_example() -> None:
    """Who writes a wrong value is shown a right one."""
    assert refusal(session_days="many") == "SESSION_DAYS should be a valid integer, for example SESSION_DAYS=90"


@pytest.mark.parametrize("name", ["ADMIN_ID", "BOT_TOKEN_", "LOGLEVEL", "session_day"])
def test_misspelt_name(name: str) -> None:
    """A name in `.env` that is almost a setting's is not passed over in silence."""
    Path(".env").write_text(f"{name}={SECRET}")

    message = refusal(".env")

    assert message.startswith(f"{name} in .env is not a setting; did you mean ")
    assert SECRET not in message


def test_other_names_are_left_alone() -> None:
    """Names of other programs may stand in `.env` too."""
    Path(".env").write_text("# ours\nexport SESSION_DAYS=9 # days\n\nTEST_DATABASE_URL=x\nCOMPOSE_PROJECT_NAME=y\n")

    assert load_settings().session_days == 9


@pytest.mark.parametrize("content", [b"SESSION_DAYS 9", b"SESSION_DAYS", b"\xff\xfe", b"SESSION_DAYS='9"])
def test_unreadable_file(content: bytes) -> None:
    """A `.env` that is not read as it was meant is refused in one line."""
    Path(".env").write_bytes(content)

    message = refusal(".env")

    assert message.startswith(".env ")
    assert len(message.splitlines()) == 1


def test_byte_order_mark() -> None:
    """A `.env` from an editor that begins files with a byte order mark is read like any other."""
    Path(".env").write_bytes(b"\xef\xbb\xbfSESSION_DAYS=9")

    assert load_settings().session_days == 9


def test_refusal_has_no_cause_to_print() -> None:
    """A traceback of the refusal has no cause attached in which the value could appear."""
    try:
        load_settings(None, bot_token=SECRET)
    except SettingsError:
        error = sys.exc_info()[1]

    assert error is not None
    assert error.__suppress_context__
