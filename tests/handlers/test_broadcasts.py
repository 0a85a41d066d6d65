"""Broadcasts: an admin writes to many, sees it first, follows it, and stops it."""

import pytest

from bot.playground.errors import ApiError
from bot.playground.history import ChatMessage
from db.models import AuditEntry, Broadcast, BroadcastState, Outgoing
from handlers.broadcast_presses import SendBroadcast, StopBroadcast
from handlers.broadcasts import PAGE
from tests.bot.letters import refuse
from tests.chat import APPOINTED_ID, Person, World, open_world
from tests.crowds import NEWS, begin, counts, crowd_of, end, go_on, heard, state_of
from tests.factories import make_student, sign_in


async def write(admin: Person, to: str = "Everybody") -> None:
    """Comes to the question what to send."""
    await admin.send("/admin")
    await admin.press("Broadcasts")
    await admin.press("New broadcast")
    await admin.press(to)


def news_of(person: Person) -> list[ChatMessage]:
    """Returns what was broadcast to somebody."""
    return [one for one in person.chat if one.from_bot and NEWS in (one.text or one.caption or "")]


async def test_from_the_menu_to_the_report(world: World) -> None:
    """What the admin saw before is what everybody gets, once; the message that was pressed ends as the report."""
    admin, crowd = world.admin(), await crowd_of(world, 3)
    await write(admin)
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    await admin.send(NEWS, entities=bold)
    *_before, preview, card = [one for one in admin.chat if one.from_bot]
    assert (preview.text, [dict(one) for one in preview.entities], preview.buttons) == (NEWS, bold, [])
    assert "For everybody who has written to me: 4 people can be reached." in card.text
    assert admin.labels == ["Send to 4 people", "Cancel"]
    assert await world.count(Outgoing, Outgoing.broadcast_id.is_not(None)) == 0
    await admin.press("Send to")
    assert (card.id, admin.labels) == (admin.chat[-1].id, ["Stop"])
    assert "0 of 4 sent" in admin.last.text
    world.clock.advance(seconds=50)
    await end(world, 1)
    [report] = [one for one in admin.chat if "Broadcast 1" in one.text]
    assert report.id == card.id
    assert "4 people got it.\nIt took 50 seconds, on 3 May." in report.text
    assert heard(world, crowd) == [1, 1, 1]
    for each in crowd:
        assert world.miniature.chat(each)[-1].entities == preview.entities
    await go_on(world)
    assert heard(world, crowd) == [1, 1, 1]


async def test_a_photo_with_a_caption(world: World) -> None:
    """People get the picture and its words as one message."""
    admin, ada = world.admin(), await make_student(world)
    await ada.send("/start")
    await write(admin, "Students")
    await admin.send_file("photo", caption=NEWS)
    await admin.press("Send to 1 person")
    await end(world, 1)
    [message] = news_of(ada)
    assert (message.kind, message.caption) == ("photo", NEWS)


async def test_two_presses_send_one(world: World) -> None:
    """Send pressed again, by whomever and from whichever screen, shows how far it is."""
    admin, crowd = world.admin(), await crowd_of(world, 3)
    await write(admin)
    card = await admin.send(NEWS)
    _message, data = admin.find_button("Send to")
    await admin.press("Send to")
    assert "0 of 4 sent" in (await admin.forge(card.id, data)).text
    await end(world, 1)
    await admin.forge(card.id, data)
    assert [one.id for one in admin.chat if "4 people got it" in one.text] == [card.id]
    await go_on(world)
    assert heard(world, crowd) == [1, 1, 1]
    assert [entry.action for entry in await world.rows(AuditEntry)] == ["broadcast"]


async def test_a_cancelled_draft_goes_to_nobody(world: World) -> None:
    """It is gone, its Send does nothing, and its number never comes to mean another message."""
    admin, crowd = world.admin(), await crowd_of(world, 1)
    await write(admin)
    await admin.send(NEWS)
    message, data = admin.find_button("Send to")
    assert "Nothing was sent to many so far." in (await admin.press("Cancel")).text
    assert admin.toasts[-1].text == "Cancelled: nobody got it."
    assert "This broadcast was cancelled" in (await admin.forge(message.id, data)).text
    await admin.press("New broadcast")
    await admin.press("Everybody")
    assert "Broadcast 2" in (await admin.send("Other words")).text
    assert "This broadcast was cancelled" in (await admin.forge(message.id, data)).text
    await go_on(world)
    assert (heard(world, crowd), await world.count(Broadcast)) == ([0], 1)


async def test_a_role_is_who_is_signed_in_with_it(world: World) -> None:
    """Students and instructors each get theirs, on every phone; the environment's instructors are instructors."""
    admin, ada, phone, bob = world.admin(), await make_student(world), world.person("Ada"), world.person("Bob")
    await bob.register()
    await bob.send("/logout")
    olga, ivan = await world.teacher("Olga"), world.person("Ivan", APPOINTED_ID)
    for person, name in ((ada, "Ada"), (phone, "Ada"), (ivan, "Ivan")):
        await person.send("/start")
        await sign_in(world, person, name)
    for number, (role, wanted) in enumerate((("Students", [ada, phone]), ("Instructors", [olga, ivan])), 1):
        await write(admin, role)
        await admin.send(f"{NEWS}: {role}")
        await admin.press("Send to 2 people")
        await end(world, number)
        got = [person for person in (ada, phone, bob, olga, ivan) if any(role in one.text for one in news_of(person))]
        assert got == wanted


