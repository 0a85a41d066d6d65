import asyncio
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Literal

import httpx
import pytest

from bot.logs import _TALKATIVE, configure, redactor
from tests.chat import PASSWORD, open_world
from tests.chat import TOKEN as PLAYGROUND_TOKEN

TOKEN = "123456789:AAE-a_token_that_nobody_may_see"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"
Format = Literal["text", "json"]
FORMATS = pytest.mark.parametrize("format", ["text", "json"])


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes back what `configure` changes for the whole process."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    talkative = {name: logging.getLogger(name).level for name in _TALKATIVE}
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in talkative.items():
        logging.getLogger(name).setLevel(before)


def written(capsys: pytest.CaptureFixture[str]) -> str:
    """Returns what was logged, after a look that the token is not in it and that something is."""
    text = capsys.readouterr().err
    assert "AAE" not in text
    assert "***" in text
    return text


def fail_deeply() -> None:
    """Raises an exception with the token in itself, in its cause and in its notes."""
    try:
        raise ValueError(f"no route to {ADDRESS}")
    except ValueError as error:
        error.add_note(f"tried with {TOKEN}")
        raise RuntimeError(TOKEN) from ExceptionGroup("all failed", [error])


@FORMATS
def test_message_and_arguments(capsys: pytest.CaptureFixture[str], format: Format) -> None:
    """The token is hidden in a message, in its arguments and in objects that are among them."""
    configure("INFO", format, [TOKEN])

    logging.getLogger("x").info(f"to %s by %r{TOKEN}", ADDRESS, {"token": TOKEN})

    assert "to https://api.telegram.org/bot***/getMe by {'token': '***'}***" in written(capsys)


@FORMATS
def test_traceback(capsys: pytest.CaptureFixture[str], format: Format) -> None:
    """The token is hidden in a traceback, its causes, groups and notes."""
    configure("INFO", format, [TOKEN])

    try:
        fail_deeply()
    except RuntimeError:
        logging.getLogger("x").exception("failed")

    text = written(capsys)
    assert "RuntimeError: ***" in text
    assert "no route to https://api.telegram.org/bot***/getMe" in text
    assert "tried with ***" in text


@pytest.mark.parametrize(
    "address",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/file/bot{TOKEN}/photo.jpg",
        f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe",
        "postgresql+asyncpg://me:AAE@localhost/db",
    ],
)
def test_unknown_secrets_in_addresses(capsys: pytest.CaptureFixture[str], address: str) -> None:
    """A token or password in an address is hidden though nobody named it."""
    configure("INFO", "text")

    logging.getLogger("x").info(address)

    assert "://" in written(capsys)


@FORMATS
def test_any_secret(capsys: pytest.CaptureFixture[str], format: Format) -> None:
    """Other secrets are hidden too, in the way that each format writes them."""
    secret = 'AAE"\\é\n'
    configure("INFO", format, [secret, "", "AAE"])

    logging.getLogger("x").info("%s, %r, %s", secret, secret, "AAE")

    assert "***, '***', ***" in written(capsys)


def test_innocent_text_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """What only looks a little like a secret is logged as it is."""
    configure("INFO", "text")
    text = "robot12:30, user:me@example.org, https://example.org:80/a@b, 12:30"

    logging.getLogger("x").info(text)

    assert text in capsys.readouterr().err


def test_requests_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """The HTTP client does not log the addresses it calls, and hides the token when asked to log all."""
    configure("INFO", "text", [TOKEN])
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.get(ADDRESS)
        assert capsys.readouterr().err == ""

        logging.getLogger("httpx").setLevel(logging.DEBUG)
        client.get(ADDRESS)

    assert "HTTP Request: GET https://api.telegram.org/bot***/getMe" in written(capsys)


