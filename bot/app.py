"""The composition root: everything is put together here, and nowhere else."""

import asyncio
import contextlib
import datetime as dt
import logging
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest, HTTPXRequest

from bot.api import Api
from bot.clock import Clock, utc_now
from bot.commands import register_commands
from bot.logs import redactor
from bot.pipeline import Pipeline
from bot.playground.course import seed_course
from bot.polling import Polling
from bot.scheduler import build_scheduler
from bot.sender import Sender
from bot.settings import Settings
from bot.transport import Transport
from db.transaction import Database, is_temporary
from handlers import ROUTERS
from handlers.kit.router import Router
from handlers.kit.rules import InstructorSignup, Rules
from handlers.kit.text import Catalogs
from handlers.talk import Talk

log = logging.getLogger(__name__)

SHUTDOWN = 4.0


@dataclass(frozen=True, slots=True)
class Application:
    """The parts that somebody outside needs: to feed updates, to wait for replies."""

    api: Api
    database: Database
    talk: Talk
    catalogs: Catalogs
    pipeline: Pipeline
    sender: Sender


@contextlib.asynccontextmanager
async def build_application(
    settings: Settings,
    *,
    requests: tuple[BaseRequest, BaseRequest] | None = None,
    clock: Clock = utc_now,
    routers: Sequence[Router] = ROUTERS,
) -> AsyncIterator[Application]:
    """Yields the application, connected to the Bot API and the database, its sender at work; closes it afterwards.

    `requests` are the HTTP clients for getUpdates and for all other calls, PTB's own by default.

    Raises:
        telegram.error.InvalidToken: when the Bot API refuses the token.
        ValueError: when there is no token.
    """
    api = _api(settings, requests)
    database, catalogs = Database(settings.database_url), Catalogs(ZoneInfo(settings.default_timezone))
    talk, owner = Talk(routers), secrets.token_hex(8)
    sender = Sender(
        api, database, clock, owner=owner, per_second=settings.send_per_second, per_chat=settings.send_per_chat
    )
    # bcrypt releases the GIL: as many threads as cores, and no more, or logins would crowd out the loop.
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="slow") as pool:
        try:
            await _connect(api)
            pipeline = Pipeline(
                talk=talk,
                rules=_rules(settings, api.username),
                api=api,
                database=database,
                transport=Transport(catalogs, owner),
                sender=sender,
                clock=clock,
                pool=pool,
                hide=redactor([api.token]),
            )
            await sender.start()
            yield Application(api, database, talk, catalogs, pipeline, sender)
        finally:
            await sender.stop()
            await api.shutdown()
            await database.close()


def _api(settings: Settings, requests: tuple[BaseRequest, BaseRequest] | None) -> Api:
    if settings.bot_token is None:
        message = "an application needs a token"
        raise ValueError(message)
    token, root = settings.bot_token.get_secret_value(), settings.bot_api_url
    get_updates, others = requests or (_client(1), _client(32))
    return Api(token, f"{root}/bot", f"{root}/file/bot", request=others, get_updates_request=get_updates)


async def serve_polling(settings: Settings, *, seed: bool = False) -> None:
    """Runs the bot with long polling until cancelled; then finishes what is open and sends what is ready.

    With `seed`, an empty database gets the playground's course first.

    Raises:
        telegram.error.InvalidToken: when the Bot API refuses the token.
    """
    async with build_application(settings) as application:
        if seed:
            await seed_course(application.database, utc_now())
        scheduler = build_scheduler(application.database, utc_now)
        scheduler.start()
        log.info("@%s answers", application.api.username)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(application.sender.run())
                group.create_task(
                    register_commands(application.api, application.talk, application.catalogs, settings.admin_ids)
                )
                group.create_task(Polling(application.api, application.pipeline.process).run())
        finally:
            scheduler.shutdown(wait=False)
            await _send_what_is_ready(application)


async def _send_what_is_ready(application: Application) -> None:
    try:
        async with asyncio.timeout(SHUTDOWN):
            await application.pipeline.drain()
            await application.sender.drain()
    except TimeoutError:
        log.info("the next start sends what is left")
    except Exception as error:
        if not is_temporary(error):
            raise
        log.warning("the next start sends again what could not be marked as sent: the database is away")


def _client(connections: int) -> BaseRequest:
    return HTTPXRequest(connection_pool_size=connections, read_timeout=60 if connections == 1 else 20, pool_timeout=60)


async def _connect(api: Api) -> None:
    """Introduces the bot to the Bot API; waits for a network that is away."""
    pause = 0.5
    while True:
        try:
            await api.initialize()
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("the Bot API cannot be reached: %s", error.message)
            asked = error.retry_after if isinstance(error, RetryAfter) else None
            await asyncio.sleep(asked.total_seconds() if isinstance(asked, dt.timedelta) else asked or pause)
            pause = min(pause * 2, 30.0)
        else:
            return


def _rules(settings: Settings, username: str) -> Rules:
    return Rules(
        bot_username=username,
        admin_ids=settings.admin_ids,
        instructor_ids=settings.instructor_ids,
        instructor_signup=InstructorSignup(settings.instructor_signup),
        session_days=settings.session_days,
        bcrypt_rounds=settings.bcrypt_rounds,
    )
