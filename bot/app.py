"""The composition root: everything is put together here, and nowhere else."""

import contextlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from zoneinfo import ZoneInfo

from msgspec import Struct
from telegram.request import BaseRequest

from bot.api import Api
from bot.broadcaster import Broadcaster
from bot.clock import Clock, utc_now
from bot.commands import Menus
from bot.fetcher import Fetcher
from bot.floods import Floods
from bot.http import AiohttpRequest
from bot.logs import redactor
from bot.media import MediaCalls
from bot.metrics import Metrics
from bot.patience import insist, outlast
from bot.pipeline import Pipeline
from bot.registration import has_pending
from bot.reminder import Reminder
from bot.rendering import Rendering
from bot.retries import Retries
from bot.sender import Sender
from bot.settings import Settings
from bot.store import Store
from bot.threads import threads
from bot.tidier import Tidier
from bot.transport import Transport
from bot.unreadable import Unreadable
from bot.wariness import Wariness
from db.transaction import Database
from handlers import ROUTERS
from handlers.kit.router import Router
from handlers.kit.rules import InstructorSignup, Rules
from handlers.kit.text import Catalogs
from handlers.talk import Talk


class Application(Struct, frozen=True):
    """The parts that somebody outside needs: to feed updates, to wait for replies."""

    api: Api
    database: Database
    talk: Talk
    menus: Menus
    catalogs: Catalogs
    pipeline: Pipeline
    sender: Sender
    metrics: Metrics
    retries: Retries
    fetcher: Fetcher
    tidier: Tidier
    broadcaster: Broadcaster
    reminder: Reminder


class _Ground(Struct, frozen=True):
    """What stands before anybody is connected, and is closed last."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    api: Api
    database: Database
    catalogs: Catalogs
    talk: Talk
    menus: Menus
    transport: Transport
    rendering: Rendering
    store: Store
    sender: Sender

    async def close(self) -> None:
        """Closes it, the sender first."""
        await self.sender.stop()
        self.rendering.close()
        await self.api.shutdown()
        await self.database.close()


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
    ground = _ground(settings, _api(settings, requests), clock, routers, metrics or Metrics())
    # bcrypt releases the GIL: as many threads as cores, and no more, or logins would crowd out the loop.
    with threads("slow", os.cpu_count() or 1) as pool:
        try:
            await insist(ground.api.initialize, "the Bot API cannot be reached")
            wariness = Wariness(ground.database, clock, ground.sender.drain)
            if await has_pending(ground.api):
                wariness.begin()
            application = _application(ground, wariness, pool)
            await outlast(ground.sender.start)
            yield application
        finally:
            await ground.close()


def _ground(settings: Settings, api: Api, clock: Clock, routers: Sequence[Router], metrics: Metrics) -> _Ground:
    database = Database(settings.database_url, settings.data_key.get_secret_value())
    catalogs = Catalogs(ZoneInfo(settings.default_timezone))
    talk, owner = Talk(routers), secrets.token_hex(8)
    menus, store = Menus(talk.commands.values(), settings.admin_ids), Store(settings.media_path)
    rendering = Rendering(talk.renderers, database, catalogs)
    return _Ground(
        settings=settings,
        clock=clock,
        metrics=metrics,
        api=api,
        database=database,
        catalogs=catalogs,
        talk=talk,
        menus=menus,
        transport=Transport(catalogs, owner, menus),
        rendering=rendering,
        store=store,
        sender=Sender(
            MediaCalls(api, database, store, clock),
            database,
            rendering,
            clock,
            metrics,
            owner=owner,
            per_second=settings.send_per_second,
            per_chat=settings.send_per_chat,
        ),
    )


def _application(ground: _Ground, wariness: Wariness, pool: Executor) -> Application:
    """Returns what works on the ground, connected by now."""
    database, sender, clock = ground.database, ground.sender, ground.clock
    fetcher = Fetcher(ground.api, database, ground.store, clock)
    pipeline = _pipeline(ground, wariness, pool, fetcher.nudge)
    return Application(
        api=ground.api,
        database=database,
        talk=ground.talk,
        menus=ground.menus,
        catalogs=ground.catalogs,
        pipeline=pipeline,
        sender=sender,
        metrics=ground.metrics,
        retries=Retries(
            process=pipeline.process,
            begin_wary=wariness.begin,
            database=database,
            transport=ground.transport,
            sender=sender,
            clock=clock,
        ),
        fetcher=fetcher,
        tidier=Tidier(database, ground.store, clock),
        broadcaster=Broadcaster(
            database=database,
            transport=ground.transport,
            sender=sender,
            clock=clock,
            appointed=ground.settings.instructor_ids,
        ),
        reminder=_reminder(ground),
    )


def _reminder(ground: _Ground) -> Reminder:
    return Reminder(
        database=ground.database,
        transport=ground.transport,
        sender=ground.sender,
        clock=ground.clock,
        zone=ground.settings.default_timezone,
        appointed=ground.settings.instructor_ids,
        per_second=ground.settings.send_per_second,
    )


def _pipeline(ground: _Ground, wariness: Wariness, pool: Executor, fetch: Callable[[], None]) -> Pipeline:
    settings, sender = ground.settings, ground.sender
    return Pipeline(
        talk=ground.talk,
        rules=_rules(settings, ground.api.username, ground.catalogs),
        api=ground.api,
        database=ground.database,
        transport=ground.transport,
        sender=sender,
        clock=ground.clock,
        pool=pool,
        floods=Floods(settings.send_per_chat, time.monotonic),
        wariness=wariness,
        unreadable=Unreadable(sender, ground.transport, settings.admin_ids, ground.clock),
        metrics=ground.metrics,
        hide=redactor(settings.secrets),
        fetch=fetch,
    )


def _api(settings: Settings, requests: tuple[BaseRequest, BaseRequest] | None) -> Api:
    if settings.bot_token is None:
        message = "an application needs a token"
        raise ValueError(message)
    token, root = settings.bot_token.get_secret_value(), settings.bot_api_url
    get_updates, others = requests or (_client(1), _client(32))
    return Api(token, f"{root}/bot", f"{root}/file/bot", request=others, get_updates_request=get_updates)


def _client(connections: int) -> BaseRequest:
    return AiohttpRequest(connections, read_timeout=60 if connections == 1 else 20, pool_timeout=60)


def _rules(settings: Settings, username: str, catalogs: Catalogs) -> Rules:
    return Rules(
        bot_username=username,
        admin_ids=settings.admin_ids,
        instructor_ids=settings.instructor_ids,
        instructor_signup=InstructorSignup(settings.instructor_signup),
        session_days=settings.session_days,
        bcrypt_rounds=settings.bcrypt_rounds,
        languages=tuple(sorted(catalogs.languages)),
        zone=settings.default_timezone,
        retention_days=settings.retention_days,
        audit_days=settings.audit_days,
    )
