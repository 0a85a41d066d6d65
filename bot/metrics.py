"""The numbers of one process, for Prometheus. None of them, and no label, says anything about a person."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Literal, TypeAlias, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

Handled: TypeAlias = Literal["answered", "repeated", "shelved", "ignored", "unread", "unreadable"]
Fate: TypeAlias = Literal["delivered", "refused", "unreachable", "given_up", "withdrawn", "expired"]
Why: TypeAlias = Literal["flood", "timeout", "network", "server", "token", "database"]

# What is asked for at the moment when somebody looks; which of them there are depends on the command.
GAUGES = {
    "updates_open": "Updates that are being handled, or wait for their turn.",
    "updates_pending": "Updates that wait at Telegram, as of the last minute (serve).",
    "poll_silence_seconds": "How long ago Telegram last answered getUpdates (run).",
    "replies_unsent": "Replies that are not yet marked as sent.",
}

# An update takes milliseconds, a sign-in a quarter of a second, and none more than ten seconds without ending.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LAG = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
# How often the event loop is asked how late it is.
LAG_PAUSE = 0.5


class Metrics:
    """Counts in a registry of its own: two bots in one process, as in tests, do not mix."""

    def __init__(self) -> None:
        """Begins at zero; needs no server."""
        # No second series for each of ours, with the time of its first number: Prometheus does not need it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._updates = Counter(
            "syllabot_updates",
            "Updates that were handled, by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "syllabot_update_seconds",
            "From an update's arrival to its commit, the wait in the lane included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._replies = Counter(
            "syllabot_replies",
            "Replies that are done, by what became of them and for whom they were.",
            ["outcome", "kind"],
            registry=self.registry,
        )
        self._postponed = Counter(
            "syllabot_replies_postponed",
            "Tries to send that are repeated later, by why.",
            ["reason"],
            registry=self.registry,
        )
        self._posts = Counter(
            "syllabot_webhook_requests",
            "Requests to the webhook, by the status of the answer.",
            ["status"],
            registry=self.registry,
        )
        self._errors = Counter("syllabot_errors", "Lines of the log at ERROR or above.", registry=self.registry)
        self._lag = Histogram(
            "syllabot_loop_lag_seconds", "How late the event loop is.", buckets=_LAG, registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Shows what has not happened yet: an alert on a rate misses the first of what was not there before."""
        # Kept, for looking one up by its labels takes longer than counting does.
        self._handled = {outcome: self._updates.labels(outcome) for outcome in get_args(Handled)}
        self._fates = {
            (outcome, is_broadcast): self._replies.labels(outcome, kind)
            for outcome in get_args(Fate)
            for is_broadcast, kind in enumerate(("answer", "broadcast"))
        }
        for reason in get_args(Why):
            self._postponed.labels(reason)

    def handled(self, outcome: Handled, seconds: float) -> None:
        """Counts an update that was handled in so many seconds."""
        self._handled[outcome].inc()
        self._seconds.observe(seconds)

    def sent(self, outcome: Fate, priority: int) -> None:
        """Counts a reply that is done; answers to people have priority 0."""
        self._fates[outcome, priority > 0].inc()

    def postponed(self, reason: Why) -> None:
        """Counts a try to send that is repeated later."""
        self._postponed.labels(reason).inc()

    def posted(self, status: int) -> None:
        """Counts a request to the webhook that was answered with this status."""
        self._posts.labels(str(status)).inc()

    def watch(self, name: str, value: Callable[[], float]) -> None:
        """Shows what a function returns, under a name of `GAUGES`."""
        Gauge(f"syllabot_{name}", GAUGES[name], registry=self.registry).set_function(value)

    async def measure_lag(self) -> None:
        """Measures how late the event loop is, until cancelled."""
        while True:
            due = monotonic() + LAG_PAUSE
            await asyncio.sleep(LAG_PAUSE)
            self._lag.observe(max(0.0, monotonic() - due))

    def error_counter(self) -> logging.Handler:
        """Returns a handler of the log that counts errors and keeps no word of them."""
        return _ErrorCounter(self._errors)

    def render(self) -> bytes:
        """Returns all of it as Prometheus reads it."""
        return generate_latest(self.registry)


class _ErrorCounter(logging.Handler):
    def __init__(self, errors: Counter) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.inc()
