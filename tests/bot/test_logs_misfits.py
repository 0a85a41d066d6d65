"""Lines that cannot be written: said in a line of their own, and never by `logging` itself, which hides nothing."""

import logging

import pytest

from bot.logs import configure
from tests.bot.test_logs import FORMATS, TOKEN, Format, as_it_was, fail_deeply, written

__all__ = ["as_it_was"]


@FORMATS
def test_arguments_that_do_not_fit(capsys: pytest.CaptureFixture[str], format: Format) -> None:
    """A mistake in a log call is logged itself, without the secret that it was about."""
    configure("INFO", format, [TOKEN])

    logging.getLogger("x").info("%d seconds", TOKEN)

    assert "does not fit" in written(capsys)


@FORMATS
def test_a_traceback_is_kept(capsys: pytest.CaptureFixture[str], format: Format) -> None:
    """Where it went wrong is said also when the words about it do not fit."""
    configure("INFO", format, [TOKEN])
    try:
        fail_deeply()
    except RuntimeError:
        logging.getLogger("x").exception("%d", TOKEN)
    text = written(capsys)
    assert "does not fit" in text
    assert "no route to" in text


class Unshowable:
    """An object with the token that breaks whoever wants to write it."""

    def __init__(self, *, shows: bool) -> None:
        self._shows = shows

    def __str__(self) -> str:
        raise RecursionError(TOKEN)

    def __repr__(self) -> str:
        if self._shows:
            return TOKEN
        raise RuntimeError(TOKEN)


@FORMATS
@pytest.mark.parametrize(
    ("message", "arguments", "said"),
    [
        ("%(name)s", ({"token": TOKEN},), "does not fit {'token': '***'}: KeyError"),
        ("%s", (Unshowable(shows=True),), "does not fit (***,): RecursionError"),
        (f"%s {TOKEN}", (Unshowable(shows=False),), "a line that cannot be written: RecursionError"),
    ],
)
def test_whatever_fails_in_writing_a_line(
    capsys: pytest.CaptureFixture[str], format: Format, message: str, arguments: tuple[object, ...], said: str
) -> None:
    """A line that cannot be written says so, and where, in the place of what logging itself would print."""
    configure("INFO", format, [TOKEN])
    record = logging.LogRecord("bot.x", logging.ERROR, "x.py", 1, message, arguments, None)
    logging.getLogger("bot.x").handle(record)
    text = capsys.readouterr().err
    assert said in text
    assert "bot.x" in text
    assert "AAE" not in text


def test_what_comes_with_a_line_may_fail_too(capsys: pytest.CaptureFixture[str]) -> None:
    """An extra value that cannot be shown costs the extras, not the message."""
    configure("INFO", "json", [TOKEN])
    logging.getLogger("bot.x").info("hello %s", TOKEN, extra={"thing": Unshowable(shows=True)})
    text = written(capsys)
    assert "hello" in text