async def test_what_people_send_is_not_logged(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    """However much is logged, no library writes down a password, nor a hash, on its way through."""
    configure("DEBUG", "text", [PLAYGROUND_TOKEN])
    logging.getLogger("x").debug("it is loud")
    async with open_world(database_url) as world:
        ada = world.person("Ada")
        api, offset = world.application.api, 0
        for words in ("/register", "Ada", "ada@example.org", PASSWORD):
            world.miniature.say(ada.id, words)
            for update in await api.call("getUpdates", {"offset": offset, "timeout": 0}):
                await world.application.pipeline.process(update)
                offset = update["update_id"] + 1
        await world.application.sender.drain()
        await ada.press("Student")
    text = capsys.readouterr().err
    assert "it is loud" in text
    assert PASSWORD not in text
    assert "$2b$" not in text


def test_text_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A line of text begins with the time in UTC, the level and the logger."""
    configure("INFO", "text")

    record = logging.LogRecord("bot.x", logging.INFO, "x.py", 1, "%s", ("hello",), None)
    record.created = 86400.5
    logging.getLogger().handle(record)

    assert capsys.readouterr().err == "1970-01-02T00:00:00.500Z INFO bot.x: hello\n"


def test_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A JSON record is one line, whatever is in it, and keeps what came with it."""
    configure("INFO", "json")

    try:
        raise ValueError("one\ntwo\u2028three")
    except ValueError:
        logging.getLogger("bot.x").exception("four\nfive", extra={"update_id": 7, "kind": int}, stack_info=True)

    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert entry["time"].endswith("Z")
    assert (entry["level"], entry["logger"], entry["message"]) == ("ERROR", "bot.x", "four\nfive")
    assert "ValueError: one\ntwo" in entry["exception"]
    assert "test_json_line" in entry["stack"]
    assert (entry["update_id"], entry["kind"]) == (7, "<class 'int'>")


def test_level(capsys: pytest.CaptureFixture[str]) -> None:
    """What is less than the level is not logged, also by talkative libraries."""
    configure("ERROR", "text")

    logging.getLogger("x").warning("quiet")
    logging.getLogger("httpx").warning("quiet")

    assert capsys.readouterr().err == ""


def test_configuring_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Configuring again replaces what was there: each record is written once."""
    configure("INFO", "text")
    configure("INFO", "text")

    logging.getLogger("x").info("once")

    assert capsys.readouterr().err.count("once") == 1


def test_uncaught_exception(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that ends the program is logged like any other."""
    configure("INFO", "text", [TOKEN])

    try:
        fail_deeply()
    except RuntimeError:
        sys.excepthook(*sys.exc_info())

    assert "CRITICAL bot.logs: an uncaught exception" in written(capsys)


def test_interrupt_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends the program without a traceback."""
    configure("INFO", "text")

    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert capsys.readouterr().err == ""


def test_exception_in_a_thread(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that ends a thread is logged like any other."""
    configure("INFO", "text", [TOKEN])
    thread = threading.Thread(target=fail_deeply)

    thread.start()
    thread.join()

    assert "an uncaught exception in a thread" in written(capsys)


def test_exception_in_a_finalizer(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception where nobody can catch it is logged like any other."""
    configure("INFO", "text", [TOKEN])

    class Fragile:
        def __del__(self) -> None:
            fail_deeply()

    Fragile()

    assert "RuntimeError: ***" in written(capsys)


async def test_event_loop(capsys: pytest.CaptureFixture[str]) -> None:
    """What asyncio reports of a lost task is logged like any other."""
    configure("INFO", "text", [TOKEN])

    asyncio.get_running_loop().call_exception_handler(
        {"message": f"Task lost with {TOKEN}", "exception": ValueError(TOKEN), "token": TOKEN}
    )

    assert "asyncio: Task lost with ***" in written(capsys)


def test_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings go the same way."""
    configure("INFO", "text", [TOKEN])

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # catch_warnings puts its own hook back at its end; the one to test was replaced at its beginning.
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(f"{TOKEN} is deprecated", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(capture=False)

    assert "py.warnings" in written(capsys)


def test_a_row_that_an_error_quotes_is_hidden() -> None:
    """PostgreSQL says which key was taken, and the key may be somebody's address."""
    hide = redactor([])
    said = "DETAIL:  Key (email_key)=(ada@example.org) already exists."
    assert hide(said) == "DETAIL:  Key (email_key)=*** already exists."
    said = "DETAIL:  Failing row contains (1, Ada (the first), ada@example.org)."
    assert hide(f"{said}\nmore") == "DETAIL:  Failing row contains ***.\nmore"
    assert hide(json.dumps({"exception": f"{said}\nmore"})) == json.dumps(
        {"exception": "DETAIL:  Failing row contains ***.\nmore"}
    )
    said = "invalid input for query argument $1: 'ada' (str expected)"
    assert hide(json.dumps({"exception": f"{said}\nmore", "level": "ERROR"})) == json.dumps(
        {"exception": "invalid input for query argument $1: ***\nmore", "level": "ERROR"}
    )
