"""Passwords that come where nobody asked for them, or come twice."""

import pytest

from db.models import ChatSession, ShelvedUpdate
from tests.chat import PASSWORD, World


async def test_a_password_that_begins_like_a_command_is_deleted(world: World) -> None:
    """Where a password is wanted, a known command with words behind it is taken for one."""
    ada = world.person("Ada")
    for words in ("/register", "Ada", "ada@example.org", "/me and my 8 cats"):
        await ada.send(words)
    assert all("cats" not in message.text for message in ada.chat)
    [session] = await world.rows(ChatSession)
    assert "cats" not in str(session.dialog)


async def test_a_password_sent_twice_is_deleted_twice(world: World) -> None:
    """Words typed at the buttons after the password are its second copy, most likely."""
    ada = world.person("Ada")
    for words in ("/register", "Ada", "ada@example.org", PASSWORD, PASSWORD):
        await ada.send(words)
    assert ada.last.text == "Please tap one of the buttons."
    assert all(PASSWORD not in message.text for message in ada.chat)


async def test_a_password_sent_twice_is_not_shelved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second copy meets a failure of ours, its words are kept nowhere either."""

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    ada = world.person("Ada")
    for words in ("/register", "Ada", "ada@example.org", PASSWORD):
        await ada.send(words)
    monkeypatch.setattr("handlers.kit.engine.Engine.answer", fail)
    await ada.send(PASSWORD)
    [entry] = await world.rows(ShelvedUpdate)
    assert entry.content is None
    assert all(PASSWORD not in message.text for message in ada.chat)
