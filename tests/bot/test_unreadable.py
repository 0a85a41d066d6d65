"""What cannot be read: confirmed, for it would come again for ever, and noted, so that somebody hears of it."""

import asyncio
from typing import Any

import pytest

from db.engine import DatabaseAwayError
from db.models import Outgoing, ShelvedUpdate
from db.repositories.upkeep import Shelf
from tests.bot.accidents import fail_first
from tests.bot.naps import Naps, naps
from tests.chat import World

__all__ = ["naps"]


def garbage(update_id: int, **fields: Any) -> dict[str, Any]:
    """Returns an update that is none."""
    return {"update_id": update_id, "message": {"text": 3, **fields}}


async def test_admins_hear_of_garbage_once(world: World) -> None:
    """The first of its kind lies on the shelf, admins are told of it, and the rest is only logged."""
    grace = world.admin()
    await grace.send("/start")
    for update_id in (7, 8, 9):
        assert await world.application.pipeline.process(garbage(update_id)) == "unreadable"
    await world.settle()
    [news] = grace.said[1:]
    assert news == (
        "An update could not be read: number 1 (KeyError in reading.py:read). It is not known who sent it. "
        "More of the same is only logged."
    )
    assert "something unreadable" in (await grace.press("Look at it")).text
    assert "cannot be tried again" in grace.last.text
    assert not [label for label in grace.labels if label.startswith("Try")]
    await world.application.pipeline.process({"update_id": 10, "message": 5})
    await world.settle()
    assert "number 2" in grace.last.text
    assert [entry.update_id for entry in await world.rows(ShelvedUpdate)] == [7, 10]


async def test_dropped_garbage_is_news_again(world: World) -> None:
    """Who has dealt with it wants to know when it comes back."""
    grace = world.admin()
    await grace.send("/start")
    for number in (1, 2):
        await world.application.pipeline.process(garbage(number))
        await world.settle()
        assert f"number {number}" in grace.last.text
        await grace.press("Look at it")
        await grace.press("Drop")
        await grace.press("Yes, drop")


async def test_the_same_garbage_at_once_is_noted_once(world: World) -> None:
    """However much of it comes side by side, the shelf has room for what matters."""
    process = world.application.pipeline.process
    await asyncio.gather(*(process(garbage(update_id)) for update_id in range(20)))
    assert await world.count(ShelvedUpdate) == 1


async def test_no_word_of_it_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It may have been a password: neither it nor the error, which may quote it, is in the log or on the shelf."""

    def choke(data: dict[str, Any], api: object) -> None:
        raise ValueError(data["message"]["caption"])

    monkeypatch.setattr("bot.pipeline.read", choke)
    await world.application.pipeline.process(garbage(7, caption="hunter2"))
    [entry] = await world.rows(ShelvedUpdate)
    assert (entry.content, entry.telegram_id, entry.fingerprint[:10]) == (None, None, "ValueError")
    assert "in choke" in entry.traceback
    assert "hunter2" not in entry.traceback + caplog.text


async def test_it_waits_for_a_database_that_is_away(world: World, naps: Naps, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is noted, it is not confirmed."""
    fail_first(monkeypatch, Shelf, "add_first", DatabaseAwayError(), DatabaseAwayError())
    await world.application.pipeline.process(garbage(7))
    assert await world.count(ShelvedUpdate) == 1
    assert len(naps.taken) == 2


async def test_what_cannot_even_be_noted_ends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of ours on top of it costs the note, and the next update is answered."""
    fail_first(monkeypatch, Shelf, "add_first", ZeroDivisionError())
    assert await world.application.pipeline.process(garbage(7)) == "unreadable"
    assert await world.count(Outgoing) == 0
    assert (await world.person("Ada").send("/start")).text.startswith("Hi Ada!")
