import asyncio

import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.playground.errors import ApiError
from bot.playground.miniature import Miniature
from tests.bot.playground.conftest import ADA, TOKEN, Call, Clock


def texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


@pytest.fixture
def ids(miniature: Miniature) -> list[int]:
    """Returns the ids of three waiting updates: a, b and c."""
    return [miniature.say(ADA, text)["update_id"] for text in "abc"]


async def test_updates_wait_until_confirmed(call: Call, ids: list[int]) -> None:
    """Updates come again and again until a higher offset confirms them."""
    assert texts(await call("getUpdates")) == ["a", "b", "c"]
    assert texts(await call("getUpdates", offset=ids[0])) == ["a", "b", "c"]
    assert texts(await call("getUpdates", offset=ids[1])) == ["b", "c"]
    assert texts(await call("getUpdates")) == ["b", "c"]
    assert await call("getUpdates", offset=ids[2] + 1) == []
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


@pytest.mark.parametrize(("limit", "expected"), [(1, "a"), (2, "ab"), (0, "abc"), (101, "abc")])
async def test_limit(call: Call, ids: list[int], limit: int, expected: str) -> None:
    """A limit of 1 to 100 is kept, any other is 100."""
    assert texts(await call("getUpdates", limit=limit)) == list(expected)


@pytest.mark.parametrize(("offset", "expected"), [(-1, "c"), (-2, "bc"), (-9, "abc")])
async def test_negative_offset(call: Call, ids: list[int], offset: int, expected: str) -> None:
    """A negative offset counts from the end of the queue, and forgets what is before."""
    assert texts(await call("getUpdates", offset=offset)) == list(expected)
    assert texts(await call("getUpdates")) == list(expected)


async def test_negative_offset_of_nothing(call: Call) -> None:
    """A negative offset of an empty queue is nothing."""
    assert await call("getUpdates", offset=-1) == []


async def test_long_poll_wakes(miniature: Miniature) -> None:
    """A poll that waits is answered when something happens."""
    poll = asyncio.create_task(miniature.call(TOKEN, "getUpdates", {"timeout": 50}))
    await asyncio.wait([poll], timeout=0)
    assert not poll.done()

    miniature.say(ADA, "hello")

    assert texts(await poll) == ["hello"]


async def test_long_poll_ends(call: Call) -> None:
    """A poll that nothing answers is empty at its timeout."""
    assert await call("getUpdates", timeout=0) == []


async def test_second_poll_ends_the_first(miniature: Miniature) -> None:
    """Of two polls at once the earlier is refused with 409, and the later gets the updates."""
    first = asyncio.create_task(miniature.call(TOKEN, "getUpdates", {"timeout": 50}))
    await asyncio.wait([first], timeout=0)
    second = asyncio.create_task(miniature.call(TOKEN, "getUpdates", {"timeout": 50}))

    with pytest.raises(ApiError) as caught:
        await first
    assert caught.value.error_code == 409
    assert caught.value.description == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    miniature.say(ADA, "hello")
    assert texts(await second) == ["hello"]


async def test_conflict_is_known_to_ptb(miniature: Miniature, bot: Bot) -> None:
    """The library raises its own error for a conflict."""
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await asyncio.wait([poll], timeout=0)

    await miniature.call(TOKEN, "getUpdates", {})

    with pytest.raises(Conflict):
        await poll


async def test_close_ends_a_poll(miniature: Miniature) -> None:
    """A server that stops answers the poll that waits."""
    poll = asyncio.create_task(miniature.call(TOKEN, "getUpdates", {"timeout": 50}))
    await asyncio.wait([poll], timeout=0)

    miniature.close()

    assert await poll == []


async def test_allowed_updates_persist(miniature: Miniature, call: Call) -> None:
    """Kinds that are not allowed are not queued, also by polls that do not say so again."""
    await call("getUpdates", allowed_updates=["callback_query"])
    await call("getUpdates")
    miniature.say(ADA, "hello")
    assert await call("getUpdates") == []

    await call("getUpdates", allowed_updates=["message"])
    miniature.say(ADA, "hello")
    assert texts(await call("getUpdates")) == ["hello"]


async def test_updates_do_not_wait_for_ever(clock: Clock, miniature: Miniature, call: Call) -> None:
    """A press waits 150 seconds, a message a day."""
    miniature.say(ADA, "hello")
    miniature.forge(ADA, 5, "x")

    clock.advance(150)
    assert len(await call("getUpdates")) == 2
    clock.advance(1)
    assert texts(await call("getUpdates")) == ["hello"]
    clock.advance(24 * 3600)
    assert await call("getUpdates") == []


async def test_pending_updates(miniature: Miniature, call: Call, ids: list[int]) -> None:
    """The number of waiting updates is told, and they can be dropped."""
    assert (await call("getWebhookInfo"))["pending_update_count"] == 3
    assert await call("deleteWebhook", drop_pending_updates=False) is True
    assert (await call("getWebhookInfo"))["pending_update_count"] == 3
    await call("deleteWebhook", drop_pending_updates=True)
    assert miniature.take_updates() == []
