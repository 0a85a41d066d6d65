"""The command line: `python -m bot run`, `serve`, `playground`, `doctor`, `migrate`, `backup`, `restore`, `rekey`.

Commands import what they run when they run it, so that `--help` answers at once.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import __version__
from bot.lifetime import StartError, Status, Work, hurry, live

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.settings import Settings

PLAYGROUND_DATA = Path("data/playground")
# Two of the playground's characters, by their Telegram ids.
PLAYGROUND_INSTRUCTOR = 1002
PLAYGROUND_ADMIN = 1003
# Not a secret: it opens nothing but the playground's own server.
PLAYGROUND_TOKEN = "1000:playground-token-known-to-everyone"  # noqa: S105

log = logging.getLogger(__name__)
app = typer.Typer(
    help="Syllabot, a course platform that lives in Telegram.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(asked: bool) -> None:  # noqa: FBT001 -- typer calls it
    if asked:
        typer.echo(f"syllabot {__version__}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Takes what stands before the command."""
    hurry()


@app.command()
def run() -> None:
    """Run the bot; without BOT_TOKEN, in the playground."""
    with _plain_errors():
        settings = _settings()
        if settings.bot_token is not None:
            _live(settings, _serve(settings))
            return
    playground()


@app.command()
def serve() -> None:
    """Run the bot behind a webhook; any number of times on one PostgreSQL."""
    with _plain_errors():
        settings = _settings()
        missing = [name for name in ("bot_token", "webhook_url", "webhook_secret") if getattr(settings, name) is None]
        if missing:
            names = " and ".join(name.upper() for name in missing)
            raise StartError(f"serve needs {names}; .env.example says what each is", Status.MISUSED)
        _live(settings, _serve_webhook(settings))


@app.command()
def playground() -> None:
    """Run the bot against a small Telegram of its own."""
    with _plain_errors():
        _make_private(PLAYGROUND_DATA)
        settings = _playground_settings()
        _live(settings, _play(settings))


@app.command()
def doctor() -> None:
    """Look at token, database, clock and the rest, and say what to do; changes nothing."""
    from bot.doctor.visit import Visit

    visit = Visit(typer.echo)
    live(visit.run())
    raise typer.Exit(0 if visit.is_well else Status.FAILED)


@app.command()
def migrate() -> None:
    """Upgrade the database to what this version needs."""
    with _plain_errors():
        settings = _settings()
        _live(settings, _migrate(settings))
    typer.echo("The database is up to date.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The copy to write; it must not be there yet.")]) -> None:
    """Copy the SQLite database, also of a running bot."""
    with _plain_errors():
        from bot.safekeeping import back_up

        back_up(_settings(), file)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A copy that backup has written.")]) -> None:
    """Check a copy and put it in the place of the SQLite database."""
    with _plain_errors():
        from bot import safekeeping

        safekeeping.restore(_settings(), file)


@app.command()
def rekey() -> None:
    """Encrypt personal data, change DATA_KEY, or decrypt."""
    with _plain_errors():
        settings = _settings()
        _live(settings, _rekey(settings))


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turns what the person at the keyboard can mend into one line and an exit status."""
    try:
        yield
    except StartError as error:
        typer.echo(f"syllabot: {error}", err=True)
        raise typer.Exit(error.status) from None


def _settings(**overrides: Any) -> "Settings":
    from bot.settings import SettingsError, load_settings

    try:
        return load_settings(**overrides)
    except SettingsError as error:
        raise StartError(str(error), Status.MISUSED) from None


def _playground_settings() -> "Settings":
    # Nobody in there is real: it takes no key, neither the bot's own.
    url = f"sqlite:///{PLAYGROUND_DATA}/syllabot.sqlite3"
    settings = _settings(bot_token=PLAYGROUND_TOKEN, database_url=url, media_dir=None, data_key="")
    return settings.model_copy(
        update={
            "admin_ids": settings.admin_ids | {PLAYGROUND_ADMIN},
            "instructor_ids": settings.instructor_ids | {PLAYGROUND_INSTRUCTOR},
        }
    )


def _make_private(directory: Path) -> None:
    try:
        for each in (directory.parent, directory):  # `parents=True` would leave the parent open to all
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StartError(f"{directory} cannot be made: {error.strerror}", Status.FAILED) from None


def _live(settings: "Settings", work: Work) -> None:
    from bot.logs import configure

    configure(settings.log_level, settings.log_format, settings.secrets)
    live(work)


async def _serve(settings: "Settings") -> None:
    from bot.running import serve_polling
    from bot.safekeeping import fitting

    await _migrate(settings)
    with fitting(settings):
        await _until_refused(settings, serve_polling(settings))


async def _serve_webhook(settings: "Settings") -> None:
    from bot.running import serve_webhook
    from bot.safekeeping import fitting

    await _migrate(settings)
    with fitting(settings):
        await _until_refused(settings, serve_webhook(settings))


async def _until_refused(settings: "Settings", work: Work) -> None:
    from telegram.error import InvalidToken

    refused = False
    try:
        await work
    except* InvalidToken:  # at the start, or from among the tasks of a bot whose token was revoked
        refused = True
    if refused:
        message = f"BOT_TOKEN is refused by {settings.bot_api_url}; @BotFather shows the bot's token or makes a new one"
        raise StartError(message, Status.MISUSED)


async def _play(settings: "Settings") -> None:
    from bot.play import play
    from bot.playground.launch import LaunchError
    from bot.running import serve_polling

    async def serve(address: str, clock: "Clock") -> None:
        await _migrate(settings)
        await serve_polling(settings.model_copy(update={"bot_api_url": address}), seed=True, clock=clock)

    def say(address: str) -> None:
        typer.echo(f"The playground is open at {address} (Ctrl-C closes it).")

    try:
        await play(serve, PLAYGROUND_DATA, port=settings.playground_port, token=PLAYGROUND_TOKEN, say=say)
    except LaunchError as error:
        raise StartError(str(error), Status.FAILED) from None


async def _rekey(settings: "Settings") -> None:
    from bot import safekeeping

    safekeeping.check_keys(settings)
    await _upgrade(settings)
    await safekeeping.rekey(settings)


async def _migrate(settings: "Settings") -> None:
    from bot import safekeeping

    await _upgrade(settings)
    await safekeeping.fit_key(settings)


async def _upgrade(settings: "Settings") -> None:
    from db.revision import is_newest

    # At most starts there is nothing to do, and Alembic takes a fifth of a second and some megabytes to say so.
    if not await is_newest(settings.database_url):
        await _migrate_schema(settings)


async def _migrate_schema(settings: "Settings") -> None:
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    from db.migrate import BrokenReferencesError, upgrade

    try:
        await upgrade(settings.database_url)
    except CommandError as error:
        message = f"the database at DATABASE_URL is of another version of Syllabot: {error}"
        raise StartError(message, Status.FAILED) from None
    except BrokenReferencesError as error:
        raise StartError(f"the database at DATABASE_URL is damaged: {error}", Status.FAILED) from None
    except (OSError, DBAPIError) as error:
        log.debug("the database was not upgraded", exc_info=True)
        reason = " ".join(str(getattr(error, "orig", error)).split())
        raise StartError(f"the database at DATABASE_URL cannot be used: {reason}", Status.FAILED) from None
