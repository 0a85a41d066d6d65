"""Where somebody is signed in, and how that ends."""

import pytest

from db.models import ChatSession
from handlers.signins import SHOWN
from tests.chat import Person, World
from tests.factories import make_student


async def crowd(world: World, number: int) -> tuple[Person, list[Person]]:
    """Returns Ada, and so many other Telegram accounts that are signed in as her."""
    ada = world.person("Ada")
    await ada.register()
    others = [await make_student(world, f"Phone{each}", of="Ada") for each in range(1, number + 1)]
    for one in others:
        await one.send("/me")
    return ada, others


async def signed_in(world: World) -> set[int]:
    return {each.telegram_id for each in await world.rows(ChatSession, ChatSession.user_id.is_not(None))}


async def test_sign_ins_are_listed(world: World) -> None:
    """Each with the name of its Telegram account, and how long; this one is told apart."""
    ada, _others = await crowd(world, 1)
    world.clock.advance(days=2)
    said = await ada.send("/sessions")
    assert said.text.splitlines()[3:] == ["1. Ada, this one, since 3 May, until 4 Jun", "2. Phone1, until 2 Jun"]
    assert ada.labels == ["End 2", "‹ Settings"]


async def test_one_sign_in_ends(world: World) -> None:
    """That chat is told, and the others stay."""
    ada, [phone, tablet] = await crowd(world, 2)
    await ada.send("/sessions")
    said = await ada.press("End 2")
    assert said.text.startswith("1 sign-in has ended.")
    assert "Phone1" not in said.text
    assert phone.last.text == ("You are signed out here: Ada has ended this sign-in from another Telegram account.")
    assert "account for that" in (await phone.send("/progress")).text
    assert await signed_in(world) == {ada.id, tablet.id}


async def test_all_others_end(world: World) -> None:
    """But for the one that says so."""
    ada, others = await crowd(world, 3)
    await ada.send("/sessions")
    assert (await ada.press("End all others")).text.startswith("3 sign-ins have ended.")
    assert await signed_in(world) == {ada.id}
    assert all("You are signed out here" in one.last.text for one in others)
    assert ada.labels == ["‹ Settings"]


@pytest.mark.parametrize(("number", "tells"), [(SHOWN, False), (SHOWN + 1, True)])
async def test_a_crowd_is_cut_short(world: World, number: int, tells: bool) -> None:  # noqa: FBT001
    """Ten others are shown; when there are more, that is said, and all of them can still be ended."""
    ada, _others = await crowd(world, number)
    said = await ada.send("/sessions")
    assert ("and more" in said.text) is tells
    await ada.press("End all others")
    assert await signed_in(world) == {ada.id}


async def test_only_ones_own_sign_ins_end(world: World) -> None:
    """A forged button ends nobody else's sign-in, nor this one."""
    ada, _others = await crowd(world, 1)
    bob = await make_student(world, "Bob")
    said = await ada.send("/sessions")
    assert "was over already" in (await ada.forge(said.id, f"se:{bob.id}")).text
    assert "That is this chat" in (await ada.forge(said.id, f"se:{ada.id}")).text
    assert bob.id in await signed_in(world)
    assert ada.id in await signed_in(world)
