"""The composition root: everything is put together here, and nowhere else."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from telegram.request import BaseRequest

from bot.api import Api
from bot.clock import Clock, utc_now
from bot.commands import register_commands
from bot.fetcher import Fetcher
from bot.http import AiohttpRequest
from bot.lifetime import settle_in
from bot.logs import redactor
from bot.media import MediaCalls
from bot.metrics import Metrics
from bot.patience import insist, outlast
from bot.pipeline import Pipeline
from bot.playground.course import seed_course
from bot.polling import Polling
from bot.readiness import check_database
from bot.registration import Registration, has_pending, leave_webhook
from bot.retries import Retries
from bot.scheduler import build_scheduler
from bot.sender import Sender
from bot.serving import listen, metrics_app, serving
from bot.settings import Settings
from bot.store import Store
from bot.tidier import Tidier
from bot.transport import Transport
from bot.unreadable import Unreadable
from bot.wariness import Wariness
from bot.webhook import Webhook
from db.transaction import Database, is_temporary
from handlers import ROUTERS
from handlers.kit.router import Router
from handlers.kit.rules import InstructorSignup, Rules
from handlers.kit.text import Catalogs
from handlers.talk import Talk

log = logging.getLogger(__name__)

SHUTDOWN = 4.0
# Of the threads that compute passwords, as of any work that may wait.
NICENESS = 10
# What `serve` takes when METRICS_PORT says nothing: free in Prometheus's list of exporters' ports.
METRICS_PORT = 9464


@dataclass(frozen=True, slots=True)
class Application:
    """The parts that somebody outside needs: to feed updates, to wait for replies."""

    api: Api
    database: Database
    talk: Talk
    catalogs: Catalogs
    pipeline: Pipeline
    sender: Sender
    metrics: Metrics
    retries: Retries
    fetcher: Fetcher
    tidier: Tidier


@contextlib.asynccontextmanager
async def build_application(
    settings: Settings,
    *,
    requests: tuple[BaseRequest, BaseRequest] | None = None,
    clock: Clock = utc_now,
    routers: Sequence[Router] = ROUTERS,
    metrics: Metrics | None = None,
) -> AsyncIterator[Application]:
    """Yields the application, connected to the Bot API and the database, its sender at work; closes it afterwards.

    `requests` are the HTTP clients for getUpdates and for all other calls, those over aiohttp by default.

    Raises:
        telegram.error.InvalidToken: when the Bot API refuses the token.
        ValueError: when there is no token.
    """
    api = _api(settings, requests)
    database = Database(settings.database_url, settings.data_key.get_secret_value())
    catalogs = Catalogs(ZoneInfo(settings.default_timezone))
    talk, owner, metrics = Talk(routers), secrets.token_hex(8), metrics or Metrics()
    transport = Transport(catalogs, owner)
    store = Store(settings.media_path)
    fetcher, tidier = Fetcher(api, database, store, clock), Tidier(database, store, clock)
    sender = Sender(
        MediaCalls(api, database, store, clock),
        database,
        clock,
        metrics,
        owner=owner,
        per_second=settings.send_per_second,
        per_chat=settings.send_per_chat,
    )
    # bcrypt releases the GIL: as many threads as cores, and no more, or logins would crowd out the loop.
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="slow", initializer=_step_back) as pool:
        try:
            await insist(api.initialize, "the Bot API cannot be reached")
            wariness = Wariness(database, clock, sender.drain)
            if await has_pending(api):
                wariness.begin()
            pipeline = Pipeline(
                talk=talk,
                rules=_rules(settings, api.username),
                api=api,
                database=database,
                transport=transport,
                sender=sender,
                clock=clock,
                pool=pool,
                wariness=wariness,
                unreadable=Unreadable(sender, transport, settings.admin_ids, clock),
                metrics=metrics,
                hide=redactor(settings.secrets),
                fetch=fetcher.nudge,
            )
            retries = Retries(
                process=pipeline.process,
                begin_wary=wariness.begin,
                database=database,
                transport=transport,
                sender=sender,
                clock=clock,
            )
            await outlast(sender.start)
            yield Application(api, database, talk, catalogs, pipeline, sender, metrics, retries, fetcher, tidier)
        finally:
            await sender.stop()
            await api.shutdown()
            await database.close()


def _step_back() -> None:
    """Lets the event loop go first where both want a core."""
    # On Linux, niceness is a thread's own (sched(7)); elsewhere it would slow the whole process down.
    if sys.platform == "linux":
        os.nice(NICENESS)


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
        StartError: when METRICS_PORT is taken.
        telegram.error.InvalidToken: when the Bot API refuses the token.
    """
    metrics = Metrics()
    async with (
        serving(_metrics(settings, metrics, settings.metrics_port)),
        build_application(settings, metrics=metrics) as application,
    ):
        if seed:
            await seed_course(application.database, utc_now())
        await insist(lambda: leave_webhook(application.api), "the webhook cannot be looked for")
        polling = Polling(application.api, application.pipeline.process)
        metrics.watch("updates_open", lambda: polling.handling)
        metrics.watch("poll_silence_seconds", lambda: polling.silence)
        async with _at_work(application, settings) as group:
            group.create_task(polling.run())


