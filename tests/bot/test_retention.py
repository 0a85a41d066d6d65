"""What nobody has used for long is forgotten, to the day."""

import logging

import pytest

from bot.retention import Retention
from db.engine import DatabaseAwayError
from db.models import AuditEntry, ChatSession, User
from db.repositories.accounts import Accounts
from tests.bot.accidents import fail_first
from tests.chat import World
from tests.factories import make_course, make_student


def retention(world: World) -> Retention:
    return Retention(world.application.database, world.clock, retention_days=100, audit_days=50)


async def names(world: World) -> list[str]:
    return [user.name for user in await world.rows(User)]


@pytest.mark.parametrize(("days", "stays"), [(100, True), (101, False)])
async def test_an_account_that_nobody_uses_goes(world: World, days: int, stays: bool) -> None:  # noqa: FBT001
    """A hundred days may pass after the last word, and not one more; the chat goes along."""
    ada = world.person("Ada")
    await ada.register()
    world.clock.advance(days=30)
    await ada.send("/me")
    world.clock.advance(days=days)
    await retention(world).tick()
    assert await names(world) == (["Ada"] if stays else [])
    assert await world.count(ChatSession) == stays


async def test_use_is_noticed_without_an_end(world: World) -> None:
    """Who comes once a month for years stays; to be seen once a retention time is enough."""
    ada = world.person("Ada")
    await ada.register()
    for _month in range(24):
        world.clock.advance(days=29)
        await ada.send("/me")
        await retention(world).tick()
    assert await names(world) == ["Ada"]


async def test_a_logout_counts_as_use(world: World) -> None:
    """Who logs out after years of use is not gone the next day."""
    ada = world.person("Ada")
    await ada.register()
    for _month in range(3):
        world.clock.advance(days=29)
        await ada.send("/me")
    await ada.send("/logout")
    world.clock.advance(days=100)
    await retention(world).tick()
    assert await names(world) == ["Ada"]
    world.clock.advance(days=1)
    await retention(world).tick()
    assert await names(world) == []


async def test_courses_that_go_on_keep_their_instructor(world: World) -> None:
    """Students are not to lose a course because its instructor is away."""
    await make_course(world)
    await make_student(world)
    world.clock.advance(days=101)
    await retention(world).tick()
    assert await names(world) == ["Ivan Petrov"]


async def test_a_stranger_is_forgotten_too(world: World) -> None:
    """Without an account a chat is kept as long as it is used."""
    eve, bob = world.person("Eve"), world.person("Bob")
    await eve.send("/start")
    world.clock.advance(days=1)
    await bob.send("/start")
    world.clock.advance(days=100)
    await retention(world).tick()
    assert [session.telegram_id for session in await world.rows(ChatSession)] == [bob.id]


async def test_the_log_of_admins_is_kept_so_long(world: World) -> None:
    """Fifty days may pass, and not one more."""
    for day, subject in enumerate(("old", "new")):
        async with world.application.database.transaction() as repos:
            repos.audit.add(telegram_id=1, action="promote", subject=subject, now=world.clock())
        world.clock.advance(days=1 - day)
    world.clock.advance(days=50)
    await retention(world).tick()
    assert [entry.subject for entry in await world.rows(AuditEntry)] == ["new"]


async def test_a_database_that_is_away_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next hour will do; any other error is loud."""
    fail_first(monkeypatch, Accounts, "next_idle", DatabaseAwayError(), ZeroDivisionError())
    await retention(world).tick()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    with pytest.raises(ZeroDivisionError):
        await retention(world).tick()
