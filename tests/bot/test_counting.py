"""What happens to updates and replies is counted where it happens."""

import pytest

from bot.playground.errors import ApiError
from handlers.talk import Talk
from tests.bot.accidents import fail_first
from tests.bot.letters import meet, post, refuse
from tests.bot.naps import Naps, naps
from tests.chat import World

__all__ = ["naps"]


def number(world: World, name: str, **labels: str) -> float | None:
    return world.application.metrics.registry.get_sample_value(f"syllabot_{name}_total", labels)


async def test_an_update_counts_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As answered, repeated, ignored, unreadable or shelved."""
    ada = world.person("Ada")
    update = world.miniature.say(ada.id, "/start")
    await world.settle()
    await world.application.pipeline.process(update)
    await world.application.pipeline.process({"update_id": 3, "message": {"date": "today"}})
    await world.application.pipeline.process({"update_id": 4})
    fail_first(monkeypatch, Talk, "respond", *[ZeroDivisionError()] * 5)
    await ada.send("/register")
    outcomes = ("answered", "repeated", "ignored", "unreadable", "shelved")
    assert [number(world, "updates", outcome=outcome) for outcome in outcomes] == [1, 1, 1, 1, 1]


async def test_a_reply_counts_once_and_each_try_that_is_repeated(world: World, naps: Naps) -> None:
    """As delivered, refused or unreachable; what had to wait is counted by why."""
    ada, bob, cem = await meet(world, "Ada", "Bob", "Cem")
    refuse(
        world,
        lambda _method, params: params["text"] == "one",
        ApiError(429, "Too Many Requests", 3),
        ApiError(500, "Internal Server Error"),
    )
    await post(world, (ada, "one"))
    await world.application.sender.drain()
    refuse(world, lambda _method, _params: True, ApiError(400, "Bad Request: message text is empty"))
    await post(world, (bob, "two"))
    await world.application.sender.drain()
    refuse(world, lambda _method, _params: True, ApiError(403, "Forbidden: bot was blocked by the user"))
    await post(world, (cem, "three"), priority=1)
    await world.application.sender.drain()
    assert number(world, "replies", outcome="delivered", kind="answer") == 3 + 1
    assert number(world, "replies", outcome="refused", kind="answer") == 1
    assert number(world, "replies", outcome="unreachable", kind="broadcast") == 1
    assert number(world, "replies_postponed", reason="flood") == 1
    assert number(world, "replies_postponed", reason="server") == 1
    assert world.application.sender.unsent == 0


async def test_a_look_that_had_to_wait_counts_like_any_reply(world: World, naps: Naps) -> None:
    """Once as postponed, once as delivered."""
    [ada] = await meet(world, "Ada")
    refuse(world, lambda method, _params: method == "sendMessage", ApiError(429, "Too Many Requests", 3))
    await ada.send("/help")
    assert number(world, "replies_postponed", reason="flood") == 1
    assert number(world, "replies", outcome="delivered", kind="answer") == 2
