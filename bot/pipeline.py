"""The life of an update: lane, transaction, view, outbox, commit; then the sender has it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from typing import Any, NamedTuple, TypeAlias

from telegram import Update

from bot.api import Api
from bot.clock import Clock
from bot.deadline import Deadline, DeadlineError
from bot.floods import Floods
from bot.lanes import Lanes
from bot.looks import Looks
from bot.matching import Match, Matcher
from bot.metrics import Handled, Metrics
from bot.reading import read
from bot.requests import Requests, person_of
from bot.sender import Sender
from bot.shelving import Trouble, apology
from bot.toasts import Toasts
from bot.transport import Transport
from bot.unreadable import Unreadable
from bot.wariness import MAX_ATTEMPTS, Wariness, Watched
from db.records import OutgoingRecord
from db.repositories import Repositories
from db.transaction import Database, is_away, is_conflict, is_temporary
from handlers.kit.errors import Pending, UserError
from handlers.kit.reply import Erase, Reply, Screen, reply
from handlers.kit.request import Request
from handlers.kit.rules import Rules
from handlers.reception import ask_for_patience
from handlers.talk import Talk

log = logging.getLogger(__name__)

Respond: TypeAlias = Callable[[Request, Repositories], Awaitable[Reply]]

DEADLINE = 10.0
MAX_FAILURES = 5
# Many people may want one key at once, and each round one of them gets it.
MAX_CONFLICTS = 50
AWAY_PAUSE, LONGEST_PAUSE = 0.5, 5.0
PLACES = 64


class Outcome(NamedTuple):
    """What was committed for an update, and the word that answers its press.

    `behind` are the chats for which another process still has older replies to send.
    """

    rows: list[OutgoingRecord]
    toast: str | None = None
    behind: frozenset[int] = frozenset()
    handled: Handled = "answered"


class Pipeline:
    """Handles updates, each exactly once."""

    def __init__(
        self,
        *,
        talk: Talk,
        rules: Rules,
        api: Api,
        database: Database,
        transport: Transport,
        sender: Sender,
        clock: Clock,
        pool: Executor,
        floods: Floods,
        wariness: Wariness,
        unreadable: Unreadable,
        metrics: Metrics,
        hide: Callable[[str], str],
        fetch: Callable[[], None],
    ) -> None:
        """Computes slow work on `pool`, commits before `sender` sends, and takes secrets out with `hide`.

        Calls `fetch` when files were committed that are to be fetched.
        """
        self._talk = talk
        self._matcher = Matcher(talk, rules.bot_username)
        self._requests = Requests(rules, clock)
        self._api = api
        self._database = database
        self._transport = transport
        self._sender = sender
        self._clock = clock
        self._pool = pool
        self._hide = hide
        self._fetch = fetch
        self._lanes = Lanes(PLACES)
        self._looks = Looks(talk=talk, requests=self._requests, database=database, transport=transport, sender=sender)
        self._floods = floods
        self._wariness = wariness
        self._unreadable = unreadable
        self._metrics = metrics
        self._toasts = Toasts(api)

    async def process(self, data: Mapping[str, Any], patience: float | None = None) -> Handled:
        """Handles an update as the Bot API sends it; returns when its effects are committed, or it is on the shelf.

        Returns which of these it was; an update that cannot be read at all is noted and left.

        Raises:
            LaneBusyError: when earlier updates of the same person take longer than `patience`, in seconds.
        """
        begun = time.monotonic()
        handled = await self._handle(data, patience)
        self._metrics.handled(handled, time.monotonic() - begun)
        return handled

    async def _handle(self, data: Mapping[str, Any], patience: float | None) -> Handled:
        try:
            update = read(data, self._api)
            match = self._matcher.find(update)
        except Exception as error:  # noqa: BLE001 -- whatever PTB makes of garbage: it would come again for ever
            await self._unreadable.note(data.get("update_id"), error)
            return "unreadable"
        if match is None or update.effective_user is None:
            return "ignored"
        chat = update.effective_chat or update.effective_user
        async with self._lanes.enter(update.effective_user.id, patience, lambda: self._sender.has_room(chat.id)):
            if self._sender.has_room(chat.id):
                if self._floods.begins(update.effective_user.id):
                    match = match._replace(begins_flood=True)
                async with self._wariness.watch(update.update_id) as watched:
                    outcome = await self._answer(update, match, watched)
                self._sender.deliver(outcome.rows, outcome.behind)
            else:
                # From the one queue for everybody: to leave it there would hold up the others.
                outcome = Outcome([], handled="unread")
        if update.callback_query is not None:
            self._toasts.answer(update.callback_query.id, outcome.toast)
        return outcome.handled

    async def drain(self) -> None:
        """Returns when every press is answered."""
        await self._toasts.drain()

    async def _answer(self, update: Update, match: Match, watched: Watched) -> Outcome:
        """Returns what was said, or is to be said: at once by a view that only reads, or else when it is committed."""
        if watched.is_killer:
            return await self._give_up(update, match)
        if not (watched.is_noted or match.begins_flood):
            look = await self._looks.answer(update, match, self._lanes.place(), DEADLINE)
            if look is not None:
                return Outcome([], look.toast)
        return await self._settle(update, match)

    async def _settle(self, update: Update, match: Match) -> Outcome:
        """Returns what was committed. Waits for a database that is away; gives up on what keeps failing."""
        failures = conflicts = 0
        pause = AWAY_PAUSE
        while True:
            try:
                return await self._run(update, match)
            except Exception as error:
                if is_away(error):
                    # Once an update: a hundred of them may wait for hours.
                    level = logging.WARNING if pause == AWAY_PAUSE else logging.DEBUG
                    log.log(level, "update %s waits: the database is away", update.update_id)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                if is_conflict(error) and conflicts < MAX_CONFLICTS:
                    conflicts += 1
                    continue
                failures += 1
                if isinstance(error, DeadlineError) or failures >= MAX_FAILURES:
                    log.exception("update %s goes to the shelf", update.update_id)
                    return await self._shelve(update, match, error)

    async def _give_up(self, update: Update, match: Match) -> Outcome:
        log.error("update %s goes to the shelf: each process that began it has ended", update.update_id)
        return await self._shelve(update, match, f"begun {MAX_ATTEMPTS} times by processes that then ended")

    async def _run(self, update: Update, match: Match) -> Outcome:
        """Runs the view until it says something, doing outside the transaction what is slow."""
        computed: dict[tuple[Any, ...], Any] = {}
        respond = self._responder(match)
        while True:
            try:
                return await self._transact(update, match, respond, computed)
            except Pending as pending:
                await self._keep(pending)
                loop = asyncio.get_running_loop()
                result = await loop.run_in_executor(self._pool, pending.work, *pending.arguments)
                computed[(pending.work, *pending.arguments)] = result
            except UserError as error:
                respond = _refusal(error)

    def _responder(self, match: Match) -> Respond:
        async def respond(request: Request, repos: Repositories) -> Reply:
            return await self._talk.respond(match.route, request, repos)

        return respond

    async def _keep(self, pending: Pending) -> None:
        if pending.keep is not None:
            async with self._database.transaction() as repos:
                await pending.keep(repos)

    async def _transact(
        self, update: Update, match: Match, respond: Respond, computed: Mapping[tuple[Any, ...], Any]
    ) -> Outcome:
        """Runs the view once. Its effects and its words are committed together, or not at all."""
        async with self._lanes.place(), self._database.transaction() as repos:
            request = await self._open(update, match, repos, computed)
            if request is None:
                # Sent already, or not yet: a commit whose confirmation was lost leaves its replies to nobody.
                unsent = await repos.outbox.list_unsent(update.update_id, self._sender.owner)
                return Outcome(unsent, handled="repeated")
            # Waiting for the database is not the update's fault, and a commit must not be cut short.
            async with Deadline(DEADLINE):
                said = await respond(request, repos)
                if match.begins_flood:
                    said = said.with_parts(ask_for_patience(request))
                rows = self._transport.rows(said, request)
                await repos.outbox.add(rows)
                behind = await self._sender.lease.list_behind(repos, rows)
        if repos.media.has_news:
            self._fetch()
        return Outcome(rows, self._transport.toast(said, request), behind)

    async def _open(
        self, update: Update, match: Match, repos: Repositories, computed: Mapping[tuple[Any, ...], Any]
    ) -> Request | None:
        """Returns the request of an update, its session locked; nothing when it was answered before."""
        now = self._requests.now()
        visit = await repos.sessions.open(person_of(update).id, update.update_id, now)
        if visit.answered:
            log.info("update %s was answered before", update.update_id)
            return None
        return self._requests.of(update, match, visit, now, computed)

    async def _shelve(self, update: Update, match: Match, reason: BaseException | str) -> Outcome:
        trouble, keeps, pause = Trouble.of(reason, self._hide), True, AWAY_PAUSE
        while True:
            try:
                outcome = await self._transact(
                    update, match, apology(self._talk, match.route, trouble, keeps=keeps), {}
                )
                return outcome._replace(handled="shelved")
            except Exception as failure:
                if not is_temporary(failure):
                    log.exception("update %s could not even be shelved", update.update_id)
                    if update.update_id < 0:  # a retry, whose entry is to stay
                        raise
                    if not keeps and await self._note(update, trouble):
                        return Outcome([], handled="shelved")
                    # Its content may be what no database takes; the person is to hear of it all the same.
                    keeps = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _note(self, update: Update, trouble: Trouble) -> bool:
        """Returns whether the bare fact could be written down. A database that takes nothing at all is waited for."""
        try:
            async with self._database.transaction() as repos:
                await repos.shelf.add(
                    update_id=update.update_id,
                    telegram_id=None,
                    content=None,
                    traceback=trouble.traceback,
                    fingerprint=trouble.fingerprint,
                    now=self._clock(),
                )
        except Exception:
            log.exception("the database takes nothing")
            return False
        return True


def _refusal(error: UserError) -> Respond:
    """Returns the responder that says why a view refused, and writes what must stay."""

    async def refuse(request: Request, repos: Repositories) -> Reply:
        if error.keep is not None:
            await error.keep(repos)
        erase = Erase(request.message.message_id) if error.erase and request.message else None
        return reply(erase, Screen(error.text, error.keyboard, fresh=True))

    return refuse