async def serve_webhook(settings: Settings) -> None:
    """Runs the bot behind a webhook until cancelled; then finishes what is open and sends what is ready.

    Raises:
        StartError: when a port is taken.
        ValueError: when there is no WEBHOOK_URL or WEBHOOK_SECRET.
        telegram.error.InvalidToken: when the Bot API refuses the token.
    """
    if settings.webhook_url is None or settings.webhook_secret is None:
        raise ValueError("a webhook needs an address and a secret")
    url, secret = settings.webhook_url, settings.webhook_secret.get_secret_value()
    metrics = Metrics()
    webhook = Webhook(secret, metrics)
    port = METRICS_PORT if settings.metrics_port is None else settings.metrics_port
    apps = _metrics(settings, metrics, port)
    apps.append((webhook.app, listen(settings.listen_host, settings.listen_port, "LISTEN_PORT")))
    # The server first: who asks whether the process lives is answered also while the Bot API is away.
    async with serving(apps), build_application(settings, metrics=metrics) as application:
        registration = Registration(application.api, url, secret)
        metrics.watch("updates_open", lambda: webhook.handling)
        metrics.watch("updates_pending", lambda: registration.pending)

        async def check() -> str | None:
            return await check_database(application.database) if registration.is_made else "webhook"

        async with _at_work(application, settings) as group:
            webhook.open(application.pipeline.process, check)
            group.create_task(registration.run())
            try:
                await asyncio.Event().wait()
            finally:
                await webhook.close()


def _metrics(settings: Settings, metrics: Metrics, port: int | None) -> list[tuple[Starlette, socket.socket]]:
    if not port:
        return []
    return [(metrics_app(metrics), listen(settings.listen_host, port, "METRICS_PORT"))]


@contextlib.asynccontextmanager
async def _at_work(application: Application, settings: Settings) -> AsyncIterator[asyncio.TaskGroup]:
    """Yields the group of tasks that run until one fails or all are cancelled; then sends what is ready."""
    application.metrics.watch("replies_unsent", lambda: application.sender.unsent)
    errors = application.metrics.error_counter()
    logging.getLogger().addHandler(errors)
    fetcher, tidy_files = application.fetcher, application.tidier.tidy
    scheduler = build_scheduler(
        application.database, utc_now, application.retries.look, fetch=fetcher.tick, tidy_files=tidy_files
    )
    scheduler.start()
    settle_in()
    log.info("@%s answers", application.api.username)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(application.sender.run())
            group.create_task(fetcher.run())
            group.create_task(application.metrics.measure_lag())
            group.create_task(
                register_commands(application.api, application.talk, application.catalogs, settings.admin_ids)
            )
            yield group
    finally:
        scheduler.shutdown(wait=False)
        await _send_what_is_ready(application)
        logging.getLogger().removeHandler(errors)


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
    return AiohttpRequest(connections, read_timeout=60 if connections == 1 else 20, pool_timeout=60)


def _rules(settings: Settings, username: str) -> Rules:
    return Rules(
        bot_username=username,
        admin_ids=settings.admin_ids,
        instructor_ids=settings.instructor_ids,
        instructor_signup=InstructorSignup(settings.instructor_signup),
        session_days=settings.session_days,
        bcrypt_rounds=settings.bcrypt_rounds,
    )
