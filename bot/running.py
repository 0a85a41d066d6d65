"""Running: an application at work, asking Telegram for updates or being sent them, until it is told to end."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.app import Application, build_application
from bot.clock import Clock, MovableClock, utc_now
from bot.commands import introduce
from bot.lifetime import settle_in
from bot.metrics import Metrics
from bot.patience import insist
from bot.playground.course import seed_course
from bot.polling import Polling
from bot.readiness import check_database
from bot.registration import Registration, leave_webhook
from bot.retention import Retention
from bot.scheduler import BROADCAST_EVERY, FETCH_EVERY, REMIND_EVERY, RETRY_EVERY, build_scheduler, tick_now
from bot.settings import Settings
from db.transaction import is_temporary

if TYPE_CHECKING:
    from starlette.applications import Starlette

log = logging.getLogger(__name__)

SHUTDOWN = 4.0
# Seconds from the first question to Telegram until the process takes a tenth of one to settle in.
SETTLE = 1.0
# What `serve` takes when METRICS_PORT says nothing: free in Prometheus's list of exporters' ports.
METRICS_PORT = 9464


async def serve_polling(settings: Settings, *, seed: bool = False, clock: Clock = utc_now) -> None:
    """Runs the bot with long polling until cancelled; then finishes what is open and sends what is ready.

    With `seed`, an empty database gets the playground's course first. `clock` says what time it is, for all of it.

    Raises:
        StartError: when METRICS_PORT is taken.
        telegram.error.InvalidToken: when the Bot API refuses the token.
    """
    metrics = Metrics()
    async with (
        _numbers(settings, metrics),
        build_application(settings, metrics=metrics, clock=clock) as application,
    ):
        if seed:
            await seed_course(application.database, clock())
        await insist(lambda: leave_webhook(application.api), "the webhook cannot be looked for")
        polling = Polling(application.api, application.pipeline.process)
        metrics.watch("updates_open", lambda: polling.handling)
        metrics.watch("poll_silence_seconds", lambda: polling.silence)
        async with _at_work(application, settings, clock) as group:
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
    from bot.serving import listen, serving
    from bot.webhook import Webhook

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

        async with _at_work(application, settings, utc_now) as group:
            webhook.open(application.pipeline.process, check)
            group.create_task(registration.run())
            try:
                await asyncio.Event().wait()
            finally:
                await webhook.close()


@contextlib.asynccontextmanager
async def _numbers(settings: Settings, metrics: Metrics) -> AsyncIterator[None]:
    """Shows the numbers of a bot that polls, when METRICS_PORT says where."""
    if not settings.metrics_port:
        yield
        return
    from bot.serving import serving

    async with serving(_metrics(settings, metrics, settings.metrics_port)):
        yield


def _metrics(settings: Settings, metrics: Metrics, port: int) -> "list[tuple[Starlette, socket.socket]]":
    if not port:
        return []
    from bot.serving import listen, metrics_app

    return [(metrics_app(metrics), listen(settings.listen_host, port, "METRICS_PORT"))]


@contextlib.asynccontextmanager
async def _at_work(application: Application, settings: Settings, clock: Clock) -> AsyncIterator[asyncio.TaskGroup]:
    """Yields the group of tasks that run until one fails or all are cancelled; then sends what is ready."""
    application.metrics.watch("replies_unsent", lambda: application.sender.unsent)
    errors = application.metrics.error_counter()
    logging.getLogger().addHandler(errors)
    retention = Retention(
        application.database, clock, retention_days=settings.retention_days, audit_days=settings.audit_days
    )
    scheduler = build_scheduler(
        application.database,
        clock,
        often=[
            (application.retries.look, RETRY_EVERY),
            (application.fetcher.tick, FETCH_EVERY),
            (application.broadcaster.look, BROADCAST_EVERY),
            (application.reminder.look, REMIND_EVERY),
        ],
        hourly=[application.tidier.tidy, retention.tick],
    )
    if isinstance(clock, MovableClock):
        clock.when_moved(lambda: tick_now(scheduler))
    scheduler.start()
    settling = asyncio.get_running_loop().call_later(SETTLE, settle_in)
    log.info("@%s answers", application.api.username)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(application.sender.run())
            group.create_task(application.fetcher.run())
            group.create_task(application.metrics.measure_lag())
            group.create_task(
                introduce(application.api, application.menus, application.catalogs, application.database, clock())
            )
            yield group
    finally:
        settling.cancel()
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
