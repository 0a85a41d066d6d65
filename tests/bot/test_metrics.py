import asyncio
import logging
import re

import httpx
import pytest

from bot.metrics import GAUGES, LAG_PAUSE, Metrics
from bot.serving import metrics_app
from tests.bot.naps import Naps, naps
from tests.test_documents import section

__all__ = ["naps"]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"syllabot_{name}", labels)


def test_updates_are_counted(metrics: Metrics) -> None:
    """An update counts under what became of it, and its seconds are measured."""
    metrics.handled("answered", 0.2)
    metrics.handled("answered", 0.3)
    metrics.handled("shelved", 10.5)
    assert value(metrics, "updates_total", outcome="answered") == 2
    assert value(metrics, "updates_total", outcome="shelved") == 1
    assert value(metrics, "update_seconds_sum") == 11
    assert value(metrics, "update_seconds_bucket", le="0.25") == 1
    assert value(metrics, "update_seconds_bucket", le="10.0") == 2


def test_replies_are_counted(metrics: Metrics) -> None:
    """A reply counts under what became of it, broadcasts apart from answers, and tries that are repeated by why."""
    metrics.sent("delivered", 0)
    metrics.sent("delivered", 1)
    metrics.sent("unreachable", 2)
    metrics.postponed("flood")
    assert value(metrics, "replies_total", outcome="delivered", kind="answer") == 1
    assert value(metrics, "replies_total", outcome="delivered", kind="broadcast") == 1
    assert value(metrics, "replies_total", outcome="unreachable", kind="broadcast") == 1
    assert value(metrics, "replies_postponed_total", reason="flood") == 1


def test_what_has_not_happened_is_zero(metrics: Metrics) -> None:
    """A series is there before the first time, so that the first time is seen as a change."""
    assert value(metrics, "updates_total", outcome="shelved") == 0
    assert value(metrics, "replies_total", outcome="given_up", kind="answer") == 0
    assert value(metrics, "replies_postponed_total", reason="database") == 0
    assert value(metrics, "errors_total") == 0


def test_two_bots_do_not_mix(metrics: Metrics) -> None:
    """Each has its own numbers, though they share a process."""
    Metrics().posted(200)
    assert value(metrics, "webhook_requests_total", status="200") is None


def test_gauges_are_asked_when_somebody_looks(metrics: Metrics) -> None:
    """A watched value is that of the moment."""
    unsent = [1, 2]
    metrics.watch("replies_unsent", lambda: len(unsent))
    assert value(metrics, "replies_unsent") == 2
    unsent.clear()
    assert value(metrics, "replies_unsent") == 0


def test_errors_of_the_log_are_counted(metrics: Metrics) -> None:
    """Errors count, warnings do not, and no word of either is kept."""
    counter = metrics.error_counter()
    logging.getLogger().addHandler(counter)
    for level in (logging.WARNING, logging.ERROR, logging.CRITICAL):
        logging.getLogger().log(level, "Ada")
    logging.getLogger().removeHandler(counter)
    assert value(metrics, "errors_total") == 2
    assert b"Ada" not in metrics.render()


async def test_the_loops_lag(metrics: Metrics, monkeypatch: pytest.MonkeyPatch, naps: Naps) -> None:
    """A loop that is blocked is late, and that is measured."""
    moments = [100.0, 100.75, 200.0, 200.5]

    def clock() -> float:
        if not moments:
            raise asyncio.CancelledError
        return moments.pop(0)

    monkeypatch.setattr("bot.metrics.monotonic", clock)
    with pytest.raises(asyncio.CancelledError):
        await metrics.measure_lag()
    assert naps.taken == [LAG_PAUSE] * 2
    assert value(metrics, "loop_lag_seconds_bucket", le="0.001") == 1
    assert value(metrics, "loop_lag_seconds_sum") == 0.25


async def test_prometheus_reads_it(metrics: Metrics) -> None:
    """/metrics is Prometheus's text, with the process's own numbers, and no series twice."""
    metrics.posted(200)
    transport = httpx.ASGITransport(app=metrics_app(metrics))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9464") as client:
        answer = await client.get("/metrics")
        assert (await client.get("/")).status_code == 404
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'syllabot_webhook_requests_total{status="200"} 1.0' in answer.text
    assert "process_resident_memory_bytes" in answer.text
    assert "_created" not in answer.text


def test_the_readme_lists_every_number(metrics: Metrics) -> None:
    """The README's table has each number under the name that Prometheus sees, with what it is."""
    rows = ["| number | what it is |", "| --- | --- |"]
    for name in GAUGES:
        metrics.watch(name, lambda: 0)
    for family in metrics.registry.collect():
        if family.name.startswith("syllabot_"):
            name = family.name.removeprefix("syllabot_") + ("_total" if family.type == "counter" else "")
            rows.append(f"| `{name}` | {family.documentation} |")
    assert section("metrics") == "\n".join(rows) + "\n"


def test_labels_are_words_of_ours(metrics: Metrics) -> None:
    """No label can hold what a person wrote, or who they are."""
    metrics.posted(200)
    labels = set(re.findall(r'(\w+)="', metrics.render().decode()))
    assert labels <= {"outcome", "kind", "reason", "status", "le"}