async def test_nobody_to_be_reached_is_said_before(world: World) -> None:
    """An audience without a reachable account is asked for again; nothing is kept."""
    admin = world.admin()
    await write(admin, "Instructors")
    assert "Nobody there can be reached" in (await admin.send(NEWS)).text
    await admin.press("Everybody")
    assert admin.labels == ["Send to 1 person", "Cancel"]
    assert await world.count(Broadcast) == 1


@pytest.mark.parametrize(("length", "is_refused"), [(1024, False), (1025, True)])
async def test_a_caption_must_fit(world: World, length: int, is_refused: bool) -> None:  # noqa: FBT001
    """A caption that would go on in a second message, as Premium can write it, is refused with the room there is."""
    admin = world.admin()
    await write(admin)
    update = world.miniature.send_file(admin.id, "photo", b"data")
    update["message"]["caption"] = "x" * length
    world.miniature.take_updates()
    await world.application.pipeline.process(update)
    await world.settle()
    assert ("does not fit into one" in admin.last.text) is is_refused
    assert await world.count(Broadcast) == (not is_refused)


async def test_what_is_no_single_message_is_refused(world: World) -> None:
    """A sticker, and an album, are answered with what can be sent; the question stays open."""
    admin = world.admin()
    await write(admin)
    assert "cannot be sent to many" in (await admin.send_file("sticker")).text
    photo = {"kind": "photo", "data": b"data"}
    assert "an album is several" in (await admin.send_album(photo, photo)).text
    await admin.send(NEWS)
    assert admin.labels == ["Send to 1 person", "Cancel"]


async def test_stop_ends_it_at_once(world: World) -> None:
    """What waits is taken out, the report says how many were left out, and nobody gets it any more."""
    admin, crowd = world.admin(), await crowd_of(world, 3)
    await write(admin)
    await admin.send(NEWS)
    await admin.press("Send to")
    said = await admin.press("Stop")
    assert "Broadcast 1 · stopped" in said.text
    assert "0 people got it.\n4 were left out." in said.text
    await go_on(world)
    assert heard(world, crowd) == [0, 0, 0]
    assert (await state_of(world, 1)).state is BroadcastState.STOPPED
    assert "stopped broadcast 1" in (await _audit(admin))
    assert [entry.action for entry in await world.rows(AuditEntry)] == ["broadcast", "stop broadcast"]


async def _audit(admin: Person) -> str:
    await admin.send("/admin")
    return (await admin.press("Log")).text


async def test_another_admin_can_stop_it(world: World, database_url: str) -> None:
    """Its author reads in the message that follows it that it was stopped."""
    admin, bob = world.admin(), world.person("Bob", 9003)
    await write(admin)
    await admin.send(NEWS)
    await admin.press("Send to")
    async with open_world(
        database_url, miniature=world.miniature, clock=world.clock, admin_ids=f"{admin.id},{bob.id}"
    ) as again:
        other = Person(again, bob.id, "Bob")
        await other.send("/admin")
        await other.press("Broadcasts")
        await other.press("1")
        assert "stopped" in (await other.press("Stop")).text
    assert "Broadcast 1 · stopped" in admin.last.text
    await end(world, 1)
    assert admin.said.count(NEWS) == 1, "the preview"


async def test_the_list_has_them_all(world: World) -> None:
    """Newest first, in pages; each leads to its report, or to a draft that can still be sent."""
    admin = world.admin()
    await admin.send("/start")
    for number in range(1, PAGE + 2):
        await end(world, await begin(world, f"Words {number}"))
    await write(admin)
    await admin.send("A draft")
    await admin.send("/admin")
    said = await admin.press("Broadcasts")
    assert said.text.splitlines()[:3] == [
        "Broadcasts · 7",
        "7 · 3 May · “A draft” · not sent yet",
        "6 · 3 May · “Words 6” · 1 sent",
    ]
    await admin.press("›")
    assert admin.last.text.splitlines()[1:] == ["2 · 3 May · “Words 2” · 1 sent", "1 · 3 May · “Words 1” · 1 sent"]
    assert "1 person got it." in (await admin.press("2")).text
    await admin.press("‹ Broadcasts")
    await admin.press("7")
    assert (admin.said[-2], admin.labels) == ("A draft", ["Send to 1 person", "Cancel"])


async def test_who_is_no_admin_any_more_sends_nothing(world: World, database_url: str) -> None:
    """In the middle of the dialog, and with the button of a draft that is still in the chat."""
    admin = world.admin()
    number = await begin(world, NEWS)
    await write(admin)
    async with open_world(database_url, miniature=world.miniature, clock=world.clock, admin_ids="") as again:
        person = Person(again, admin.id, admin.name)
        assert "Only admins" in (await person.send("Words")).text
        for press in (SendBroadcast(number), StopBroadcast(number)):
            assert "You need an account" in (await person.forge(admin.chat[1].id, press.pack())).text
        assert await again.count(Broadcast) == 1
        assert (await state_of(again, number)).state is BroadcastState.RUNNING


async def test_the_losses_are_in_the_report(world: World) -> None:
    """Who has blocked the bot is counted apart from what Telegram would not take."""
    admin, crowd = world.admin(), await crowd_of(world, 4)
    await admin.send("/start")
    number = await begin(world)
    world.miniature.block(crowd[0])
    world.miniature.take_updates()
    refuse(world, lambda _method, params: str(params["chat_id"]) == str(crowd[1]), ApiError(400, "Bad Request: no"))
    broadcast = await end(world, number)
    assert counts(broadcast) == {"sent": 3, "unreachable": 1, "failed": 1}
    assert (
        "3 people got it.\n1 could not be reached: I am blocked there, or the account is gone.\n1 failed"
        in admin.last.text
    )
